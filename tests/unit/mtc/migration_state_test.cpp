// Where a migration stands: every row of the controller's states, and every case in which the web
// console says something that is not so.
#include <doctest/doctest.h>

#include "mtc/migration.hpp"
#include "unit/mtc/builders.hpp"

namespace migration_state_test {

using namespace mtc;
using build::condition;
using build::Json;
using build::list;

namespace {

MigrationState state_of(const std::string& phase, const Json& conditions = Json::array(),
                        const Json& errors = Json::array()) {
    return decode_migration(
               build::mtc_object(types::migmigrations, "m")
                   .status({{"phase", phase}, {"conditions", conditions}, {"errors", errors}}))
        .state();
}

const Json running = condition("Running", "Advisory", "DeleteMigrated", "Step: 12/15");
const Json postponed = condition("Postponed", "Critical", "", "Postponed 10 seconds");
const Json plan_not_ready = condition("PlanNotReady", "Critical");
const Json ready = condition("Ready", "Required");
const Json failed = condition("Failed", "Advisory", "DeleteMigrated", "The migration has failed.");
const Json succeeded = condition("Succeeded", "Advisory", "Completed");
const Json with_warnings = condition("SucceededWithWarnings", "Advisory", "Completed");
const Json canceled = condition("Canceled", "Advisory", "Cancel");
const Json canceling = condition("Canceling", "Advisory", "Cancel");
const Json warning = condition("DirectImageMigrationFailed", "Warn", "", "an image is missing");

}  // namespace

TEST_CASE("a migration stands where the controller's conditions and its phase say") {
    struct Row {
        const char* situation;
        const char* phase;
        Json conditions;
        Json errors;
        std::string word;
        bool terminal;
    };
    const Json none = Json::array();
    const Json error = list("DVM failed");
    const Row rows[] = {
        {"not yet reconciled", "", none, none, "pending", false},
        {"accepted, but not begun", "", list(ready), none, "pending", false},
        {"waits for the plan", "", list(plan_not_ready), none, "blocked", false},
        {"the plan is lost midway", "DeleteMigrated", list(running, plan_not_ready), none,
         "blocked", false},
        {"Postponed is not failure", "", list(postponed, ready), none, "blocked", false},
        {"running", "DeleteMigrated", list(running, ready), none, "running", false},
        {"a phase without the condition", "DeleteMigrated", none, none, "running", false},
        {"a warning while it runs is not an end with warnings", "DeleteMigrated",
         list(running, ready, warning), none, "running", false},
        {"Succeeded before it is Completed is no end", "Cleanup", list(running, succeeded), none,
         "running", false},
        {"a failure that is passed through is one", "InitialBackupFailed", list(running, failed),
         error, "failed", true},
        {"MigrationFailed is passed through", "MigrationFailed", list(failed), error, "failed",
         true},
        {"failed, in the phase in which it did, for one look", "DeleteBackups", list(failed), error,
         "failed", true},
        {"errors before the condition", "DeleteBackups", list(running, ready), error, "failed",
         true},
        {"the condition before the errors", "DeleteBackups", list(failed), none, "failed", true},
        {"failed and blocked is failed: it does not go on", "DeleteBackups",
         list(failed, plan_not_ready), error, "failed", true},
        {"errors and blocked", "DeleteBackups", list(plan_not_ready, postponed), error, "failed",
         true},
        {"canceling and failed, until it has ended", "DeleteBackups", list(canceling, failed),
         error, "canceling", false},
        {"canceling", "DeleteBackups", list(running, canceling), none, "canceling", false},
        {"canceling while something blocks", "DeleteBackups", list(canceling, plan_not_ready), none,
         "canceling", false},
        {"Canceled, with the last phase still to come", "Canceled", list(running, canceled), none,
         "canceling", false},
        {"succeeded", "Completed", list(succeeded), none, "succeeded", true},
        {"succeeded with warnings", "Completed", list(with_warnings, warning), none,
         "succeeded with warnings", true},
        {"failed", "Completed", list(failed), error, "failed", true},
        {"failed, with a warning beside it", "Completed", list(failed, warning), error, "failed",
         true},
        {"errors without the condition Failed", "Completed", none, error, "failed", true},
        {"errors beside Succeeded", "Completed", list(succeeded), error, "failed", true},
        {"Failed beside Succeeded", "Completed", list(failed, succeeded), none, "failed", true},
        {"canceled", "Completed", list(canceled), none, "canceled", true},
        {"Canceled and Succeeded is canceled", "Completed", list(canceled, succeeded), none,
         "canceled", true},
        {"Canceling and Completed is canceled", "Completed", list(canceling, succeeded), none,
         "canceled", true},
        {"Canceled before Failed", "Completed", list(canceled, failed), error, "canceled", true},
        {"Completed without a verdict is never success", "Completed", none, none, "failed", true},
        {"Completed with Ready alone is never success", "Completed", list(ready), none, "failed",
         true},
        {"a blocker left behind does not hide success", "Completed", list(succeeded, postponed),
         none, "succeeded", true},
        {"a Succeeded that is False is none", "Completed",
         list(Json{{"type", "Succeeded"}, {"status", "False"}}), none, "failed", true},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            const MigrationState state = state_of(row.phase, row.conditions, row.errors);
            CHECK(word(state) == row.word);
            CHECK(is_terminal(state) == row.terminal);
        }
    }
}

