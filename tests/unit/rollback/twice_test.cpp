// What would run twice, or write twice, and carries no label of the plan.
#include "rollback/twice.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "rollback/manual.hpp"
#include "unit/rollback/builders.hpp"

namespace twice_test {

using namespace rollback;
using build::contains;
using build::Json;

namespace {

bool has_id(const std::vector<Blocker>& blockers, const char* id) {
    return std::ranges::count(blockers, id, &Blocker::id) > 0;
}

Object of_plan(Object workload, const char* uid) {
    workload.body["metadata"]["labels"][mtc::labels::migrated_by_plan] = uid;
    return workload;
}

mtc::Plan other(const State& state, const char* target) {
    mtc::Plan plan = state.plan;
    plan.name = "other";
    plan.uid = "uid-of-other";
    plan.namespaces = {{"shop", target}};
    return plan;
}

std::vector<Finding> proof(const State& state, Flow flow, const char* check) {
    auto all = verify({state, record_of(state, ""), "", flow});
    std::erase_if(all, [&](const Finding& finding) {
        return finding.check != check || finding.severity == Severity::Ok;
    });
    return all;
}

std::vector<Finding> about_web(std::vector<Finding> findings) {
    std::erase_if(findings, [](const Finding& finding) {
        return !contains(finding.message, "deployment/web runs on the target");
    });
    return findings;
}

}  // namespace

TEST_CASE("what another plan has migrated is not started beside its copy, wherever that runs") {
    for (const char* ns : {"shop", "shop2"}) {
        for (const bool known : {true, false}) {
            // of a plan that is gone nobody tells where it has put what
            if (!known && std::string(ns) != "shop") continue;
            CAPTURE(std::string(ns));
            CAPTURE(known);
            State state = build::halfway();
            state.plan.volumes.clear();
            if (known) state.other_plans = {other(state, ns)};
            auto& where =
                std::string(ns) == "shop" ? state.target.workloads : state.target.of_rivals;
            where = {of_plan(build::running("Deployment", "web", 2, ns), "uid-of-other")};
            const auto by_mtc = assess(state);
            REQUIRE(has_id(by_mtc.blockers, "target-workload-runs"));
            CHECK(console_flow(state, by_mtc, "rb").steps.empty());
            const Runbook by_hand = manual_flow(state, record_of(state, ""), {});
            CHECK(has_id(by_hand.blockers, "target-workload-runs"));
            CHECK(by_hand.steps.empty());
            const auto blocker =
                std::ranges::find(by_mtc.blockers, "target-workload-runs", &Blocker::id);
            CHECK(contains(blocker->what, std::string(ns) + "/deployment/web runs on the target"));
            CHECK(contains(blocker->remedy, known ? "roll back with plan other" : "stop it first"));
            // run or started all the same, it is no clean end
            state.source.workloads = {build::running("Deployment", "web", 3)};
            for (const auto& [flow, check] :
                 {std::pair(Flow::Console, "target-no-migrated-objects"),
                  std::pair(Flow::Manual, "target-at-rest")}) {
                const auto findings = proof(state, flow, check);
                REQUIRE(about_web(findings).size() == 1);
                CHECK(about_web(findings)[0].severity == Severity::Failure);
            }
            where[0] = of_plan(build::workload("Deployment", "web", ns).spec({{"replicas", 0}}),
                               "uid-of-other");
            CHECK(twins_of(state).empty());
        }
    }
}

TEST_CASE("one that no plan has migrated may have been there: it is told, and no more") {
    State state = build::halfway();
    state.plan.volumes.clear();
    state.target.workloads = {build::running("Deployment", "web", 2)};
    CHECK_FALSE(has_id(assess(state).blockers, "target-workload-runs"));
    state.source.workloads = {build::running("Deployment", "web", 3)};
    const auto findings = about_web(proof(state, Flow::Console, "target-no-migrated-objects"));
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == Severity::Warning);
    CHECK(findings[0].message ==
          "shop/deployment/web runs on the target, and no plan has migrated it; it runs on the "
          "source, too");
}

