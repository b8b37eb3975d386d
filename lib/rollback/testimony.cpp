#include "rollback/testimony.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace rollback {
namespace {

using mtc::Migration;
using mtc::MigrationKind;

std::string called(const Migration& m) {
    return mtc::word(m.kind) + " " + m.name;
}

// The phases of an itinerary before and after quiescing (mm/task.go). Those that changed sides from
// one version of MTC to the next (stage pods, the restarts of Restic; of a stage migration also
// what waits for registries and for Velero) are left out: they tell nothing.
using Phases = std::span<const std::string_view>;

struct Itinerary {
    Phases before;  // beside the preparation, which all have in common
    Phases from_quiescing_on;
};

constexpr std::string_view preparation[] = {"Started",
                                            "StartRefresh",
                                            "WaitForRefresh",
                                            "CleanStaleAnnotations",
                                            "CleanStaleResticCRs",
                                            "CleanStaleVeleroCRs",
                                            "RestartVelero",
                                            "CleanStaleStagePods",
                                            "WaitForStaleStagePodsTerminated",
                                            "CreateRegistries",
                                            "CreateDirectImageMigration"};
constexpr std::string_view before_final[] = {
    "WaitForVeleroReady",  "WaitForRegistriesReady",           "EnsureCloudSecretPropagated",
    "PreBackupHooks",      "CreateDirectVolumeMigrationStage", "EnsureInitialBackup",
    "InitialBackupCreated"};
// the first two are called QuiesceApplications and EnsureQuiesced in MTC 1.4
constexpr std::string_view from_quiescing_on_final[] = {"QuiesceSourceApplications",
                                                        "QuiesceApplications",
                                                        "EnsureSrcQuiesced",
                                                        "EnsureQuiesced",
                                                        "CreateDirectVolumeMigration",
                                                        "CreateDirectVolumeMigrationFinal",
                                                        "EnsureStageBackup",
                                                        "StageBackupCreated",
                                                        "EnsureStageBackupReplicated",
                                                        "EnsureStageRestore",
                                                        "StageRestoreCreated",
                                                        "EnsureStagePodsDeleted",
                                                        "EnsureStagePodsTerminated",
                                                        "WaitForDirectImageMigrationToComplete",
                                                        "WaitForDirectVolumeMigrationToComplete",
                                                        "EnsureAnnotationsDeleted",
                                                        "EnsureInitialBackupReplicated",
                                                        "PostBackupHooks",
                                                        "PreRestoreHooks",
                                                        "EnsureFinalRestore",
                                                        "FinalRestoreCreated",
                                                        "UnQuiesceDestApplications",
                                                        "PostRestoreHooks",
                                                        "SwapPVCReferences",
                                                        "DeleteRegistries",
                                                        "Verification"};
constexpr std::string_view from_quiescing_on_stage[] = {"QuiesceSourceApplications",
                                                        "QuiesceApplications",
                                                        "EnsureSrcQuiesced",
                                                        "EnsureQuiesced",
                                                        "CreateDirectVolumeMigrationStage",
                                                        "EnsureStageBackup",
                                                        "StageBackupCreated",
                                                        "EnsureStageBackupReplicated",
                                                        "EnsureStageRestore",
                                                        "StageRestoreCreated",
                                                        "WaitForDirectImageMigrationToComplete",
                                                        "WaitForDirectVolumeMigrationToComplete",
                                                        "SwapPVCReferences",
                                                        "DeleteRegistries",
                                                        "EnsureStagePodsDeleted",
                                                        "EnsureStagePodsTerminated",
                                                        "EnsureAnnotationsDeleted"};

Itinerary itinerary_of(MigrationKind kind) {
    switch (kind) {
        case MigrationKind::Cutover:
            return {before_final, from_quiescing_on_final};
        case MigrationKind::Stage:
        case MigrationKind::State:
            return {{}, from_quiescing_on_stage};
        case MigrationKind::Rollback:
            return {};
    }
    return {};
}

bool is_one_of(Phases phases, const std::string& phase) {
    return std::ranges::count(phases, phase) > 0;
}

Testimony testimony_of_failure(const Migration& m, const std::string& phase) {
    const Itinerary itinerary = itinerary_of(m.kind);
    const std::string failed = called(m) + " failed" + (phase.empty() ? "" : " in phase " + phase);
    if (is_one_of(itinerary.from_quiescing_on, phase))
        return {.stopped = true, .words = failed + ", when it had begun to stop the application"};
    if (is_one_of(preparation, phase) || is_one_of(itinerary.before, phase))
        return {.words = failed + ", before it would have stopped the application"};
    return {.words = failed + ", which does not tell whether the application was stopped"};
}

}  // namespace

Testimony testimony_of(const Migration& m) {
    const mtc::MigrationState state = m.state();
    if (m.kind != MigrationKind::Rollback && !m.quiesce)
        return {.words = called(m) + " does not stop the application"};
    const auto* failed = std::get_if<mtc::Failed>(&state);
    if (failed != nullptr && m.kind != MigrationKind::Rollback)
        return testimony_of_failure(m, failed->phase);
    return {.words = "the newest migration, " + called(m) + ", is: " + mtc::word(state)};
}

}  // namespace rollback
