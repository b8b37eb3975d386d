// The console flow from the first look to the proof: observe, assess, ask, snapshot, create once,
// follow, verify. It prints nothing and knows no command line: who asks and who shows is passed in.
#pragma once

#include <filesystem>
#include <functional>

#include "rollback/report.hpp"
#include "run/execute.hpp"

namespace run {

enum class Consent { Given, Declined, Interrupted };

struct ConsoleFlowOptions {
    bool verify = true;
    enum class DryRun { None, Client, Server } dry_run = DryRun::None;
    ExecuteOptions execute = {};
    /// From the moment when there is something to wait for: nobody is hurried at the prompt.
    std::optional<std::chrono::milliseconds> timeout = {};
    std::filesystem::path snapshot_folder = {};  // empty: no snapshot can be kept
    /// Shows what will happen and asks. Not called when nothing will be written.
    std::function<Consent(const rollback::State&, const rollback::Assessment&)> consent;
    /// Told what would be lost when the snapshot cannot be written, and so on.
    std::function<void(const std::string&)> warn = [](const std::string&) {};
    EventSink sink = [](const Event&) {};
    /// Told as soon as both clusters have been looked at and judged.
    std::function<void(const rollback::State&, const rollback::Assessment&)> assessed =
        [](const rollback::State&, const rollback::Assessment&) {};
};

/// Never throws for what a cluster does: everything ends in the report. Its exit_code is left to
/// the caller.
rollback::RunReport console_flow(const Session& session, const ConsoleFlowOptions& options,
                                 std::stop_token stop);

/// "rollback-" and 8 random characters.
std::string new_rollback_name();

}  // namespace run
