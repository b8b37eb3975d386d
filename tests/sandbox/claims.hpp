// Claims and their volumes: a volume is provisioned for a claim that has none, and deleted or
// released when the claim is gone. The provisioner's part, and on request the part of
// kube-controller-manager's volume controller.
#pragma once

#include "sandbox/mirror.hpp"
#include "sandbox/resources.hpp"

namespace sandbox {

struct ClaimWork {
    kube::Cluster& cluster;
    const View& view;
    bool bind;  // nobody else does it
    std::stop_token stop;
};

Result<void> look_after_claim(const ClaimWork& work, const Object& claim);
Result<void> look_after_volume(const ClaimWork& work, const Object& volume);

}  // namespace sandbox
