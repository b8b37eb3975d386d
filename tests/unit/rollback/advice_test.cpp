#include <doctest/doctest.h>

#include "rollback/assess.hpp"
#include "unit/rollback/builders.hpp"

namespace advice_test {

using namespace rollback;
using build::contains;
using Commands = std::vector<std::string>;
using Kind = mtc::MigrationKind;

namespace {

Advice advice_for(const State& state) {
    return assess(state).advice;
}

const Commands run = {"{plugin} shop-plan"};

mtc::Migration running_stage() {
    auto m = build::migration("stage", Kind::Stage, 5, "CreateDirectVolumeMigrationStage");
    m.conditions = {{"Running", "Advisory", "", "Step: 3/9"}};
    return m;
}

}  // namespace

TEST_CASE("nothing is advised where nothing is to be done") {
    for (const State& state : {build::well(), build::rolled_back()}) {
        CHECK(advice_for(state).flow == Flow::None);
        CHECK(advice_for(state).commands.empty());
        CHECK_FALSE(advice_for(state).why.empty());
    }
}

TEST_CASE("the console flow is one command") {
    State state = build::halfway();
    CHECK(advice_for(state).flow == Flow::Console);
    CHECK(advice_for(state).commands == run);
    SUBCASE("which names the namespace when it is not MTC's own") {
        state.plan.ns = "mtc-two";
        CHECK(advice_for(state).commands == Commands{"{plugin} shop-plan -n mtc-two"});
    }
    SUBCASE("also for what is only recommended") {
        state.source.workloads = {build::running("Deployment", "web", 3)};
        CHECK(advice_for(state).flow == Flow::Console);
        CHECK(contains(advice_for(state).why, "the application runs on the source"));
        state.source.workloads.clear();
        CHECK(contains(advice_for(state).why, "where no workload runs that was seen"));
    }
    SUBCASE("also to take the application back after a cutover that succeeded") {
        state.migrations = {build::good_cutover()};
        REQUIRE(assess(state).verdict == Verdict::NotNeeded);
        CHECK(advice_for(state).flow == Flow::Console);
        CHECK(contains(advice_for(state).why, "takes it back to the source"));
        CHECK(advice_for(state).commands == run);
    }
}

TEST_CASE("a rollback that runs is attached to") {
    State state = build::halfway();
    state.migrations.push_back(build::migration("rb", Kind::Rollback, 60, "DeleteMigrated"));
    state.plan.conditions.clear();  // a blocker keeps nobody from watching
    CHECK(advice_for(state).flow == Flow::Attach);
    CHECK(advice_for(state).commands == run);
}

TEST_CASE("a migration in the way is canceled first, then the rollback is run") {
    State state = build::halfway();
    state.migrations.push_back(running_stage());
    const Assessment assessment = assess(state);
    REQUIRE(assessment.blockers.size() == 1);
    CHECK(assessment.advice.flow == Flow::ConsoleAfterCancel);
    CHECK(assessment.advice.commands == Commands{run[0] + " --cancel-running"});
    CHECK(contains(assessment.advice.why, "is canceled first"));
    SUBCASE("but another blocker is looked at before that") {
        state.may_create = false;
        CHECK(advice_for(state).flow == Flow::LookFirst);
    }
}

TEST_CASE("where the controller cannot roll back, the manual flow leads out") {
    State state = build::halfway();
    state.plan.closed = true;
    const Assessment assessment = assess(state);
    REQUIRE(assessment.verdict == Verdict::RequiredManual);
    CHECK(assessment.advice.flow == Flow::Manual);
    CHECK(contains(assessment.advice.why, "controller cannot"));
    CHECK(contains(assessment.advice.why,
                   "the controller could do it after: " + assessment.blockers.at(0).remedy));
    CHECK(assessment.advice.commands == Commands{"{plugin} manual shop-plan"});
    SUBCASE("a remedy that is no command is told in words") {
        state.plan.closed = false;
        state.knows_rollback = false;
        CHECK(advice_for(state).flow == Flow::Manual);
        CHECK(contains(advice_for(state).why, "upgrade MTC to 1.4 or later"));
    }
}

TEST_CASE("any other blocker is looked at first") {
    State state = build::halfway();
    state.may_create = false;
    CHECK(advice_for(state).flow == Flow::LookFirst);
    CHECK(advice_for(state).commands.empty());
    CHECK(contains(advice_for(state).why, assess(state).blockers.at(0).remedy));
    SUBCASE("with the commands that there are") {
        state.source.workloads.clear();  // recommended
        state.plan.closed = true;
        REQUIRE(assess(state).verdict == Verdict::Recommended);
        CHECK(advice_for(state).flow == Flow::LookFirst);
        REQUIRE(advice_for(state).commands.size() == 1);
        CHECK(advice_for(state).commands[0].starts_with("oc patch migplan shop-plan"));
    }
}

TEST_CASE("while both sides write, nothing is to be started on the source") {
    State state = build::written_by_both();
    CHECK(advice_for(state).flow == Flow::Console);
    CHECK(advice_for(state).commands == run);
    CHECK(contains(advice_for(state).why, "stops the target's workloads first (MTC 1.8"));
    CHECK(contains(advice_for(state).why, "do not start anything on the source before"));
    SUBCASE("that is said also when something is in the way") {
        state.may_create = false;
        CHECK(contains(advice_for(state).why, "do not start anything on the source before"));
    }
}

TEST_CASE("what could not be seen comes first, with the flag that helps") {
    State state = build::well();
    state.gaps = {build::gap(Side::Source, "statefulsets.apps")};
    CHECK(advice_for(state).flow == Flow::LookFirst);
    CHECK(advice_for(state).commands.empty());
    CHECK(contains(advice_for(state).why, "source: list statefulsets.apps"));
    CHECK(contains(advice_for(state).why, "with --source-context"));
    SUBCASE("of every side, but each once") {
        state.gaps.push_back(build::gap(Side::Target, std::string(label_scan) + "secrets"));
        state.gaps.push_back(build::gap(Side::Source, "jobs.batch"));
        CHECK(contains(advice_for(state).why, "with --source-context and --target-context"));
    }
    SUBCASE("a fault is told in the server's words") {
        state.gaps = {build::gap(Side::Target, "discovery", false)};
        CHECK(contains(advice_for(state).why, "(pods is forbidden)"));
    }
    SUBCASE("of many only some") {
        for (const char* resource : {"a", "b", "c"})
            state.gaps.push_back(build::gap(Side::Source, resource));
        CHECK(contains(advice_for(state).why, "; and 1 more"));
    }
}

TEST_CASE("flows are written as words") {
    CHECK(word(Flow::None) == "none");
    CHECK(word(Flow::Console) == "console");
    CHECK(word(Flow::ConsoleAfterCancel) == "console-after-cancel");
    CHECK(word(Flow::Manual) == "manual");
    CHECK(word(Flow::Attach) == "attach");
    CHECK(word(Flow::LookFirst) == "look-first");
}

}  // namespace advice_test
