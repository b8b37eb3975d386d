// Nothing is started on the source while the target can write to a volume of the plan: looks at the
// target, and waits for its pods to go, until that is seen.
#pragma once

#include <expected>
#include <stop_token>

#include "rollback/manual.hpp"
#include "run/execute.hpp"

namespace run {

struct NotStopped {
    base::Error error;
    bool waited = false;  // it is a wait that ended, by its deadline or by an interrupt
};

/// As often as it takes: what began to run on the target after the first look is seen here. Keeps
/// the target of `state` up to date.
std::expected<void, NotStopped> await_target_stopped(const Session& session, rollback::State& state,
                                                     const rollback::ManualOptions& manual,
                                                     const ExecuteOptions& options,
                                                     const EventSink& sink, std::stop_token stop);

}  // namespace run
