// Cancels the migration of a plan that runs, or is the next to run, waits for its end, and looks at
// what that leaves behind.
#pragma once

#include "run/flow.hpp"

namespace run {

struct CancelFlowOptions : FlowOptions {
    /// Somebody has agreed beforehand to cancel a rollback, too. Where somebody is asked, the
    /// question says what it is about.
    bool even_rollback = false;
    /// Told what will be canceled, before anybody is asked.
    std::function<void(const mtc::Migration&, const rollback::RunReport&)> decided =
        [](const mtc::Migration&, const rollback::RunReport&) {};
};

/// Never throws for what a cluster does. Succeeded: it is canceled, or deleted where the controller
/// would not have heeded it; Failed: it has ended in another way. Source and target may be absent:
/// then what is left behind is not looked at.
rollback::RunReport cancel_flow(const Session& session, const CancelFlowOptions& options,
                                std::stop_token stop);

}  // namespace run
