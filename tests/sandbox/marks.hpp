// The words by which MTC marks objects, in the simulator's own literals: were they the product's, a
// wrong one there would be wrong here too, and no test would see it.
#pragma once

namespace sandbox {

/// Where MTC's own objects are.
inline constexpr const char* openshift_migration = "openshift-migration";
inline constexpr const char* part_of = "app.kubernetes.io/part-of";

/// Of a DirectVolumeMigration: the controller deletes what it made before it goes.
inline constexpr const char* volume_migration_finalizer =
    "migration.openshift.io/directvolumemigrationfinalizer";

namespace labels {
inline constexpr const char* migrated_by_plan = "migration.openshift.io/migrated-by-migplan";
inline constexpr const char* migrated_by_migration =
    "migration.openshift.io/migrated-by-migmigration";
inline constexpr const char* stage_pod = "migration.openshift.io/is-stage-pod";
inline constexpr const char* application_pod = "migration.openshift.io/is-application-pod";
inline constexpr const char* by_volume_migration = "directvolumemigration";
inline constexpr const char* converted_claim =
    "migration.openshift.io/source-for-directvolumemigration";
inline constexpr const char* plan_name = "migration.openshift.io/migplan-name";
inline constexpr const char* migration_uid = "migration.openshift.io/migration-uid";
}  // namespace labels

namespace annotations {
inline constexpr const char* replicas = "migration.openshift.io/preQuiesceReplicas";
inline constexpr const char* paused = "migration.openshift.io/preQuiescePaused";
inline constexpr const char* suspend = "migration.openshift.io/preQuiesceSuspend";
inline constexpr const char* node_selector = "migration.openshift.io/preQuiesceNodeSelector";
inline constexpr const char* quiesce_daemonset = "migration.openshift.io/quiesceDaemonSet";
}  // namespace annotations

}  // namespace sandbox
