// Where the application stands now: each workload and each volume of the plan on both sides, and
// whether both sides could write to one volume. Read off a State; nothing is decided here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mtc/workload.hpp"
#include "rollback/state.hpp"

namespace rollback {

/// A workload on one side.
struct Presence {
    mtc::Wanted told;      // what its spec tells it to run
    mtc::Serving serves;   // whether it does
    bool at_rest = false;  // it is told to run nothing
};

/// A workload of the plan's namespaces, matched by kind and name through the plan's mapping of
/// namespaces.
struct WorkloadSituation {
    ObjectRef workload;                   // as it is called on the source
    std::optional<Presence> source = {};  // nothing: it is not there, or was not seen
    std::optional<Presence> target = {};
    bool stopped = false;         // by MTC, on the source
    mtc::Wanted returns_to = {};  // when stopped; empty fields: the record is lost
};

/// A volume of the plan.
struct VolumeSituation {
    mtc::PlanVolume volume;
    bool moved = false;  // one volume for both sides, not a copy
    // That mount its claim now, and have not ended. Without MTC's stage pods: they write nothing.
    std::vector<ObjectRef> source_pods = {};
    std::vector<ObjectRef> target_pods = {};
};

struct Situation {
    std::vector<WorkloadSituation> workloads = {};  // by namespace, kind, name
    std::vector<VolumeSituation> volumes = {};      // in the plan's order
};

Situation situation_of(const State& state);

/// True when pods of both sides mount it, and it is one volume.
bool is_written_by_both(const VolumeSituation& volume);

}  // namespace rollback
