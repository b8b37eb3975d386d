// Whether a cutover's volumes were copied, whatever the cutover says of itself; and what is made of
// it. The endings are those that the real controller left.
#include "rollback/copy.hpp"

#include <doctest/doctest.h>

#include "rollback/assess.hpp"
#include "rollback/runbook.hpp"
#include "rollback/survey.hpp"
#include "support/recorded.hpp"
#include "unit/rollback/builders.hpp"

namespace copy_test {

using namespace rollback;
using build::condition;
using build::contains;
using build::Json;
using build::list;
using Kind = mtc::MigrationKind;
using Texts = std::vector<std::string>;

namespace {

mtc::Migration succeeded() {
    return build::good_cutover();
}

mtc::Migration warned() {
    auto m = build::ended(build::migration("cutover", Kind::Cutover, 0), "SucceededWithWarnings");
    m.conditions.push_back({"DirectVolumeMigrationFailed", "Warn", "",
                            "DirectVolumeMigration (dvm): openshift-migration/cutover-x7kq failed. "
                            "See in dvm status.Errors"});
    return m;
}

mtc::Migration failed_for_good() {
    auto m = build::failed_in("WaitForDirectVolumeMigrationToComplete", Kind::Cutover);
    m.errors = {"DVM failed: no token caused by: 'fatal plan error'"};
    m.conditions.push_back({"DirectVolumeMigrationFailed", "Warn", "", "failed"});
    return m;
}

mtc::VolumeMigration with_error() {
    return build::volumes_of_cutover(
        "Completed", condition("Failed", "Warn", "RunRsyncOperations"),
        {{"itinerary", "VolumeMigrationFailed"}, {"errors", list("no key RSYNC_PRIVILEGED")}});
}

mtc::VolumeMigration with_fatal_error() {
    const Json operation = {{"pvcReference", {{"namespace", "shop"}, {"name", "data"}}},
                            {"currentAttempt", 1}};
    return build::volumes_of_cutover(
        "MigrationFailed", condition("Failed", "Critical", "RunRsyncOperations"),
        {{"rsyncOperations", list(operation)}, {"errors", list("no token")}});
}

mtc::Migration with_step(mtc::Migration m, const Texts& progress, bool skipped = false) {
    mtc::PipelineStep step;
    step.name = "DirectVolume";
    step.progress = progress;
    step.skipped = skipped;
    m.pipeline = {step};
    return m;
}

/// The source is stopped, the application serves on the target, and its copies ended so.
State cut_over(const mtc::Migration& cutover, std::vector<mtc::VolumeMigration> volumes) {
    State state = build::halfway();
    state.migrations = {cutover};
    state.volume_migrations = std::move(volumes);
    state.target.workloads = {build::migrated(build::running("Deployment", "web", 3))};
    return state;
}

}  // namespace

TEST_CASE("whether the volumes were copied is read off the volume migration, not off the cutover") {
    struct Row {
        const char* situation;
        mtc::Migration migration;
        std::vector<mtc::VolumeMigration> volumes;
        bool seen;
        CopyEnd end;
        const char* missing;
        const char* why;
    };
    mtc::VolumeMigration of_other = build::failed_volumes_of_cutover();
    of_other.migration_uid = "uid-of-other";
    mtc::VolumeMigration older = build::failed_volumes_of_cutover();
    older.created = build::at(0);
    mtc::VolumeMigration newer = build::volumes_of_cutover();
    newer.created = build::at(5);
    mtc::VolumeMigration back = build::failed_volumes_of_cutover();
    back.backwards = true;
    mtc::Migration running = build::migration("cutover", Kind::Cutover, 0, "EnsureFinalRestore");
    auto restic = succeeded();
    restic.conditions = {{"SucceededWithWarnings", "Advisory", "", ""},
                         {"ResticErrors", "Warn", "", "1 volume"}};
    auto images = succeeded();
    images.conditions = {{"SucceededWithWarnings", "Advisory", "", ""},
                         {"DirectImageMigrationFailed", "Warn", "", "1 image"}};
    const Texts failed_line{"[data] shop/rsync-nnm7w: Failed - Attempt 2 of 2 86% (1s)"};
    const Texts done_line{"[data] shop/rsync-n6cgk: Completed 100% (1s)"};
    const Row rows[] = {
        {"all of them",
         succeeded(),
         {build::volumes_of_cutover()},
         true,
         CopyEnd::Complete,
         "",
         ""},
        {"rsync failed, and the cutover is Succeeded",
         succeeded(),
         {build::failed_volumes_of_cutover()},
         true,
         CopyEnd::Incomplete,
         "claim data in shop (2 attempts, 86%)",
         "DirectVolumeMigration cutover-x7kq of cutover cutover failed in phase "
         "RunRsyncOperations"},
        {"another error, and the cutover is SucceededWithWarnings",
         warned(),
         {with_error()},
         true,
         CopyEnd::Incomplete,
         "claim data in shop",
         "DirectVolumeMigration cutover-x7kq of cutover cutover failed in phase "
         "RunRsyncOperations: no key RSYNC_PRIVILEGED"},
        {"a fatal error, and the cutover is Failed",
         failed_for_good(),
         {with_fatal_error()},
         true,
         CopyEnd::Incomplete,
         "claim data in shop (1 attempt)",
         "DirectVolumeMigration cutover-x7kq of cutover cutover failed in phase "
         "RunRsyncOperations: no token"},
        {"the warning alone, when the volume migration is gone",
         warned(),
         {},
         true,
         CopyEnd::Incomplete,
         "",
         "cutover cutover says so: DirectVolumeMigrationFailed: DirectVolumeMigration (dvm): "
         "openshift-migration/cutover-x7kq failed. See in dvm status.Errors"},
        {"the pipeline alone",
         with_step(succeeded(), failed_line),
         {},
         true,
         CopyEnd::Incomplete,
         "claim data in shop (2 attempts, 86%)",
         "step DirectVolume of cutover cutover says so"},
        {"the pipeline alone, when all were copied",
         with_step(succeeded(), done_line),
         {},
         true,
         CopyEnd::Complete,
         "",
         ""},
        {"the pipeline of another claim",
         with_step(succeeded(), {"[x] shop/r: Completed 100%"}),
         {},
         true,
         CopyEnd::Unknown,
         "",
         "the DirectVolumeMigration of cutover cutover is gone"},
        {"a pipeline that tells nothing",
         with_step(succeeded(), {}),
         {},
         true,
         CopyEnd::Unknown,
         "",
         "the DirectVolumeMigration of cutover cutover is gone"},
        {"odd words in the pipeline",
         with_step(succeeded(), {"", "[", "[data", "[data] ", "]"}),
         {},
         true,
         CopyEnd::Unknown,
         "",
         "the DirectVolumeMigration of cutover cutover is gone"},
        {"it is gone",
         succeeded(),
         {},
         true,
         CopyEnd::Unknown,
         "",
         "the DirectVolumeMigration of cutover cutover is gone"},
        {"it may not be read",
         succeeded(),
         {},
         false,
         CopyEnd::Unknown,
         "",
         "the DirectVolumeMigration of cutover cutover cannot be read"},
        {"it runs, though the cutover has ended",
         succeeded(),
         {build::volumes_of_cutover("RunRsyncOperations", condition("Running", "Advisory"))},
         true,
         CopyEnd::Unknown,
         "",
         "DirectVolumeMigration cutover-x7kq of cutover cutover has not ended"},
        {"it ended without an outcome",
         succeeded(),
         {build::volumes_of_cutover("Completed", condition("Ready", "Required"))},
         true,
         CopyEnd::Unknown,
         "",
         "DirectVolumeMigration cutover-x7kq of cutover cutover recorded no outcome"},
        {"of another migration",
         succeeded(),
         {of_other},
         true,
         CopyEnd::Unknown,
         "",
         "the DirectVolumeMigration of cutover cutover is gone"},
        {"of two, the newer", succeeded(), {newer, older}, true, CopyEnd::Complete, "", ""},
        {"one that copies back is not the cutover's",
         succeeded(),
         {build::volumes_of_cutover(), back},
         true,
         CopyEnd::Complete,
         "",
         ""},
        {"no step of the pipeline copied volumes",
         with_step(succeeded(), {}, true),
         {},
         true,
         CopyEnd::None,
         "",
         ""},
        {"a cutover that runs",
         running,
         {build::failed_volumes_of_cutover()},
         true,
         CopyEnd::None,
         "",
         ""},
        {"a cutover that failed before it copied",
         build::failed_cutover(),
         {},
         true,
         CopyEnd::None,
         "",
         ""},
        {"a rollback", build::good_rollback(), {}, true, CopyEnd::None, "", ""},
        {"errors of Restic",
         restic,
         {},
         true,
         CopyEnd::Incomplete,
         "",
         "cutover cutover says so: ResticErrors: 1 volume"},
        {"images are no volumes",
         images,
         {build::volumes_of_cutover()},
         true,
         CopyEnd::Complete,
         "",
         ""},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            const auto copy = copy_of(row.migration, build::well().plan, row.volumes, row.seen);
            CHECK(word(copy.end) == word(row.end));
            CHECK(describe_missing(copy) == row.missing);
            CHECK(copy.why == row.why);
        }
    }
}

