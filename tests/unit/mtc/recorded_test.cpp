// What the real controller wrote, read as the product reads it: the words are what happened, as
// fixtures/recorded/README.md says.
#include "support/recorded.hpp"

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "mtc/migration.hpp"
#include "mtc/names.hpp"
#include "mtc/plan.hpp"
#include "mtc/volume_migration.hpp"

namespace recorded_test {
namespace {

using Lines = std::vector<std::string>;

mtc::Migration migration(const std::string& name) {
    return mtc::decode_migration(
        base::object_of(mtc::types::migmigrations, recorded::one("migmigrations", name)));
}

mtc::VolumeMigration volume_migration(const std::string& name) {
    return mtc::decode_volume_migration(base::object_of(
        mtc::types::volume_migrations, recorded::one("directvolumemigrations", name)));
}

std::string copy_of(const mtc::VolumeMigration& dvm, const std::string& claim) {
    for (const mtc::VolumeCopy& copy : dvm.copies) {
        if (copy.claim != claim) continue;
        return std::string(copy.succeeded ? "succeeded"
                           : copy.failed  ? "failed"
                                          : "open") +
               ", attempt " + std::to_string(copy.attempts) +
               (copy.succeeded || copy.reached.empty() ? "" : ", " + copy.reached);
    }
    return "no claim " + claim;
}

std::string ending_of(const mtc::PipelineStep& step) {
    std::string out = step.name;
    if (step.failed) out += " failed";
    if (step.skipped) out += " skipped";
    if (step.started) out += " started";
    if (step.completed) out += " completed";
    return out;
}

// "failed, in FinalRestoreCreated: ERROR"
std::string end_of(const mtc::Migration& m) {
    const mtc::MigrationState state = m.state();
    std::string out = mtc::word(m.kind) + ": " + mtc::word(state);
    if (const auto* failed = std::get_if<mtc::Failed>(&state))
        out += ", in " + failed->phase + ": " + base::join(failed->errors, "; ");
    if (const auto* warned = std::get_if<mtc::SucceededWithWarnings>(&state)) {
        for (const mtc::Condition& warning : warned->warnings)
            out += ", " + warning.type + ": " + warning.message;
    }
    return out;
}

struct End {
    const char* name;
    const char* end;
    const char* itinerary;
    bool quiesce;
};

constexpr End ends[] = {
    {"cutover-a2",
     "cutover: failed, in FinalRestoreCreated: Restore "
     "openshift-migration/cutover-a2-final-l76nh: Failed.",
     "Failed", true},
    {"cutover-d",
     "cutover: succeeded with warnings, DirectVolumeMigrationFailed: DirectVolumeMigration (dvm): "
     "openshift-migration/cutover-d-qz5xf failed. See in dvm status.Errors",
     "Final", true},
    {"cutover-d2", "cutover: succeeded", "Final", true},
    {"cutover-e2",
     "cutover: failed, in StageRestoreCreated: Restore "
     "openshift-migration/cutover-e2-stage-vrs2z: Failed.",
     "Failed", true},
    {"cutover-h",
     "cutover: failed, in WaitForDirectVolumeMigrationToComplete: DVM failed: the server has asked "
     "for the client to provide credentials caused by: 'fatal plan error'",
     "Failed", true},
    {"stage-e", "cutover: canceled", "Cancel", false},
    {"conv-i",
     "state migration: failed, in SwapPVCReferences: Failed updating PVC references on Jobs "
     "[shop-i/import]",
     "Failed", true},
    {"rollback-zrthfvlc", "rollback: succeeded", "Rollback", false},
    {"rollback-5gq3lxoc",
     "rollback: failed, in DeleteMigrated: secrets \"password\" is forbidden: "
     "ValidatingAdmissionPolicy 'no-deletes' with binding 'no-deletes' denied request: secrets of "
     "shop-a are not to be deleted",
     "Failed", false},
    {"rollback-o3b9r35q",
     "rollback: failed, in DeleteBackups: the server has asked for the client to provide "
     "credentials",
     "Failed", false},
    {"rollback-5r4nufbg",
     "rollback: failed, in SwapPVCReferences: Failed updating PVC references on Jobs "
     "[shop-i/import]",
     "Failed", false},
    {"rollback-nmyqgv74", "rollback: canceled", "Cancel", false},
};

struct Pipeline {
    const char* name;
    Lines steps;
};

const std::vector<Pipeline>& pipelines() {
    static const std::vector<Pipeline> rows{
        {"cutover-a2",
         {"Prepare started completed", "Backup started completed", "StageBackup started completed",
          "StageRestore started completed", "Restore failed started completed",
          "Cleanup started completed", "CleanupHelpers started completed"}},
        {"cutover-d2",
         {"Prepare started completed", "StageBackup started completed", "Backup started completed",
          "DirectVolume started completed", "Restore started completed",
          "Cleanup started completed"}},
        {"cutover-e2",
         {"Prepare started completed", "Backup started completed", "StageBackup started completed",
          "StageRestore failed started completed", "Restore skipped", "Cleanup started completed",
          "CleanupHelpers started completed"}},
        {"stage-e",
         {"Prepare started completed", "Backup started completed", "StageBackup started completed",
          "StageRestore started completed", "Restore started completed",
          "Cleanup skipped started completed", "CleanupVelero started completed",
          "CleanupHelpers started completed", "CleanupUnquiesce started completed"}},
        {"rollback-o3b9r35q",
         {"CleanupVelero failed started completed", "CleanupHelpers started completed",
          "CleanupMigrated skipped", "CleanupUnquiesce skipped", "Cleanup started completed"}},
    };
    return rows;
}

}  // namespace

TEST_SUITE("what the real controller wrote") {
    TEST_CASE("of each migration tells its kind, its end and why") {
        CHECK(recorded::all("migmigrations").size() == std::size(ends));
        for (const End& row : ends) {
            CAPTURE(row.name);
            const mtc::Migration m = migration(row.name);
            CHECK(end_of(m) == row.end);
            CHECK(m.itinerary == row.itinerary);
            CHECK(m.quiesce == row.quiesce);
            CHECK(m.finished());
            CHECK(mtc::is_terminal(m.state()));
        }
    }

    TEST_CASE("tells which steps ran, failed and were skipped") {
        for (const Pipeline& row : pipelines()) {
            CAPTURE(row.name);
            Lines steps;
            for (const mtc::PipelineStep& step : migration(row.name).pipeline)
                steps.push_back(ending_of(step));
            CHECK(steps == row.steps);
        }
    }

    TEST_CASE("of a volume copy that failed tells which pod failed and how far it came") {
        const auto& steps = migration("cutover-d2").pipeline;
        REQUIRE(steps.size() == 6);
        REQUIRE(steps[3].progress.size() == 5);
        CHECK(steps[3].progress[0] ==
              "[data] shop-d/rsync-nnm7w: Failed - Attempt 2 of 2 86% (1s)");
    }

    TEST_CASE("of a plan tells that it is ready, what it moves and what was converted") {
        const auto plan = [](const char* name) {
            return mtc::decode_plan(
                       base::object_of(mtc::types::migplans, recorded::one("migplans", name)))
                .value();
        };
        const mtc::Plan copied = plan("plan-d");
        CHECK(copied.ready());
        CHECK(copied.source_namespaces() == Lines{"billing-d", "shop-d"});
        CHECK(copied.volumes.size() == 5);
        CHECK(mtc::blocking(copied.conditions).empty());
        const mtc::Plan converted = plan("plan-i");
        CHECK(converted.ready());
        Lines claims;
        for (const mtc::PlanVolume& volume : converted.volumes)
            claims.push_back(volume.claim + " " + volume.claim_on_target());
        CHECK(std::ranges::count(claims, "data data-mig-mrqs") == 1);
    }

    TEST_CASE("of a volume migration tells whose it is, where it copies and how it ended") {
        struct Row {
            const char* name;
            const char* ended;
            const char* data;  // how far the claim of that name came
        };
        const Row rows[] = {
            {"cutover-c-rcllf", "succeeded finished", "succeeded, attempt 1"},
            {"conv-i-m5lll", "succeeded finished", "succeeded, attempt 1"},
            {"cutover-d2-mt9p6", "failed finished", "failed, attempt 2, 86%"},
            {"cutover-h-8mpkn", "failed finished", "open, attempt 1, 43%"},
        };
        for (const Row& row : rows) {
            CAPTURE(row.name);
            const auto dvm = volume_migration(row.name);
            CHECK(std::string(dvm.succeeded() ? "succeeded" : "") + (dvm.failed() ? "failed" : "") +
                      (dvm.finished() ? " finished" : "") ==
                  row.ended);
            CHECK(copy_of(dvm, "data") == row.data);
            CHECK(dvm.copies.size() == 5);
            CHECK(dvm.cleans_up());
        }
        const auto failed = volume_migration("cutover-d2-mt9p6");
        CHECK(failed.migration_uid == "ce7b23ab-6ef9-4dec-adca-64ae18f9eed7");
        CHECK(failed.phase == "MigrationFailed");
        CHECK(failed.namespaces == Lines{"shop-d"});
        CHECK(failed.errors.empty());
        CHECK(volume_migration("cutover-h-8mpkn").errors ==
              Lines{"the server has asked for the client to provide credentials caused by: 'fatal "
                    "plan error'"});
    }

    TEST_CASE("of migrations on their way tells where they are") {
        const auto unfinished = [](const char* name) {
            return mtc::decode_migration(
                base::object_of(mtc::types::migmigrations, recorded::one("unfinished", name)));
        };
        const auto running = [](const mtc::Migration& m) {
            const mtc::MigrationState state = m.state();
            const auto* is_running = std::get_if<mtc::Running>(&state);
            return is_running == nullptr
                       ? mtc::word(state)
                       : is_running->phase + " " + std::to_string(is_running->step) + "/" +
                             std::to_string(is_running->total);
        };
        CHECK(running(unfinished("cutover-c-copying")) ==
              "WaitForDirectVolumeMigrationToComplete 39/50");
        CHECK(running(unfinished("rollback-waiting")) == "EnsureDestQuiesced 8/15");
        CHECK(running(unfinished("rollback-canceling")) == "canceling");
        CHECK(running(unfinished("rollback-blocked")) == "blocked");
        for (const base::Json& body : recorded::all("unfinished"))
            CHECK_FALSE(
                mtc::decode_migration(base::object_of(mtc::types::migmigrations, body)).finished());
    }

    TEST_CASE("of a MigCluster tells whether it is ready, and what is wrong with its token") {
        const auto conditions = [](const char* name) {
            return mtc::decode_conditions(recorded::one("migclusters", name));
        };
        CHECK(mtc::has(conditions("host"), "Ready"));
        CHECK(mtc::has(conditions("ocp3"), "Ready"));
        const auto wrong = mtc::blocking(conditions("ocp3-bad-token"));
        REQUIRE(wrong.size() == 1);
        CHECK(wrong[0].type == "ReconcileFailed");
        CHECK(wrong[0].message ==
              "Reconcile failed: [the server has asked for the client to provide credentials]. See "
              "controller logs for details.");
    }

    TEST_CASE("of a plan that is closed, or whose source is not ready, tells what blocks it") {
        const auto closed = mtc::decode_conditions(recorded::one("migplans", "plan-a"));
        CHECK(mtc::has(closed, "Closed"));
        CHECK_FALSE(mtc::has(closed, "Ready"));
        CHECK_FALSE(mtc::has(closed, "StorageEnsured"));
        const auto blocked =
            mtc::blocking(mtc::decode_conditions(recorded::one("migplans", "plan-c")));
        REQUIRE(blocked.size() == 1);
        CHECK(blocked[0].type == "SourceClusterNotReady");
    }
}

}  // namespace recorded_test