TEST_CASE("a migration that was turned into a rollback while it ran says what it was before") {
    struct Row {
        const char* situation;
        const char* itinerary;
        std::vector<const char*> steps;
        bool quiesce;
        std::optional<MigrationKind> was;
    };
    using enum MigrationKind;
    const std::vector<const char*> rolls_back{"CleanupVelero", "CleanupHelpers", "CleanupMigrated",
                                              "CleanupUnquiesce", "Cleanup"};
    const Row rows[] = {
        {"a rollback from the beginning", "Rollback", rolls_back, false, std::nullopt},
        {"not looked at yet", "", {}, false, std::nullopt},
        {"canceled, a rollback from the beginning", "Cancel", rolls_back, false, std::nullopt},
        {"a cutover",
         "Rollback",
         {"Prepare", "StageBackup", "Backup", "DirectVolume", "Restore", "Cleanup", "CleanupVelero",
          "CleanupHelpers", "CleanupMigrated", "CleanupUnquiesce"},
         true,
         Cutover},
        {"a cutover whose rollback has failed",
         "Failed",
         {"Prepare", "Backup", "StageBackup", "Restore", "Cleanup", "CleanupVelero"},
         true,
         Cutover},
        {"a state migration",
         "Rollback",
         {"Prepare", "StageBackup", "DirectVolume", "Cleanup", "CleanupVelero"},
         true,
         State},
        {"a stage", "Rollback", {"Prepare", "StageBackup", "Cleanup"}, false, Stage},
        {"a cutover, before the controller has looked again", "Final", {}, true, Cutover},
        {"a stage, before the controller has looked again", "Stage", {}, false, Stage},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            Json pipeline = Json::array();
            for (const char* step : row.steps) pipeline.push_back({{"name", step}});
            const auto m = decode_migration(
                build::mtc_object(types::migmigrations, "m")
                    .spec({{"rollback", true}, {"quiescePods", row.quiesce}})
                    .status({{"itinerary", row.itinerary}, {"pipeline", pipeline}}));
            CHECK(m.kind == Rollback);
            CHECK(m.turned_from == row.was);
        }
    }
    SUBCASE("no other kind was one") {
        const auto m = decode_migration(
            build::mtc_object(types::migmigrations, "m")
                .status(
                    {{"itinerary", "Final"},
                     {"pipeline", list(Json{{"name", "Prepare"}}, Json{{"name", "Restore"}})}}));
        CHECK(m.turned_from == std::nullopt);
    }
}

TEST_CASE("a migration that waits tells what for") {
    const auto state = std::get<Blocked>(state_of("", list(ready, postponed, plan_not_ready)));
    REQUIRE(state.by.size() == 2);
    CHECK(state.by[0].type == "Postponed");
    CHECK(state.by[0].message == "Postponed 10 seconds");
    CHECK(state.by[1].type == "PlanNotReady");
}

TEST_CASE("a migration that ended with warnings tells which") {
    const auto state =
        std::get<SucceededWithWarnings>(state_of("Completed", list(with_warnings, warning)));
    REQUIRE(state.warnings.size() == 1);
    CHECK(state.warnings[0].message == "an image is missing");
}

TEST_CASE("a failed migration tells the phase in which it failed, not the one in which it rests") {
    SUBCASE("from the condition") {
        const auto state = std::get<Failed>(state_of("Completed", list(failed), list("a", "b")));
        CHECK(state.phase == "DeleteMigrated");
        CHECK(state.errors == std::vector<std::string>{"a", "b"});
    }
    SUBCASE("nothing when there is none") {
        CHECK(std::get<Failed>(state_of("Completed", {}, list("a"))).phase.empty());
    }
    SUBCASE("with what keeps the controller from ending it") {
        const auto held =
            std::get<Failed>(state_of("DeleteBackups", list(failed, plan_not_ready, ready)));
        CHECK(held.phase == "DeleteMigrated");
        REQUIRE(held.held_by.size() == 1);
        CHECK(held.held_by[0].type == "PlanNotReady");
        CHECK(
            std::get<Failed>(state_of("Completed", list(failed, plan_not_ready))).held_by.empty());
    }
    SUBCASE("without any outcome it says so") {
        const auto state = std::get<Failed>(state_of("Completed"));
        CHECK(state.phase.empty());
        REQUIRE(state.errors.size() == 1);
        CHECK(state.errors[0] == "the controller recorded no outcome");
    }
}

TEST_CASE("a running migration tells its phase and its step") {
    struct Row {
        const char* situation;
        const char* phase;
        const char* message;
        const char* says;
        int step;
        int total;
    };
    const Row rows[] = {
        {"the usual", "EnsureMigratedDeleted", "Step: 13/15", "EnsureMigratedDeleted", 13, 15},
        {"the phase is not set yet", "", "Step: 1/15", "reason", 1, 15},
        {"no spaces", "P", "Step:13/15", "P", 13, 15},
        {"a step without a total", "P", "Step: 13", "P", 13, 0},
        {"another message", "P", "all is well", "P", 0, 0},
        {"nothing", "P", "", "P", 0, 0},
        {"letters", "P", "Step: x/y", "P", 0, 0},
        {"less than nothing", "P", "Step: -3/-4", "P", 0, 0},
        {"more than a number holds", "P", "Step: 99999999999999/7", "P", 0, 7},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            const auto state = std::get<Running>(
                state_of(row.phase, list(condition("Running", "Advisory", "reason", row.message))));
            CHECK(state.phase == row.says);
            CHECK(state.step == row.step);
            CHECK(state.total == row.total);
        }
    }
}

}  // namespace migration_state_test
