#include "rollback/survey.hpp"

#include <doctest/doctest.h>

#include "unit/rollback/builders.hpp"

namespace survey_test {

using namespace rollback;

namespace {

PlanLine line_for(const State& state) {
    return line_of(state, assess(state));
}

}  // namespace

TEST_CASE("the line of a plan says how it stands") {
    State state = build::halfway();
    state.gaps = {build::gap(Side::Source, "pods")};
    const PlanLine line = line_for(state);
    CHECK(line.ns == "openshift-migration");
    CHECK(line.plan == "shop-plan");
    CHECK(line.verdict == Verdict::Required);
    CHECK(line.reason == assess(state).reasons.at(0));
    CHECK(line.stopped == 1);
    CHECK(line.stopped_since == build::at(1));
    CHECK(line.gaps == 1);
    CHECK(line.error.empty());
}

TEST_CASE("namespaces are written as the plan writes them") {
    State state = build::well();
    state.plan.namespaces = {{"shop", "shop"}, {"billing", "billing-new"}};
    CHECK(line_for(state).namespaces == std::vector<std::string>{"shop", "billing:billing-new"});
}

TEST_CASE("the last migration is the newest by creation, in words") {
    State state = build::halfway();
    CHECK(line_for(state).last_migration == "cutover cutover: failed");
    SUBCASE("in whatever order they were listed") {
        state.migrations.insert(state.migrations.begin(), build::good_rollback(60));
        CHECK(line_for(state).last_migration == "rollback rollback-1: succeeded");
    }
    SUBCASE("one that only waits is the newest all the same") {
        state.migrations.push_back(build::migration("next", mtc::MigrationKind::State, 70, ""));
        CHECK(line_for(state).last_migration == "state migration next: pending");
    }
    SUBCASE("without any there is none") {
        state.migrations.clear();
        CHECK(line_for(state).last_migration.empty());
    }
}

TEST_CASE("where nothing is stopped, nothing is counted") {
    CHECK(line_for(build::well()).stopped == 0);
    CHECK_FALSE(line_for(build::well()).stopped_since);
}

}  // namespace survey_test
