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
    Side side = Side::Control;
};
struct AwaitMigration {
    ObjectRef what;
};
/// Until every workload of the source serves as it was recorded.
struct AwaitServing {};

/// Why an object is patched; after a conflict it is decided anew by this.
enum class Purpose {
    Start,     // a workload of the source, as it ran before
    Stop,      // a workload of the target
    GiveBack,  // a pod of the source that MTC borrowed as a stage pod
    Pause,     // a DeploymentConfig whose pods run again, as it was before
    Cancel,    // a migration
};
struct Patch {
    Side side;
    Purpose purpose;
    Object seen;         // in a runbook without its body: there may be thousands
    Json operations;     // JSON Patch; with a test for each value it depends on
    std::string change;  // "0 replicas -> 3 replicas"
    /// A VirtualMachine that KubeVirt starts on request only: it is asked first, since what the
    /// patch takes off is what tells the next run that it was to be started.
    bool request_start = false;
};
/// A stage pod, or what a migration left behind.
struct Delete {
    Side side;
    Object seen;
};
/// Until no stage pods are left on that side.
struct AwaitNoStagePods {
    Side side;
    std::vector<std::string> namespaces = {};  // in which there are some now
};
/// Looks at the target once more: until no pod of it mounts a volume of the plan, and none can be
/// started that would.
struct AwaitTargetStopped {};
/// Until these are gone, or nothing moves any more. Where MTC's controller deletes them and does
/// not, the deletions that follow in the runbook do; those of what has gone meanwhile are passed
/// over.
struct AwaitGone {
    std::vector<Delete> what;
    bool by_controller = false;
};

using Action = std::variant<Create, AwaitMigration, AwaitServing, Patch, Delete, AwaitNoStagePods,
                            AwaitTargetStopped, AwaitGone>;

struct Step {
    Action action;
    std::string why;
};

/// A workload that is left as it is, and what helps.
struct Skipped {
    ObjectRef workload;
    std::string why;
    std::string remedy;
};

struct Runbook {
    std::vector<Step> steps;
    std::vector<Blocker> blockers;
    std::vector<Skipped> skipped = {};

    bool empty() const { return steps.empty(); }
};

struct ConsoleOptions {
    bool cancel_running = false;  // migrations that would postpone the rollback are canceled first
    bool follow = true;           // false: the rollback is created, and left to the controller
    /// What MTC does not start: to be done when its rollback has ended.
    std::vector<Step> starts = {};
};

/// "rollback-" and 8 characters that follow from the plan and all its migrations: two who have seen
/// the same make one rollback, for the second is told that it exists. After another migration, or a
/// rollback that has ended, it is another.
std::string name_of_rollback(const State& state);

/// The console flow: create the rollback under `name` (or attach to the one that runs), follow it,
/// wait until the application serves. Empty when there is nothing to do; no steps when something
/// blocks.
Runbook console_flow(const State& state, const Assessment& assessment, const std::string& name,
                     const ConsoleOptions& options = {});

}  // namespace rollback