TEST_CASE("how the copies of the migrations that the real controller ran have ended") {
    std::vector<mtc::VolumeMigration> volumes;
    for (const Json& body : recorded::all("directvolumemigrations"))
        volumes.push_back(
            mtc::decode_volume_migration(base::object_of(mtc::types::volume_migrations, body)));
    struct Row {
        const char* migration;
        const char* plan;
        CopyEnd end;
        const char* missing;
    };
    const Row rows[] = {
        {"cutover-d2", "plan-d", CopyEnd::Incomplete,
         "claim data in shop-d (2 attempts, 86%), claim store-db-1 in shop-d (2 attempts, 43%), "
         "claim store-db-0 in shop-d (2 attempts, 43%) and 2 more"},
        {"cutover-d", "plan-d", CopyEnd::Incomplete, ""},  // its own volume migration is not kept
        {"cutover-h", "plan-d", CopyEnd::Incomplete,
         "claim spare in shop-h (1 attempt, 43%), claim store-db-0 in shop-h (1 attempt, 43%), "
         "claim store-db-1 in shop-h (1 attempt, 43%) and 2 more"},
        {"conv-i", "plan-i", CopyEnd::Complete, ""},
        {"cutover-a2", "plan-d", CopyEnd::None, ""},
        {"cutover-e2", "plan-d", CopyEnd::None, ""},
        {"stage-e", "plan-d", CopyEnd::None, ""},
        {"rollback-zrthfvlc", "plan-d", CopyEnd::None, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.migration);
        const auto copy =
            copy_of(mtc::decode_migration(base::object_of(
                        mtc::types::migmigrations, recorded::one("migmigrations", row.migration))),
                    mtc::decode_plan(
                        base::object_of(mtc::types::migplans, recorded::one("migplans", row.plan)))
                        .value(),
                    volumes, true);
        CHECK(word(copy.end) == word(row.end));
        CHECK(describe_missing(copy) == row.missing);
    }
    for (const mtc::VolumeMigration& each : volumes) {
        CAPTURE(each.seen.ref.name);
        CHECK(each.finished());
    }
}

