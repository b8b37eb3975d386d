#include "sandbox/itinerary.hpp"

#include <algorithm>
#include <array>

namespace sandbox {
namespace {

bool always(const Needs&) {
    return true;
}
bool never(const Needs&) {
    return false;
}
bool with_volumes(const Needs& needs) {
    return needs.volumes;
}
bool with_quiesce(const Needs& needs) {
    return needs.quiesce;
}

// The phases that need a storage conversion or a live migration are listed, because they count in
// "Step: n/total", but the sandbox has neither.
constexpr std::array rollback_phases{
    ItineraryPhase{"Rollback", "CleanupVelero", "Starting rollback", always},
    ItineraryPhase{"DeleteBackups", "CleanupVelero", "Deleting backups.", always},
    ItineraryPhase{"DeleteRestores", "CleanupVelero", "Deleting restores.", always},
    ItineraryPhase{"DeleteRegistries", "CleanupHelpers", "Deleting migration registries.", always},
    ItineraryPhase{"EnsureStagePodsDeleted", "CleanupHelpers", "Deleting any leftover stage Pods",
                   always},
    ItineraryPhase{
        "EnsureAnnotationsDeleted", "CleanupHelpers",
        "Removing migration annotations and labels from PVs, PVCs, Pods, ImageStreams, and "
        "Namespaces",
        with_volumes},
    ItineraryPhase{
        "QuiesceDestinationApplications", "CleanupMigrated",
        "Quiescing (Scaling to 0 replicas): Deployments, DeploymentConfigs, StatefulSets, "
        "ReplicaSets, DaemonSets, CronJobs and Jobs on the target cluster.",
        with_volumes},
    ItineraryPhase{"EnsureDestQuiesced", "CleanupMigrated",
                   "Waiting for Quiesce (Scaling to 0 replicas) to finish on the target cluster.",
                   with_volumes},
    ItineraryPhase{"SwapPVCReferences", "CleanupMigrated", "Swapping PVC references.", never},
    ItineraryPhase{"CreateDirectVolumeMigrationRollback", "RollbackLiveMigration",
                   "Creating Direct Volume Migration for live migration rollback", never},
    ItineraryPhase{"WaitForDirectVolumeMigrationToRollbackComplete", "RollbackLiveMigration",
                   "Waiting for live migration rollback", never},
    ItineraryPhase{"DeleteMigrated", "CleanupMigrated",
                   "Rolling back. Deleting migrated resources from the target cluster.", always},
    ItineraryPhase{"EnsureMigratedDeleted", "CleanupMigrated",
                   "Rolling back. Waiting for migrated resource deletion.", always},
    ItineraryPhase{"UnQuiesceSrcApplications", "CleanupUnquiesce",
                   "UnQuiescing (Scaling to N replicas) source cluster applications.", always},
    ItineraryPhase{"Completed", "Cleanup", "Complete", always},
};

// Left out: phases of indirect volume and image migration, of hooks and of registries.
constexpr std::array final_phases{
    ItineraryPhase{"Created", "Prepare", "Migration created.", always},
    ItineraryPhase{"Started", "Prepare", "Migration started.", always},
    ItineraryPhase{"CleanStaleAnnotations", "Prepare", "Removing leftover migration annotations",
                   always},
    ItineraryPhase{"StartRefresh", "Prepare", "Starting refresh on MigPlan", always},
    ItineraryPhase{"WaitForRefresh", "Prepare", "Waiting for refresh of MigPlan", always},
    ItineraryPhase{"EnsureInitialBackup", "Backup", "Creating initial Velero backup.", always},
    ItineraryPhase{"InitialBackupCreated", "Backup", "Waiting for initial Velero backup", always},
    ItineraryPhase{"QuiesceSourceApplications", "StageBackup",
                   "Quiescing (Scaling to 0 replicas) source cluster applications.", with_quiesce},
    ItineraryPhase{"EnsureSrcQuiesced", "StageBackup",
                   "Waiting for Quiesce to finish on the source cluster", with_quiesce},
    ItineraryPhase{"AnnotateResources", "StageBackup", "Adding migration annotations.",
                   with_volumes},
    ItineraryPhase{"CreateDirectVolumeMigrationFinal", "DirectVolume",
                   "Creating Direct Volume Migration", with_volumes},
    ItineraryPhase{"WaitForDirectVolumeMigrationToComplete", "DirectVolume",
                   "Waiting for Direct Volume Migration to complete.", with_volumes},
    ItineraryPhase{"EnsureAnnotationsDeleted", "Restore", "Removing migration annotations.",
                   with_volumes},
    ItineraryPhase{"EnsureFinalRestore", "Restore", "Creating final Velero restore.", always},
    ItineraryPhase{"FinalRestoreCreated", "Restore", "Waiting for final Velero restore", always},
    ItineraryPhase{"UnQuiesceDestApplications", "Restore",
                   "UnQuiescing (Scaling to N replicas) target cluster applications.", always},
    ItineraryPhase{"Verification", "Cleanup", "Verifying health of migrated Pods", never},
    ItineraryPhase{"Completed", "Cleanup", "Complete", always},
};

constexpr std::array stage_phases{
    ItineraryPhase{"Created", "Prepare", "Migration created.", always},
    ItineraryPhase{"Started", "Prepare", "Migration started.", always},
    ItineraryPhase{"StartRefresh", "Prepare", "Starting refresh on MigPlan", always},
    ItineraryPhase{"WaitForRefresh", "Prepare", "Waiting for refresh of MigPlan", always},
    ItineraryPhase{"QuiesceSourceApplications", "StageBackup",
                   "Quiescing (Scaling to 0 replicas) source cluster applications.", with_quiesce},
    ItineraryPhase{"EnsureSrcQuiesced", "StageBackup",
                   "Waiting for Quiesce to finish on the source cluster", with_quiesce},
    ItineraryPhase{"CreateDirectVolumeMigrationStage", "DirectVolume",
                   "Creating Direct Volume Migration", with_volumes},
    ItineraryPhase{"WaitForDirectVolumeMigrationToComplete", "DirectVolume",
                   "Waiting for Direct Volume Migration to complete.", with_volumes},
    ItineraryPhase{"Completed", "Cleanup", "Complete", always},
};

constexpr std::array cancel_phases{
    ItineraryPhase{"Canceling", "CleanupVelero", "Cancel the migration", always},
    ItineraryPhase{"DeleteBackups", "CleanupVelero", "Deleting backups.", always},
    ItineraryPhase{"DeleteRestores", "CleanupVelero", "Deleting restores.", always},
    ItineraryPhase{"DeleteRegistries", "CleanupHelpers", "Deleting migration registries.", always},
    ItineraryPhase{"DeleteHookJobs", "CleanupHelpers", "Deleting hook jobs.", never},
    ItineraryPhase{"DeleteDirectVolumeMigrationResources", "CleanupHelpers",
                   "Deleting Direct Volume Migration", with_volumes},
    ItineraryPhase{"DeleteDirectImageMigrationResources", "CleanupHelpers",
                   "Deleting Direct Image Migration", always},
    ItineraryPhase{"EnsureStagePodsDeleted", "CleanupHelpers", "Deleting any leftover stage Pods",
                   always},
    ItineraryPhase{"EnsureAnnotationsDeleted", "CleanupHelpers", "Removing migration annotations.",
                   with_volumes},
    ItineraryPhase{"UnQuiesceSrcApplications", "CleanupUnquiesce",
                   "UnQuiescing (Scaling to N replicas) source cluster applications.", always},
    ItineraryPhase{"Canceled", "Cleanup", "Migration canceled.", always},
    ItineraryPhase{"Completed", "Cleanup", "Complete", always},
};

constexpr std::array failed_phases{
    ItineraryPhase{"MigrationFailed", "Cleanup", "Migration failed.", always},
    ItineraryPhase{"DeleteRegistries", "CleanupHelpers", "Deleting migration registries.", never},
    ItineraryPhase{"EnsureAnnotationsDeleted", "CleanupHelpers", "Removing migration annotations.",
                   never},
    ItineraryPhase{"Completed", "Cleanup", "Complete", always},
};

}  // namespace

const ItineraryPhase* Itinerary::find(std::string_view phase) const {
    const auto it = std::ranges::find(phases, phase, &ItineraryPhase::name);
    return it == phases.end() ? nullptr : &*it;
}

const ItineraryPhase& Itinerary::first(const Needs& needs) const {
    return *std::ranges::find_if(phases, [&](const ItineraryPhase& p) { return p.wanted(needs); });
}

const ItineraryPhase& Itinerary::after(std::string_view phase, const Needs& needs) const {
    auto it = std::ranges::find(phases, phase, &ItineraryPhase::name);
    if (it != phases.end()) ++it;
    it = std::find_if(it, phases.end(), [&](const ItineraryPhase& p) { return p.wanted(needs); });
    return it == phases.end() ? phases.back() : *it;
}

std::size_t Itinerary::number(std::string_view phase) const {
    const auto it = std::ranges::find(phases, phase, &ItineraryPhase::name);
    return static_cast<std::size_t>(it - phases.begin()) + 1;
}

const Itinerary& rollback_itinerary() {
    static const Itinerary itinerary{"Rollback", rollback_phases};
    return itinerary;
}
const Itinerary& final_itinerary() {
    static const Itinerary itinerary{"Final", final_phases};
    return itinerary;
}
const Itinerary& stage_itinerary() {
    static const Itinerary itinerary{"Stage", stage_phases};
    return itinerary;
}
const Itinerary& cancel_itinerary() {
    static const Itinerary itinerary{"Cancel", cancel_phases};
    return itinerary;
}
const Itinerary& failed_itinerary() {
    static const Itinerary itinerary{"Failed", failed_phases};
    return itinerary;
}

const Itinerary* itinerary_of(std::string_view name) {
    for (const Itinerary* itinerary :
         {&rollback_itinerary(), &final_itinerary(), &stage_itinerary(), &cancel_itinerary(),
          &failed_itinerary()}) {
        if (itinerary->name == name) return itinerary;
    }
    return nullptr;
}

}  // namespace sandbox
