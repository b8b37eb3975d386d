// Whether the clusters that were looked at are the plan's: every way to name a wrong one, and what
// must not be taken for one.
#include <doctest/doctest.h>

#include "base/text.hpp"
#include "rollback/identity.hpp"
#include "rollback/manual.hpp"
#include "rollback/runbook.hpp"
#include "unit/rollback/builders.hpp"

namespace identity_test {

using namespace rollback;
using build::contains;

namespace {

/// MTC runs on the target, and the operator has named both contexts.
State named() {
    State state = build::halfway();
    state.target_cluster.host = true;
    state.control.server = state.target.server;
    state.control.uid = state.target.uid = "uid-of-host";
    state.source.uid = "uid-of-ocp3";
    for (ClusterView* view : {&state.source, &state.target}) view->by_context = true;
    state.source.described_as = "context old";
    state.target.described_as = "context new";
    state.source.namespaces_seen = true;
    return state;
}

Object ns_with(const std::string& name, const std::string& uid) {
    Object ns = build::active_namespace(name);
    ns.uid = uid;
    return ns;
}

struct Row {
    std::string situation;
    void (*change)(State&);
    std::vector<std::string> ids;  // of what refuses
    std::string says;              // a part of the first
};

// clang-format off
const std::vector<Row> wrong{
    {"both contexts are the source",
     [](State& s) { s.target = s.source; },
     {"one-cluster", "wrong-cluster"}, "are one cluster, and the plan names two: MigClusters ocp3 and host"},
    {"both are one, by another address",
     [](State& s) { s.source.uid = s.target.uid; s.source.server = "https://10.0.0.1:6443"; },
     {"one-cluster", "wrong-cluster"}, "are one cluster"},
    {"both are one, by MigClusters of two names",
     [](State& s) { s.source.by_context = s.target.by_context = false; s.source.uid = s.target.uid; },
     {"one-cluster"}, "are one cluster"},
    {"both are one server, and the uids cannot be read",
     [](State& s) { s.target = s.source; s.source.uid = s.target.uid = ""; s.target_cluster.host = false; },
     {"one-cluster", "wrong-cluster"}, "are one cluster"},
    {"both are one, by a namespace of the plan",
     [](State& s) {
         s.source.uid = s.control.uid = "";
         s.source.found_namespaces = s.target.found_namespaces = {ns_with("shop", "1")};
     },
     {"one-cluster"}, "are one cluster"},
    {"both are one, and there is no control cluster",
     [](State& s) {
         s.source_cluster = s.target_cluster = {};
         s.control = {};
         s.target = s.source;
     },
     {"one-cluster"}, "are one cluster"},
    {"the contexts are swapped",
     [](State& s) { std::swap(s.source, s.target); },
     {"wrong-cluster", "wrong-cluster"}, "context new (https://api.host.example:6443) is not the plan's source cluster: it is the control cluster, and MigCluster ocp3 is not"},
    {"the contexts are swapped, and MTC runs on neither",
     [](State& s) {
         s.target_cluster.host = false;
         s.control = {.server = "https://hub", .described_as = {}, .user = {}, .uid = "uid-of-hub"};
         std::swap(s.source, s.target);
     },
     {"wrong-cluster", "wrong-cluster"}, "it is that of MigCluster host, the plan's target"},
    {"the contexts are swapped, and there is no control cluster",
     [](State& s) {
         s.source_cluster = s.target_cluster = {};
         s.control = {};
         s.target.workloads = {build::migrated(build::running("Deployment", "web", 3))};
         std::swap(s.source, s.target);
     },
     {"wrong-cluster"}, "shop/deployment/web there was migrated by this plan, so it is the target"},
    {"the target is a third cluster",
     [](State& s) { s.target.uid = "another"; s.target.server = "https://third:6443"; },
     {"wrong-cluster"}, "context new (https://third:6443) is not the plan's target cluster: MigCluster host is the control cluster itself, and this is another"},
    {"the source is the host, and another is named",
     [](State& s) { s.source_cluster.host = true; s.target_cluster.host = false; s.control.uid = "uid-of-x"; },
     {"wrong-cluster"}, "context old (https://api.ocp3.example:6443) is not the plan's source cluster"},
    {"the plan names one cluster for both sides, and these are two",
     [](State& s) { s.plan.target = s.plan.source; s.target_cluster = s.source_cluster; },
     {"wrong-cluster"}, "the plan names one cluster for both sides"},
    {"none of the plan's namespaces is on the source",
     [](State& s) { s.source.found_namespaces.clear(); },
     {"no-namespaces"}, "none of the plan's namespaces (shop) exists on the source cluster context old"},
    {"none is on the source of the MigCluster",
     [](State& s) { s.source.found_namespaces.clear(); s.source.by_context = false; },
     {"no-namespaces"}, "none of the plan's namespaces (shop) exists"},
    {"none is on a target that nothing else tells",
     [](State& s) { s.target.namespaces_seen = true; s.target.uid = ""; s.target.server = "https://new-2:6443"; s.target_cluster.host = false; s.target_cluster.url = "https://new:6443"; },
     {"no-namespaces"}, "none of the plan's namespaces (shop) exists on the target cluster context new"},
};

const std::vector<Row> well{
    {"as the plan says", [](State&) {}, {}, ""},
    {"a MigCluster's address ends with a slash",
     [](State& s) { s.source_cluster.url += "/"; }, {}, ""},
    {"one cluster is both sides, as the plan says",
     [](State& s) { build::into_one_cluster(s); s.target.uid = s.source.uid; s.control = s.source; s.source_cluster.host = s.target_cluster.host = true; }, {}, ""},
    {"the namespaces of the source cannot be read",
     [](State& s) {
         s.source.found_namespaces.clear();
         s.gaps = {build::gap(Side::Source, "namespaces")};
     }, {}, ""},
    {"none of the namespaces is on the target, which is the control cluster",
     [](State& s) { s.target.namespaces_seen = true; }, {}, ""},
    {"none is on the target, as its MigCluster leads there",
     [](State& s) { s.target.namespaces_seen = true; s.target.by_context = false; s.target.uid = ""; s.target_cluster.host = false; }, {}, ""},
    {"a volume migration has left its Service on the source",
     [](State& s) { s.source.services = {build::labelled(build::services, "dvm")}; }, {}, ""},
};
// clang-format on

std::vector<std::string> refused(const State& state) {
    return build::ids_of(wrong_clusters(state));
}

bool has_failure(const State& state, Flow flow) {
    const auto findings = verify({state, {}, "", flow});
    return std::ranges::any_of(findings, [](const Finding& finding) {
        return finding.severity == Severity::Failure && finding.check.ends_with("-is-the-plans");
    });
}

}  // namespace

TEST_CASE("another cluster than the plan's is refused by every flow and fails every proof") {
    for (const Row& row : wrong) {
        CAPTURE(row.situation);
        State state = named();
        row.change(state);
        CHECK(refused(state) == row.ids);
        CHECK(contains(wrong_clusters(state).at(0).what, row.says));
        const Assessment assessment = assess(state);
        CHECK(assessment.verdict == Verdict::Unknown);
        CHECK(assessment.advice.commands.empty());
        const auto run = console_flow(state, assessment, "rollback-1", {.cancel_running = true});
        CHECK(run.steps.empty());
        CHECK(contains(base::join(build::ids_of(run.blockers)), row.ids.at(0)));
        const auto by_hand = manual_flow(state, record_of(state, ""), {});
        CHECK(by_hand.steps.empty());
        CHECK(contains(base::join(build::ids_of(by_hand.blockers)), row.ids.at(0)));
        for (const Flow flow : {Flow::Console, Flow::Manual}) CHECK(has_failure(state, flow));
    }
}

TEST_CASE("the plan's own clusters are not refused") {
    for (const Row& row : well) {
        CAPTURE(row.situation);
        State state = named();
        row.change(state);
        CHECK(refused(state).empty());
        for (const Flow flow : {Flow::Console, Flow::Manual}) CHECK_FALSE(has_failure(state, flow));
    }
}

TEST_CASE("what is refused says how it is overridden, and is a warning then") {
    for (const Row& row : wrong) {
        CAPTURE(row.situation);
        State state = named();
        row.change(state);
        for (const Blocker& blocker : wrong_clusters(state))
            CHECK(contains(blocker.remedy, "--accept=" + blocker.id));
        state.accepted = row.ids;
        CHECK(refused(state).empty());
        CHECK_FALSE(has_failure(state, Flow::Console));
        const auto& warnings = assess(state).effects.warnings;
        CHECK(std::ranges::any_of(
            warnings, [](const std::string& text) { return text.starts_with("accepted: "); }));
    }
}

TEST_CASE("a rollback that runs is not watched on the wrong cluster") {
    State state = named();
    state.migrations.push_back(
        build::migration("rollback-1", mtc::MigrationKind::Rollback, 5, "DeleteMigrated"));
    state.source.uid = state.target.uid;
    const auto run = console_flow(state, assess(state), "rollback-2");
    CHECK(run.steps.empty());
    CHECK_FALSE(run.blockers.empty());
}

TEST_CASE("what cannot be compared is not known, and what only looks odd is a warning") {
    State state = named();
    Weight weight = Weight::Unknown;
    std::string says = "are two clusters could not be seen";
    SUBCASE("kube-system may not be read") {
        state.source.uid = "";
    }
    SUBCASE("the control cluster's may not be read, and it has another address here") {
        state.control = {.server = "https://hub", .described_as = {}, .user = {}};
        says = "is the control cluster, as MigCluster host is, could not be seen";
    }
    SUBCASE("one of several addresses") {
        state.source.server = "https://10.0.0.1:6443";
        weight = Weight::Warns;
        says =
            "context old (https://10.0.0.1:6443) has another address than MigCluster ocp3 "
            "(https://api.ocp3.example:6443)";
    }
    SUBCASE("a part of the plan's namespaces is gone") {
        state.source.namespaces = {"billing", "shop"};
        weight = Weight::Warns;
        says = "of the plan's namespaces billing does not exist on the source";
    }
    const auto doubts = doubts_of(state);
    REQUIRE(doubts.size() == 1);
    CHECK(doubts[0].weight == weight);
    CHECK(contains(doubts[0].what, says));
    CHECK(refused(state).empty());
    CHECK(contains(assess(state).effects.warnings.at(0), says));
}

TEST_CASE("which ids can be accepted is written down") {
    const auto ids = acceptable_ids();
    CHECK(std::vector<std::string>(ids.begin(), ids.end()) ==
          std::vector<std::string>{"wrong-cluster", "one-cluster", "no-namespaces"});
}

}  // namespace identity_test