TEST_CASE("what was not migrated and mounts a claim of the plan stays, whatever MTC does") {
    struct Row {
        const char* what;
        bool moved;
        bool direct;
        bool pod;  // by itself; otherwise of a Deployment
        bool migrated;
        bool refused;
    };
    const Row rows[] = {
        {"a pod on a moved volume", true, false, true, false, true},
        {"a pod on a copy: its claim would never go", false, true, true, false, true},
        {"a migrated pod", true, false, true, true, false},
        {"a Deployment on a moved volume", true, false, false, false, true},
        {"a migrated Deployment", true, false, false, true, false},
        {"a Deployment on a copy, which MTC stops", false, true, false, false, false},
    };
    for (const Row& row : rows) {
        SUBCASE(row.what) {
            State state = build::halfway();
            state.target.labels_seen = true;
            state.plan.volumes.at(0).action = row.moved ? "move" : "copy";
            state.plan.volumes.at(0).copy_method = row.direct ? "filesystem" : "";
            if (row.pod) {
                state.target.pods = {build::pod_with("tool", "data")};
                if (row.migrated)
                    state.target.pods = {of_plan(state.target.pods[0], "uid-of-shop-plan")};
            } else {
                state.target.workloads = {
                    build::mounting(build::running("Deployment", "web", 1), "data")};
                if (row.migrated)
                    state.target.workloads = {build::migrated(state.target.workloads[0])};
            }
            std::vector<Blocker> found;
            add_what_stays_on_claims(state, found);
            CHECK(found.empty() != row.refused);
            if (row.refused) CHECK(has_id(assess(state).blockers, "target-pod-writes"));
        }
    }
}

TEST_CASE("by hand the only one of something that was not migrated is not stopped unasked") {
    State state = build::halfway();
    state.target.workloads = {build::mounting(build::running("Deployment", "other", 1), "data")};
    Runbook runbook = manual_flow(state, record_of(state, ""), {});
    REQUIRE(has_id(runbook.blockers, "stops-unmigrated"));
    CHECK(runbook.steps.empty());
    CHECK(contains(runbook.blockers[0].remedy, "--accept stops-unmigrated=shop/deployment/other"));
    state.accepted = {"stops-unmigrated=shop/deployment/other"};
    CHECK(manual_flow(state, record_of(state, ""), {}).blockers.empty());
    SUBCASE("nor asked for where the source has it, too") {
        state.accepted.clear();
        state.source.workloads.push_back(build::running("Deployment", "other", 1));
        CHECK(manual_flow(state, record_of(state, ""), {}).blockers.empty());
    }
}

TEST_CASE("the same storage under another name is one volume") {
    State state = build::rolled_back();
    state.plan.volumes.at(0).action = "move";
    state.source.pods = {build::pod_with("web-1", "data")};
    const auto with_storage = [](const char* ns, const char* claim, const Json& storage) {
        Object volume = build::volume("Bound");
        volume.ref.name = std::string("pv-of-") + claim;
        volume.body["metadata"]["name"] = volume.ref.name;
        volume.body["spec"]["claimRef"] = {{"namespace", ns}, {"name", claim}};
        volume.body["spec"].update(storage);
        return volume;
    };
    for (const Json& storage : {Json{{"csi", {{"driver", "ebs"}, {"volumeHandle", "vol-1"}}}},
                                Json{{"nfs", {{"server", "nas"}, {"path", "/data"}}}}}) {
        CAPTURE(storage.dump());
        state.source.volumes = {with_storage("shop", "data", storage)};
        state.target.volumes = {with_storage("shop", "alias", storage)};
        state.target.pods = {build::pod_with("web-9", "alias")};
        const auto written = [&] { return is_written_by_both(volumes_of(state).at(0)); };
        CHECK(written());
        state.target.volumes = {};
        CHECK_FALSE(written());
        if (!storage.contains("nfs")) continue;
        state.target.pods[0].body["spec"]["volumes"] = build::list(Json{{"nfs", storage["nfs"]}});
        CHECK(written());
    }
}

TEST_CASE("with a moved volume an accepted cluster is not one where nothing writes") {
    State state = build::halfway();
    state.plan.volumes.at(0).action = "move";
    state.source.by_context = state.target.by_context = true;
    state.source.uid = state.target.uid = "one";
    state.target.server = state.source.server;
    state.accepted = {"one-cluster", "wrong-cluster"};
    CHECK(has_id(manual_flow(state, record_of(state, ""), {}).blockers, "target-unseen"));
    const auto findings = proof(state, Flow::Manual, "target-no-double-writer");
    CHECK(std::ranges::any_of(
        findings, [](const Finding& finding) { return finding.severity == Severity::Unknown; }));
}

}  // namespace twice_test
