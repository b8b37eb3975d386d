#include "sandbox/itinerary.hpp"

#include <algorithm>
#include <array>

namespace sandbox {
namespace {

bool always(const Needs&) {
    return true;
}
// Registries, hooks and live migrations of virtual machines: the sandbox has none, but their phases
// count in "Step: n/total".
bool never(const Needs&) {
    return false;
}
bool with_quiesce(const Needs& needs) {
    return needs.quiesce;
}
bool with_verify(const Needs& needs) {
    return needs.verify;
}
bool with_volumes(const Needs& needs) {
    return needs.volumes || needs.stage_pods;
}
bool with_direct_volumes(const Needs& needs) {
    return needs.direct_volumes;
}
bool with_indirect_volumes(const Needs& needs) {
    return needs.volumes && needs.indirect_volumes;
}
bool with_direct_images(const Needs& needs) {
    return needs.direct_images;
}
bool with_stage_backup(const Needs& needs) {
    return needs.stage_backup;
}
bool with_stage_pods(const Needs& needs) {
    return needs.stage_pods;
}
bool with_conversion(const Needs& needs) {
    return needs.conversion;
}
bool at_the_end_of_a_conversion(const Needs& needs) {
    return needs.conversion && needs.quiesce;
}

constexpr std::array rollback_phases{
    ItineraryPhase{"Rollback", "CleanupVelero", always},
    ItineraryPhase{"DeleteBackups", "CleanupVelero", always},
    ItineraryPhase{"DeleteRestores", "CleanupVelero", always},
    ItineraryPhase{"DeleteRegistries", "CleanupHelpers", always},
    ItineraryPhase{"EnsureStagePodsDeleted", "CleanupHelpers", always},
    ItineraryPhase{"EnsureAnnotationsDeleted", "CleanupHelpers", with_volumes},
    ItineraryPhase{"QuiesceDestinationApplications", "CleanupMigrated", with_direct_volumes},
    ItineraryPhase{"EnsureDestQuiesced", "CleanupMigrated", with_direct_volumes},
    ItineraryPhase{"SwapPVCReferences", "CleanupMigrated", with_conversion},
    ItineraryPhase{"CreateDirectVolumeMigrationRollback", "RollbackLiveMigration", never},
    ItineraryPhase{"WaitForDirectVolumeMigrationToRollbackComplete", "RollbackLiveMigration",
                   never},
    ItineraryPhase{"DeleteMigrated", "CleanupMigrated", always},
    ItineraryPhase{"EnsureMigratedDeleted", "CleanupMigrated", always},
    ItineraryPhase{"UnQuiesceSrcApplications", "CleanupUnquiesce", always},
    ItineraryPhase{"Completed", "Cleanup", always},
};

constexpr std::array final_phases{
    ItineraryPhase{"", "Prepare", always},
    ItineraryPhase{"Started", "Prepare", always},
    ItineraryPhase{"StartRefresh", "Prepare", always},
    ItineraryPhase{"WaitForRefresh", "Prepare", always},
    ItineraryPhase{"CleanStaleAnnotations", "Prepare", always},
    ItineraryPhase{"CleanStaleResticCRs", "Prepare", always},
    ItineraryPhase{"CleanStaleVeleroCRs", "Prepare", always},
    ItineraryPhase{"RestartVelero", "Prepare", always},
    ItineraryPhase{"CleanStaleStagePods", "Prepare", always},
    ItineraryPhase{"WaitForStaleStagePodsTerminated", "Prepare", always},
    ItineraryPhase{"CreateRegistries", "Prepare", never},
    ItineraryPhase{"WaitForVeleroReady", "Prepare", always},
    ItineraryPhase{"WaitForRegistriesReady", "Prepare", never},
    ItineraryPhase{"EnsureCloudSecretPropagated", "Prepare", always},
    ItineraryPhase{"PreBackupHooks", "PreBackupHooks", never},
    ItineraryPhase{"CreateDirectImageMigration", "Backup", with_direct_images},
    ItineraryPhase{"CreateDirectVolumeMigrationStage", "StageBackup", with_direct_volumes},
    ItineraryPhase{"EnsureInitialBackup", "Backup", always},
    ItineraryPhase{"InitialBackupCreated", "Backup", always},
    ItineraryPhase{"QuiesceSourceApplications", "StageBackup", with_quiesce},
    ItineraryPhase{"EnsureSrcQuiesced", "StageBackup", with_quiesce},
    ItineraryPhase{"EnsureStagePodsFromRunning", "StageBackup", with_indirect_volumes},
    ItineraryPhase{"EnsureStagePodsFromTemplates", "StageBackup", with_indirect_volumes},
    ItineraryPhase{"EnsureStagePodsFromOrphanedPVCs", "StageBackup", with_indirect_volumes},
    ItineraryPhase{"StagePodsCreated", "StageBackup", with_stage_pods},
    ItineraryPhase{"RestartRestic", "StageBackup", with_stage_pods},
    ItineraryPhase{"AnnotateResources", "StageBackup", with_stage_backup},
    ItineraryPhase{"WaitForResticReady", "StageBackup", with_volumes},
    ItineraryPhase{"CreateDirectVolumeMigrationFinal", "StageBackup", with_direct_volumes},
    ItineraryPhase{"EnsureStageBackup", "StageBackup", with_stage_backup},
    ItineraryPhase{"StageBackupCreated", "StageBackup", with_stage_backup},
    ItineraryPhase{"EnsureStageBackupReplicated", "StageBackup", with_stage_backup},
    ItineraryPhase{"EnsureStageRestore", "StageRestore", with_stage_backup},
    ItineraryPhase{"StageRestoreCreated", "StageRestore", with_stage_backup},
    ItineraryPhase{"EnsureStagePodsDeleted", "StageRestore", with_stage_pods},
    ItineraryPhase{"EnsureStagePodsTerminated", "StageRestore", with_stage_pods},
    ItineraryPhase{"EnsureAnnotationsDeleted", "StageRestore", with_stage_backup},
    ItineraryPhase{"WaitForDirectImageMigrationToComplete", "DirectImage", with_direct_images},
    ItineraryPhase{"WaitForDirectVolumeMigrationToComplete", "DirectVolume", with_direct_volumes},
    ItineraryPhase{"PostBackupHooks", "PostBackupHooks", never},
    ItineraryPhase{"PreRestoreHooks", "PreRestoreHooks", never},
    ItineraryPhase{"EnsureInitialBackupReplicated", "Restore", always},
    ItineraryPhase{"EnsureFinalRestore", "Restore", always},
    ItineraryPhase{"FinalRestoreCreated", "Restore", always},
    ItineraryPhase{"UnQuiesceDestApplications", "Restore", always},
    ItineraryPhase{"PostRestoreHooks", "PostRestoreHooks", never},
    ItineraryPhase{"SwapPVCReferences", "Cleanup", at_the_end_of_a_conversion},
    ItineraryPhase{"DeleteRegistries", "Cleanup", always},
    ItineraryPhase{"Verification", "Cleanup", with_verify},
    ItineraryPhase{"Completed", "Cleanup", always},
};

constexpr std::array stage_phases{
    ItineraryPhase{"", "Prepare", always},
    ItineraryPhase{"Started", "Prepare", always},
    ItineraryPhase{"StartRefresh", "Prepare", always},
    ItineraryPhase{"WaitForRefresh", "Prepare", always},
    ItineraryPhase{"CleanStaleAnnotations", "Prepare", always},
    ItineraryPhase{"CleanStaleResticCRs", "Prepare", always},
    ItineraryPhase{"CleanStaleVeleroCRs", "Prepare", always},
    ItineraryPhase{"RestartVelero", "Prepare", always},
    ItineraryPhase{"CleanStaleStagePods", "Prepare", always},
    ItineraryPhase{"WaitForStaleStagePodsTerminated", "Prepare", always},
    ItineraryPhase{"CreateRegistries", "Prepare", never},
    ItineraryPhase{"CreateDirectImageMigration", "StageBackup", with_direct_images},
    ItineraryPhase{"QuiesceSourceApplications", "StageBackup", with_quiesce},
    ItineraryPhase{"EnsureSrcQuiesced", "StageBackup", with_quiesce},
    ItineraryPhase{"CreateDirectVolumeMigrationStage", "StageBackup", with_direct_volumes},
    ItineraryPhase{"EnsureStagePodsFromRunning", "StageBackup", with_indirect_volumes},
    ItineraryPhase{"EnsureStagePodsFromTemplates", "StageBackup", with_indirect_volumes},
    ItineraryPhase{"EnsureStagePodsFromOrphanedPVCs", "StageBackup", with_indirect_volumes},
    ItineraryPhase{"StagePodsCreated", "StageBackup", with_stage_pods},
    ItineraryPhase{"RestartRestic", "StageBackup", with_stage_pods},
    ItineraryPhase{"AnnotateResources", "StageBackup", with_stage_backup},
    ItineraryPhase{"WaitForVeleroReady", "StageBackup", always},
    ItineraryPhase{"WaitForResticReady", "StageBackup", with_stage_pods},
    ItineraryPhase{"WaitForRegistriesReady", "StageBackup", never},
    ItineraryPhase{"EnsureCloudSecretPropagated", "StageBackup", with_stage_backup},
    ItineraryPhase{"EnsureStageBackup", "StageBackup", with_stage_backup},
    ItineraryPhase{"StageBackupCreated", "StageBackup", with_stage_backup},
    ItineraryPhase{"EnsureStageBackupReplicated", "StageBackup", with_stage_backup},
    ItineraryPhase{"EnsureStageRestore", "StageRestore", with_stage_backup},
    ItineraryPhase{"StageRestoreCreated", "StageRestore", with_stage_backup},
    ItineraryPhase{"WaitForDirectImageMigrationToComplete", "DirectImage", with_direct_images},
    ItineraryPhase{"WaitForDirectVolumeMigrationToComplete", "DirectVolume", with_direct_volumes},
    ItineraryPhase{"SwapPVCReferences", "Cleanup", at_the_end_of_a_conversion},
    ItineraryPhase{"DeleteRegistries", "Cleanup", always},
    ItineraryPhase{"EnsureStagePodsDeleted", "Cleanup", with_stage_pods},
    ItineraryPhase{"EnsureStagePodsTerminated", "Cleanup", with_stage_pods},
    ItineraryPhase{"EnsureAnnotationsDeleted", "Cleanup", with_stage_backup},
    ItineraryPhase{"Completed", "Cleanup", always},
};

constexpr std::array cancel_phases{
    ItineraryPhase{"Canceling", "CleanupVelero", always},
    ItineraryPhase{"DeleteBackups", "CleanupVelero", always},
    ItineraryPhase{"DeleteRestores", "CleanupVelero", always},
    ItineraryPhase{"DeleteRegistries", "CleanupHelpers", always},
    ItineraryPhase{"DeleteHookJobs", "CleanupHelpers", always},
    ItineraryPhase{"DeleteDirectVolumeMigrationResources", "CleanupHelpers", with_direct_volumes},
    ItineraryPhase{"DeleteDirectImageMigrationResources", "CleanupHelpers", with_direct_images},
    ItineraryPhase{"EnsureStagePodsDeleted", "CleanupHelpers", with_stage_pods},
    ItineraryPhase{"EnsureAnnotationsDeleted", "CleanupHelpers", with_stage_backup},
    ItineraryPhase{"UnQuiesceSrcApplications", "CleanupUnquiesce", always},
    ItineraryPhase{"Canceled", "Cleanup", always},
    ItineraryPhase{"Completed", "Cleanup", always},
};

constexpr std::array failed_phases{
    ItineraryPhase{"MigrationFailed", "CleanupHelpers", always},
    ItineraryPhase{"DeleteRegistries", "CleanupHelpers", always},
    ItineraryPhase{"EnsureAnnotationsDeleted", "CleanupHelpers", with_stage_backup},
    ItineraryPhase{"Completed", "Cleanup", always},
};

}  // namespace

const ItineraryPhase* Itinerary::find(std::string_view phase) const {
    const auto it = std::ranges::find(phases, phase, &ItineraryPhase::name);
    return it == phases.end() ? nullptr : &*it;
}

const ItineraryPhase& Itinerary::after(std::string_view phase, const Needs& needs) const {
    auto it = std::ranges::find(phases, phase, &ItineraryPhase::name);
    if (it != phases.end()) ++it;
    it = std::find_if(it, phases.end(), [&](const ItineraryPhase& p) { return p.wanted(needs); });
    return it == phases.end() ? phases.back() : *it;
}

std::size_t Itinerary::number(std::string_view phase) const {
    const auto it = std::ranges::find(phases, phase, &ItineraryPhase::name);
    return it == phases.end() ? 0 : static_cast<std::size_t>(it - phases.begin()) + 1;
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
