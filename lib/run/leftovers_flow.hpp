// Leftovers from the first look to their end: look, decide, ask, look again, delete, wait until
// they are gone, look once more. It prints nothing.
#pragma once

#include "rollback/leftovers.hpp"
#include "run/console_flow.hpp"

namespace run {

struct LeftoversOptions {
    bool remove = false;  // --delete; otherwise it only looks
    rollback::DeletionOptions deletion = {};
    FlowOptions::DryRun dry_run = FlowOptions::DryRun::None;
    ExecuteOptions execute = {};
    std::optional<std::chrono::milliseconds> timeout = {};  // of what waits, after the question
    /// Shown before anybody is asked.
    std::function<void(const rollback::LeftoversReport&)> decided = [](const auto&) {};
    /// Not called when nothing will be written.
    std::function<Consent()> consent;
    EventSink sink = [](const Event&) {};
};

/// Never throws for what a cluster does: everything ends in the report. What had gone before, or
/// was made anew meanwhile, is not deleted.
rollback::LeftoversReport leftovers_flow(const Session& session, const LeftoversOptions& options,
                                         std::stop_token stop);

}  // namespace run
