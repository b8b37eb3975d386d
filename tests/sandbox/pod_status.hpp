// The status of a pod as a kubelet writes it: running and ready, or waiting for a reason. Pure.
#pragma once

#include "sandbox/resources.hpp"

namespace sandbox {

/// Running and Ready when `reason` is empty, else waiting with that reason.
Json pod_status(const Object& pod, const std::string& reason);
/// No node takes it.
Json unschedulable_status(const Object& pod, const std::string& message);
/// The status says already what pod_status(pod, reason) would.
bool says(const Object& pod, const std::string& reason);

}  // namespace sandbox
