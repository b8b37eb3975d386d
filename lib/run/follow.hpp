// Follows a MigMigration by watch until it ends, and explains when nothing moves.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "run/event.hpp"
#include "run/session.hpp"

namespace run {

struct FollowOptions {
    std::optional<std::chrono::steady_clock::time_point> deadline = {};  // give up waiting then
    std::chrono::milliseconds stall_after{60'000};
    std::chrono::milliseconds tick{1'000};
};

/// The migration in its terminal state. ErrorKind::TimedOut at the deadline, Interrupted by the
/// token, NotFound when somebody deleted it; each time it goes on, or not, without us.
Result<mtc::Migration> follow(const Session& session, const ObjectRef& migration,
                              const FollowOptions& options, const EventSink& sink,
                              std::stop_token stop);

/// Why a migration does not move, and the command that helps: what terminates on the target with
/// its finalizers and the pods that hold it, who postpones it, which condition of the plan blocks.
std::vector<std::string> explain_stall(const Session& session, const mtc::Migration& migration,
                                       std::stop_token stop);

}  // namespace run
