// What is started on the source: what each workload ran before, and the patch that says so.
#include <algorithm>
#include <set>

#include "mtc/names.hpp"
#include "mtc/unquiesce.hpp"
#include "mtc/virtual_machine.hpp"
#include "rollback/manual_parts.hpp"

namespace rollback::manual {
namespace {

using mtc::Wanted;

const ReplicaCount* given_for(const ObjectRef& ref, const ManualOptions& options) {
    const auto it = std::ranges::find_if(
        options.set, [&](const ReplicaCount& given) { return is_about(given, ref); });
    return it == options.set.end() ? nullptr : &*it;
}

Wanted with_count(Wanted wanted, const mtc::WorkloadKind& kind, std::int64_t count) {
    if (kind.count_at != nullptr) wanted.replicas = count;
    if (kind.type.plural == "cronjobs") wanted.suspended = count == 0;
    if (kind.type.plural == "virtualmachines")
        wanted.run_strategy = count == 0 ? "Halted" : "Always";
    return wanted;
}

// Quiescing adds its key to what is there.
Wanted without_quiesce_key(const Wanted& now) {
    Json selector = *now.node_selector;
    selector.erase(mtc::annotations::quiesce_daemonset);
    return {.node_selector = std::move(selector)};
}

Skipped lost(const Object& workload) {
    const char* mark = mtc::workload_kind(workload.ref.type)->mark;
    return {.workload = workload.ref,
            .why = "is stopped by MTC, and what it ran before is lost: its annotation " +
                   std::string(mark) + " says \"" +
                   base::annotation_of(workload, mark).value_or("") + "\"",
            .remedy = "say it: --set " + workload.ref.ns + "/" + workload.ref.label() + "=N"};
}

void add_start(const Object& workload, const Record& record, const ManualOptions& options,
               Runbook& out) {
    if (!needs_start(workload, options)) return;
    const Before before = before_of(workload, record, options);
    if (rests(workload) && !before.wanted.known()) return out.skipped.push_back(lost(workload));
    out.steps.push_back(
        {start(workload, before.wanted),
         rests(workload) ? before.says : "somebody has started it: its number is kept"});
}

// As it will be once it is started: only then it can be paused.
Object without_mark(Object workload) {
    if (mtc::is_marked(workload))
        workload.body["metadata"]["annotations"].erase(mtc::annotations::replicas);
    return workload;
}

std::set<std::string> patched(const std::vector<Step>& steps) {
    std::set<std::string> uids;
    for (const Step& step : steps) {
        if (const auto* patch = std::get_if<Patch>(&step.action)) uids.insert(patch->seen.uid);
    }
    return uids;
}

}  // namespace

bool rests(const Object& workload) {
    return mtc::workload_kind(workload.ref.type)->at_rest(workload);
}

Object bare(const Object& object) {
    return {.ref = object.ref,
            .uid = object.uid,
            .resource_version = object.resource_version,
            .body = {}};
}

bool is_about(const ReplicaCount& given, const ObjectRef& ref) {
    return given.name == ref.name && (given.ns.empty() || given.ns == ref.ns) &&
           mtc::is_called(ref.type, given.kind);
}

Before before_of(const Object& workload, const Record& record, const ManualOptions& options) {
    const mtc::WorkloadKind& kind = *mtc::workload_kind(workload.ref.type);
    const Wanted annotated = kind.recorded(workload);
    const ReplicaCount* given = given_for(workload.ref, options);
    if (given != nullptr && mtc::takes_a_count(kind))
        return {with_count(annotated, kind, given->count), "--set says what it is to run"};
    if (annotated.known()) return {annotated, "MTC stopped it; its annotation says what it ran"};
    const RecordedWorkload* noted = record.of(workload.ref);
    if (noted != nullptr && noted->quiesced && noted->before.known())
        return {noted->before, "MTC stopped it; the snapshot of an earlier run says what it ran"};
    if (kind.type.plural == "daemonsets")
        return {without_quiesce_key(kind.current(workload)),
                "MTC stopped it; without the key that MTC added its node selector is what it was"};
    return {};
}

bool needs_start(const Object& workload, const ManualOptions& options) {
    if (mtc::is_quiesced(workload) || mtc::is_marked(workload)) return true;
    const ReplicaCount* given = given_for(workload.ref, options);
    return given != nullptr && given->count != 0 && rests(workload);
}

namespace {

// A strategy that starts nothing by itself is the same before and after.
bool needs_request(const Object& workload, const Wanted& before) {
    return rests(workload) &&
           mtc::virtual_machine::starts_by_request(before.run_strategy.value_or(""));
}

std::string change_of(const Object& workload, const Wanted& before) {
    const std::string now = mtc::describe(mtc::workload_kind(workload.ref.type)->current(workload));
    if (!rests(workload)) return "keeps " + now + ", loses the mark of MTC";
    return (needs_request(workload, before) ? "stopped" : now) + " -> " + mtc::describe(before) +
           (needs_request(workload, before) ? ", started" : "");
}

}  // namespace

Patch start(const Object& workload, const Wanted& before) {
    return {.side = Side::Source,
            .purpose = Purpose::Start,
            .seen = bare(workload),
            .operations = mtc::unquiesce(workload, before),
            .change = change_of(workload, before),
            .request_start = needs_request(workload, before)};
}

Runbook starts(const State& state, const Record& record, const ManualOptions& options) {
    Runbook out;
    for (const Object& workload : state.source.workloads) add_start(workload, record, options, out);
    return out;
}

std::optional<Patch> pause(const Object& workload) {
    auto operations = mtc::pause_again(workload);
    if (!operations) return std::nullopt;
    return Patch{.side = Side::Source,
                 .purpose = Purpose::Pause,
                 .seen = bare(workload),
                 .operations = std::move(*operations),
                 .change = "paused again"};
}

std::vector<Step> pauses(const State& state, const Runbook& starts) {
    const auto started = patched(starts.steps);
    std::vector<Step> steps;
    for (const Object& workload : state.source.workloads) {
        // looked at first, since most are none: a copy of each would take longer than all the rest
        const auto* kind = mtc::workload_kind(workload.ref.type);
        if (kind == nullptr || !mtc::pauses_by_itself(*kind)) continue;
        if (!base::annotation_of(workload, mtc::annotations::paused)) continue;
        auto patch = pause(started.contains(workload.uid) ? without_mark(workload) : workload);
        if (patch) steps.push_back({std::move(*patch), "it was paused before the migration"});
    }
    return steps;
}

}  // namespace rollback::manual
