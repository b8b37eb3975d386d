// Stopping and starting applications as mig-controller 1.8 does it, bugs included (mm/quiesce.go):
// a CronJob that was suspended before is resumed, a second stop of a Job forgets its parallelism;
// when plans overlap, a StatefulSet is stopped for the claims of its templates and started for
// those of its pods' volumes. Virtual machines are left out.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sandbox/resources.hpp"

namespace sandbox {

/// Which workloads of the namespaces are touched: all, or, when this cluster's own API has several
/// plans over one of them, those that mount one of the claims. That is one switch for all of the
/// namespaces, and those without a claim are passed over then.
struct QuiesceScope {
    std::vector<std::string> namespaces;
    bool several_plans = false;
    std::set<std::string> claims = {};  // "namespace/name"
};

Result<void> quiesce(kube::Cluster& cluster, const QuiesceScope& scope, std::stop_token stop);
Result<void> unquiesce(kube::Cluster& cluster, const QuiesceScope& scope, std::stop_token stop);
/// True when no pod is left that is waited for: a workload's that has not ended, in a namespace
/// with one of the claims. A pod that mounts another claim is not waited for.
Result<bool> is_quiet(kube::Cluster& cluster, const QuiesceScope& scope, std::stop_token stop);

/// What the swap of a storage conversion makes of one workload's body: it runs as before and keeps
/// its mark, a DaemonSet excepted.
Json started_with_its_mark(const ResourceType& type, Json body);

/// What quiescing makes of one workload's body; unchanged when the kind is none that it stops.
Json quiesced(const ResourceType& type, Json body);

}  // namespace sandbox
