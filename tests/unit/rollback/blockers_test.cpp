#include <doctest/doctest.h>

#include "rollback/assess.hpp"
#include "unit/rollback/builders.hpp"

namespace blockers_test {

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
    {"a condition blocks the plan that this program does not know",
     [](State& s) { s.plan.conditions = {{"Unheard", "Error", "", "of something"}}; },
     "plan-not-ready", "Unheard: of something",
     "oc describe migplan shop-plan -n openshift-migration"},
    {"something blocks a plan that says Ready",
     [](State& s) { s.plan.conditions.push_back({"Broken", "Critical", "", "no storage"}); },
     "plan-not-ready", "Broken: no storage", "oc describe migplan shop-plan"},
    {"the source's MigCluster is not Ready",
     [](State& s) { s.source_cluster.conditions = {{"Unheard", "Critical", "", "of this"}}; },
     "cluster-not-ready",
     "MigCluster ocp3 is not Ready, so the controller does not use it: Unheard",
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
    {"the rollback may not be followed",
     [](State& s) {
         s.denied = {{Side::Control, "watch", "migmigrations.migration.openshift.io", "mtc"}};
     },
     "missing-permission",
     "you may not watch migmigrations.migration.openshift.io in namespace mtc",
     "ask for these verbs, use another --context"},
    {"the recovery may not be watched",
     [](State& s) { s.denied = {{Side::Source, "watch", "pods", ""}}; }, "missing-permission",
     "could not be proved, because you may not watch pods in all namespaces (source)",
     "--source-context, or roll back without proof with --no-verify"},
    {"something may not be seen on the source",
     [](State& s) { s.gaps = {build::gap(Side::Source, "pods")}; }, "missing-permission",
     "list pods (source)", "--source-context, or roll back without proof with --no-verify"},
    {"something may not be seen on the control cluster",
     [](State& s) { s.gaps = {build::gap(Side::Control, "migmigrations")}; }, "missing-permission",
     "list migmigrations (control)", "use another --context"},
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
    SUBCASE("what only a warning would have read, unseen, does not") {
        State state = build::halfway();
        state.gaps = {build::gap(Side::Control, "migplans.migration.openshift.io"),
                      build::gap(Side::Source, "horizontalpodautoscalers.autoscaling")};
        CHECK(blockers_of(state, {}).empty());
    }
    SUBCASE("a fault that is no missing permission does not") {
        State state = build::halfway();
        state.gaps = {build::gap(Side::Target, "label scan: widgets.example.com", false)};
        CHECK(blockers_of(state, {}).empty());
        // unless it hides what runs
        state.target.labelled = {build::labelled(build::claims, "data")};
        state.gaps = {build::gap(Side::Target, "discovery", false)};
        CHECK(build::ids_of(blockers_of(state, {})) == std::vector<std::string>{"running-unseen"});
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
                                          "missing-permission"});
}

TEST_CASE("all missing permissions of all clusters are one blocker, each named once") {
    State state = build::halfway();
    state.may_create = false;
    state.denied = {
        {Side::Control, "create", "migmigrations.migration.openshift.io", "openshift-migration"},
        {Side::Control, "watch", "migmigrations.migration.openshift.io", "openshift-migration"},
        {Side::Source, "list", "pods", "shop"}};
    state.gaps = {build::gap(Side::Source, "pods in namespace shop"),
                  build::gap(Side::Target, "pods")};
    const auto blockers = blockers_of(state, {});
    REQUIRE(blockers.size() == 1);
    CHECK(
        blockers[0].what ==
        "you may not create migmigrations.migration.openshift.io in namespace "
        "openshift-migration (control); watch migmigrations.migration.openshift.io in namespace "
        "openshift-migration (control); list pods in namespace shop (source); list pods (target)");
    CHECK(blockers[0].remedy ==
          "ask for these verbs, use another --context, name a context that may with "
          "--source-context and --target-context");
    SUBCASE("without verification only those that start and follow the rollback") {
        const auto fewer = blockers_of(state, {.will_verify = false});
        REQUIRE(fewer.size() == 1);
        CHECK_FALSE(contains(fewer[0].what, "pods"));
        CHECK(contains(fewer[0].what, "watch migmigrations"));
    }
}

