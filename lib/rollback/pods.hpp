// Why a pod is not ready, in words, from what the kubelet and the scheduler wrote into its status.
#pragma once

#include <string>

#include "rollback/state.hpp"

namespace rollback {

/// "ImagePullBackOff: Back-off pulling image ...", "not scheduled: ...", or "" when the pod is
/// Running and Ready, or Succeeded.
std::string why_not_ready(const Object& pod);

}  // namespace rollback
