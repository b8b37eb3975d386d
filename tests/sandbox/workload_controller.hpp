// What kube-controller-manager and OpenShift do for workloads, for clusters that have neither: pods
// follow their owners, statuses follow the pods. Simplified: no rolling updates, no back-off, pods
// have fixed names (so that a stale view never makes a second one), Jobs never end and CronJobs
// never fire.
#pragma once

#include <map>
#include <string>

#include "sandbox/mirror.hpp"
#include "sandbox/resources.hpp"

namespace sandbox {

/// One pass over one view.
struct Work {
    kube::Cluster& cluster;
    const View& view;
    std::multimap<std::string, ObjectPtr> children;  // by the uid of their controller
    std::stop_token stop;
};

class WorkloadController {
  public:
    /// With `only_kind` it looks after nothing but that kind ("DeploymentConfig" beside a real
    /// kube-controller-manager, which knows all the others).
    explicit WorkloadController(kube::Cluster& cluster, std::string only_kind = {});
    /// Blocks until the token asks.
    void run(std::stop_token stop);

  private:
    void pass(const View& view, std::stop_token stop);

    kube::Cluster& cluster_;
    const std::string only_kind_;
};

}  // namespace sandbox
