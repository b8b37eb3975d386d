// may_run_on_the_copy(), reasons_of_copy(): what the copies of the newest cutover mean now.
#include <algorithm>

#include "mtc/names.hpp"
#include "rollback/assess.hpp"
#include "rollback/check.hpp"

namespace rollback {
namespace {

bool is_of_the_plan(const State& state, const Object& workload) {
    return base::label_of(workload, mtc::labels::migrated_by_plan) == state.plan.uid;
}

// Migrated ones, and ones that stand on both sides: what is the target's own runs on its own data.
bool runs_on_target(const State& state, const Situation& situation) {
    const bool migrated = std::ranges::any_of(state.target.workloads, [&](const Object& each) {
        const mtc::WorkloadKind* kind = mtc::workload_kind(each.ref.type);
        return kind != nullptr && is_of_the_plan(state, each) && !kind->at_rest(each);
    });
    return migrated || std::ranges::any_of(situation.workloads, [](const auto& each) {
               return each.source && each.target && !each.target->at_rest;
           });
}

// In a storage conversion the source's own pods mount the copy.
bool mounts_the_copy(const Situation& situation) {
    return std::ranges::any_of(situation.volumes, [](const VolumeSituation& each) {
        return !each.moved && !each.target_pods.empty();
    });
}

bool target_workloads_unseen(const State& state) {
    return std::ranges::any_of(state.gaps, [](const Gap& gap) {
        return gap.side == Side::Target && is_workload(gap.resource);
    });
}

std::string application_on_the_copy(const State& state) {
    const bool both = std::ranges::any_of(
        state.target.namespaces, [&](const std::string& ns) { return is_also_source(state, ns); });
    return both ? "the application" : "the application on the target";
}

}  // namespace

// Workloads of the target that could not be seen may be what was migrated.
bool may_run_on_the_copy(const State& state, const Situation& situation) {
    return runs_on_target(state, situation) || mounts_the_copy(situation) ||
           (target_workloads_unseen(state) && !state.target.labelled.empty());
}

// First what it means now, then which volumes, then how it came about.
std::vector<std::string> reasons_of_copy(const State& state, const CopyOfVolumes& copy, bool runs) {
    if (copy.end == CopyEnd::Unknown)
        return {"not known whether the volumes were copied: " + copy.why};
    if (copy.end != CopyEnd::Incomplete) return {};
    std::vector<std::string> reasons{
        "the copy is not complete" +
        (runs ? ": " + application_on_the_copy(state) + " runs on incomplete data" : "")};
    if (!copy.missing.empty()) reasons.push_back("not copied: " + describe_missing(copy));
    reasons.push_back(copy.why);
    return reasons;
}

}  // namespace rollback
