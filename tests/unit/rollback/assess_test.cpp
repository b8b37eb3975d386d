#include "rollback/assess.hpp"

#include <doctest/doctest.h>

#include "unit/rollback/builders.hpp"

using namespace rollback;
using Kind = mtc::MigrationKind;
using build::contains;

TEST_CASE("if the application was stopped during the failed migration you must roll back") {
    const Assessment assessment = assess(build::halfway());
    CHECK(assessment.verdict == Verdict::Required);
    REQUIRE(assessment.reasons.size() == 1);
    CHECK(assessment.reasons[0] == "1 workload of the source is stopped by MTC");
    CHECK(assessment.stopped_since == build::at(1));
    CHECK(assessment.blockers.empty());
}

TEST_CASE("if it was not stopped, a rollback is not necessary") {
    State state = build::well();
    state.migrations = {build::failed_cutover()};
    const Assessment assessment = assess(state);
    CHECK(assessment.verdict == Verdict::NotNeeded);
    CHECK_FALSE(assessment.stopped_since);
    SUBCASE("a workload at 0 that MTC did not stop changes nothing") {
        state.source.workloads.push_back(build::running("StatefulSet", "db", 0));
        CHECK(assess(state).verdict == Verdict::NotNeeded);
    }
    SUBCASE("nor does a mark on one that runs") {
        state.source.workloads = {
            build::running("Deployment", "web", 1).annotation(mtc::annotations::replicas, "3")};
        CHECK(assess(state).verdict == Verdict::NotNeeded);
    }
    SUBCASE("nor does a plan that was never run") {
        state.migrations.clear();
        CHECK(assess(state).verdict == Verdict::NotNeeded);
    }
}

TEST_CASE("when the application runs but migrated objects lie on the target, it is recommended") {
    State state = build::halfway();
    state.source.workloads = {build::running("Deployment", "web", 3)};
    const Assessment assessment = assess(state);
    CHECK(assessment.verdict == Verdict::Recommended);
    CHECK(contains(assessment.reasons.at(0), "2 migrated objects on the target"));
    CHECK_FALSE(assessment.stopped_since);
}

TEST_CASE("a rollback that has not ended is in progress, whatever else is so") {
    State state = build::halfway();
    state.migrations.push_back(build::migration("rb", Kind::Rollback, 60, "DeleteMigrated"));
    const Assessment assessment = assess(state);
    CHECK(assessment.verdict == Verdict::InProgress);
    CHECK(assessment.running_rollback == "rb");
    SUBCASE("also when it only waits") {
        state.migrations.back().phase.clear();
        state.migrations.back().conditions = {{"Postponed", "Critical", "", ""}};
        CHECK(assess(state).running_rollback == "rb");
    }
    SUBCASE("of two, the one that the controller runs first") {
        state.migrations.push_back(build::migration("older", Kind::Rollback, 50, ""));
        CHECK(assess(state).running_rollback == "older");
    }
    SUBCASE("a cutover that runs is none") {
        state.migrations = {build::migration("c", Kind::Cutover, 0, "EnsureInitialBackup")};
        CHECK_FALSE(assess(state).running_rollback);
        CHECK(assess(state).verdict == Verdict::Required);
    }
}

TEST_CASE("a rollback that succeeded and was the last word is not repeated") {
    State state = build::rolled_back();
    CHECK(assess(state).verdict == Verdict::AlreadyRolledBack);
    CHECK(assess(state).last_rollback == "rollback-1");
    SUBCASE("unless something is stopped") {
        state.source.workloads = {build::stopped("Deployment", "web", "3")};
        CHECK(assess(state).verdict == Verdict::Required);
    }
    SUBCASE("unless something is left on the target") {
        state.target.labelled = {build::labelled(build::config_maps, "settings")};
        CHECK(assess(state).verdict == Verdict::Recommended);
    }
    SUBCASE("a later migration is the last word then") {
        state.migrations.push_back(
            build::ended(build::migration("c2", Kind::Cutover, 99), "Failed"));
        CHECK(assess(state).verdict == Verdict::NotNeeded);
        CHECK_FALSE(assess(state).last_rollback);
    }
    SUBCASE("one that did not succeed is none") {
        for (const char* verdict : {"Failed", "Canceled", "SucceededWithWarnings"}) {
            state.migrations.back().conditions = {{verdict, "Advisory", "", ""}};
            CAPTURE(verdict);
            CHECK(assess(state).verdict == Verdict::NotNeeded);
        }
    }
}