TEST_CASE("a plan that copies nothing from cluster to cluster has no volume migration to miss") {
    struct Row {
        const char* situation;
        void (*change)(mtc::Plan&);
    };
    const Row rows[] = {
        {"no volumes", [](mtc::Plan& p) { p.volumes.clear(); }},
        {"moved", [](mtc::Plan& p) { p.volumes[0].action = "move"; }},
        {"left out", [](mtc::Plan& p) { p.volumes[0].action = "skip"; }},
        {"by snapshots", [](mtc::Plan& p) { p.volumes[0].copy_method = "snapshot"; }},
        {"by way of the object store", [](mtc::Plan& p) { p.indirect_volumes = true; }},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            mtc::Plan plan = build::well().plan;
            row.change(plan);
            CHECK(copy_of(succeeded(), plan, {}, true).end == CopyEnd::None);
            CHECK(copy_of(succeeded(), plan, {}, false).end == CopyEnd::None);
            CHECK(copy_of(succeeded(), plan, {build::failed_volumes_of_cutover()}, true).end ==
                  CopyEnd::Incomplete);
        }
    }
}

TEST_CASE("a cutover that copied no data is never 'no rollback is needed', however it ended") {
    struct Row {
        const char* situation;
        mtc::Migration cutover;
        mtc::VolumeMigration volumes;
    };
    const Row rows[] = {
        {"Succeeded", succeeded(), build::failed_volumes_of_cutover()},
        {"SucceededWithWarnings", warned(), with_error()},
        {"Failed", failed_for_good(), with_fatal_error()},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = cut_over(row.cutover, {row.volumes});
            const Assessment assessment = assess(state);
            CHECK(assessment.verdict == Verdict::Required);
            CHECK(needs_action(assessment.verdict));
            CHECK(assessment.reasons.at(0) ==
                  "the copy is not complete: the application on the target runs on incomplete "
                  "data");
            CHECK(assessment.reasons.at(1).starts_with("not copied: claim data in shop"));
            CHECK(contains(assessment.reasons.at(2), "DirectVolumeMigration cutover-x7kq"));
            CHECK(assessment.reasons.at(3) ==
                  "1 workload of the source is stopped by MTC: deployment/web in shop");
            CHECK(assessment.stopped_since == build::at(1));
            CHECK(assessment.advice.flow == Flow::Console);
            CHECK_FALSE(console_flow(state, assessment, "rollback-1", {}).empty());
            CHECK(line_of(state, assessment).reason == assessment.reasons.at(0));
            CHECK(contains(line_of(state, assessment).last_migration, ", copy not complete"));
            SUBCASE("where the controller cannot roll back, by hand") {
                state.plan.closed = true;
                CHECK(assess(state).verdict == Verdict::RequiredManual);
                CHECK(assess(state).reasons.at(0) == assessment.reasons.at(0));
            }
        }
    }
}

