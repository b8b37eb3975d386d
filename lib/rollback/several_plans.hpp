// What it means for a rollback that several plans list one namespace: from 1.8 on the controller
// then starts only what mounts a volume that the plan copies.
#pragma once

#include "rollback/state.hpp"

namespace rollback {

/// True when one namespace of the plan is listed by more than one of the plans that the source's
/// own API has, of whatever clusters, closed ones too: that is so for all namespaces of the plan
/// then (mm/quiesce.go, multiplePlans).
bool starts_by_volume_only(const State& state);

/// True for a workload of the source that MTC's rollback passes over for that reason, as often as
/// it is run.
bool is_left_out(const State& state, const Object& workload);

}  // namespace rollback
