// KubeVirt's double on a real API server: the aggregated API that starts machines on request, and
// a controller that runs those that are to run always.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kube/cluster.hpp"

namespace e2e {

class KubeVirt {
  public:
    /// Serves on that cluster until it goes; returns when the cluster has found it.
    explicit KubeVirt(kube::Cluster& cluster);
    KubeVirt(const KubeVirt&) = delete;
    KubeVirt& operator=(const KubeVirt&) = delete;
    ~KubeVirt();

    /// The machines that were asked to start: "NAMESPACE/NAME".
    std::vector<std::string> starts() const;

  private:
    struct Servers;
    std::unique_ptr<Servers> servers_;
};

}  // namespace e2e
