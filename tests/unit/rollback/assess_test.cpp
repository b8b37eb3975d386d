#include "rollback/assess.hpp"

#include <doctest/doctest.h>

#include "unit/rollback/builders.hpp"

namespace assess_test {

using namespace rollback;
using Kind = mtc::MigrationKind;
using build::contains;

TEST_CASE("if the application was stopped during the failed migration you must roll back") {
    const Assessment assessment = assess(build::halfway());
    CHECK(assessment.verdict == Verdict::Required);
    REQUIRE(assessment.reasons.size() == 1);
    CHECK(assessment.reasons[0] ==
          "1 workload of the source is stopped by MTC: deployment/web in shop");
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

TEST_CASE("what is stopped is counted, and named as far as three") {
    State state = build::halfway();
    state.source.workloads.push_back(build::stopped("StatefulSet", "db", "1"));
    CHECK(assess(state).reasons.at(0) ==
          "2 workloads of the source are stopped by MTC: deployment/web in shop, statefulset/db in "
          "shop");
    for (const char* name : {"a", "b", "c"})
        state.source.workloads.push_back(build::stopped("DeploymentConfig", name, "1"));
    CHECK(contains(assess(state).reasons.at(0), "5 workloads of the source are stopped"));
    CHECK(contains(assess(state).reasons.at(0), "deployment/web in shop"));
    CHECK(assess(state).reasons.at(0).ends_with(" and 2 more"));
}

TEST_CASE("the source rests after a cutover that succeeded: no rollback is needed") {
    State state = build::halfway();
    state.migrations = {build::good_cutover()};
    const std::vector<std::string> reasons = {
        "cutover cutover succeeded: the source is stopped because the application moved to the "
        "target",
        "run can take it back nevertheless: what the target has written since is lost then"};
    CHECK(assess(state).verdict == Verdict::NotNeeded);
    CHECK(assess(state).reasons == reasons);
    CHECK(assess(state).stopped_since == build::at(1));
    SUBCASE("with warnings, too") {
        state.migrations = {
            build::ended(build::migration("cutover", Kind::Cutover, 0), "SucceededWithWarnings")};
        CHECK(assess(state).reasons == reasons);
    }
    SUBCASE("whatever would keep the controller from a rollback") {
        state.plan.closed = true;
        CHECK(assess(state).verdict == Verdict::NotNeeded);
    }
    SUBCASE("one that only waits changes nothing") {
        state.migrations.push_back(build::migration("next", Kind::Cutover, 60, ""));
        CHECK(assess(state).verdict == Verdict::NotNeeded);
    }
    SUBCASE("but a rollback that did not end well has taken the target apart") {
        for (const char* verdict : {"Failed", "Canceled", "SucceededWithWarnings"}) {
            CAPTURE(verdict);
            state.migrations = {build::good_cutover(),
                                build::ended(build::migration("rb", Kind::Rollback, 60), verdict)};
            CHECK(assess(state).verdict == Verdict::Required);
        }
    }
    SUBCASE("but a later migration that stopped it and failed counts") {
        state.migrations.push_back(build::ended(build::migration("s", Kind::State, 60), "Failed"));
        CHECK(assess(state).verdict == Verdict::Required);
    }
    SUBCASE("a stage or state migration that succeeded moves no application") {
        for (const Kind kind : {Kind::Stage, Kind::State}) {
            state.migrations = {build::ended(build::migration("m", kind, 0), "Succeeded")};
            CHECK(assess(state).verdict == Verdict::Required);
        }
    }
    SUBCASE("migrated objects may be what serves, and are said to be that") {
        state.source.workloads.clear();
        CHECK(assess(state).verdict == Verdict::Recommended);
        CHECK(contains(assess(state).reasons.at(1), "may be the application that serves now"));
    }
}

TEST_CASE("where the controller cannot start the application again, hands are required") {
    struct Row {
        const char* situation;
        void (*damage)(State&);
        const char* reason;
    };
    const Row rows[] = {
        {"a closed plan", [](State& s) { s.plan.closed = true; }, "is closed"},
        {"a plan that is not Ready", [](State& s) { s.plan.conditions.clear(); }, "is not Ready"},
        {"a cluster that is not Ready", [](State& s) { s.source_cluster.conditions.clear(); },
         "MigCluster ocp3 is not Ready"},
        {"an MTC without rollback", [](State& s) { s.knows_rollback = false; },
         "does not know spec.rollback"},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = build::halfway();
            row.damage(state);
            const Assessment assessment = assess(state);
            CHECK(assessment.verdict == Verdict::RequiredManual);
            REQUIRE(assessment.reasons.size() >= 2);
            CHECK(contains(assessment.reasons[0], "stopped by MTC"));
            CHECK(contains(assessment.reasons[1], row.reason));
            CHECK(assessment.stopped_since == build::at(1));
        }
    }
    SUBCASE("not for a schema that could not be seen") {
        State state = build::halfway();
        state.knows_rollback.reset();
        CHECK(assess(state).verdict == Verdict::Required);
    }
    SUBCASE("nor for what time or another user resolves") {
        State state = build::halfway();
        state.may_create = false;
        state.migrations.push_back(
            build::migration("stage", Kind::Stage, 60, "CreateDirectVolumeMigrationStage"));
        REQUIRE(assess(state).blockers.size() == 2);
        CHECK(assess(state).verdict == Verdict::Required);
    }
    SUBCASE("nor where nothing is stopped") {
        State state = build::well();
        state.plan.closed = true;
        CHECK(assess(state).verdict == Verdict::NotNeeded);
    }
}

TEST_CASE("pods of both sides that mount one volume are dangerous, whatever is stopped") {
    State state = build::written_by_both();
    CHECK(assess(state).verdict == Verdict::Dangerous);
    REQUIRE(assess(state).reasons.size() == 1);
    CHECK(assess(state).reasons[0] ==
          "volume pv-1 (claim data in shop) is mounted on both sides: by pod/web-1 in shop on the "
          "source, by pod/web-9 in shop on the target");
    SUBCASE("also with something stopped, and a closed plan") {
        state.source.workloads.push_back(build::stopped("StatefulSet", "db", "1"));
        state.plan.closed = true;
        CHECK(assess(state).verdict == Verdict::Dangerous);
    }
    SUBCASE("also after a cutover that succeeded") {
        state.migrations = {build::good_cutover()};
        CHECK(assess(state).verdict == Verdict::Dangerous);
    }
    SUBCASE("but a rollback that runs is about to resolve it") {
        state.migrations = {build::migration("rb", Kind::Rollback, 60, "DeleteMigrated")};
        CHECK(assess(state).verdict == Verdict::InProgress);
    }
    SUBCASE("every such volume is named") {
        state.plan.volumes.push_back(state.plan.volumes[0]);
        state.plan.volumes[1].name = "pv-2";
        CHECK(assess(state).reasons.size() == 2);
    }
    SUBCASE("not when one side has ended") {
        state.target.pods = {build::pod_with("web-9", "data", "shop", "Succeeded")};
        CHECK(assess(state).verdict == Verdict::NotNeeded);
    }
    SUBCASE("that pods could not be seen is not fine for a volume that was moved") {
        state.target.pods.clear();
        state.gaps = {build::gap(Side::Target, "pods")};
        CHECK(assess(state).verdict == Verdict::Unknown);
        CHECK(contains(assess(state).reasons.at(0), "volume pv-1"));
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

TEST_CASE("a rollback that has failed runs no more, though the controller has not ended it") {
    State state = build::halfway();
    auto failed = build::migration("rb", Kind::Rollback, 60, "DeleteBackups");
    failed.conditions = {{"Failed", "Advisory", "DeleteBackups", ""}};
    failed.errors = {"no credentials"};
    SUBCASE("it waits for the plan, and never goes on") {
        failed.conditions.push_back({"PlanNotReady", "Critical", "", ""});
        state.plan.conditions = {{"SourceClusterNotReady", "Critical", "", ""}};
        state.migrations.push_back(failed);
        const Assessment assessment = assess(state);
        CHECK(assessment.verdict == Verdict::RequiredManual);
        CHECK_FALSE(assessment.running_rollback);
        REQUIRE(build::ids_of(assessment.blockers) ==
                std::vector<std::string>{"plan-not-ready", "migration-ahead"});
        CHECK(assessment.blockers[1].what ==
              "rollback rb is failed (phase DeleteBackups), but the controller has not ended it; "
              "the controller would postpone the rollback until it ends");
        CHECK(contains(assessment.blockers[1].remedy, "oc delete migmigration rb"));
    }
    SUBCASE("it is about to end") {
        state.migrations.push_back(failed);
        CHECK(assess(state).verdict == Verdict::Required);
        REQUIRE(assess(state).blockers.size() == 1);
        CHECK(contains(assess(state).blockers[0].remedy, "wait until it ends"));
    }
    SUBCASE("errors without the condition say it, too") {
        failed.conditions = {{"Running", "Advisory", "", ""}};
        state.migrations.push_back(failed);
        CHECK(assess(state).verdict == Verdict::Required);
    }
}

TEST_CASE("a migration that was turned into a rollback stopped the application before") {
    State state = build::halfway();
    auto turned = build::migration("conv", Kind::Rollback, 10, "DeleteMigrated");
    turned.quiesce = true;
    turned.turned_from = Kind::State;
    state.migrations = {turned};
    CHECK(assess(state).verdict == Verdict::InProgress);
    CHECK(assess(state).reasons ==
          std::vector<std::string>{"rollback conv has not ended",
                                   "it began as a state migration, and was turned into a rollback "
                                   "while it ran"});
    SUBCASE("and since when is not lost when it has failed") {
        state.migrations = {build::ended(turned, "Failed")};
        state.migrations[0].phase = "Completed";
        CHECK(assess(state).verdict == Verdict::Required);
        CHECK(assess(state).stopped_since == build::at(11));
    }
    SUBCASE("one that quiesced nothing stopped nothing") {
        turned.quiesce = false;
        state.migrations = {turned};
        CHECK_FALSE(stopped_since(state));
    }
}

TEST_CASE("a rollback that succeeded and was the last word is not repeated") {
    State state = build::rolled_back();
    CHECK(assess(state).verdict == Verdict::AlreadyRolledBack);
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
        {"a VirtualMachine of the source", build::gap(Side::Source, "virtualmachines.kubevirt.io"),
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
    }
}

TEST_CASE("where the workloads could not be seen, the migration is what is left to judge by") {
    struct Row {
        const char* situation;
        mtc::Migration migration;
        Verdict verdict;
        const char* reason;
    };
    mtc::Migration transactions_go_on = build::failed_in("EnsureFinalRestore", Kind::Cutover);
    transactions_go_on.quiesce = false;
    const Row rows[] = {
        {"failed while it stopped the application",
         build::failed_in("QuiesceSourceApplications", Kind::Cutover), Verdict::Required,
         "cutover cutover failed in phase QuiesceSourceApplications, when it had begun to stop"},
        {"failed after it", build::failed_in("FinalRestoreCreated", Kind::Cutover),
         Verdict::Required, "in phase FinalRestoreCreated, when it had begun to stop"},
        {"failed after it, in the words of MTC 1.4",
         build::failed_in("EnsureQuiesced", Kind::Cutover), Verdict::Required, "had begun to stop"},
        {"failed before it", build::failed_in("InitialBackupCreated", Kind::Cutover),
         Verdict::Unknown, "in phase InitialBackupCreated, before it would have stopped"},
        {"the same phase comes after quiescing in a stage migration",
         build::failed_in("CreateDirectVolumeMigrationStage", Kind::Stage), Verdict::Required,
         "had begun to stop"},
        {"and before it in a cutover",
         build::failed_in("CreateDirectVolumeMigrationStage", Kind::Cutover), Verdict::Unknown,
         "before it would have stopped"},
        {"a state migration goes as a stage one does",
         build::failed_in("WaitForDirectVolumeMigrationToComplete", Kind::State), Verdict::Required,
         "had begun to stop"},
        {"a phase that changed sides between versions",
         build::failed_in("StagePodsCreated", Kind::Cutover), Verdict::Unknown, "does not tell"},
        {"no phase on record", build::failed_cutover(), Verdict::Unknown, "does not tell"},
        {"one that stops nothing", transactions_go_on, Verdict::Unknown,
         "does not stop the application"},
        {"one that succeeded", build::good_cutover(), Verdict::Unknown, "is: succeeded"},
        {"one that runs",
         build::migration("cutover", Kind::Cutover, 0, "WaitForDirectVolumeMigrationToComplete"),
         Verdict::Unknown, "is: running"},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = build::well();
            state.source.workloads.clear();
            state.gaps = {build::gap(Side::Source, "deployments.apps")};
            state.migrations = {row.migration};
            const Assessment assessment = assess(state);
            CHECK(assessment.verdict == row.verdict);
            REQUIRE(assessment.reasons.size() == 2);
            CHECK(assessment.reasons[1].starts_with(
                "judged by the migration, not by the workloads: "));
            CHECK(contains(assessment.reasons[1], row.reason));
        }
    }
}

TEST_CASE("a migration's word does not outlast what came after it") {
    State state = build::well();
    state.gaps = {build::gap(Side::Source, "deployments.apps")};
    state.source.workloads.clear();
    state.migrations = {build::failed_in("FinalRestoreCreated", Kind::Cutover)};
    REQUIRE(assess(state).verdict == Verdict::Required);
    CHECK(assess(state).stopped_since == build::at(1));
    SUBCASE("a rollback") {
        state.migrations.push_back(build::good_rollback());
        CHECK(assess(state).verdict == Verdict::Unknown);
        CHECK(contains(assess(state).reasons.at(1), "rollback rollback-1, is: succeeded"));
    }
    SUBCASE("but a stage migration that stops nothing is none") {
        auto stage = build::ended(build::migration("stage", Kind::Stage, 60), "Succeeded");
        stage.quiesce = false;
        state.migrations.push_back(stage);
        CHECK(assess(state).verdict == Verdict::Required);
    }
    SUBCASE("nor does it outdo a workload that was seen to run") {
        state.source.workloads = {build::running("StatefulSet", "db", 1)};
        CHECK(assess(state).verdict == Verdict::Unknown);
        CHECK(contains(assess(state).reasons.at(1), "of the workloads that were seen some run"));
    }
    SUBCASE("it is not asked where all was seen") {
        state.gaps.clear();
        CHECK(assess(state).verdict == Verdict::NotNeeded);
    }
}

TEST_CASE("the application is stopped since the newest migration that stopped it") {
    State state = build::halfway();
    SUBCASE("its start, or its creation when that is missing") {
        CHECK(stopped_since(state) == build::at(1));
        state.migrations[0].started.reset();
        CHECK(stopped_since(state) == build::at(0));
    }
    SUBCASE("nearer, when the step before it has ended") {
        struct Row {
            Kind kind;
            const char* step;
            int minute;
        };
        for (const Row& row : {Row{Kind::Cutover, "Backup", 7}, Row{Kind::Cutover, "Prepare", 1},
                               Row{Kind::State, "Prepare", 7}, Row{Kind::Stage, "Prepare", 7},
                               Row{Kind::Stage, "Backup", 1}}) {
            CAPTURE(mtc::word(row.kind));
            CAPTURE(row.step);
            mtc::PipelineStep step;
            step.name = row.step;
            step.completed = build::at(7);
            state.migrations[0].kind = row.kind;
            state.migrations[0].pipeline = {step};
            CHECK(stopped_since(state) == build::at(row.minute));
            state.migrations[0].pipeline[0].completed.reset();
            CHECK(stopped_since(state) == build::at(1));
        }
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

TEST_CASE("how long it is stopped is told by the clock that says since when, or not at all") {
    using std::chrono::minutes;
    struct Row {
        std::optional<std::chrono::seconds> ahead;
        std::optional<std::chrono::seconds> stopped_for;
    };
    // stopped at 1, looked at 90 minutes past by the clock of this machine
    for (const Row& row : {Row{minutes(0), minutes(89)}, Row{minutes(300), minutes(389)},
                           Row{minutes(-20), minutes(69)}, Row{minutes(-89), minutes(0)},
                           Row{minutes(-90), std::nullopt}, Row{std::nullopt, std::nullopt}}) {
        State state = build::halfway();
        state.clock_ahead = row.ahead;
        CHECK(assess(state).stopped_for == row.stopped_for);
        CHECK(assess(state).stopped_since == build::at(1));
    }
}

TEST_CASE("verdicts are written as words") {
    CHECK(word(Verdict::NotNeeded) == "NotNeeded");
    CHECK(word(Verdict::Required) == "Required");
    CHECK(word(Verdict::RequiredManual) == "RequiredManual");
    CHECK(word(Verdict::Recommended) == "Recommended");
    CHECK(word(Verdict::Dangerous) == "Dangerous");
    CHECK(word(Verdict::InProgress) == "InProgress");
    CHECK(word(Verdict::AlreadyRolledBack) == "AlreadyRolledBack");
    CHECK(word(Verdict::Unknown) == "Unknown");
}

TEST_CASE("only what is needed, or not known, calls for action") {
    for (const Verdict verdict :
         {Verdict::Required, Verdict::RequiredManual, Verdict::Dangerous, Verdict::Unknown}) {
        CAPTURE(word(verdict));
        CHECK(needs_action(verdict));
    }
    for (const Verdict verdict : {Verdict::NotNeeded, Verdict::Recommended, Verdict::InProgress,
                                  Verdict::AlreadyRolledBack}) {
        CAPTURE(word(verdict));
        CHECK_FALSE(needs_action(verdict));
    }
}

TEST_CASE("an assessment carries the situation and the way out") {
    const Assessment assessment = assess(build::halfway());
    CHECK(assessment.situation.workloads.size() == 1);
    CHECK(assessment.situation.volumes.size() == 1);
    CHECK(assessment.advice.flow == Flow::Console);
}

TEST_CASE("what a stage has copied ahead of the cutover is no reason to roll back") {
    State state = build::well();
    state.target.labelled = {build::claim("data")};
    state.migrations = {
        build::ended(build::migration("stage-1", mtc::MigrationKind::Stage, 0), "Succeeded")};
    CHECK(assess(state).verdict == Verdict::NotNeeded);
    SUBCASE("but after a cutover that failed it is not known whose it is") {
        state.migrations.push_back(build::failed_cutover(10));
        CHECK(assess(state).verdict == Verdict::Recommended);
    }
    SUBCASE("but what was not seen of the target may be more than that") {
        state.gaps = {build::gap(Side::Target, std::string(label_scan) + "routes")};
        CHECK(assess(state).verdict == Verdict::Unknown);
    }
    SUBCASE("nor is its word taken for what mounts a moved volume") {
        state.plan.volumes.at(0).action = "move";
        state.gaps = {build::gap(Side::Target, "pods")};
        CHECK(assess(state).verdict == Verdict::Unknown);
    }
    SUBCASE("and a stage that failed has left something unfinished") {
        state.migrations = {
            build::ended(build::migration("stage-1", mtc::MigrationKind::Stage, 0), "Failed")};
        CHECK(assess(state).verdict == Verdict::Recommended);
    }
}

TEST_CASE("what a state migration has copied is not to be rolled back, nor deleted") {
    State state = build::well();
    state.migrations = {
        build::ended(build::migration("convert", mtc::MigrationKind::State, 0), "Succeeded")};
    state.target.labelled = {build::labelled(build::claims, "data-new")};
    const Assessment assessment = assess(state);
    CHECK(assessment.verdict == Verdict::NotNeeded);
    CHECK(build::contains(assessment.reasons.at(0), "what state migration convert was for"));
    CHECK(assessment.advice.commands.empty());
    for (const Finding& finding : verify({state, {}, "", Flow::Console})) {
        CAPTURE(finding.remedy);
        CHECK_FALSE(finding.remedy.starts_with("oc delete"));
        CHECK_FALSE(finding.remedy.starts_with("roll back"));
    }
    // one that failed is another matter
    state.migrations[0].conditions[0].type = "Failed";
    CHECK(assess(state).verdict == Verdict::Recommended);
}

TEST_CASE("a state migration or conversion that succeeded at last is not to be rolled back") {
    const auto state_migration = [](const char* name, int minute, const char* end) {
        return build::ended(build::migration(name, Kind::State, minute), end);
    };
    struct Row {
        const char* what;
        std::vector<mtc::Migration> history;
        Verdict verdict;
    };
    const Row rows[] = {
        {"the first attempt failed",
         {state_migration("k1", 0, "Failed"), state_migration("k2", 10, "Succeeded")},
         Verdict::NotNeeded},
        {"it was rolled back in between",
         {state_migration("k1", 0, "Failed"), build::good_rollback(5),
          state_migration("k2", 10, "Succeeded")},
         Verdict::NotNeeded},
        {"a stage after a cutover that was rolled back",
         {build::failed_cutover(0), build::good_rollback(5),
          build::ended(build::migration("s1", Kind::Stage, 10), "Succeeded")},
         Verdict::NotNeeded},
        {"the last attempt failed",
         {state_migration("k1", 0, "Succeeded"), state_migration("k2", 10, "Failed")},
         Verdict::Recommended},
        {"a cutover failed, and nothing has rolled it back",
         {build::failed_cutover(0), state_migration("k1", 10, "Succeeded")},
         Verdict::Recommended},
    };
    for (const Row& row : rows) {
        SUBCASE(row.what) {
            State state = build::well();
            state.migrations = row.history;
            state.target.labelled = {build::labelled(build::claims, "data")};
            CHECK(assess(state).verdict == row.verdict);
        }
    }
}

TEST_CASE("while a migration runs that will stop the application, nothing is said to be well") {
    for (const Kind kind : {Kind::Cutover, Kind::State}) {
        State state = build::well();
        mtc::Migration running = build::migration("late", kind, 80, "InitialBackupCreated");
        running.quiesce = true;
        state.migrations.push_back(running);
        const Assessment assessment = assess(state);
        CHECK(assessment.verdict == Verdict::Unknown);
        CHECK(needs_action(assessment.verdict));
        const Runbook runbook = console_flow(state, assessment, "rb");
        CHECK(runbook.steps.empty());
        CHECK(std::ranges::count(runbook.blockers, "migration-ahead", &Blocker::id) == 1);
        CHECK(build::contains(assessment.advice.why, "--cancel-running"));
        state.plan.ns = "mtc";
        CHECK(build::contains(assess(state).advice.why, "{plugin} status shop-plan -n mtc -w"));
        state.plan.ns = mtc::openshift_migration;
        const auto findings = verify({state, record_of(state, ""), "", rollback::Flow::Console});
        CHECK(std::ranges::any_of(findings, [](const Finding& finding) {
            return finding.check == "control-rollback-ended-well" &&
                   finding.severity == Severity::Failure &&
                   build::contains(finding.message, "late");
        }));
    }
    SUBCASE("one that stops nothing is no reason") {
        State state = build::well();
        mtc::Migration running = build::migration("late", Kind::Stage, 80, "StageBackupCreated");
        running.quiesce = false;
        state.migrations.push_back(running);
        CHECK(assess(state).verdict != Verdict::Unknown);
    }
}

TEST_CASE("stage pods that are left are told, with what gives the application's back") {
    State state = build::well();
    state.source.pods = {build::stage_pod("stage-1"), build::borrowed_pod("db-0")};
    const Assessment assessment = assess(state);
    CHECK(std::ranges::any_of(assessment.reasons, [](const std::string& reason) {
        return build::contains(reason, "2 pods are labelled as stage pods") &&
               build::contains(reason, "{plugin} manual shop-plan --only=stage-pods");
    }));
    // and verify does not send to a rollback that has nothing to do
    const auto findings = verify({state, record_of(state, ""), "", rollback::Flow::Console});
    const auto it = std::ranges::find_if(findings, [](const Finding& finding) {
        return finding.check == "source-no-stage-pods" && finding.severity == Severity::Failure;
    });
    REQUIRE(it != findings.end());
    CHECK(build::contains(it->remedy, "oc delete pod/stage-1"));
    // wherever the plan is
    state.plan.ns = "mtc";
    for (const Finding& each : verify({state, record_of(state, ""), "", rollback::Flow::Console})) {
        if (each.check == "source-no-stage-pods" && each.severity == Severity::Warning)
            CHECK(each.remedy == "{plugin} manual shop-plan -n mtc --only=stage-pods");
    }
}

TEST_CASE("what --set says is not passed over because nothing is to be rolled back") {
    State state = build::rolled_back();
    state.source.workloads = {build::running("Deployment", "web", 3)};
    const AssessOptions five = {
        .starts = {.set = {{.ns = {}, .kind = "deployment", .name = "web", .count = 5}}}};
    const Runbook runbook = console_flow(state, assess(state, five), "rb");
    CHECK(std::ranges::count(runbook.blockers, "set-on-what-runs", &Blocker::id) == 1);
}

}  // namespace assess_test
