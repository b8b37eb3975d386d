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
inline const base::ResourceType volume_migrations{group, version, "directvolumemigrations",
                                                  "DirectVolumeMigration", true};
inline const base::ResourceType volume_migration_progresses{
    group, version, "directvolumemigrationprogresses", "DirectVolumeMigrationProgress", true};
inline const base::ResourceType image_migrations{group, version, "directimagemigrations",
                                                 "DirectImageMigration", true};
inline const base::ResourceType image_stream_migrations{
    group, version, "directimagestreammigrations", "DirectImageStreamMigration", true};
/// Velero's: how a Backup is deleted with what it holds in the object store.
inline const base::ResourceType delete_backup_requests{"velero.io", "v1", "deletebackuprequests",
                                                       "DeleteBackupRequest", true};
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
/// Of what a DirectVolumeMigration made; value: its UID (dvm/task.go).
inline constexpr const char* by_volume_migration = "directvolumemigration";
/// Of what a DirectImageMigration made; value: its UID (api/directimagemigration_types.go).
inline constexpr const char* by_image_migration = "directimagemigration";
/// Of what a MigMigration made; value: its UID (mm/dvm.go, mm/stage.go).
inline constexpr const char* by_migration = "migmigration";
/// Of the DirectVolumeMigration that a MigMigration made; value: its UID (mm/dvm.go).
inline constexpr const char* volumes_of_migration = "migration-direct-volume";
/// Of a stage pod, and of the registries; value: the plan's UID (mm/stage.go, mm/registry.go).
inline constexpr const char* of_plan = "migplan";
/// Of a hook's Job and ConfigMap; values: the UIDs of the MigHook and the MigMigration
/// (mm/hooks.go).
inline constexpr const char* hook = "mighook";
inline constexpr const char* hook_owner = "owner";
/// What the stage backup took; value: the MigMigration's UID (mm/annotation.go).
inline constexpr const char* in_stage_backup = "migration-included-stage-backup";
/// A claim whose storage is converted; value: the plan's UID (mm/storage.go).
inline constexpr const char* converted_claim =
    "migration.openshift.io/source-for-directvolumemigration";
/// Of a stage pod, borrowed or not, as of all that MTC makes; value: openshift_migration
/// (mm/stage.go). An application may have one of its own.
inline constexpr const char* part_of = "app.kubernetes.io/part-of";
inline constexpr const char* registry = "migration.openshift.io/migration-registry";
inline constexpr const char* plan_name = "migration.openshift.io/migplan-name";
inline constexpr const char* migration_uid = "migration.openshift.io/migration-uid";
}  // namespace labels

/// With it, deleting a DirectVolumeMigration has the controller delete its objects on both clusters
/// (1.8, dvm/directvolumemigration_controller.go).
inline constexpr const char* volume_migration_finalizer =
    "migration.openshift.io/directvolumemigrationfinalizer";

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
// What a migration leaves on the claims and volumes that it copied (mm/annotation.go).
inline constexpr const char* migrate_type = "openshift.io/migrate-type";
inline constexpr const char* target_storage_class = "openshift.io/target-storage-class";
inline constexpr const char* target_access_mode = "openshift.io/target-access-mode";
inline constexpr const char* copy_method =
    "migration.openshift.io/copy-method";  // no itinerary of the controller removes it
/// Of a pod that holds volumes for a stage backup: which of them Velero copies, and verifies
/// (mm/annotation.go). Any other backup of Velero would heed them, too.
inline constexpr const char* backup_volumes = "backup.velero.io/backup-volumes";
inline constexpr const char* verify_volumes = "backup.velero.io/verify-volumes";
/// Which claims of a borrowed pod are left out (mm/stage.go).
inline constexpr const char* exclude_claims = "migration.openshift.io/exclude-pvcs";
/// The key that quiescing adds to a DaemonSet's node selector, with the value "true".
inline constexpr const char* quiesce_daemonset = "migration.openshift.io/quiesceDaemonSet";
}  // namespace annotations

}  // namespace mtc