TEST_CASE("what runs on incomplete data decides, and what rests does not") {
    State state = cut_over(succeeded(), {build::failed_volumes_of_cutover()});
    constexpr const char* runs =
        "the copy is not complete: the application on the target runs on incomplete data";
    SUBCASE("also where the source was not stopped") {
        state.source.workloads = {build::running("Deployment", "web", 3)};
        CHECK(assess(state).verdict == Verdict::Required);
        CHECK(assess(state).reasons.at(0) == runs);
    }
    SUBCASE("also one that carries no label, where the source has it too") {
        state.target.workloads = {build::running("Deployment", "web", 3)};
        CHECK(assess(state).reasons.at(0) == runs);
    }
    SUBCASE("not what is the target's own") {
        state.target.workloads = {build::running("Deployment", "other", 3)};
        CHECK(assess(state).verdict == Verdict::Required);
        CHECK(assess(state).reasons.at(0) == "the copy is not complete");
    }
    SUBCASE("workloads of the target that could not be seen may run") {
        state.target.workloads.clear();
        state.source.workloads = {build::running("Deployment", "web", 3)};
        state.gaps = {build::gap(Side::Target, "deployments.apps")};
        CHECK(assess(state).verdict == Verdict::Required);
        CHECK(assess(state).reasons.at(0) == runs);
    }
    SUBCASE("with the application back on the source, and its copy at rest, it is recommended") {
        state.source.workloads = {build::running("Deployment", "web", 3)};
        state.target.workloads = {build::migrated(build::stopped("Deployment", "web", "3"))};
        CHECK(assess(state).verdict == Verdict::Recommended);
        CHECK(assess(state).reasons.at(0) == "the copy is not complete");
    }
    SUBCASE("with nothing of it left there is nothing to roll back") {
        state.source.workloads = {build::running("Deployment", "web", 3)};
        state.target.workloads.clear();
        state.target.labelled.clear();
        CHECK(assess(state).verdict == Verdict::NotNeeded);
    }
    SUBCASE("a storage conversion runs where it ran") {
        state = build::within_one_namespace(
            cut_over(build::ended(build::migration("cutover", Kind::State, 0), "Succeeded"),
                     {build::failed_volumes_of_cutover()}));
        state.plan.volumes.at(0).target_claim = "data-new";
        state.source.workloads = {
            build::mounting(build::running("Deployment", "web", 3), "data-new")};
        state.source.pods = {build::pod_with("web-1", "data-new")};
        state.target.workloads = state.source.workloads;
        state.target.pods = state.source.pods;
        CHECK(assess(state).verdict == Verdict::Required);
        CHECK(assess(state).reasons.at(0) ==
              "the copy is not complete: the application runs on incomplete data");
    }
    SUBCASE("a rollback that came after it has taken the copies away") {
        state.migrations.push_back(build::good_rollback());
        CHECK(assess(state).copy.end == CopyEnd::None);
        CHECK(assess(state).reasons.at(0) ==
              "1 workload of the source is stopped by MTC: deployment/web in shop");
    }
    SUBCASE("a stage that came after it has not") {
        state.migrations.push_back(
            build::ended(build::migration("stage", Kind::Stage, 60), "Succeeded"));
        CHECK(assess(state).reasons.at(0) == runs);
    }
    SUBCASE("nor has a rollback that still waits") {
        state.migrations.push_back(build::migration("rb", Kind::Rollback, 60, ""));
        CHECK(assess(state).copy.end == CopyEnd::Incomplete);
    }
    SUBCASE("a later cutover that copied all counts") {
        auto again = build::ended(build::migration("again", Kind::Cutover, 60), "Succeeded");
        auto volumes = build::volumes_of_cutover();
        volumes.migration_uid = again.uid;
        state.migrations.push_back(again);
        state.volume_migrations.push_back(volumes);
        CHECK(assess(state).verdict == Verdict::NotNeeded);
        CHECK(assess(state).copy.end == CopyEnd::Complete);
    }
}

