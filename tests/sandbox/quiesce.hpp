// Stopping and starting applications as mig-controller 1.8 does it, bugs included (mm/quiesce.go):
// a CronJob that was suspended before is resumed, a second stop of a Job forgets its parallelism, a
// StatefulSet whose only claims come from its templates is not started when plans overlap. Virtual
// machines are left out.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sandbox/resources.hpp"

namespace sandbox {

/// Which workloads of the namespaces are touched: all, or those that mount one of these claims
/// (when more than one plan covers the namespace).
struct QuiesceScope {
    std::vector<std::string> namespaces;
    std::set<std::string> overlapping = {};  // namespaces for which the claims decide
    std::set<std::string> claims = {};       // "namespace/name"
};

Result<void> quiesce(kube::Cluster& cluster, const QuiesceScope& scope, std::stop_token stop);
Result<void> unquiesce(kube::Cluster& cluster, const QuiesceScope& scope, std::stop_token stop);
/// True when no pod of a workload is left that has not ended.
Result<bool> is_quiet(kube::Cluster& cluster, const QuiesceScope& scope, std::stop_token stop);

/// What quiescing makes of one workload's body; unchanged when the kind is none that it stops.
Json quiesced(const ResourceType& type, Json body);

}  // namespace sandbox
