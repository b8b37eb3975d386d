#include <doctest/doctest.h>

#include "rollback/assess.hpp"
#include "unit/rollback/builders.hpp"

using namespace rollback;
using Kind = mtc::MigrationKind;
using build::contains;

namespace {

struct Row {
    const char* situation;
    void (*damage)(State&);
    const char* id;
    const char* what;    // a part of what it says
    const char* remedy;  // the command in its remedy
};

void run_ahead(State& state, Kind kind, const char* phase, mtc::Condition condition) {
    state.migrations.push_back(build::migration("ahead", kind, 70, phase));
    state.migrations.back().conditions = {std::move(condition)};
}

const Row rows[] = {
    {"the plan is closed", [](State& s) { s.plan.closed = true; }, "plan-closed", "is closed",
     R"(oc patch migplan shop-plan -n openshift-migration --type=merge -p '{"spec":{"closed":false}}')"},
    {"the plan is closed by its condition",
     [](State& s) { s.plan.conditions.push_back({"Closed", "Advisory", "", ""}); }, "plan-closed",
     "is closed", "oc patch migplan shop-plan"},
    {"the plan has no condition Ready", [](State& s) { s.plan.conditions.clear(); },
     "plan-not-ready", "the controller may not be running",
     "oc describe migplan shop-plan -n openshift-migration"},
    {"something blocks the plan",
     [](State& s) {
         s.plan.conditions = {{"PlanConflict", "Error", "", "conflicts with plan other"}};
     },
     "plan-not-ready", "PlanConflict: conflicts with plan other", "oc describe migplan shop-plan"},
    {"something blocks a plan that says Ready",
     [](State& s) { s.plan.conditions.push_back({"Broken", "Critical", "", "no storage"}); },
     "plan-not-ready", "Broken: no storage", "oc describe migplan shop-plan"},
    {"the source's MigCluster is not Ready",
     [](State& s) { s.source_cluster.conditions = {{"TestConnectFailed", "Critical", "", "401"}}; },
     "cluster-not-ready",
     "MigCluster ocp3 is not Ready, so the controller cannot reach it: "
     "TestConnectFailed: 401",
     "oc describe migcluster ocp3 -n openshift-migration"},
    {"the target's MigCluster is not Ready", [](State& s) { s.target_cluster.conditions.clear(); },
     "cluster-not-ready", "MigCluster host is not Ready",
     "oc describe migcluster host -n openshift-migration"},
    {"the one MigCluster of both sides is not Ready",
     [](State& s) {
         s.target_cluster.conditions.clear();
         s.source_cluster = s.target_cluster;
     },
     "cluster-not-ready", "MigCluster host", "oc describe migcluster host"},
    {"a cutover runs",
     [](State& s) {
         run_ahead(s, Kind::Cutover, "EnsureInitialBackup", {"Running", "Advisory", "", ""});
     },
     "migration-ahead", "cutover ahead is running (phase EnsureInitialBackup)",
     R"(oc patch migmigration ahead -n openshift-migration --type=merge -p '{"spec":{"canceled":true}}')"},
    {"a stage migration has not begun",
     [](State& s) { run_ahead(s, Kind::Stage, "", {"Ready", "Required", "", ""}); },
     "migration-ahead", "stage ahead is pending;", "oc patch migmigration ahead"},
    {"a state migration is being canceled",
     [](State& s) {
         run_ahead(s, Kind::State, "DeleteBackups", {"Canceling", "Advisory", "", ""});
     },
     "migration-ahead", "state migration ahead is canceling",
     "oc get migmigration ahead -n openshift-migration -w"},
    {"a cutover is blocked, and so never looks at spec.canceled",
     [](State& s) { run_ahead(s, Kind::Cutover, "", {"Postponed", "Critical", "", ""}); },
     "migration-ahead", "cutover ahead is blocked",
     "oc delete migmigration ahead -n openshift-migration"},
    {"MTC does not know rollbacks", [](State& s) { s.knows_rollback = false; },
     "schema-without-rollback", "it would run a cutover", "upgrade MTC to 1.4"},
    {"it could not be seen whether MTC knows rollbacks", [](State& s) { s.knows_rollback.reset(); },
     "schema-without-rollback", "could not be seen",
     "oc adm policy add-cluster-role-to-user cluster-reader USER"},
    {"the rollback may not be created", [](State& s) { s.may_create = false; },
     "missing-permission", "create migmigrations.migration.openshift.io", "--context"},
    {"something may not be seen on the source",
     [](State& s) { s.gaps = {build::gap(Side::Source, "pods")}; }, "missing-permission",
     "source: list pods", "--source-context, or roll back without proof with --no-verify"},
    {"something may not be seen on the control cluster",
     [](State& s) { s.gaps = {build::gap(Side::Control, "migmigrations")}; }, "missing-permission",
     "control: list migmigrations", "use another --context"},
};

}  // namespace

