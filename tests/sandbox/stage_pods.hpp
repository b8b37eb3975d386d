// Stage pods: what mounts an application's volumes while Velero copies them (mm/stage.go).
// Since 1.6 MTC borrows the application's own running pods for it, and makes pods only for claims
// that no running one mounts. cleanup.hpp removes them.
#pragma once

#include "sandbox/phases.hpp"

namespace sandbox {

/// Labels the running pods that mount a copied claim. How many.
Result<std::size_t> borrow_application_pods(kube::Cluster& source, const PlanFacts& plan,
                                            const std::string& migration_uid, std::stop_token stop);
/// Makes a pod for each copied claim that no borrowed one mounts. How many.
Result<std::size_t> create_stage_pods(kube::Cluster& source, const PlanFacts& plan,
                                      const std::string& migration_uid, std::stop_token stop);
/// No stage pod is left in the namespaces that has not ended.
Result<bool> are_stage_pods_gone(kube::Cluster& cluster, const std::vector<std::string>& namespaces,
                                 std::stop_token stop);

}  // namespace sandbox
