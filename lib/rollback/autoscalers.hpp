// Who else decides how much a workload runs: HorizontalPodAutoscalers, and KEDA's ScaledObjects.
#pragma once

#include <string>

#include "rollback/state.hpp"

namespace rollback {

/// True when the autoscaler decides about that workload.
bool scales(const Object& autoscaler, const ObjectRef& workload);

/// The autoscaler of that workload that may leave it at 0 on purpose, or nullptr. A
/// HorizontalPodAutoscaler may only where its minReplicas is 0; KEDA's unless it says otherwise.
const Object* scales_to_zero(const ClusterView& view, const ObjectRef& workload);

}  // namespace rollback