TEST_CASE("what could not be seen is unknown, never fine") {
    struct Row {
        const char* situation;
        Gap gap;
        Verdict verdict;
    };
    const Row rows[] = {
        {"a kind of workload on the source", build::gap(Side::Source, "statefulsets.apps"),
         Verdict::Unknown},
        {"an API group of the source", build::gap(Side::Source, "discovery", false),
         Verdict::Unknown},
        {"the search for migrated objects",
         build::gap(Side::Target, std::string(label_scan) + "secrets"), Verdict::Unknown},
        {"an API group of the target", build::gap(Side::Target, "discovery", false),
         Verdict::Unknown},
        {"pods of the source tell nothing of this", build::gap(Side::Source, "pods"),
         Verdict::NotNeeded},
        {"workloads of the target tell nothing of this",
         build::gap(Side::Target, "statefulsets.apps"), Verdict::NotNeeded},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = build::well();
            state.gaps = {row.gap};
            CHECK(assess(state).verdict == row.verdict);
            CHECK(assess(state).reasons.size() == 1);
        }
    }
    SUBCASE("a gap does not hide that something is stopped") {
        State state = build::halfway();
        state.gaps = {build::gap(Side::Source, "jobs.batch")};
        CHECK(assess(state).verdict == Verdict::Required);
    }
    SUBCASE("a gap does not let an old success count as one") {
        State state = build::rolled_back();
        state.gaps = {build::gap(Side::Source, "jobs.batch")};
        CHECK(assess(state).verdict == Verdict::Unknown);
        CHECK_FALSE(assess(state).last_rollback);
    }
}

TEST_CASE("the application is stopped since the newest migration that stopped it") {
    State state = build::halfway();
    SUBCASE("its start, or its creation when that is missing") {
        CHECK(stopped_since(state) == build::at(1));
        state.migrations[0].started.reset();
        CHECK(stopped_since(state) == build::at(0));
    }
    SUBCASE("a later one counts, of every kind but a rollback") {
        state.migrations.push_back(build::migration("state", Kind::State, 10));
        CHECK(stopped_since(state) == build::at(11));
        state.migrations.push_back(build::migration("stage", Kind::Stage, 20));
        CHECK(stopped_since(state) == build::at(21));
        auto rollback = build::migration("rb", Kind::Rollback, 30);
        rollback.quiesce = true;
        state.migrations.push_back(rollback);
        CHECK(stopped_since(state) == build::at(21));
    }
    SUBCASE("one that does not quiesce stopped nothing") {
        state.migrations.push_back(build::migration("stage", Kind::Stage, 20));
        state.migrations.back().quiesce = false;
        CHECK(stopped_since(state) == build::at(1));
    }
    SUBCASE("one that still waits in the queue has stopped nothing yet") {
        state.migrations.push_back(build::migration("cutover-2", Kind::Cutover, 20, ""));
        CHECK(stopped_since(state) == build::at(1));
    }
    SUBCASE("without any it is not known") {
        state.migrations.clear();
        CHECK_FALSE(stopped_since(state));
        CHECK_FALSE(assess(state).stopped_since);
    }
}

TEST_CASE("verdicts are written as words") {
    CHECK(word(Verdict::NotNeeded) == "NotNeeded");
    CHECK(word(Verdict::Required) == "Required");
    CHECK(word(Verdict::Recommended) == "Recommended");
    CHECK(word(Verdict::InProgress) == "InProgress");
    CHECK(word(Verdict::AlreadyRolledBack) == "AlreadyRolledBack");
    CHECK(word(Verdict::Unknown) == "Unknown");
}
