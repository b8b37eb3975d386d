// The parts of the manual flow that manual.cpp puts in their order: what is to be started on the
// source (manual_start.cpp), and what must rest on the target before, or stands in the way
// (manual_guard.cpp).
#pragma once

#include "rollback/manual.hpp"

namespace rollback::manual {

/// What a workload of the source is to run, and where that is known from.
struct Start {
    mtc::Wanted wanted;
    std::string says;
    bool guessed = false;  // nobody tells it
};
Start start_of(const Object& workload, const Record& record, const ManualOptions& options);

/// True when it carries a mark of MTC, when --set names it while it is at rest, or when it is to be
/// started as before.
bool needs_start(const Object& workload, const Record& record, const ManualOptions& options);
/// True when its spec tells it to run nothing.
bool rests(const Object& workload);
Patch start(const Object& workload, const Start& start);
/// The steps that start the workloads of the source; what cannot be started is among the skipped.
Runbook starts(const State& state, const Record& record, const ManualOptions& options);

/// Which object it is, without what it holds.
Object bare(const Object& object);

/// For a DeploymentConfig that has been started, or was so in an earlier run.
std::optional<Patch> pause(const Object& workload);
/// Those of the workloads that `starts` starts, or that an earlier run has started.
std::vector<Step> pauses(const State& state, const Runbook& starts);

Patch stop(const Object& workload, Json operations);
std::vector<Step> stops(const State& state);

/// True when the plan has a volume that both sides could write to.
bool has_volumes(const State& state);
/// What of the pods and workloads of that side could not be seen.
std::vector<std::string> unseen(const State& state, Side side);

/// What the steps need and the operator may not, as one blocker.
void add_denied(const std::vector<Denied>& all, const std::vector<Step>& steps,
                std::vector<Blocker>& out);
std::vector<Blocker> blockers(const State& state, const Record& record,
                              const ManualOptions& options, const std::vector<Step>& steps);

}  // namespace rollback::manual
