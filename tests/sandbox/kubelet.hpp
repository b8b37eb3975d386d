// Nodes that run nothing: pods get a node, say that they are Running and Ready, and are gone when
// they are deleted; claims get volumes. On a real API server it stands in for scheduler, kubelets
// and provisioner; it knows no workloads and no MTC.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "sandbox/mirror.hpp"
#include "sandbox/resources.hpp"

namespace sandbox {

/// Pods with these labels that never become ready.
struct UnreadyPods {
    Json labels;         // every pair must match; {} is every pod
    std::string reason;  // ImagePullBackOff, CrashLoopBackOff, or any other waiting reason
    std::string ns = {};
};

struct KubeletOptions {
    std::vector<UnreadyPods> unready = {};
    /// Also what kube-controller-manager's volume controller does: bind claims, release volumes.
    bool bind_claims = true;
};

class Kubelet {
  public:
    explicit Kubelet(kube::Cluster& cluster, KubeletOptions options = {});
    /// Blocks until the token asks.
    void run(std::stop_token stop);
    /// From any thread: from now on these, and only these, are unready.
    void keep_unready(std::vector<UnreadyPods> unready);

  private:
    void look_after(const View& view, std::stop_token stop);
    Result<void> look_after_pod(const Object& pod, const View& view, std::stop_token stop);
    std::string trouble_of(const Object& pod) const;

    kube::Cluster& cluster_;
    const bool bind_claims_;
    Bell bell_;
    mutable std::mutex mutex_;
    std::vector<UnreadyPods> unready_;
};

}  // namespace sandbox
