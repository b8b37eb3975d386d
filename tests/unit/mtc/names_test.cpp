// The names by which MTC calls things, as the real controller has them: each that the program knows
// is compared with a literal here, and one that is added there without a row here is found.
#include "mtc/names.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace names_test {
namespace {

namespace fs = std::filesystem;
using Words = std::set<std::string>;

const fs::path root = fs::path(TESTS_DIR).parent_path();

std::string text_of(const fs::path& file) {
    std::ifstream stream(file);
    std::ostringstream text;
    text << stream.rdbuf();
    REQUIRE_FALSE(text.str().empty());
    return text.str();
}

/// What the last group of the pattern finds.
void collect(const std::string& text, const std::string& pattern, Words& into) {
    const std::regex regex(pattern);
    for (std::sregex_iterator it(text.begin(), text.end(), regex), end; it != end; ++it)
        into.insert((*it)[it->size() - 1].str());
}

Words words_in(const char* file, const std::string& pattern) {
    Words words;
    collect(text_of(root / file), pattern, words);
    return words;
}

Words words_in_lib(const std::string& pattern) {
    Words words;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / "lib")) {
        if (entry.path().extension() == ".cpp") collect(text_of(entry.path()), pattern, words);
    }
    return words;
}

struct Name {
    const char* name;
    const char* literal;
};

const Name names[] = {
    {mtc::group, "migration.openshift.io"},
    {mtc::version, "v1alpha1"},
    {mtc::openshift_migration, "openshift-migration"},
    {mtc::volume_migration_finalizer, "migration.openshift.io/directvolumemigrationfinalizer"},
    {mtc::labels::migrated_by_plan, "migration.openshift.io/migrated-by-migplan"},
    {mtc::labels::migrated_by_migration, "migration.openshift.io/migrated-by-migmigration"},
    {mtc::labels::stage_pod, "migration.openshift.io/is-stage-pod"},
    {mtc::labels::application_pod, "migration.openshift.io/is-application-pod"},
    {mtc::labels::app, "app"},
    {mtc::labels::by_volume_migration, "directvolumemigration"},
    {mtc::labels::by_image_migration, "directimagemigration"},
    {mtc::labels::by_migration, "migmigration"},
    {mtc::labels::volumes_of_migration, "migration-direct-volume"},
    {mtc::labels::of_plan, "migplan"},
    {mtc::labels::hook, "mighook"},
    {mtc::labels::hook_owner, "owner"},
    {mtc::labels::in_stage_backup, "migration-included-stage-backup"},
    {mtc::labels::converted_claim, "migration.openshift.io/source-for-directvolumemigration"},
    {mtc::labels::part_of, "app.kubernetes.io/part-of"},
    {mtc::labels::registry, "migration.openshift.io/migration-registry"},
    {mtc::labels::plan_name, "migration.openshift.io/migplan-name"},
    {mtc::labels::migration_uid, "migration.openshift.io/migration-uid"},
    {mtc::annotations::replicas, "migration.openshift.io/preQuiesceReplicas"},
    {mtc::annotations::paused, "migration.openshift.io/preQuiescePaused"},
    {mtc::annotations::suspend, "migration.openshift.io/preQuiesceSuspend"},
    {mtc::annotations::node_selector, "migration.openshift.io/preQuiesceNodeSelector"},
    {mtc::annotations::reclaim_policy, "migration.openshift.io/orig-reclaim-policy"},
    {mtc::annotations::start_vm, "migration.openshift.io/start-vm"},
    {mtc::annotations::run_strategy, "migration.openshift.io/vm-run-strategy"},
    {mtc::annotations::migrate_type, "openshift.io/migrate-type"},
    {mtc::annotations::target_storage_class, "openshift.io/target-storage-class"},
    {mtc::annotations::target_access_mode, "openshift.io/target-access-mode"},
    {mtc::annotations::copy_method, "migration.openshift.io/copy-method"},
    {mtc::annotations::backup_volumes, "backup.velero.io/backup-volumes"},
    {mtc::annotations::verify_volumes, "backup.velero.io/verify-volumes"},
    {mtc::annotations::exclude_claims, "migration.openshift.io/exclude-pvcs"},
    {mtc::annotations::quiesce_daemonset, "migration.openshift.io/quiesceDaemonSet"},
};

