// What a failed direct volume migration leaves in a namespace: the tunnel's and rsync's ConfigMaps,
// Secrets and pods (dvm/rsync.go, dvm/task.go). They carry the plan's label on both clusters.
#pragma once

#include "sandbox/expand.hpp"

namespace sandbox {

std::vector<Json> dvm_leftovers(const Place& place);
/// In MTC's namespace of the control cluster: rsync's password, and a progress for each claim.
std::vector<Json> dvm_leftovers_on_control(const Object& volume_migration);

}  // namespace sandbox
