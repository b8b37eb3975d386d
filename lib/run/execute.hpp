// Carries out a runbook step by step. Each step is safe to repeat: what a lost answer left open is
// looked up before anything is sent again.
#pragma once

#include <optional>
#include <stop_token>

#include "rollback/record.hpp"
#include "rollback/runbook.hpp"
#include "run/follow.hpp"

namespace run {

struct ExecuteOptions {
    FollowOptions follow;
    std::size_t parallel = 8;
    rollback::Flow flow = rollback::Flow::Console;  // whose outcome is to be proved
    bool before_is_known = true;                    // see rollback::Evidence
};

/// What stands on the cluster, and whether somebody else has made it.
struct CreatedOnce {
    Object object;
    bool was_there = false;
};

/// Creates the rollback of `step` exactly once: a lost answer is looked up before the same name is
/// sent again, and one of that name that rolls the same plan back is the one that was to be made.
/// Refuses an answer whose spec.rollback was dropped by the server, and deletes it at once: it
/// would run as a cutover.
Result<CreatedOnce> create_once(const Endpoint& control, const rollback::Create& step,
                                std::stop_token stop);

/// Waits by watch until the findings of `verify` are well or cannot get better, or until the
/// deadline, or until nothing has moved for `stall_after`. Returns the last observation. `first` is
/// the first one, where it has been taken just now, and with all that the proof reads.
Result<rollback::State> await_application(const Session& session, const rollback::Record& record,
                                          const std::string& rollback_name,
                                          const ExecuteOptions& options, const EventSink& sink,
                                          std::stop_token stop,
                                          std::optional<rollback::State> first = {});

}  // namespace run
