#include "rollback/several_plans.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "rollback/mounts.hpp"

namespace rollback {
namespace {

// As the plan spells it. The controller counts these texts, and looks up its own namespaces by
// their names: one that a plan maps to another name counts for none.
std::string spelled(const mtc::NamespacePair& pair) {
    return pair.source == pair.target ? pair.source : pair.source + ":" + pair.target;
}

// On a source that is the controller's own cluster the plan itself is one of them.
std::map<std::string, const mtc::Plan*> plans_of_the_source(const State& state) {
    std::map<std::string, const mtc::Plan*> plans;
    for (const mtc::Plan& plan : state.source.plans) plans.emplace(plan.uid, &plan);
    if (!state.source_cluster.host) return plans;
    plans.emplace(state.plan.uid, &state.plan);
    for (const mtc::Plan& plan : state.other_plans) plans.emplace(plan.uid, &plan);
    return plans;
}

bool mounts_a_copied_claim(const State& state, const Object& workload) {
    return std::ranges::any_of(claims_of(workload), [&](const std::string& claim) {
        return state.plan.copies(workload.ref.ns, claim);
    });
}

}  // namespace

bool starts_by_volume_only(const State& state) {
    const auto plans = plans_of_the_source(state);
    return std::ranges::any_of(state.plan.namespaces, [&](const mtc::NamespacePair& own) {
        std::ptrdiff_t listed = 0;
        for (const auto& [uid, plan] : plans) {
            listed += std::ranges::count_if(plan->namespaces, [&](const mtc::NamespacePair& other) {
                return spelled(other) == own.source;
            });
        }
        return listed > 1;
    });
}

bool is_left_out(const State& state, const Object& workload) {
    return starts_by_volume_only(state) && !mounts_a_copied_claim(state, workload);
}

}  // namespace rollback
