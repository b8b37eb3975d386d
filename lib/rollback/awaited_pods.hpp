// Which pods MTC's rollback waits for, when it has stopped the target's workloads
// (EnsureDestQuiesced, mm/quiesce.go). They are fewer than those that still run there.
#pragma once

#include <vector>

#include "rollback/state.hpp"

namespace rollback {

/// Those of `pods` (of the target) that keep the rollback from going on: a workload's pods that
/// have not ended, in a namespace with a volume that the plan copies. One that mounts any other
/// claim is not waited for, nor is a pod that belongs to no workload.
std::vector<Object> awaited_pods(const mtc::Plan& plan, const std::vector<Object>& pods);

}  // namespace rollback
