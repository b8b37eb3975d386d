#include "rollback/cancel.hpp"

#include <doctest/doctest.h>

#include "builders.hpp"
#include "rollback/status.hpp"

namespace cancel_test {

using namespace rollback;
using namespace build;

namespace {

mtc::Migration migration(const std::string& name, mtc::MigrationKind kind, int created) {
    mtc::Migration m;
    m.ns = "openshift-migration";
    m.name = name;
    m.uid = name + "-uid";
    m.kind = kind;
    m.created = base::Time(std::chrono::seconds(created));
    return m;
}

mtc::Migration running(const std::string& name, mtc::MigrationKind kind, int created) {
    mtc::Migration m = migration(name, kind, created);
    m.phase = "Backup";
    return m;
}

mtc::Migration blocked(const std::string& name, mtc::MigrationKind kind, int created) {
    mtc::Migration m = migration(name, kind, created);
    m.conditions = {{.type = "Postponed", .category = "Critical", .reason = {}, .message = {}}};
    return m;
}

mtc::Migration finished(const std::string& name, mtc::MigrationKind kind, int created) {
    mtc::Migration m = migration(name, kind, created);
    m.phase = "Completed";
    return m;
}

using enum mtc::MigrationKind;  // Stage is also a part of a run
using Words = std::vector<std::string>;

std::vector<std::string> words(const std::vector<Step>& steps) {
    return steps_of({.steps = steps, .blockers = {}});
}

}  // namespace

TEST_CASE("what runs is canceled and waited for; what is told already is only waited for") {
    CHECK(words(steps_to_cancel(running("c", Cutover, 1))) ==
          Words{"cancel control openshift-migration/migmigration/c", "await c"});
    mtc::Migration told = running("c", Cutover, 1);
    told.canceled = true;
    CHECK(words(steps_to_cancel(told)) == Words{"await c"});
}

TEST_CASE("a cancellation is of the migration that was seen, and changes one field") {
    const auto steps = steps_to_cancel(running("c", Cutover, 1));
    const auto* patch = std::get_if<Patch>(&steps.at(0).action);
    REQUIRE(patch != nullptr);
    CHECK(patch->seen.uid == "c-uid");
    CHECK(patch->operations ==
          Json::parse(R"([{"op":"add","path":"/spec/canceled","value":true}])"));
}

TEST_CASE("one that is blocked never looks at spec.canceled: it is deleted") {
    CHECK(words(steps_to_cancel(blocked("c", Cutover, 1))) ==
          Words{"delete control openshift-migration/migmigration/c", "await gone c"});
}

TEST_CASE("what waits in the queue goes before what runs: otherwise it would begin") {
    const auto found =
        in_the_way({finished("old", Cutover, 1), blocked("cutover", Cutover, 2),
                    running("stage", mtc::MigrationKind::Stage, 3), blocked("back", Rollback, 4)});
    REQUIRE(found.size() == 2);
    CHECK(found[0].name == "cutover");
    CHECK(found[1].name == "stage");
}

TEST_CASE("cancel is about the first in the controller's queue") {
    CHECK(cancellation({}, false).empty());
    CHECK(cancellation({finished("old", Cutover, 1)}, false).empty());
    const auto runbook =
        cancellation({blocked("second", Cutover, 2), running("first", Cutover, 1)}, false);
    CHECK(words(runbook.steps).front() == "cancel control openshift-migration/migmigration/first");
    CHECK(runbook.blockers.empty());
}

TEST_CASE("a rollback is canceled by nobody who did not say so") {
    const std::vector<mtc::Migration> all{running("back", Rollback, 1)};
    CHECK(ids_of(cancellation(all, false).blockers) == Words{"cancels-a-rollback"});
    CHECK(cancellation(all, true).blockers.empty());
}

TEST_CASE("after a conflict only what still runs and was not told is told") {
    Object now;
    now.ref = {mtc::types::migmigrations, "openshift-migration", "c"};
    now.uid = "u";
    now.body = Json::parse(R"({"spec":{"stage":false},"status":{"phase":"Backup"}})");
    CHECK(cancel_anew(now));
    now.body["spec"]["canceled"] = true;
    CHECK_FALSE(cancel_anew(now));
    now.body["spec"].erase("canceled");
    now.body["status"]["phase"] = "Completed";
    CHECK_FALSE(cancel_anew(now));
}

TEST_CASE("status has the newest first, and says when each ended as far as that is recorded") {
    mtc::Migration by_steps = finished("a", Cutover, 10);
    by_steps.started = base::Time(std::chrono::seconds(100));
    by_steps.pipeline.resize(2);
    by_steps.pipeline[0].completed = base::Time(std::chrono::seconds(130));
    by_steps.pipeline[1].completed = base::Time(std::chrono::seconds(120));
    mtc::Migration by_condition = finished("b", Cutover, 20);
    by_condition.started = base::Time(std::chrono::seconds(200));
    by_condition.conditions = {{.type = "Failed",
                                .category = "Advisory",
                                .reason = {},
                                .message = {},
                                .since = base::Time(std::chrono::seconds(260))}};
    mtc::Migration unknown = finished("c", Cutover, 5);
    unknown.started = base::Time(std::chrono::seconds(50));
    mtc::Plan plan;
    plan.name = "p";
    const auto report =
        status_of(plan, {by_steps, by_condition, running("d", Cutover, 30), unknown});
    const base::Time now(std::chrono::seconds(300));
    REQUIRE(report.migrations.size() == 4);
    CHECK(report.migrations[0].migration.name == "d");
    CHECK_FALSE(duration(report.migrations[0], now));  // it has not begun
    CHECK(duration(report.migrations[1], now) == std::chrono::seconds(60));
    CHECK(duration(report.migrations[2], now) == std::chrono::seconds(30));
    CHECK_FALSE(duration(report.migrations[3], now));  // nobody wrote down when
}

}  // namespace cancel_test
