// The manual flow: what MTC's documentation describes for the case that the controller cannot roll
// back, decided for every kind of workload and for both clusters. Target first, source last:
// nothing is started on the source while the target can write to a volume of the plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rollback/pods.hpp"
#include "rollback/record.hpp"
#include "rollback/runbook.hpp"
#include "rollback/start_choice.hpp"

namespace rollback {

struct ManualOptions {
    bool stage_pods = true;
    bool workloads = true;
    std::vector<ReplicaCount> set = {};
    bool assume_target_stopped = false;  // believed where it could not be seen, never against it
    bool as_before = false;              // --start-as-before

    StartChoice starts() const { return {.set = set, .as_before = as_before}; }
};

/// A right that a step needs.
struct Need {
    Side side = Side::Source;
    std::string verb;
    base::ResourceType type;
    std::string ns;
    std::string subresource = {};
    auto operator<=>(const Need&) const = default;
};

/// "deployments.apps", "virtualmachines/start.subresources.kubevirt.io"
std::string resource_of(const base::ResourceType& type, const std::string& subresource);

/// What a runbook writes, each once, in order: to be asked before it is begun.
std::vector<Need> needs_of(const Runbook& runbook);

/// The starts on the source that MTC's rollback does not make: what is left at rest and decided,
/// and what MTC stopped and lost the number of, where --set gives it. To be done when it has ended.
std::vector<Step> starts_after_mtc(const State& state, const Situation& situation,
                                   const Record& record, const StartChoice& choice);

/// Everything in the order in which it is to be done; steps between two waits may go side by side.
/// Empty when there is nothing to do; no steps when something blocks. `record` is what was written
/// down of the workloads before.
Runbook manual_flow(const State& state, const Record& record, const ManualOptions& options);

/// The same runbook, or blockers and no steps where `denied` has what a step needs.
Runbook unless_denied(Runbook runbook, const std::vector<Denied>& denied);

/// What is to be written to that object of `patch`, as it is `now`: after a conflict. Nothing when
/// it needs no writing any more.
std::optional<Patch> decided_anew(const Patch& patch, const Object& now, const Record& record,
                                  const ManualOptions& options);

/// What stands in the way of starting anything on the source: workloads of the target that run, or
/// could, and pods that mount a volume of the plan; each named, with the command that stops it.
/// What cannot be seen may be one, unless the options say otherwise.
/// Pods that are about to go, when their workload is stopped, are not among them.
std::vector<Blocker> writers_on_target(const State& state, const ManualOptions& options = {});

/// The pods of the target that mount a volume of the plan and have not ended, in order.
std::vector<ObjectRef> pods_that_write(const State& state);

/// The workloads of the target that a start on the source must not meet: those that were migrated,
/// and those that mount a volume of the plan; not at rest.
std::vector<const Object*> workloads_to_stop(const State& state);

/// True when a workload of the target mounts a volume of the plan.
bool mounts_a_volume_of_the_plan(const State& state, const Object& workload);

/// A stage pod that is to be deleted on that side. Where both sides are one namespace its pods are
/// the source's.
bool is_to_go(const State& state, Side side, const Object& pod);

/// The record with what the workloads that are to be started are known to have run, whoever says
/// so: it is what the proof compares with.
Record completed(Record record, const State& state, const ManualOptions& options);

}  // namespace rollback