TEST_CASE("a stage whose volumes were not all copied says so, and needs no rollback") {
    State state = build::well();
    state.migrations = {build::ended(build::migration("cutover", Kind::Stage, 0), "Succeeded")};
    state.target.labelled = {build::labelled(build::claims, "data")};
    const std::size_t without = assess(state).reasons.size();
    CHECK(assess(state).verdict == Verdict::NotNeeded);
    state.volume_migrations = {build::failed_volumes_of_cutover()};
    CHECK(assess(state).verdict == Verdict::NotNeeded);
    REQUIRE(assess(state).reasons.size() == without + 1);
    CHECK(assess(state).reasons.back() ==
          "the copy of stage cutover is not complete: claim data in shop (2 attempts, 86%); the "
          "cutover copies it again");
}

TEST_CASE("more volumes than a person reads are counted") {
    State state = cut_over(succeeded(), {build::failed_volumes_of_cutover()});
    auto& copies = state.volume_migrations.at(0).copies;
    for (const char* name : {"b", "c", "d", "e"})
        copies.push_back({.ns = "shop", .claim = name, .failed = true, .attempts = 1});
    copies.push_back({.ns = "shop", .claim = "fine", .succeeded = true});
    CHECK(assess(state).reasons.at(1) ==
          "not copied: claim data in shop (2 attempts, 86%), claim b in shop (1 attempt), claim c "
          "in shop (1 attempt) and 2 more");
    CHECK(assess(state).copy.missing.size() == 5);
}

