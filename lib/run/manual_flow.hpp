// The manual flow from the first look to the proof: observe both sides, decide, ask, snapshot,
// write target first and source last, wait until the application serves, verify. It needs neither
// MTC's controller nor, with a plan from a file, the control cluster. It prints nothing.
#pragma once

#include "rollback/manual.hpp"
#include "run/console_flow.hpp"
#include "run/records.hpp"

namespace run {

struct ManualFlowOptions {
    rollback::ManualOptions manual = {};
    bool verify = true;  // wait until the application serves, and prove it
    ConsoleFlowOptions::DryRun dry_run = ConsoleFlowOptions::DryRun::None;
    ExecuteOptions execute = {};
    std::optional<std::chrono::milliseconds> timeout = {};  // from the first wait on
    std::filesystem::path snapshot_folder = {};
    /// Shown before anybody is asked, and when something blocks.
    std::function<void(const rollback::State&, const rollback::Assessment&,
                       const rollback::Runbook&)>
        decided = [](const auto&, const auto&, const auto&) {};
    /// Not called when nothing will be written.
    std::function<Consent()> consent;
    Warn warn = [](const std::string&) {};
    EventSink sink = [](const Event&) {};
};

/// Never throws for what a cluster does: everything ends in the report.
rollback::RunReport manual_flow(const Session& session, const ManualFlowOptions& options,
                                std::stop_token stop);

}  // namespace run
