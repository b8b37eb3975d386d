// The clusters that the promises of kube::Cluster are tried on: the fake, RestCluster on the
// sandbox's server, and RestCluster on a real API server if the environment names one. It promises
// nothing itself.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "kube/cluster.hpp"

namespace contract {

class World {
  public:
    virtual ~World() = default;
    virtual std::string name() const = 0;
    /// An administrator's view.
    virtual kube::Cluster& cluster() = 0;
    /// Somebody's who may not list secrets.
    virtual kube::Cluster& restricted() = 0;
    /// A namespace that is ours.
    virtual const std::string& ns() const = 0;
};

/// Runs a promise in every world there is, each as a sub-case. The real one is there when
/// OC_MTC_ROLLBACK_E2E_KUBECONFIG names a kubeconfig; OC_MTC_ROLLBACK_E2E_CONTEXT chooses its
/// context.
void in_every_world(const std::function<void(World&)>& promise);

}  // namespace contract