TEST_CASE("where it is not known whether the volumes were copied, nobody says that it moved") {
    State state = cut_over(succeeded(), {});
    SUBCASE("the volume migration is gone") {
        const Assessment assessment = assess(state);
        CHECK(assessment.verdict == Verdict::Unknown);
        CHECK(assessment.reasons ==
              Texts{"not known whether the volumes were copied: the DirectVolumeMigration of "
                    "cutover cutover is gone",
                    "cutover cutover succeeded, and the source is stopped: the application may "
                    "have moved to the target"});
        CHECK(assessment.advice.flow == Flow::LookFirst);
        CHECK(contains(assessment.advice.why, "look at the application's data on the target"));
    }
    SUBCASE("it may not be read: that is a gap, and no reason to refuse the rollback") {
        state.gaps = {build::gap(Side::Control, "directvolumemigrations.migration.openshift.io")};
        const Assessment assessment = assess(state);
        CHECK(assessment.verdict == Verdict::Unknown);
        CHECK(assessment.reasons.at(0) ==
              "not known whether the volumes were copied: the DirectVolumeMigration of cutover "
              "cutover cannot be read");
        CHECK(contains(assessment.advice.why, "name a context that sees it with --context"));
        CHECK(assessment.blockers.empty());
        CHECK_FALSE(console_flow(state, assessment, "rollback-1", {}).empty());
    }
    SUBCASE("with nothing stopped it is said beside what lies on the target") {
        state.source.workloads = {build::running("Deployment", "web", 3)};
        CHECK(assess(state).verdict == Verdict::Recommended);
        CHECK(assess(state).reasons.back().starts_with("not known whether the volumes"));
    }
    SUBCASE("nobody asks that of a cutover that failed") {
        state.migrations = {build::failed_cutover()};
        CHECK(assess(state).reasons ==
              Texts{"1 workload of the source is stopped by MTC: deployment/web in shop"});
    }
}

TEST_CASE("after a cutover that went all its way, the preview says that the target may serve") {
    for (const char* end : {"Succeeded", "SucceededWithWarnings"}) {
        CAPTURE(end);
        State state = build::halfway();
        state.migrations = {build::ended(build::migration("cutover", Kind::Cutover, 0), end)};
        CHECK(effects_of(state).warnings.at(0) ==
              "cutover cutover " + mtc::word(state.migrations[0].state()) +
                  ": the application may serve on the target now, and this takes it back to the "
                  "source");
    }
    State incomplete = build::halfway();
    incomplete.migrations = {
        build::ended(build::migration("cutover", Kind::Cutover, 0), "Succeeded")};
    incomplete.volume_migrations = {build::failed_volumes_of_cutover()};
    CHECK(effects_of(incomplete).warnings.at(0) ==
          "cutover cutover succeeded, though its copy is not complete: the application may serve "
          "on the target now, and this takes it back to the source");
    for (const char* end : {"Failed", "Canceled"}) {
        CAPTURE(end);
        State state = build::halfway();
        state.migrations = {build::ended(build::migration("cutover", Kind::Cutover, 0), end)};
        for (const std::string& warning : effects_of(state).warnings)
            CHECK_FALSE(contains(warning, "may serve on the target"));
    }
}

TEST_CASE("the controller's warnings are told, of every kind of migration and in every state") {
    for (const Kind kind : {Kind::Cutover, Kind::Stage, Kind::State, Kind::Rollback}) {
        for (const char* phase : {"Completed", "EnsureInitialBackup"}) {
            CAPTURE(mtc::word(kind));
            CAPTURE(phase);
            State state = build::halfway();
            auto m = build::migration("m", kind, 60, phase);
            m.conditions = {{"SucceededWithWarnings", "Advisory", "", ""},
                            {"ResticVerifyErrors", "Warn", "", "verify failed"}};
            state.migrations.push_back(m);
            CHECK(assess(state).reasons.back() ==
                  mtc::word(kind) + " m has a warning: ResticVerifyErrors: verify failed");
        }
    }
    SUBCASE("not those of one that came before") {
        State state = build::halfway();
        state.migrations.at(0).conditions.push_back({"ResticErrors", "Warn", "", "old"});
        state.migrations.push_back(build::good_rollback());
        for (const std::string& reason : assess(state).reasons)
            CHECK_FALSE(contains(reason, "old"));
    }
}

}  // namespace copy_test
