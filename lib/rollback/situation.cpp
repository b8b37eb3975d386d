#include "rollback/situation.hpp"

#include <algorithm>
#include <map>

#include "mtc/names.hpp"
#include "rollback/mounts.hpp"

namespace rollback {
namespace {

// Workloads
// ----------------------------------------------------------------------------------------------

Presence presence_of(const Object& workload, const mtc::WorkloadKind& kind) {
    return {.told = kind.current(workload),
            .serves = kind.serving(workload),
            .at_rest = kind.at_rest(workload)};
}

using ByKey = std::map<mtc::WorkloadKey, WorkloadSituation>;

void add_source(const State& state, ByKey& into) {
    for (const Object& workload : state.source.workloads) {
        const mtc::WorkloadKind* kind = mtc::workload_kind(workload.ref.type);
        if (kind == nullptr) continue;
        WorkloadSituation& situation = into[mtc::key_of(workload.ref)];
        situation.workload = workload.ref;
        situation.source = presence_of(workload, *kind);
        situation.stopped = mtc::is_quiesced(workload);
        if (situation.stopped) situation.returns_to = kind->recorded(workload);
    }
}

void add_target(const State& state, ByKey& into) {
    for (const Object& workload : state.target.workloads) {
        const mtc::WorkloadKind* kind = mtc::workload_kind(workload.ref.type);
        if (kind == nullptr || is_also_source(state, workload.ref.ns)) continue;
        ObjectRef as_on_source = workload.ref;
        as_on_source.ns = state.plan.source_of(workload.ref.ns);
        WorkloadSituation& situation = into[mtc::key_of(as_on_source)];
        if (!situation.source) situation.workload = std::move(as_on_source);
        situation.target = presence_of(workload, *kind);
    }
}

std::vector<WorkloadSituation> workloads_of(const State& state) {
    ByKey by_key;
    add_source(state, by_key);
    add_target(state, by_key);
    std::vector<WorkloadSituation> workloads;
    for (auto& [key, situation] : by_key) workloads.push_back(std::move(situation));
    return workloads;
}

// Volumes
// ------------------------------------------------------------------------------------------------

bool has_ended(const Object& pod) {
    const std::string phase = base::text_or_empty(pod.body, "/status/phase");
    return phase == "Succeeded" || phase == "Failed";
}

// MTC's own stage pods sleep, they write nothing; one that is labelled as the application's is
// borrowed from it.
bool only_sleeps(const Object& pod) {
    return base::label_of(pod, mtc::labels::stage_pod) &&
           !base::label_of(pod, mtc::labels::application_pod);
}

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

VolumeSituation situation_of_volume(const State& state, const mtc::PlanVolume& volume,
                                    const Mounts& source, const Mounts& target) {
    VolumeSituation situation{.volume = volume, .moved = volume.action == "move"};
    situation.source_pods = pods_that_mount(source, volume.claim_ns, volume.claim);
    const std::string ns = state.plan.target_of(volume.claim_ns);
    const std::string& claim = volume.claim_on_target();
    // one claim on both sides: its pods are the source's
    if (is_also_source(state, ns) && claim == volume.claim) return situation;
    situation.target_pods = pods_that_mount(target, ns, claim);
    return situation;
}

std::vector<VolumeSituation> volumes_of(const State& state) {
    const Mounts source = mounts_of(state.source);
    const Mounts target = mounts_of(state.target);
    std::vector<VolumeSituation> volumes;
    for (const mtc::PlanVolume& volume : state.plan.volumes)
        volumes.push_back(situation_of_volume(state, volume, source, target));
    return volumes;
}

}  // namespace

Situation situation_of(const State& state) {
    return {.workloads = workloads_of(state), .volumes = volumes_of(state)};
}

bool is_written_by_both(const VolumeSituation& volume) {
    return volume.moved && !volume.source_pods.empty() && !volume.target_pods.empty();
}

}  // namespace rollback
