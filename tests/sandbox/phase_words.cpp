// description_of(): what the pipeline of a migration says while a phase runs.
#include <algorithm>
#include <array>
#include <utility>

#include "sandbox/itinerary.hpp"

namespace sandbox {
namespace {

using Words = std::pair<std::string_view, std::string_view>;

// The Velero phases that the sandbox has nothing to do in keep their names.
constexpr std::array phase_words{
    Words{"", "Migration created."},
    Words{"Started", "Migration started."},
    Words{"StartRefresh", "Starting refresh on MigPlan"},
    Words{"WaitForRefresh", "Waiting for refresh of MigPlan"},
    Words{"CleanStaleAnnotations", "Removing leftover migration annotations"},
    Words{"CleanStaleStagePods", "Deleting any leftover stage Pods."},
    Words{"EnsureInitialBackup", "Creating initial Velero backup."},
    Words{"InitialBackupCreated", "Waiting for initial Velero backup to complete."},
    Words{"QuiesceSourceApplications", "Quiescing (Scaling to 0 replicas) in source namespace."},
    Words{"EnsureSrcQuiesced",
          "Waiting for Quiesce (Scaling to 0 replicas) to finish in source namespace."},
    Words{"EnsureStagePodsFromRunning",
          "Creating Stage Pods and mounting PVC data from running Pods."},
    Words{"EnsureStagePodsFromTemplates",
          "Creating Stage Pods and mounting PVC data using Pod templates"},
    Words{"EnsureStagePodsFromOrphanedPVCs",
          "Creating Stage Pods and mounting PVC data from unmounted PVCs."},
    Words{"StagePodsCreated", "Waiting for all Stage Pods to start."},
    Words{"AnnotateResources", "Adding migration annotations and labels"},
    Words{"CreateDirectVolumeMigrationStage", "Creating Direct Volume Migration for staging"},
    Words{"CreateDirectVolumeMigrationFinal", "Creating Direct Volume Migration for cutover"},
    Words{"WaitForDirectVolumeMigrationToComplete",
          "Waiting for Direct Volume Migration to complete."},
    Words{"EnsureStageBackup", "Creating a stage backup."},
    Words{"StageBackupCreated", "Waiting for stage backup to complete."},
    Words{"StageBackupFailed", "Migration failed during stage backup."},
    Words{"InitialBackupFailed", "Migration failed during initial Velero backup."},
    Words{"EnsureStageRestore", "Creating a stage Velero restore"},
    Words{"StageRestoreCreated", "Waiting for stage Velero restore to complete."},
    Words{"StageRestoreFailed", "Migration failed during stage Velero restore."},
    Words{"EnsureFinalRestore", "Creating final Velero restore."},
    Words{"FinalRestoreCreated", "Waiting for final Velero restore to complete."},
    Words{"FinalRestoreFailed", "Migration failed during final Velero restore."},
    Words{"UnQuiesceDestApplications", "UnQuiescing (Scaling to N replicas) target cluster"},
    Words{"Rollback", "Starting rollback"},
    Words{"DeleteBackups", "Deleting Velero Backups created during migration."},
    Words{"DeleteRestores", "Deleting Velero Restores created during migration."},
    Words{"DeleteRegistries", "Deleting migration registries on source and target clusters."},
    Words{"DeleteHookJobs", "Deleting user-defined hook Jobs and Pods created during migration."},
    Words{"EnsureStagePodsDeleted", "Deleting any leftover stage Pods."},
    Words{"EnsureStagePodsTerminated", "Waiting for leftover stage Pod deletion to finish."},
    Words{"EnsureAnnotationsDeleted",
          "Removing migration annotations and labels from PVs, PVCs, Pods, ImageStreams, and "
          "Namespaces."},
    Words{"QuiesceDestinationApplications",
          "Quiescing (Scaling to 0 replicas) in target namespace."},
    Words{"EnsureDestQuiesced",
          "Waiting for Quiesce (Scaling to 0 replicas) to finish in target namespace."},
    Words{"DeleteMigrated", "Rolling back. Deleting migrated resources from target cluster."},
    Words{"EnsureMigratedDeleted", "Rolling back. Waiting for migrated resource deletion."},
    Words{"UnQuiesceSrcApplications", "UnQuiescing (Scaling to N replicas) source cluster"},
    Words{"Canceling", "Migration cancellation in progress."},
    Words{"Canceled", "Migration canceled."},
    Words{"MigrationFailed", "Migration failed."},
    Words{"Completed", "Migration completed."},
};

}  // namespace

// The real one, too, has phases without a description.
std::string_view description_of(std::string_view phase) {
    const auto it = std::ranges::find(phase_words, phase, &Words::first);
    return it == phase_words.end() ? std::string_view() : it->second;
}

}  // namespace sandbox