const Name types[] = {
    {"migplans", "migplans.migration.openshift.io"},
    {"migclusters", "migclusters.migration.openshift.io"},
    {"migmigrations", "migmigrations.migration.openshift.io"},
    {"directvolumemigrations", "directvolumemigrations.migration.openshift.io"},
    {"directvolumemigrationprogresses", "directvolumemigrationprogresses.migration.openshift.io"},
    {"directimagemigrations", "directimagemigrations.migration.openshift.io"},
    {"directimagestreammigrations", "directimagestreammigrations.migration.openshift.io"},
};

// mm/validation.go, mm/migrate.go, mp/validation.go, migcluster/validation.go, dvm/migrate.go
const Words conditions{"Canceled",
                       "Canceling",
                       "Closed",
                       "DestinationClusterNoRegistryPath",
                       "DestinationClusterNotReady",
                       "DirectVolumeMigrationFailed",
                       "Failed",
                       "HookNotReady",
                       "IntraClusterMigration",
                       "InvalidDestinationCluster",
                       "InvalidDestinationClusterRef",
                       "InvalidHookRef",
                       "InvalidRegistryRoute",
                       "InvalidSaSecretRef",
                       "InvalidSaToken",
                       "InvalidSourceClusterRef",
                       "InvalidStorageRef",
                       "InvalidURL",
                       "NamespaceListEmpty",
                       "NamespaceNotFoundOnDestinationCluster",
                       "NamespaceNotFoundOnSourceCluster",
                       "NfsAccessCannotBeValidated",
                       "PlanConflict",
                       "Postponed",
                       "PvInvalidAccessMode",
                       "PvInvalidAction",
                       "PvInvalidCopyMethod",
                       "PvInvalidStorageClass",
                       "PvNameConflict",
                       "PvNoSupportedAction",
                       "Ready",
                       "ReconcileFailed",
                       "ResticErrors",
                       "ResticVerifyErrors",
                       "Running",
                       "SaTokenNotPrivileged",
                       "SourceClusterNoRegistryPath",
                       "SourceClusterNotReady",
                       "StorageClassConversionUnavailable",
                       "StorageNotReady",
                       "Succeeded",
                       "SucceededWithWarnings",
                       "Suspended",
                       "TestConnectFailed",
                       "VeleroStageBackupPartiallyFailed",
                       "VeleroStageRestorePartiallyFailed"};

// mm/task.go, dvm/task.go: phases, and the names of itineraries and of a pipeline's steps
const Words phases{"CleanStaleAnnotations",
                   "CleanStaleResticCRs",
                   "CleanStaleStagePods",
                   "CleanStaleVeleroCRs",
                   "Canceled",
                   "Canceling",
                   "Completed",
                   "CreateDirectImageMigration",
                   "CreateDirectVolumeMigration",
                   "CreateDirectVolumeMigrationFinal",
                   "CreateDirectVolumeMigrationRollback",
                   "CreateDirectVolumeMigrationStage",
                   "CreateRegistries",
                   "DeleteBackups",
                   "DeleteMigrated",
                   "DeleteRegistries",
                   "DeleteRestores",
                   "EnsureAnnotationsDeleted",
                   "EnsureCloudSecretPropagated",
                   "EnsureDestQuiesced",
                   "EnsureFinalRestore",
                   "EnsureInitialBackup",
                   "EnsureInitialBackupReplicated",
                   "EnsureMigratedDeleted",
                   "EnsureQuiesced",
                   "EnsureSrcQuiesced",
                   "EnsureStageBackup",
                   "EnsureStageBackupReplicated",
                   "EnsureStagePodsDeleted",
                   "EnsureStagePodsTerminated",
                   "EnsureStageRestore",
                   "FinalRestoreCreated",
                   "InitialBackupCreated",
                   "MigrationFailed",
                   "PostBackupHooks",
                   "PostRestoreHooks",
                   "PreBackupHooks",
                   "PreRestoreHooks",
                   "QuiesceApplications",
                   "QuiesceDestinationApplications",
                   "QuiesceSourceApplications",
                   "RestartVelero",
                   "Rollback",
                   "StageBackupCreated",
                   "StageRestoreCreated",
                   "StartRefresh",
                   "Started",
                   "SwapPVCReferences",
                   "UnQuiesceDestApplications",
                   "UnQuiesceSrcApplications",
                   "Verification",
                   "WaitForDirectImageMigrationToComplete",
                   "WaitForDirectVolumeMigrationToComplete",
                   "WaitForDirectVolumeMigrationToRollbackComplete",
                   "WaitForRefresh",
                   "WaitForRegistriesReady",
                   "WaitForStaleStagePodsTerminated",
                   "WaitForVeleroReady"};
