#include "rollback/twice.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "mtc/unquiesce.hpp"
#include "mtc/workload.hpp"
#include "rollback/acceptance.hpp"
#include "rollback/before.hpp"
#include "rollback/command.hpp"
#include "rollback/mounts.hpp"
#include "rollback/other_owners.hpp"
#include "rollback/pods.hpp"

namespace rollback {
namespace {

bool is_told_to_run(const Object& workload) {
    const mtc::WorkloadKind* kind = mtc::workload_kind(workload.ref.type);
    if (kind == nullptr || kind->at_rest(workload)) return false;
    return workload.ref.type.plural != "jobs" || !mtc::job_ended(workload);
}

const mtc::Plan* other_plan(const State& state, const std::string& uid) {
    const auto it = std::ranges::find(state.other_plans, uid, &mtc::Plan::uid);
    return it == state.other_plans.end() ? nullptr : &*it;
}

// Of a copy in a namespace of this plan its mapping counts, elsewhere that of the one that made it.
std::string source_namespace_of(const State& state, const Object& copy, const std::string& plan) {
    if (std::ranges::count(state.target.namespaces, copy.ref.ns) > 0)
        return state.plan.source_of(copy.ref.ns);
    const mtc::Plan* other = other_plan(state, plan);
    return other == nullptr ? copy.ref.ns : other->source_of(copy.ref.ns);
}

using ByKey = std::map<mtc::WorkloadKey, const Object*>;

void add_twin(const State& state, const ByKey& source, const Object& copy, std::vector<Twin>& out) {
    if (is_also_source(state, copy.ref.ns) || !is_told_to_run(copy)) return;
    const std::string plan = base::label_of(copy, mtc::labels::migrated_by_plan).value_or("");
    if (plan == state.plan.uid) return;
    ObjectRef as_on_source = copy.ref;
    as_on_source.ns = source_namespace_of(state, copy, plan);
    const auto it = source.find(mtc::key_of(as_on_source));
    if (it == source.end()) return;
    const mtc::Plan* known = other_plan(state, plan);
    const std::string unknown = plan.empty() ? "" : "that is not here (its UID is " + plan + ")";
    out.push_back({it->second, &copy, known == nullptr ? unknown : known->name});
}

std::string how_to_stop(const State& state, const ObjectRef& what) {
    return "see what it is, and stop it first: " + oc(state, Side::Target, "get", what, " -o yaml");
}

Blocker stays(const State& state, const ObjectRef& what, const mtc::PlanVolume& volume) {
    return {.id = "target-pod-writes",
            .what = what.path() + " on the target mounts claim " + volume.claim_on_target() +
                    " of the plan and was not migrated: MTC's rollback leaves it, and " +
                    (volume.action == "move"
                         ? "the application on the source would write to the same volume"
                         : "waits without end for the claim, with the application stopped"),
            .remedy = how_to_stop(state, what)};
}

bool is_deleted_by_mtc(const State& state, const ObjectRef& ref) {
    return std::ranges::any_of(state.target.labelled, [&](const Object& object) {
        return object.ref.ns == ref.ns && object.ref.name == ref.name &&
               object.ref.type.kind == ref.type.kind;
    });
}

void add_pods_that_stay(const State& state, const mtc::PlanVolume& volume, const std::string& ns,
                        std::vector<Blocker>& out) {
    for (const Object& pod : state.target.pods) {
        const bool asleep = has_ended(pod) || only_sleeps(pod) || is_stage_pod(pod) ||
                            is_transfer_pod(pod) || base::is_terminating(pod);
        if (pod.ref.ns != ns || asleep || !mounts(pod, volume.claim_on_target())) continue;
        const auto owner = other_owner(pod);
        const bool own = base::label_of(pod, mtc::labels::migrated_by_plan) == state.plan.uid;
        if (owner && !own && !is_deleted_by_mtc(state, *owner))
            out.push_back(stays(state, pod.ref, volume));
    }
}

// Before it deletes MTC stops every workload there is, where a volume was copied directly.
void add_workloads_that_stay(const State& state, const mtc::PlanVolume& volume,
                             const std::string& ns, std::vector<Blocker>& out) {
    if (state.plan.copies_directly()) return;
    for (const Object& workload : state.target.workloads) {
        if (workload.ref.ns == ns && !is_migrated_copy(state, workload) &&
            is_told_to_run(workload) && mounts(workload, volume.claim_on_target()))
            out.push_back(stays(state, workload.ref, volume));
    }
}

}  // namespace

std::vector<Twin> twins_of(const State& state) {
    ByKey source;
    for (const Object& workload : state.source.workloads) {
        if (mtc::workload_kind(workload.ref.type) != nullptr)
            source.emplace(mtc::key_of(workload.ref), &workload);
    }
    std::vector<Twin> out;
    for (const auto* copies : {&state.target.workloads, &state.target.of_rivals}) {
        for (const Object& copy : *copies) add_twin(state, source, copy, out);
    }
    return out;
}

std::string describe_twin(const Twin& twin) {
    return twin.target->ref.path() + " runs on the target, and " +
           (twin.plan.empty() ? "no plan has migrated it"
                              : "plan " + twin.plan + " has migrated it");
}

Blocker twin_runs(const State& state, const Twin& twin) {
    const bool known = std::ranges::count(state.other_plans, twin.plan, &mtc::Plan::name) > 0;
    return {
        .id = "target-workload-runs",
        .what = describe_twin(twin) + ": started on the source, the application would run twice",
        .remedy = known ? "roll back with plan " + twin.plan + ", which migrated it"
                        : "roll back with the plan that migrated it, or stop it first: " +
                              oc(state, Side::Target, "get", twin.target->ref, " -o yaml")};
}

void add_twins(const State& state, std::vector<Blocker>& out) {
    for (const Twin& twin : twins_of(state)) {
        if (!twin.plan.empty() && mtc::is_quiesced(*twin.source))
            out.push_back(twin_runs(state, twin));
    }
}

void add_what_stays_on_claims(const State& state, std::vector<Blocker>& out) {
    if (!state.target.labels_seen) return;
    for (const mtc::PlanVolume& volume : state.plan.volumes) {
        const std::string ns = state.plan.target_of(volume.claim_ns);
        if (!volume.is_migrated() || is_also_source(state, ns)) continue;
        add_pods_that_stay(state, volume, ns, out);
        if (volume.action == "move") add_workloads_that_stay(state, volume, ns, out);
    }
}

void add_unmigrated_to_stop(const State& state, const std::vector<const Object*>& to_stop,
                            std::vector<Blocker>& out) {
    for (const Object* workload : to_stop) {
        const bool migrated = base::label_of(*workload, mtc::labels::migrated_by_plan).has_value();
        ObjectRef as_on_source = workload->ref;
        as_on_source.ns = state.plan.source_of(workload->ref.ns);
        const bool there = std::ranges::any_of(state.source.workloads, [&](const Object& each) {
            return mtc::key_of(each.ref) == mtc::key_of(as_on_source);
        });
        if (migrated || there || !is_told_to_run(*workload) ||
            is_accepted(state, stops_unmigrated_id, workload->ref.path()))
            continue;
        out.push_back({.id = stops_unmigrated_id,
                       .what = workload->ref.path() +
                               " on the target would be stopped, for it mounts a volume of the "
                               "plan; nobody has migrated it, and the source has none: it may be "
                               "the only one that runs",
                       .remedy = "if it is to be stopped: " +
                                 accept_flag(stops_unmigrated_id, workload->ref.path())});
    }
}

}  // namespace rollback
