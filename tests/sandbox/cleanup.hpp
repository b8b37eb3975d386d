// What migrations leave on clusters and what the controller removes again: migrated objects, stage
// pods, temporary marks (mm/rollback.go, mm/stage.go, mm/annotation.go).
#pragma once

#include "sandbox/phases.hpp"

namespace sandbox {

/// Everything of that type with these labels; what is gone meanwhile is no error.
Result<void> delete_all(kube::Cluster& cluster, const ResourceType& type, const std::string& ns,
                        const std::string& selector, std::stop_token stop);

/// Every namespaced object with the plan's label in the plan's target namespaces, and its NFS
/// volumes. A type that cannot be discovered, listed or deleted is an error, as for the real one.
Result<void> delete_migrated(kube::Cluster& target, const PlanFacts& plan, std::stop_token stop);
/// The types and namespaces in which some of them are left.
Result<std::vector<Watched>> migrated_left(kube::Cluster& target, const PlanFacts& plan,
                                           std::stop_token stop);

enum class ApplicationPods { Unlabel, Delete };
Result<void> delete_stage_pods(kube::Cluster& cluster, const std::vector<std::string>& namespaces,
                               ApplicationPods borrowed, std::stop_token stop);
/// What is labelled as made for the plan, in all namespaces: also a pod that was borrowed.
Result<void> delete_made_for(kube::Cluster& cluster, const std::string& plan_uid,
                             std::stop_token stop);
/// What a DirectVolumeMigration made to copy in these namespaces, its claims excepted. True when
/// nothing of it is left.
Result<bool> delete_copying_objects(kube::Cluster& cluster, const std::string& volume_migration_uid,
                                    const std::vector<std::string>& namespaces,
                                    std::stop_token stop);
/// Velero's temporary annotations and labels on claims, pods and namespaces.
Result<void> remove_marks(kube::Cluster& cluster, const std::vector<std::string>& namespaces,
                          std::stop_token stop);

}  // namespace sandbox
