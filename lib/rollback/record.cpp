#include "rollback/record.hpp"

#include <algorithm>
#include <map>

#include "mtc/names.hpp"
#include "rollback/other_owners.hpp"
#include "rollback/pods.hpp"
#include "rollback/verify.hpp"

namespace rollback {
namespace {

constexpr const char* format = "mtc-rollback/v1";

RecordedWorkload recorded(const ObjectRef& ref, const Before& before, bool quiesced, bool managed) {
    return {.ref = ref,
            .before = before.wanted,
            .quiesced = quiesced,
            .managed = managed,
            .ran = before.ran,
            .told_by = before.told_by};
}

Json to_json(const RecordedWorkload& workload) {
    return {
        {"group", workload.ref.type.group}, {"resource", workload.ref.type.plural},
        {"namespace", workload.ref.ns},     {"name", workload.ref.name},
        {"quiesced", workload.quiesced},    {"before", mtc::to_json(workload.before)},
        {"managed", workload.managed},      {"ran", workload.ran ? Json(*workload.ran) : Json()},
        {"toldBy", word(workload.told_by)}};
}

std::optional<RecordedWorkload> workload_from(const Json& item) {
    const base::ResourceType wanted{.group = base::text_or_empty(item, "/group"),
                                    .version = {},
                                    .plural = base::text_or_empty(item, "/resource"),
                                    .kind = {}};
    const mtc::WorkloadKind* kind = mtc::workload_kind(wanted);
    if (kind == nullptr) return std::nullopt;
    return RecordedWorkload{.ref = {.type = kind->type,
                                    .ns = base::text_or_empty(item, "/namespace"),
                                    .name = base::text_or_empty(item, "/name")},
                            .before = mtc::wanted_from(item.value("before", Json::object())),
                            .quiesced = base::bool_at(item, "/quiesced").value_or(false),
                            .managed = base::bool_at(item, "/managed").value_or(false),
                            .ran = base::bool_at(item, "/ran"),
                            .told_by = witness_from(base::text_or_empty(item, "/toldBy"))};
}

std::vector<RecordedVolume> recorded_volumes(const State& state) {
    std::vector<RecordedVolume> volumes;
    for (const Object& volume : state.source.volumes) {
        const auto at = [&](const char* path) { return base::text_or_empty(volume.body, path); };
        if (at("/status/phase") == "Bound")
            volumes.push_back({volume.ref.name, at("/spec/persistentVolumeReclaimPolicy"),
                               at("/spec/claimRef/namespace"), at("/spec/claimRef/name")});
    }
    return volumes;
}

Json to_json(const RecordedVolume& volume) {
    return {{"name", volume.name},
            {"reclaimPolicy", volume.reclaim_policy},
            {"namespace", volume.claim_ns},
            {"claim", volume.claim}};
}

RecordedVolume volume_from(const Json& item) {
    return {.name = base::text_or_empty(item, "/name"),
            .reclaim_policy = base::text_or_empty(item, "/reclaimPolicy"),
            .claim_ns = base::text_or_empty(item, "/namespace"),
            .claim = base::text_or_empty(item, "/claim")};
}

std::vector<RecordedPod> recorded_pods(const State& state) {
    std::vector<RecordedPod> pods;
    for (const Object& pod : state.source.pods) {
        const bool borrowed = is_borrowed(pod);
        const bool of_mtc = (is_stage_pod(pod) && !borrowed) || is_transfer_pod(pod);
        const bool runs = base::text_at(pod.body, "/status/phase") == "Running";
        if (of_mtc || !runs || base::is_terminating(pod) || other_owner(pod) != pod.ref) continue;
        pods.push_back({.ns = pod.ref.ns, .name = pod.ref.name, .borrowed = borrowed});
    }
    return pods;
}

// One that came later is not of before, unless MTC has borrowed it since.
std::vector<RecordedPod> merged(std::vector<RecordedPod> older,
                                const std::vector<RecordedPod>& newer) {
    for (const RecordedPod& pod : newer) {
        if (!pod.borrowed) continue;
        const auto it = std::ranges::find_if(older, [&](const RecordedPod& each) {
            return each.ns == pod.ns && each.name == pod.name;
        });
        if (it == older.end())
            older.push_back(pod);
        else
            it->borrowed = true;
    }
    return older;
}

Json to_json(const RecordedPod& pod) {
    return {{"namespace", pod.ns}, {"name", pod.name}, {"borrowed", pod.borrowed}};
}

RecordedPod pod_from(const Json& item) {
    return {.ns = base::text_or_empty(item, "/namespace"),
            .name = base::text_or_empty(item, "/name"),
            .borrowed = base::bool_at(item, "/borrowed").value_or(false)};
}

std::vector<std::string> migrations_known(const State& state) {
    std::vector<std::string> uids;
    for (const mtc::Migration& m : state.migrations) {
        if (m.kind != mtc::MigrationKind::Rollback) uids.push_back(m.uid);
    }
    return uids;
}

}  // namespace

std::vector<std::string> rollbacks_known(const State& state) {
    std::vector<std::string> uids;
    for (const mtc::Migration& m : state.migrations) {
        if (m.kind == mtc::MigrationKind::Rollback) uids.push_back(m.uid);
    }
    return uids;
}

bool was_by_hand_since(const Record& record, const std::string& rollback_uid) {
    return record.by_hand_after && std::ranges::count(*record.by_hand_after, rollback_uid) > 0;
}

bool tells_what_may_be_lost(const Record& record) {
    return std::ranges::any_of(record.workloads,
                               [](const RecordedWorkload& workload) {
                                   const Witness told_by = workload.told().told_by;
                                   return told_by == Witness::Annotation ||
                                          told_by == Witness::Copy;
                               }) ||
           std::ranges::any_of(record.pods, &RecordedPod::borrowed);
}

std::optional<mtc::Plan> plan_of(const Record& record) {
    auto plan =
        mtc::decode_plan({.ref = {.type = mtc::types::migplans,
                                  .ns = base::text_or_empty(record.plan, "/metadata/namespace"),
                                  .name = base::text_or_empty(record.plan, "/metadata/name")},
                          .uid = record.plan_uid,
                          .resource_version = {},
                          .body = record.plan});
    return plan ? std::optional(std::move(*plan)) : std::nullopt;
}

Before RecordedWorkload::told() const {
    if (told_by != Witness::Nobody || before == mtc::Wanted{}) return {before, ran, told_by};
    const auto runs = mtc::runs(before);
    if (!quiesced && runs == false) return {};
    return {before, runs, quiesced ? Witness::Annotation : Witness::Source};
}

const RecordedWorkload* Record::of(const ObjectRef& ref) const {
    const auto it = std::ranges::find_if(workloads, [&](const RecordedWorkload& w) {
        // the cheap one first: there are thousands
        return w.ref.name == ref.name && mtc::key_of(w.ref) == mtc::key_of(ref);
    });
    return it == workloads.end() ? nullptr : &*it;
}

const RecordedVolume* Record::volume(const std::string& name) const {
    const auto it = std::ranges::find(volumes, name, &RecordedVolume::name);
    return it == volumes.end() ? nullptr : &*it;
}

const RecordedVolume* Record::volume_of(const std::string& claim_ns,
                                        const std::string& claim) const {
    const auto it = std::ranges::find_if(volumes, [&](const RecordedVolume& volume) {
        return volume.claim_ns == claim_ns && volume.claim == claim;
    });
    return it == volumes.end() ? nullptr : &*it;
}

namespace {

// That it rested is written down; whether it ran before is not known all the same.
RecordedWorkload seen_at_rest(RecordedWorkload workload, const Object& source) {
    const mtc::WorkloadKind& kind = *mtc::workload_kind(source.ref.type);
    if (workload.before == mtc::Wanted{} && !workload.quiesced && kind.at_rest(source))
        workload.before = kind.current(source);
    return workload;
}

}  // namespace

RecordedWorkload recorded_of(const Pair& pair, const Object* copy) {
    const Before before = before_of({.source = pair.source, .copy = copy});
    if (pair.source == nullptr) return recorded(pair.workload, before, false, false);
    return seen_at_rest(recorded(pair.workload, before, mtc::is_quiesced(*pair.source),
                                 mtc::is_managed(*pair.source)),
                        *pair.source);
}

Record record_of(const State& state, std::string rollback_name) {
    Record record{.plan_uid = state.plan.uid,
                  .rollback = std::move(rollback_name),
                  .made_at = state.seen_at,
                  .migrations = migrations_known(state),
                  .rollbacks = rollback_to_prove(state) == nullptr ? std::vector<std::string>()
                                                                   : rollbacks_known(state),
                  .workloads = {},
                  .volumes = recorded_volumes(state),
                  .pods = recorded_pods(state),
                  .plan = mtc::plan_manifest(state.plan)};
    for (const Pair& pair : pairs_of(state)) {
        const Object* copy = pair.copy(state);
        if (pair.source == nullptr && copy == nullptr) continue;
        record.workloads.push_back(recorded_of(pair, copy));
    }
    return record;
}

void add_volumes(Record& record, const State& state) {
    if (record.volumes.empty()) record.volumes = recorded_volumes(state);
}

Record merged(const Record& older, Record newer) {
    std::map<mtc::WorkloadKey, const RecordedWorkload*> known;
    for (const RecordedWorkload& workload : older.workloads)
        known.emplace(mtc::key_of(workload.ref), &workload);
    for (RecordedWorkload& workload : newer.workloads) {
        const auto found = known.extract(mtc::key_of(workload.ref));
        if (found.empty()) continue;
        const RecordedWorkload& was = *found.mapped();
        // seen at rest, without a mark, or stopped with one that said nothing: whoever has started
        // it since does not tell of before
        if ((was.before != mtc::Wanted{} || was.quiesced) && was.told() == Before{} &&
            workload.told().told_by == Witness::Source) {
            workload = was;
            continue;
        }
        RecordedWorkload both =
            recorded(workload.ref, merged(was.told(), workload.told()),
                     was.quiesced || workload.quiesced, was.managed || workload.managed);
        // of one that MTC had stopped, that it rests now tells nothing
        if (both.before == mtc::Wanted{} && !was.quiesced) both.before = workload.before;
        workload = std::move(both);
    }
    if (!older.volumes.empty()) newer.volumes = older.volumes;
    newer.pods = merged(older.pods, newer.pods);
    newer.rollbacks = older.rollbacks;
    newer.by_hand_after = older.by_hand_after;
    newer.remembered = true;
    // those that are gone
    for (const auto& [key, workload] : known) {
        if (workload->quiesced || workload->told_by == Witness::Copy)
            newer.workloads.push_back(*workload);
    }
    return newer;
}

bool still_applies(const Record& older, const State& state) {
    return older.plan_uid == state.plan.uid &&
           std::ranges::all_of(migrations_known(state), [&](const std::string& uid) {
               return std::ranges::count(older.migrations, uid) > 0;
           });
}

Json to_json(const Record& record) {
    Json workloads = Json::array();
    for (const RecordedWorkload& workload : record.workloads)
        workloads.push_back(to_json(workload));
    Json volumes = Json::array();
    for (const RecordedVolume& volume : record.volumes) volumes.push_back(to_json(volume));
    Json pods = Json::array();
    for (const RecordedPod& pod : record.pods) pods.push_back(to_json(pod));
    return {{"apiVersion", format},
            {"kind", "Snapshot"},
            {"planUID", record.plan_uid},
            {"rollback", record.rollback},
            {"madeAt", base::rfc3339(record.made_at)},
            {"migrations", record.migrations},
            {"rollbacks", record.rollbacks},
            {"byHandAfter", record.by_hand_after ? Json(*record.by_hand_after) : Json()},
            {"workloads", std::move(workloads)},
            {"volumes", std::move(volumes)},
            {"pods", std::move(pods)},
            {"plan", record.plan}};
}

namespace {

// Records of earlier versions do not say it, and were made by flows that write alone: without a
// rollback it was by hand.
std::optional<std::vector<std::string>> by_hand_after_from(const Json& json) {
    if (json.contains("byHandAfter") && json["byHandAfter"].is_null()) return std::nullopt;
    return base::texts_at(json, "/byHandAfter");
}

}  // namespace

base::Result<Record> record_from(const Json& json) {
    const auto made_at = base::parse_rfc3339(base::text_or_empty(json, "/madeAt"));
    if (base::text_at(json, "/apiVersion") != format ||
        base::text_at(json, "/kind") != "Snapshot" || !made_at) {
        return base::fail(base::ErrorKind::Malformed, "not a snapshot of oc-mtc-rollback");
    }
    Record record{.plan_uid = base::text_or_empty(json, "/planUID"),
                  .rollback = base::text_or_empty(json, "/rollback"),
                  .made_at = *made_at,
                  .migrations = base::texts_at(json, "/migrations"),
                  .rollbacks = base::texts_at(json, "/rollbacks"),
                  .by_hand_after = by_hand_after_from(json),
                  .workloads = {},
                  .volumes = {},
                  .plan = json.value("plan", Json())};
    for (const Json& item : base::items_at(json, "/workloads")) {
        if (auto workload = workload_from(item)) record.workloads.push_back(std::move(*workload));
    }
    for (const Json& item : base::items_at(json, "/volumes"))
        record.volumes.push_back(volume_from(item));
    for (const Json& item : base::items_at(json, "/pods")) record.pods.push_back(pod_from(item));
    return record;
}

}  // namespace rollback
