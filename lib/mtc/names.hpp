// The words of MTC's API: types, labels, annotations, phases. The comment behind a name is the file
// of mig-controller (master, 1.8) it comes from: api = pkg/apis/migration/v1alpha1, mm =
// pkg/controller/migmigration, vp = the openshift-velero-plugin.
#pragma once

#include "base/object.hpp"

namespace mtc {

inline constexpr const char* group = "migration.openshift.io";
inline constexpr const char* version = "v1alpha1";

/// The only namespace whose MTC objects the controller serves (api/resource.go).
inline constexpr const char* openshift_migration = "openshift-migration";

namespace types {
inline const base::ResourceType migplans{group, version, "migplans", "MigPlan", true};
inline const base::ResourceType migclusters{group, version, "migclusters", "MigCluster", true};
inline const base::ResourceType migmigrations{group, version, "migmigrations", "MigMigration",
                                              true};
inline const base::ResourceType secrets{"", "v1", "secrets", "Secret", true};
inline const base::ResourceType crds{"apiextensions.k8s.io", "v1", "customresourcedefinitions",
                                     "CustomResourceDefinition", false};
}  // namespace types

namespace labels {
inline constexpr const char* migrated_by_plan =
    "migration.openshift.io/migrated-by-migplan";  // vp common/restore.go; value: the plan's UID
inline constexpr const char* migrated_by_migration =
    "migration.openshift.io/migrated-by-migmigration";
inline constexpr const char* stage_pod =
    "migration.openshift.io/is-stage-pod";  // api/labels.go; value "True"
inline constexpr const char* application_pod =
    "migration.openshift.io/is-application-pod";  // mm/stage.go: the user's own pod, borrowed
/// `app` of everything that a direct volume migration makes on both clusters (dvm/task.go).
inline constexpr const char* app = "app";
inline constexpr const char* transfer_apps[] = {"directvolumemigration-rsync-transfer",
                                                "directvolumemigration-rsync-transfer-block"};
inline constexpr const char* plan_name = "migration.openshift.io/migplan-name";
inline constexpr const char* migration_uid = "migration.openshift.io/migration-uid";
}  // namespace labels

// What quiescing leaves on a workload (api/annotations.go, mm/quiesce.go).
namespace annotations {
inline constexpr const char* replicas =
    "migration.openshift.io/preQuiesceReplicas";                                  // decimal text
inline constexpr const char* paused = "migration.openshift.io/preQuiescePaused";  // "true", "false"
inline constexpr const char* suspend = "migration.openshift.io/preQuiesceSuspend";  // always "true"
inline constexpr const char* node_selector =
    "migration.openshift.io/preQuiesceNodeSelector";  // JSON object
inline constexpr const char* reclaim_policy =
    "migration.openshift.io/orig-reclaim-policy";  // vp persistentvolume/backup.go: of a moved PV
inline constexpr const char* start_vm =
    "migration.openshift.io/start-vm";  // "true"; a person may say "false"
inline constexpr const char* run_strategy = "migration.openshift.io/vm-run-strategy";
/// The key that quiescing adds to a DaemonSet's node selector, with the value "true".
inline constexpr const char* quiesce_daemonset = "migration.openshift.io/quiesceDaemonSet";
}  // namespace annotations

}  // namespace mtc
