// When a cluster has come to rest: workload controllers have seen every spec, pods follow it and
// their kubelet has spoken of each, claims are bound, nothing is on its way out.
#pragma once

#include "sandbox/mirror.hpp"
#include "sandbox/resources.hpp"

namespace sandbox {

/// The object that is not at rest, or "".
std::string unsettled(const View& view);
/// Blocks until it is; Interrupted when the token asks.
Result<void> await_settled(kube::Cluster& cluster, std::stop_token stop);

}  // namespace sandbox