namespace {

struct ConditionRow {
    const char* type;
    const char* message;
    const char* means;
    const char* remedy;
};

const ConditionRow plan_rows[] = {
    {"SourceClusterNotReady", "", "cannot use the source cluster",
     "oc describe migcluster ocp3 -n openshift-migration"},
    {"DestinationClusterNotReady", "", "cannot use the target cluster",
     "oc describe migcluster host -n openshift-migration"},
    {"InvalidSourceClusterRef", "", "source MigCluster does not exist",
     "oc edit migplan shop-plan"},
    {"InvalidDestinationClusterRef", "", "target MigCluster does not exist",
     "oc edit migplan shop-plan"},
    {"InvalidDestinationCluster", "", "the same MigCluster", "oc edit migplan"},
    {"SourceClusterNoRegistryPath", "", "spec.exposedRegistryPath of the source",
     "oc describe migcluster ocp3"},
    {"DestinationClusterNoRegistryPath", "", "spec.exposedRegistryPath of the target",
     "oc describe migcluster host"},
    {"InvalidStorageRef", "", "MigStorage does not exist", "oc edit migplan"},
    {"StorageNotReady", "", "the object store cannot be used",
     "oc describe migstorage -n openshift-migration"},
    {"NamespaceListEmpty", "", "names no namespaces", "oc edit migplan"},
    {"NamespaceNotFoundOnSourceCluster", "", "was deleted on the source", "oc create namespace"},
    {"NamespaceNotFoundOnDestinationCluster", "", "MTC's own namespace is missing",
     "oc describe migcluster host"},
    {"PlanConflict", "", "another open plan",
     "give them back first: {plugin} manual OTHER --only=stage-pods; then oc patch migplan OTHER "
     "-n "
     "openshift-migration"},
    {"PvInvalidAction", "", "for a volume is not valid any more", "oc edit migplan"},
    {"PvNoSupportedAction", "", "for a volume is not valid any more", "oc edit migplan"},
    {"PvInvalidStorageClass", "", "for a volume is not valid any more", "oc edit migplan"},
    {"PvInvalidAccessMode", "", "for a volume is not valid any more", "oc edit migplan"},
    {"PvInvalidCopyMethod", "", "for a volume is not valid any more", "oc edit migplan"},
    {"PvNameConflict", "", "for a volume is not valid any more", "oc edit migplan"},
    {"NfsAccessCannotBeValidated", "", "whether it reaches the NFS server",
     "oc describe migcluster host"},
    {"StorageClassConversionUnavailable", "", "needs two storage classes", "oc edit migplan"},
    {"IntraClusterMigration", "", "source and target are one cluster", "oc edit migplan"},
    {"InvalidHookRef", "", "runs no hooks", "oc edit migplan"},
    {"HookNotReady", "", "runs no hooks", "oc edit migplan"},
};

constexpr const char* new_token =
    "oc set data secret/ocp3-8x -n openshift-config saToken=\"$(oc create token "
    "migration-controller";

const ConditionRow cluster_rows[] = {
    {"TestConnectFailed", "Test connect failed: Unauthorized", "does not accept the token",
     new_token},
    {"TestConnectFailed",
     "Test connect failed: the server has asked for the client to provide credentials",
     "does not accept the token", new_token},
    {"TestConnectFailed", "Test connect failed: namespaces is forbidden: User cannot list",
     "may not do what the controller has to do", "oc adm policy add-cluster-role-to-user"},
    {"TestConnectFailed", "Test connect failed: x509: certificate signed by unknown authority",
     "spec.caBundle", "oc describe migcluster ocp3"},
    {"TestConnectFailed", "Test connect failed: dial tcp 10.0.0.1:6443: i/o timeout",
     "cannot reach it", "oc describe migcluster ocp3"},
    {"ReconcileFailed",
     "Reconcile failed: [the server has asked for the client to provide credentials]. See "
     "controller logs for details.",
     "does not accept the token", new_token},
    {"ReconcileFailed", "Reconcile failed: [Unauthorized]", "does not accept the token", new_token},
    {"ReconcileFailed", "Reconcile failed: [configmaps is forbidden]",
     "may not do what the controller has to do", "oc adm policy add-cluster-role-to-user"},
    {"ReconcileFailed", "Reconcile failed: [x509: certificate has expired]", "spec.caBundle",
     "oc describe migcluster ocp3"},
    {"ReconcileFailed", "Reconcile failed: [EOF]", "could not use it",
     "oc describe migcluster ocp3"},
    {"InvalidURL", "The `url` is malformed.", "spec.url", "oc describe migcluster ocp3"},
    {"InvalidSaSecretRef", "", "the Secret with its token does not exist",
     "oc describe migcluster ocp3"},
    {"InvalidSaToken", "", "holds no saToken", new_token},
    {"SaTokenNotPrivileged", "The `saToken` has insufficient privileges.",
     "its token is accepted, but may not do",
     "oc adm policy add-cluster-role-to-user cluster-admin -z migration-controller"},
    {"InvalidRegistryRoute", "", "is no registry", "oc describe migcluster ocp3"},
};

void check_told(const State& state, const ConditionRow& row, const char* id) {
    const auto blockers = blockers_of(state, {});
    REQUIRE(blockers.size() == 1);
    CHECK(blockers[0].id == id);
    CAPTURE(blockers[0].what);
    CHECK(contains(blockers[0].what, row.type));
    CHECK(contains(blockers[0].what, row.means));
    CAPTURE(blockers[0].remedy);
    CHECK(contains(blockers[0].remedy, row.remedy));
}

}  // namespace

TEST_CASE("each condition that blocks a plan is told with what it means and what helps") {
    for (const ConditionRow& row : plan_rows) {
        CAPTURE(row.type);
        State state = build::halfway();
        state.plan.conditions = {{row.type, "Critical", "", row.message}};
        check_told(state, row, "plan-not-ready");
    }
}

TEST_CASE("a cluster that is unreachable, that refuses the token and that gives too few rights") {
    for (const ConditionRow& row : cluster_rows) {
        CAPTURE(row.type);
        CAPTURE(row.message);
        State state = build::halfway();
        state.source_cluster.conditions = {{row.type, "Critical", "", row.message}};
        check_told(state, row, "cluster-not-ready");
    }
}

TEST_CASE("several conditions are one blocker with every remedy once") {
    State state = build::halfway();
    state.plan.conditions = {{"PvInvalidAction", "Error", "", "PV [a]."},
                             {"PvNameConflict", "Critical", "", ""},
                             {"StorageNotReady", "Critical", "", "Not ready."}};
    state.control.reach = "--context=hub";
    const auto blockers = blockers_of(state, {});
    REQUIRE(blockers.size() == 1);
    CHECK(contains(blockers[0].what, "PvInvalidAction: PV [a] (what the plan chooses"));
    CHECK(contains(blockers[0].what, "; PvNameConflict ("));
    CHECK(blockers[0].remedy ==
          "oc edit migplan shop-plan -n openshift-migration --context=hub; oc describe migstorage "
          "-n openshift-migration --context=hub");
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

}  // namespace blockers_test
