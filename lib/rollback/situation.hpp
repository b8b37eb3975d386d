// Where the application stands now: each workload and each volume of the plan on both sides, and
// whether both sides could write to one volume. Read off a State; nothing is decided here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mtc/workload.hpp"
#include "rollback/record.hpp"
#include "rollback/state.hpp"

namespace rollback {

/// A workload on one side.
struct Presence {
    mtc::Wanted told;      // what its spec tells it to run
    mtc::Serving serves;   // whether it does
    bool at_rest = false;  // it is told to run nothing
    bool ended = false;    // a Job that has come to its end
};

/// A workload of the plan's namespaces, matched by kind and name through the plan's mapping of
/// namespaces.
struct WorkloadSituation {
    ObjectRef workload;                   // as it is called on the source
    std::optional<Presence> source = {};  // nothing: it is not there, or was not seen
    std::optional<Presence> target = {};
    bool stopped = false;         // by MTC, on the source
    bool marked = false;          // by MTC, whether it is stopped or runs again
    mtc::Wanted returns_to = {};  // by MTC, when stopped; empty fields: its annotation is lost
    bool migrated = false;        // what is on the target is a copy that the plan made
    bool missing = false;         // not on the source, and all workloads there were seen
    Before before = {};
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

/// The workloads alone.
std::vector<WorkloadSituation> workloads_of(const State& state, const Record& record);
/// The volumes alone.
std::vector<VolumeSituation> volumes_of(const State& state);
/// `record` tells what was before.
Situation situation_of(const State& state, const Record& record);
/// With what is to be seen now.
Situation situation_of(const State& state);

/// True for a workload that MTC's rollback leaves at rest on the source, or that is not there,
/// though it ran before or its copy runs on the target: the rollback deletes the only one that
/// runs.
bool is_left_at_rest(const WorkloadSituation& workload);

/// True for a workload that runs on the source, with another number than before.
bool runs_with_another_number(const WorkloadSituation& workload);

/// True when pods of both sides mount it, and it is one volume.
bool is_written_by_both(const VolumeSituation& volume);
/// "volume pv-1 (claim data in shop) is mounted on both sides: by pod/web-1 in shop on the source,
/// by pod/web-9 in shop on the target"
std::string describe_double_writer(const VolumeSituation& volume);

/// "deployment/web in shop, pod/web-1 in shop, ... and 2 more"
std::string names_of(const std::vector<ObjectRef>& refs);

}  // namespace rollback
