// Carries out the deletion of leftovers, step by step: types in the controller's order, objects of
// one type side by side, each only as it was seen.
#pragma once

#include <stop_token>
#include <vector>

#include "rollback/leftovers.hpp"
#include "run/execute.hpp"

namespace run {

struct DeletionJob {
    const Session& session;
    const mtc::Plan& plan;
    const std::vector<rollback::Leftover>& leftovers;  // those of the runbook are among them
    const ExecuteOptions& execute;
    const EventSink& sink;
    bool dry_run = false;  // dryRun=All; nothing is waited for, and nothing told
};

/// What cannot be deleted is in its Written; an error only when nothing more can be done: TimedOut
/// at the deadline, Interrupted by the token, or a cluster is out of reach. `written` has what was
/// done until then.
Result<void> delete_leftovers(const DeletionJob& job, const rollback::Runbook& runbook,
                              std::vector<rollback::Written>& written, std::stop_token stop);

}  // namespace run
