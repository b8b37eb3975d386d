// Looks at both clusters at once and writes down what was seen as a State. What may not or cannot
// be read becomes a Gap; only the loss of the control cluster, an unreachable or unauthorised
// cluster and an interrupt are errors.
#pragma once

#include <stop_token>

#include "rollback/runbook.hpp"
#include "rollback/state.hpp"
#include "run/session.hpp"

namespace run {

struct ObserveOptions {
    std::size_t parallel = 8;  // requests at a time and cluster
    bool labelled = true;      // scan the target for objects with a plan's label
    bool reviews = true;       // ask beforehand what one may do of the console flow
    bool proof = false;        // look at what only verify reads: traffic, volumes, events
};

Result<rollback::State> observe(const Session& session, const ObserveOptions& options,
                                std::stop_token stop);

/// Which clusters they are, and nothing else of them: for rollback::doubts_of().
Result<rollback::State> identify(const Session& session, std::vector<rollback::Gap>& gaps,
                                 std::stop_token stop);

/// Asks both sides whether one may do what the runbook writes, and puts down what not.
Result<void> review(const Session& session, const rollback::Runbook& runbook,
                    rollback::State& state, std::size_t parallel, std::stop_token stop);

/// The plan and its migrations as they are now, and nothing of the two sides.
Result<rollback::State> look_at_plan(const Session& session, std::stop_token stop);

/// Looks at the target's pods and workloads once more and puts them, and what could not be seen of
/// them, in the place of what `state` holds.
Result<void> look_again_at_target(const Session& session, rollback::State& state,
                                  std::size_t parallel, std::stop_token stop);

/// The volumes of the source, so that they can be written down; left out when they may not be seen.
void look_at_volumes_of_source(const Session& session, rollback::State& state,
                               std::stop_token stop);

/// The target's objects with the plan's label, in its namespaces of the plan: every listable
/// namespaced resource type, metadata only. What could not be listed is added to `gaps`.
Result<std::vector<Object>> labelled_objects(kube::Cluster& cluster, const mtc::Plan& plan,
                                             std::size_t parallel, std::vector<rollback::Gap>& gaps,
                                             std::stop_token stop);

}  // namespace run
