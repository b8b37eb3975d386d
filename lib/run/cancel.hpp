// Takes migrations out of the way, as rollback::steps_to_cancel() says: one after the other, each
// waited for.
#pragma once

#include <span>
#include <stop_token>

#include "run/execute.hpp"

namespace run {

struct CancelJob {
    const Session& session;
    const ExecuteOptions& execute;
    const EventSink& sink;
};

/// Puts what was written, and how each migration ended, into `report`. A migration that somebody
/// deletes meanwhile is out of the way, too. TimedOut at the deadline, Interrupted by the token,
/// and Conflict for what is deleted and does not go.
Result<void> cancel_all(const CancelJob& job, std::span<const rollback::Step> steps,
                        rollback::RunReport& report, std::stop_token stop);

/// Has the server check the writes among the steps, and stores nothing.
Result<void> try_to_cancel(const CancelJob& job, std::span<const rollback::Step> steps,
                           std::stop_token stop);

}  // namespace run
