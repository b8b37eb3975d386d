// The console flow from the first look to the proof: observe, assess, ask, snapshot, create once,
// follow, verify. It prints nothing and knows no command line: who asks and who shows is passed in.
#pragma once

#include "run/flow.hpp"

namespace run {

struct ConsoleFlowOptions : FlowOptions {
    rollback::Task task = rollback::Task::RollBack;
    bool cancel_running = false;        // what would postpone the rollback
    bool follow = true;                 // false: end when the rollback is created
    rollback::StartChoice starts = {};  // of what MTC's rollback does not start
    std::string name = {};              // of the rollback; empty: a random one
    /// Told as soon as both clusters have been looked at and judged, before anybody is asked.
    std::function<void(const rollback::State&, const rollback::Assessment&)> assessed =
        [](const rollback::State&, const rollback::Assessment&) {};
};

/// Never throws for what a cluster does: everything ends in the report. Its exit_code is left to
/// the caller.
rollback::RunReport console_flow(const Session& session, const ConsoleFlowOptions& options,
                                 std::stop_token stop);

}  // namespace run
