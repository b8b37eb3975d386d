// The proof alone: look at both clusters, wait for what is still becoming ready, and judge. It
// writes nothing, on no cluster and not on this machine, and prints nothing.
#pragma once

#include "run/flow.hpp"

namespace run {

struct VerifyFlowOptions : FlowOptions {
    /// Told as soon as both clusters have been looked at.
    std::function<void(const rollback::Assessment&)> looked = [](const auto&) {};
};

/// After which flow the proof is made is told by the plan's history: with a rollback in it the
/// console flow, otherwise, where a run of the manual one left its snapshot, that one. Its
/// exit_code is left to the caller.
rollback::RunReport verify_flow(const Session& session, const VerifyFlowOptions& options,
                                std::stop_token stop);

}  // namespace run
