#include "rollback/conversion.hpp"

#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/acceptance.hpp"
#include "rollback/command.hpp"
#include "rollback/mounts.hpp"

namespace rollback {
namespace {

bool is_converted(const State& state, const mtc::PlanVolume& volume) {
    return volume.action == "copy" && volume.claim_on_target() != volume.claim &&
           state.plan.target_of(volume.claim_ns) == volume.claim_ns &&
           is_also_source(state, volume.claim_ns);
}

// Once, not for each workload: there are thousands of both, and mostly none of these.
std::vector<mtc::PlanVolume> converted_volumes(const State& state) {
    std::vector<mtc::PlanVolume> out;
    std::ranges::copy_if(
        state.plan.volumes, std::back_inserter(out),
        [&](const mtc::PlanVolume& volume) { return is_converted(state, volume); });
    return out;
}

}  // namespace

namespace {

// As the controller sees it (mm/task.go, isStorageConversion).
bool is_conversion(const State& state) {
    return is_one_cluster(state) && !state.plan.volumes.empty() &&
           std::ranges::all_of(state.plan.namespaces, [](const mtc::NamespacePair& pair) {
               return pair.source == pair.target;
           });
}

// The plan's present names, and what carries its label: a refresh of the plan may rename them.
bool mounts_a_new_claim(const State& state, const std::vector<mtc::PlanVolume>& volumes,
                        const Object& workload) {
    const bool by_name = std::ranges::any_of(volumes, [&](const mtc::PlanVolume& volume) {
        return volume.claim_ns == workload.ref.ns && mounts(workload, volume.claim_on_target());
    });
    return by_name || std::ranges::any_of(state.target.claims, [&](const Object& claim) {
               return claim.ref.ns == workload.ref.ns && is_also_source(state, claim.ref.ns) &&
                      base::label_of(claim, mtc::labels::migrated_by_plan) == state.plan.uid &&
                      mounts(workload, claim.ref.name);
           });
}

}  // namespace

std::vector<ObjectRef> converted_workloads(const State& state) {
    std::vector<ObjectRef> out;
    if (!is_conversion(state)) return out;
    const auto volumes = converted_volumes(state);
    for (const Object& workload : state.source.workloads) {
        if (mounts_a_new_claim(state, volumes, workload)) out.push_back(workload.ref);
    }
    return out;
}

std::string describe_conversion(const State& state) {
    std::vector<std::string> names;
    for (const ObjectRef& workload : converted_workloads(state)) names.push_back(workload.path());
    if (names.empty()) return {};
    const bool one = names.size() == 1;
    return std::string(one ? "a workload mounts" : "workloads mount") +
           " the new claims of a storage conversion: MTC's own rollback switches back to the old "
           "ones, `manual` starts " +
           (one ? "it" : "them") + " with the new ones: " + base::first_of(std::move(names), 3) +
           "; to switch, MTC stops all workloads of the namespaces and starts them again";
}

namespace {

// One that failed has not.
bool has_completed(const Object& job) {
    return std::ranges::any_of(base::items_at(job.body, "/status/conditions"), [](const Json& c) {
        return base::text_or_empty(c, "/type") == "Complete" &&
               base::text_or_empty(c, "/status") == "True";
    });
}

}  // namespace

void add_jobs_that_fail_it(const State& state, std::vector<Blocker>& out) {
    if (!is_conversion(state)) return;
    for (const Object& job : state.source.workloads) {
        const std::string path = job.ref.path();
        if (job.ref.type.plural != "jobs" || has_completed(job) ||
            is_accepted(state, conversion_copies_job_id, path))
            continue;
        out.push_back(
            {.id = conversion_copies_job_id,
             .what = path +
                     " has not completed: to switch the claims back MTC makes a copy of it, which "
                     "clusters since Kubernetes 1.27 refuse, so that its rollback stops the "
                     "application and fails before it starts it again",
             .remedy =
                 "wait until it has completed, or delete it where it may go: " +
                 oc(state, Side::Source, "delete", job.ref) +
                 "; where the cluster is older: " + accept_flag(conversion_copies_job_id, path)});
    }
}

void add_sets_on_new_claims(const State& state, std::vector<Blocker>& out) {
    for (const ObjectRef& workload : converted_workloads(state)) {
        if (workload.type.plural != "statefulsets" ||
            is_accepted(state, conversion_moves_set_id, workload.path()))
            continue;
        out.push_back({.id = conversion_moves_set_id,
                       .what = workload.path() +
                               " mounts claims that the conversion made: MTC's rollback makes it "
                               "anew and deletes them; where it does not find the way back to the "
                               "old claims, its data is lost",
                       .remedy = "leave it where it is (the manual flow starts it there), or back "
                                 "its data up first and then: " +
                                 accept_flag(conversion_moves_set_id, workload.path())});
    }
}

}  // namespace rollback
