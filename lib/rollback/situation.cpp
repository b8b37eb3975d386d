#include "rollback/situation.hpp"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/text.hpp"
#include "rollback/check.hpp"
#include "rollback/mounts.hpp"
#include "rollback/pods.hpp"

namespace rollback {
namespace {

// Workloads
// ----------------------------------------------------------------------------------------------

Presence presence_of(const Object& workload, const mtc::WorkloadKind& kind) {
    return {.told = kind.current(workload),
            .serves = kind.serving(workload),
            .at_rest = kind.at_rest(workload),
            .ended = workload.ref.type.plural == "jobs" && mtc::job_ended(workload)};
}

using RecordedByKey = std::map<mtc::WorkloadKey, Before>;

RecordedByKey told_by_key(const Record& record) {
    RecordedByKey out;
    for (const RecordedWorkload& workload : record.workloads)
        out.emplace(mtc::key_of(workload.ref), workload.told());
    return out;
}

bool sees_all_of_the_source(const State& state) {
    return std::ranges::none_of(state.gaps, [](const Gap& gap) {
        return gap.side == Side::Source && is_workload(gap.resource);
    });
}

WorkloadSituation situation_of_pair(const State& state, const Pair& pair,
                                    const RecordedByKey& recorded) {
    WorkloadSituation situation{.workload = pair.workload};
    if (pair.source != nullptr) {
        const mtc::WorkloadKind& kind = *mtc::workload_kind(pair.source->ref.type);
        situation.source = presence_of(*pair.source, kind);
        situation.stopped = mtc::is_quiesced(*pair.source);
        situation.marked = mtc::is_marked(*pair.source);
        if (situation.stopped) situation.returns_to = kind.recorded(*pair.source);
    }
    if (pair.target != nullptr)
        situation.target = presence_of(*pair.target, *mtc::workload_kind(pair.target->ref.type));
    const Object* copy = pair.copy(state);
    const auto it = recorded.find(mtc::key_of(pair.workload));
    situation.migrated = copy != nullptr;
    situation.before = before_of({.recorded = it == recorded.end() ? nullptr : &it->second,
                                  .source = pair.source,
                                  .copy = copy});
    return situation;
}

bool copy_runs(const WorkloadSituation& workload) {
    return workload.migrated && !workload.target->at_rest && !workload.target->ended;
}

// A Job that is gone has come to its end, and was tidied away; but not while its copy runs.
bool may_be_missed(const WorkloadSituation& workload) {
    return workload.missing && workload.migrated &&
           (workload.workload.type.plural != "jobs" || copy_runs(workload));
}

// MTC keeps a DaemonSet from every node by a key of its own, and starts it by the mark only. A
// number of 0, or one that it cannot read, starts nothing.
bool is_started_by_mtc(const WorkloadSituation& workload) {
    if (!workload.stopped || !workload.marked) return false;
    return mtc::workload_kind(workload.workload.type)->count_at == nullptr ||
           mtc::runs(workload.returns_to) == true;
}

// Volumes
// ------------------------------------------------------------------------------------------------

/// Which pods mount which claim: namespace and claim to pods. Large plans have thousands of both.
using Mounts = std::map<std::pair<std::string, std::string>, std::vector<ObjectRef>>;

Mounts mounts_of(const ClusterView& view) {
    Mounts mounts;
    for (const Object& pod : view.pods) {
        if (has_ended(pod) || only_sleeps(pod)) continue;
        for (const std::string& claim : claims_of(pod))
            mounts[{pod.ref.ns, claim}].push_back(pod.ref);
    }
    for (auto& [claim, pods] : mounts) {
        std::ranges::sort(pods);
        pods.erase(std::ranges::unique(pods).begin(), pods.end());
    }
    return mounts;
}

std::vector<ObjectRef> pods_that_mount(const Mounts& mounts, const std::string& ns,
                                       const std::string& claim) {
    const auto it = mounts.find({ns, claim});
    return it == mounts.end() ? std::vector<ObjectRef>() : it->second;
}

// Where the data lies, whatever the volume is called: the CSI driver and its handle, or an NFS
// server and its path. Null for what does not say.
Json storage_of(const Json& spec) {
    const auto two = [&](const char* first, const char* second) {
        const auto a = base::text_at(spec, first);
        const auto b = base::text_at(spec, second);
        return a && b ? Json{*a, *b} : Json();
    };
    const Json storage = two("/csi/driver", "/csi/volumeHandle");
    return storage.is_null() ? two("/nfs/server", "/nfs/path") : storage;
}

Json storage_behind(const ClusterView& view, const std::string& ns, const std::string& claim) {
    const auto it = std::ranges::find_if(view.volumes, [&](const Object& volume) {
        return base::text_or_empty(volume.body, "/spec/claimRef/namespace") == ns &&
               base::text_or_empty(volume.body, "/spec/claimRef/name") == claim;
    });
    const Json* spec = it == view.volumes.end() ? nullptr : base::find(it->body, "/spec");
    return spec == nullptr ? Json() : storage_of(*spec);
}

// Pods of the target that mount the same storage under another claim's name, or without one.
void add_pods_on_same_storage(const State& state, const Mounts& target,
                              VolumeSituation& situation) {
    const mtc::PlanVolume& volume = situation.volume;
    const Json storage = storage_behind(state.source, volume.claim_ns, volume.claim);
    if (storage.is_null()) return;
    for (const Object& other : state.target.volumes) {
        const Json* spec = base::find(other.body, "/spec");
        if (spec == nullptr || storage_of(*spec) != storage) continue;
        std::ranges::move(pods_that_mount(target, base::text_or_empty(*spec, "/claimRef/namespace"),
                                          base::text_or_empty(*spec, "/claimRef/name")),
                          std::back_inserter(situation.target_pods));
    }
    for (const Object& pod : state.target.pods) {
        if (has_ended(pod) || only_sleeps(pod)) continue;
        const auto& volumes = base::items_at(pod.body, "/spec/volumes");
        if (std::ranges::any_of(volumes, [&](const Json& v) { return storage_of(v) == storage; }))
            situation.target_pods.push_back(pod.ref);
    }
    std::ranges::sort(situation.target_pods);
    const auto twice = std::ranges::unique(situation.target_pods);
    situation.target_pods.erase(twice.begin(), twice.end());
}

VolumeSituation situation_of_volume(const State& state, const mtc::PlanVolume& volume,
                                    const Mounts& source, const Mounts& target) {
    VolumeSituation situation{.volume = volume, .moved = volume.action == "move"};
    situation.source_pods = pods_that_mount(source, volume.claim_ns, volume.claim);
    const std::string ns = state.plan.target_of(volume.claim_ns);
    const std::string& claim = volume.claim_on_target();
    // one claim on both sides: its pods are the source's
    if (is_also_source(state, ns) && claim == volume.claim) return situation;
    situation.target_pods = pods_that_mount(target, ns, claim);
    if (situation.moved && !is_one_cluster(state))
        add_pods_on_same_storage(state, target, situation);
    return situation;
}

}  // namespace

std::vector<WorkloadSituation> workloads_of(const State& state, const Record& record) {
    const auto recorded = told_by_key(record);
    const bool all_seen = sees_all_of_the_source(state);
    std::vector<WorkloadSituation> workloads;
    for (const Pair& pair : pairs_of(state)) {
        workloads.push_back(situation_of_pair(state, pair, recorded));
        workloads.back().missing = all_seen && pair.source == nullptr;
    }
    return workloads;
}

std::vector<VolumeSituation> volumes_of(const State& state) {
    const Mounts source = mounts_of(state.source);
    const Mounts target = mounts_of(state.target);
    std::vector<VolumeSituation> volumes;
    for (const mtc::PlanVolume& volume : state.plan.volumes)
        volumes.push_back(situation_of_volume(state, volume, source, target));
    return volumes;
}

Situation situation_of(const State& state, const Record& record) {
    return {.workloads = workloads_of(state, record), .volumes = volumes_of(state)};
}

Situation situation_of(const State& state) {
    return situation_of(state, Record{});
}

bool is_left_at_rest(const WorkloadSituation& workload) {
    const bool rests = workload.source ? workload.source->at_rest && !is_started_by_mtc(workload)
                                       : may_be_missed(workload);
    if (!rests) return false;
    if (workload.before.told_by == Witness::Operator) return workload.before.ran == true;
    return workload.before.ran == true || copy_runs(workload);
}

bool runs_with_another_number(const WorkloadSituation& workload) {
    const auto& before = workload.before.wanted.replicas;
    return workload.source && !workload.source->at_rest && !workload.source->ended && before &&
           workload.source->told.replicas != before;
}

bool is_written_by_both(const VolumeSituation& volume) {
    return volume.moved && !volume.source_pods.empty() && !volume.target_pods.empty();
}

std::string describe_double_writer(const VolumeSituation& volume) {
    return "volume " + volume.volume.name + " (claim " + volume.volume.claim + " in " +
           volume.volume.claim_ns + ") is mounted on both sides: by " +
           names_of(volume.source_pods) + " on the source, by " + names_of(volume.target_pods) +
           " on the target";
}

std::string names_of(const std::vector<ObjectRef>& refs) {
    constexpr std::size_t most_names = 3;
    std::vector<std::string> names;
    for (const ObjectRef& ref : refs) names.push_back(ref.label() + " in " + ref.ns);
    return base::first_of(std::move(names), most_names);
}

}  // namespace rollback
