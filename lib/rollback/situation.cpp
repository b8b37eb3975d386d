#include "rollback/situation.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "mtc/names.hpp"

namespace rollback {
namespace {

std::string target_namespace(const mtc::Plan& plan, const std::string& source) {
    const auto it = std::ranges::find(plan.namespaces, source, &mtc::NamespacePair::source);
    return it == plan.namespaces.end() ? source : it->target;
}

std::string source_namespace(const mtc::Plan& plan, const std::string& target) {
    const auto it = std::ranges::find(plan.namespaces, target, &mtc::NamespacePair::target);
    return it == plan.namespaces.end() ? target : it->source;
}

// Workloads
// ----------------------------------------------------------------------------------------------

// Namespace, kind, name; the resource tells apart kinds of one name. The version is left out: the
// two clusters may serve different ones.
using Key = std::tuple<std::string, std::string, std::string, std::string>;

Key key_of(const ObjectRef& ref) {
    return {ref.ns, ref.type.kind, ref.name, ref.type.resource()};
}

Presence presence_of(const Object& workload, const mtc::WorkloadKind& kind) {
    return {.told = kind.current(workload),
            .serves = kind.serving(workload),
            .at_rest = kind.at_rest(workload)};
}

using ByKey = std::map<Key, WorkloadSituation>;

void add_source(const State& state, ByKey& into) {
    for (const Object& workload : state.source.workloads) {
        const mtc::WorkloadKind* kind = mtc::workload_kind(workload.ref.type);
        if (kind == nullptr) continue;
        WorkloadSituation& situation = into[key_of(workload.ref)];
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
        as_on_source.ns = source_namespace(state.plan, workload.ref.ns);
        WorkloadSituation& situation = into[key_of(as_on_source)];
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

bool mounts(const Object& pod, const std::string& claim) {
    return std::ranges::any_of(base::items_at(pod.body, "/spec/volumes"), [&](const Json& volume) {
        return base::text_at(volume, "/persistentVolumeClaim/claimName") == claim;
    });
}

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

std::vector<ObjectRef> pods_that_mount(const ClusterView& view, const std::string& ns,
                                       const std::string& claim) {
    std::vector<ObjectRef> pods;
    for (const Object& pod : view.pods) {
        if (pod.ref.ns == ns && mounts(pod, claim) && !has_ended(pod) && !only_sleeps(pod))
            pods.push_back(pod.ref);
    }
    std::ranges::sort(pods);
    return pods;
}

VolumeSituation situation_of_volume(const State& state, const mtc::PlanVolume& volume) {
    VolumeSituation situation{.volume = volume, .moved = volume.action == "move"};
    situation.source_pods = pods_that_mount(state.source, volume.claim_ns, volume.claim);
    const std::string ns = target_namespace(state.plan, volume.claim_ns);
    const std::string& claim = volume.target_claim.empty() ? volume.claim : volume.target_claim;
    // one claim on both sides: its pods are the source's
    if (is_also_source(state, ns) && claim == volume.claim) return situation;
    situation.target_pods = pods_that_mount(state.target, ns, claim);
    return situation;
}

}  // namespace

Situation situation_of(const State& state) {
    Situation situation{.workloads = workloads_of(state)};
    for (const mtc::PlanVolume& volume : state.plan.volumes)
        situation.volumes.push_back(situation_of_volume(state, volume));
    return situation;
}

bool is_written_by_both(const VolumeSituation& volume) {
    return volume.moved && !volume.source_pods.empty() && !volume.target_pods.empty();
}

}  // namespace rollback