TEST_CASE("nothing stands in the way of a rollback of a failed cutover") {
    CHECK(blockers_of(build::halfway(), {}).empty());
    SUBCASE("a migration that ended does not, however it ended") {
        State state = build::halfway();
        for (const char* verdict : {"Succeeded", "Failed", "Canceled", "SucceededWithWarnings"}) {
            state.migrations.push_back(
                build::ended(build::migration(verdict, Kind::Cutover, 5), verdict));
        }
        CHECK(blockers_of(state, {}).empty());
    }
    SUBCASE("a rollback that runs does not: it is attached to") {
        State state = build::halfway();
        state.migrations.push_back(build::migration("rb", Kind::Rollback, 70, "DeleteMigrated"));
        CHECK(blockers_of(state, {}).empty());
    }
    SUBCASE("a plan that is suspended does not") {
        State state = build::halfway();
        state.plan.conditions.push_back({"Suspended", "Advisory", "", ""});
        CHECK(blockers_of(state, {}).empty());
    }
    SUBCASE("a fault that is no missing permission does not") {
        State state = build::halfway();
        state.gaps = {build::gap(Side::Target, "discovery", false)};
        CHECK(blockers_of(state, {}).empty());
    }
    SUBCASE("contexts instead of MigClusters do not") {
        State state = build::halfway();
        state.source_cluster = {};
        state.target_cluster = {};
        CHECK(blockers_of(state, {}).empty());
    }
}

TEST_CASE("each thing that stands in the way is told alone, with the command that resolves it") {
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = build::halfway();
            row.damage(state);
            const auto blockers = blockers_of(state, {});
            REQUIRE(blockers.size() == 1);
            CHECK(blockers[0].id == row.id);
            CAPTURE(blockers[0].what);
            CHECK(contains(blockers[0].what, row.what));
            CAPTURE(blockers[0].remedy);
            CHECK(contains(blockers[0].remedy, row.remedy));
        }
    }
}

TEST_CASE("all that stands in the way is told at once") {
    State state = build::halfway();
    state.plan.conditions.clear();
    state.source_cluster.conditions.clear();
    run_ahead(state, Kind::Cutover, "EnsureInitialBackup", {"Running", "Advisory", "", ""});
    run_ahead(state, Kind::Stage, "", {"Postponed", "Critical", "", ""});
    state.knows_rollback = false;
    state.may_create = false;
    state.gaps = {build::gap(Side::Source, "pods"), build::gap(Side::Target, "pods")};
    std::vector<std::string> ids;
    for (const Blocker& blocker : assess(state).blockers) ids.push_back(blocker.id);
    CHECK(ids == std::vector<std::string>{"plan-not-ready", "cluster-not-ready", "migration-ahead",
                                          "migration-ahead", "schema-without-rollback",
                                          "missing-permission", "missing-permission"});
    SUBCASE("what may not be seen is one blocker that names every side") {
        const Blocker unseen = blockers_of(state, {}).back();
        CHECK(contains(unseen.what, "source: list pods; target: list pods"));
        CHECK(contains(unseen.remedy, "--source-context and --target-context"));
    }
}

TEST_CASE("without verification, what only verification needs may be unseen") {
    State state = build::halfway();
    state.gaps = {build::gap(Side::Source, "pods")};
    CHECK(blockers_of(state, {.will_verify = false}).empty());
    SUBCASE("but the rollback must still be allowed") {
        state.may_create = false;
        CHECK(blockers_of(state, {.will_verify = false}).size() == 1);
    }
}