// of pods, volumes and claims: they are compared in the same words
const Words phases_of_kubernetes{"Available", "Bound",   "Failed",    "Pending",
                                 "Released",  "Running", "Succeeded", "Unknown"};
const Words itineraries{"Final", "Stage", "VolumeMigrationFailed"};
const Words steps{
    "Backup",        "Cleanup",      "CleanupHelpers", "CleanupMigrated", "CleanupUnquiesce",
    "CleanupVelero", "DirectVolume", "Prepare",        "Restore",         "RollbackLiveMigration"};

void check_known(const Words& found, const std::vector<Words>& known) {
    CHECK_FALSE(found.empty());
    for (const std::string& word : found) {
        CAPTURE(word);
        CHECK(std::ranges::any_of(known, [&](const Words& words) { return words.contains(word); }));
    }
}

constexpr const char* camel_case = "\"([A-Z][a-z]+[A-Za-z]*)\"";
constexpr const char* first_of_row = "\\{\"([A-Z][A-Za-z]+)\",";

}  // namespace

TEST_CASE("labels, annotations and the finalizer are called as MTC calls them") {
    for (const Name& each : names) CHECK(std::string(each.name) == each.literal);
    CHECK(std::string(mtc::labels::transfer_apps[0]) == "directvolumemigration-rsync-transfer");
    CHECK(std::string(mtc::labels::transfer_apps[1]) ==
          "directvolumemigration-rsync-transfer-block");
    SUBCASE("each that is declared has a row") {
        Words declared;
        collect(text_of(root / "lib/mtc/names.hpp"),
                "inline constexpr const char\\* ([a-z_]+) =", declared);
        CHECK(declared.size() == std::size(names));
    }
}

TEST_CASE("MTC's types are called as its API calls them") {
    Words resources;
    for (const base::ResourceType* type :
         {&mtc::types::migplans, &mtc::types::migclusters, &mtc::types::migmigrations,
          &mtc::types::volume_migrations, &mtc::types::volume_migration_progresses,
          &mtc::types::image_migrations, &mtc::types::image_stream_migrations})
        resources.insert(type->resource());
    for (const Name& each : types) {
        CAPTURE(each.name);
        CHECK(resources.contains(each.literal));
    }
    CHECK(resources.size() == std::size(types));
}

TEST_CASE("conditions are called as MTC calls them, wherever the program asks for one") {
    check_known(words_in_lib(R"re((has|find)\([^;"]*conditions, "([A-Za-z]+)")re"), {conditions});
    check_known(words_in("lib/rollback/blockers.cpp", first_of_row), {conditions});
    check_known(words_in_lib("condition\\.type == \"([A-Za-z]+)\""), {conditions});
    const std::string copy = text_of(root / "lib/rollback/copy.cpp");
    const auto begin = copy.find("warnings_of_a_copy[] = {");
    Words warnings;
    collect(copy.substr(begin, copy.find('}', begin) - begin), camel_case, warnings);
    CHECK(warnings.size() == 5);
    check_known(warnings, {conditions});
}

TEST_CASE("phases, itineraries and steps are called as MTC calls them") {
    check_known(words_in_lib("(phase|itinerary) == \"([A-Za-z]+)\""),
                {phases, itineraries, phases_of_kubernetes});
    check_known(words_in("lib/rollback/testimony.cpp", camel_case), {phases});
    check_known(words_in("plugin/view_words.cpp", first_of_row), {phases, steps});
    check_known(words_in_lib("(has_step\\([^;\"]*|pipeline, )\"([A-Za-z]+)\""), {steps});
}

}  // namespace names_test
