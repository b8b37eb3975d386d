// What would run twice, or write twice: copies that another plan has migrated, ones that carry no
// plan's label, and pods on the plan's claims that MTC's rollback neither stops nor deletes.
#pragma once

#include <string>
#include <vector>

#include "rollback/assess.hpp"
#include "rollback/state.hpp"

namespace rollback {

/// A workload of the source and one of the same kind and name that is told to run on the target,
/// and that this plan did not migrate.
struct Twin {
    const Object* source;
    const Object* target;
    std::string plan;  // "other", or "that is not here (its UID is ...)"; empty: none migrated it
};
/// Refers to `state`.
std::vector<Twin> twins_of(const State& state);

/// "shop2/deployment/web runs on the target, and plan other has migrated it"
std::string describe_twin(const Twin& twin);

/// The twins that another plan migrated, of workloads that MTC has stopped on the source: whoever
/// starts these makes the application run twice. As reasons to refuse.
void add_twins(const State& state, std::vector<Blocker>& out);
Blocker twin_runs(const State& state, const Twin& twin);

/// Pods and workloads of the target that mount a claim of the plan and stay, whatever MTC's
/// rollback does: on a moved volume they would be a second writer, and on a copy they hold its
/// claim, so that the rollback waits without end.
void add_what_stays_on_claims(const State& state, std::vector<Blocker>& out);

/// The id by which it is accepted that `manual` stops what was not migrated:
/// "stops-unmigrated=shop/deployment/other".
inline constexpr const char* stops_unmigrated_id = "stops-unmigrated";
/// Those that the manual flow would stop, though nobody migrated them and the source has no such
/// workload: they may be the only ones that run.
void add_unmigrated_to_stop(const State& state, const std::vector<const Object*>& to_stop,
                            std::vector<Blocker>& out);

}  // namespace rollback
