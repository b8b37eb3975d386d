// What controllers do for objects that are no workloads: the endpoints of Services, the protection
// of claims in use. Garbage is collected by the store itself.
#pragma once

#include "sandbox/workload_controller.hpp"

namespace sandbox {

/// Endpoints and an EndpointSlice with the addresses of the pods that it selects.
void follow_service(const Work& work, const Object& service);
/// Takes the finalizer kubernetes.io/pvc-protection from a deleted claim that no pod mounts.
void release_claim(const Work& work, const Object& claim);

}  // namespace sandbox
