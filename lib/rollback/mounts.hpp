// Which claims (PersistentVolumeClaims) a pod or a workload's pods mount, read from their volumes.
#pragma once

#include <string>
#include <vector>

#include "rollback/state.hpp"

namespace rollback {

/// The claims that a pod names, or the pod template of a workload. A StatefulSet's own claims
/// (volumeClaimTemplates) are not among them.
std::vector<std::string> claims_of(const Object& pod_or_workload);

/// True when its pods mount that claim of their namespace; a StatefulSet's by its template's name,
/// its own and a number, too.
bool mounts(const Object& workload, const std::string& claim);

}  // namespace rollback
