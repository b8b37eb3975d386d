#include "rollback/runbook.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/text.hpp"
#include "unit/rollback/builders.hpp"

namespace runbook_test {

using namespace rollback;

namespace {

Runbook runbook_for(const State& state) {
    return console_flow(state, assess(state), "rollback-new");
}

// "create rollback-1, await rollback-1, await serving"
std::string words(const Runbook& runbook) {
    return base::join(build::steps_of(runbook));
}

constexpr const char* from_the_start = "create rollback-new, await rollback-new, await serving";

}  // namespace

TEST_CASE("a rollback is created, followed, and waited for until the application serves") {
    const Runbook runbook = runbook_for(build::halfway());
    REQUIRE(words(runbook) == from_the_start);
    CHECK(runbook.blockers.empty());
    CHECK_FALSE(runbook.empty());
    const auto& create = std::get<Create>(runbook.steps[0].action);
    CHECK(create.what.type == mtc::types::migmigrations);
    CHECK(create.what.ns == "openshift-migration");
    CHECK(create.manifest == mtc::rollback_manifest(build::halfway().plan, "rollback-new"));
    for (const Step& step : runbook.steps) CHECK_FALSE(step.why.empty());
}

TEST_CASE("a failed cutover for which the console greys out Rollback still gives a runbook") {
    State state = build::halfway();
    REQUIRE_FALSE(state.migrations.at(0).errors.empty());
    CHECK(words(runbook_for(state)) == from_the_start);
}

TEST_CASE("what was only migrated is rolled back too, and so is what could not be seen") {
    SUBCASE("migrated objects on the target") {
        State state = build::halfway();
        state.source.workloads.clear();
        CHECK(words(runbook_for(state)) == from_the_start);
    }
    SUBCASE("a gap that is no missing permission") {
        State state = build::well();
        state.gaps = {build::gap(Side::Source, "discovery", false)};
        CHECK(words(runbook_for(state)) == from_the_start);
    }
}

TEST_CASE("an application that moved is taken back when the operator asks for it") {
    State state = build::halfway();
    state.migrations = {build::good_cutover()};
    REQUIRE(assess(state).verdict == Verdict::NotNeeded);
    CHECK(words(runbook_for(state)) == from_the_start);
}

TEST_CASE("a volume that both sides write is what the rollback is for") {
    CHECK(words(runbook_for(build::written_by_both())) == from_the_start);
}

TEST_CASE("a rollback that runs is attached to, never repeated") {
    State state = build::halfway();
    state.migrations.push_back(
        build::migration("running", mtc::MigrationKind::Rollback, 60, "DeleteMigrated"));
    CHECK(words(runbook_for(state)) == "await running, await serving");
    SUBCASE("also when something would keep a new one from starting") {
        state.plan.conditions.clear();
        REQUIRE_FALSE(assess(state).blockers.empty());
        CHECK(words(runbook_for(state)) == "await running, await serving");
        CHECK(runbook_for(state).blockers.empty());
    }
}

TEST_CASE("nothing is done where nothing is to be done") {
    for (State state : {build::well(), build::rolled_back()}) {
        CHECK(runbook_for(state).empty());
        // not even a blocker is told of what is not needed
        state.may_create = false;
        CHECK(runbook_for(state).empty());
        CHECK(runbook_for(state).blockers.empty());
    }
}

TEST_CASE("a runbook that is blocked has no steps, but every blocker") {
    State state = build::halfway();
    state.plan.closed = true;
    state.knows_rollback = false;
    REQUIRE(assess(state).verdict == Verdict::RequiredManual);
    const Runbook runbook = runbook_for(state);
    CHECK(runbook.empty());
    REQUIRE(runbook.blockers.size() == 2);
    CHECK(runbook.blockers[0].id == "plan-closed");
    CHECK(runbook.blockers[1].id == "schema-without-rollback");
}

TEST_CASE("the name of a rollback follows from the plan and its migrations") {
    State state = build::halfway();
    const std::string name = name_of_rollback(state);
    CHECK(name == "rollback-v4va74uv");
    std::swap(state.plan.name, state.plan.ns);
    CHECK(name_of_rollback(state) == name);
    state.migrations.push_back(build::good_rollback());
    const std::string again = name_of_rollback(state);
    CHECK(again != name);
    std::ranges::reverse(state.migrations);
    CHECK(name_of_rollback(state) == again);
    state.plan.uid = "another";
    CHECK(name_of_rollback(state) != again);
}

}  // namespace runbook_test
