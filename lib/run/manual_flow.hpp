// The manual flow from the first look to the proof: observe both sides, decide, ask, snapshot,
// write target first and source last, wait until the application serves, verify. It needs neither
// MTC's controller nor, with a plan from a file, the control cluster. It prints nothing.
#pragma once

#include "rollback/manual.hpp"
#include "run/flow.hpp"

namespace run {

struct ManualFlowOptions : FlowOptions {
    rollback::ManualOptions manual = {};
    /// Shown before anybody is asked, and when something blocks.
    std::function<void(const rollback::State&, const rollback::Assessment&,
                       const rollback::Runbook&)>
        decided = [](const auto&, const auto&, const auto&) {};
};

/// Never throws for what a cluster does: everything ends in the report.
rollback::RunReport manual_flow(const Session& session, const ManualFlowOptions& options,
                                std::stop_token stop);

}  // namespace run
