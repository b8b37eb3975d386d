// What will be done, as data: compared in tests, shown as the dry run, executed by lib/run step by
// step.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "rollback/assess.hpp"

namespace rollback {

struct Create {
    ObjectRef what;
    Json manifest;
};
struct AwaitMigration {
    ObjectRef what;
};
/// Until every workload of the source serves as it was recorded.
struct AwaitServing {};

using Action = std::variant<Create, AwaitMigration, AwaitServing>;

struct Step {
    Action action;
    std::string why;
};

struct Runbook {
    std::vector<Step> steps;
    std::vector<Blocker> blockers;

    bool empty() const { return steps.empty(); }
};

/// The console flow: create the rollback under `name` (or attach to the one that runs), follow it,
/// wait until the application serves. Empty when there is nothing to do; no steps when something
/// blocks.
Runbook console_flow(const State& state, const Assessment& assessment, const std::string& name);

}  // namespace rollback
