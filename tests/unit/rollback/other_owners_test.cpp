// What makes pods and is of a kind that MTC neither stops nor starts.
#include "rollback/other_owners.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/text.hpp"
#include "rollback/manual.hpp"
#include "unit/rollback/before_builders.hpp"

namespace other_owners_test {

using namespace rollback;
using build::contains;
using build::Json;

namespace {

const base::ResourceType controllers{"", "v1", "replicationcontrollers", "ReplicationController",
                                     true};
const base::ResourceType pod_sets{"core.strimzi.io", "v1beta2", "strimzipodsets", "StrimziPodSet",
                                  true};

Object pod_of(const base::ResourceType& type, const char* owner, const char* name,
              const char* ns = "shop") {
    Object pod = build::Thing(build::pods, ns, name).status({{"phase", "Running"}});
    pod.body["metadata"]["ownerReferences"] = build::list(Json{{"apiVersion", type.api_version()},
                                                               {"kind", type.kind},
                                                               {"name", owner},
                                                               {"controller", true}});
    return pod;
}

// After a cutover: the one on the source has no pod, its copy has.
State only_the_copy_runs(const base::ResourceType& type) {
    State state = build::halfway();
    state.target.labelled.push_back(build::labelled(type, "db"));
    state.target.pods = {pod_of(type, "db", "db-x7k2p")};
    return state;
}

std::vector<std::string> ids(const Assessment& assessment) {
    return build::ids_of(assessment.blockers);
}

bool refuses(const Assessment& assessment) {
    const auto all = ids(assessment);
    return std::ranges::count(all, "runs-on-target-only") > 0;
}

}  // namespace

TEST_CASE("the only one that runs is not deleted unasked, of whatever kind it is") {
    for (const auto& type : {controllers, pod_sets}) {
        CAPTURE(type.kind);
        State state = only_the_copy_runs(type);
        Assessment assessment = assess(state);
        REQUIRE(refuses(assessment));
        CHECK(contains(assessment.blockers.back().what,
                       "shop/" + base::lower(type.kind) +
                           "/db runs on the target, and has no pod on the source: MTC starts no " +
                           type.kind));
        CHECK(contains(assessment.blockers.back().remedy,
                       "--accept runs-on-target-only=shop/" + base::lower(type.kind) + "/db"));
        CHECK(console_flow(state, assessment, "rb").steps.empty());
        const auto findings = verify({state, record_of(state, ""), "", Flow::Console});
        CHECK(std::ranges::any_of(findings, [](const Finding& finding) {
            return finding.check == "source-workloads-as-before" &&
                   finding.severity == Severity::Failure && contains(finding.subject, "/db");
        }));
        // accepted by name, which is told
        state.accepted = {"runs-on-target-only=shop/" + base::lower(type.kind) + "/db"};
        assessment = assess(state);
        CHECK_FALSE(refuses(assessment));
        CHECK(std::ranges::any_of(assessment.effects.warnings, [](const std::string& warning) {
            return contains(warning, "accepted: ") && contains(warning, "/db runs on the target");
        }));
    }
}

TEST_CASE("nor is a rollback refused that takes nothing away") {
    struct Row {
        const char* situation;
        void (*change)(State&);
    };
    const Row rows[] = {
        {"it runs on the source, too",
         [](State& s) { s.source.pods = {pod_of(pod_sets, "db", "db-99")}; }},
        {"the plan did not migrate it", [](State& s) { s.target.labelled.pop_back(); }},
        {"its pods have ended",
         [](State& s) { s.target.pods.front().body["status"]["phase"] = "Succeeded"; }},
        {"its pods are about to go",
         [](State& s) {
             s.target.pods.front().body["metadata"]["deletionTimestamp"] = "2025-05-01T12:00:00Z";
         }},
        {"the pods of the source could not be seen",
         [](State& s) { s.gaps = {build::gap(Side::Source, "pods")}; }},
        {"both sides are one namespace", [](State& s) { build::into_one_cluster(s); }},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = only_the_copy_runs(pod_sets);
            REQUIRE(refuses(assess(state)));
            row.change(state);
            CHECK_FALSE(refuses(assess(state)));
        }
    }
}

TEST_CASE("it is called as on the source, where the namespace has another name there") {
    State state = build::mapped(only_the_copy_runs(controllers));
    state.target.labelled.back().ref.ns = "shop-new";
    state.target.pods = {pod_of(controllers, "db", "db-1", "shop-new")};
    REQUIRE(only_on_target(state).size() == 1);
    CHECK(only_on_target(state).front().path() == "shop/replicationcontroller/db");
    CHECK(contains(assess(state).blockers.back().what, "on the target (in namespace shop-new)"));
    CHECK(contains(assess(state).blockers.back().remedy,
                   "oc scale replicationcontroller/db -n shop --replicas=N"));
}

TEST_CASE("a pod by itself is judged by its own name") {
    State state = build::halfway();
    state.target.labelled.push_back(build::labelled(build::pods, "worker"));
    state.target.pods = {build::pod("worker")};
    CHECK(refuses(assess(state)));
    state.source.pods = {build::pod("worker")};
    CHECK_FALSE(refuses(assess(state)));
}

TEST_CASE("pods of what MTC stops are judged by that") {
    State state = build::halfway();
    for (const char* kind :
         {"ReplicaSet", "StatefulSet", "DaemonSet", "Job", "VirtualMachineInstance"}) {
        CAPTURE(std::string(kind));
        const base::ResourceType type{"apps", "v1", base::lower(kind) + "s", kind, true};
        CHECK(other_owner(pod_of(type, "web-1", "web-1-x")) == std::nullopt);
    }
    Object of_config = pod_of(controllers, "web-1", "web-1-x");
    CHECK(other_owner(of_config).has_value());
    of_config.body["metadata"]["annotations"]["openshift.io/deployment-config.name"] = "web";
    CHECK(other_owner(of_config) == std::nullopt);
}

TEST_CASE("by hand a pod that is made anew is not stopped by deleting it") {
    State state = build::halfway();
    Object pod = build::pod_with("db-1", "data");
    pod.body["metadata"]["ownerReferences"] = build::list(Json{{"apiVersion", "v1"},
                                                               {"kind", "ReplicationController"},
                                                               {"name", "db"},
                                                               {"controller", true}});
    state.target.pods = {pod};
    const Runbook runbook = manual_flow(state, record_of(state, ""), {});
    REQUIRE(build::ids_of(runbook.blockers) == std::vector<std::string>{"target-pod-writes"});
    CHECK(contains(runbook.blockers.front().remedy,
                   "oc scale replicationcontroller/db -n shop --replicas=0"));
}

TEST_CASE("running means pods: what serves on the target alone is not deleted unasked") {
    State state = build::left_at_rest(build::kinds_told().front());
    state.source.workloads = {build::workload("Deployment", "web")
                                  .spec({{"replicas", 2}})
                                  .status({{"readyReplicas", 0}, {"updatedReplicas", 2}})};
    const auto refused = [](const State& seen) {
        const auto all = ids(assess(seen));
        return std::ranges::count(all, "serves-on-target-only") > 0;
    };
    CHECK(refused(state));
    CHECK(contains(assess(state).blockers.back().what,
                   "shop/deployment/web serves on the target, and not on the source (0 of 2 pods "
                   "ready)"));
    SUBCASE("unless it is accepted by name, which is told") {
        state.accepted = {"serves-on-target-only=shop/deployment/web"};
        CHECK_FALSE(refused(state));
        const auto told = assess(state).effects.warnings;
        CHECK(std::ranges::any_of(told, [](const std::string& warning) {
            return contains(warning,
                            "accepted: shop/deployment/web serves on the target, and not on the "
                            "source");
        }));
    }
    SUBCASE("or serves on the source, too") {
        state.source.workloads = {build::running("Deployment", "web", 2)};
        CHECK_FALSE(refused(state));
    }
    SUBCASE("or not on the target either") {
        state.target.workloads[0].body["status"]["readyReplicas"] = 0;
        CHECK_FALSE(refused(state));
    }
}

TEST_CASE("after the manual flow one that runs on both sides is told") {
    State state = build::mapped(build::rolled_back());
    state.source.pods = {pod_of(controllers, "db", "db-1")};
    state.target.pods = {pod_of(controllers, "db", "db-2", "shop-new"),
                         pod_of(controllers, "tool", "tool-1", "shop-new")};
    const auto at_rest = [&] {
        const auto findings = verify({state, record_of(state, ""), "", Flow::Manual});
        return *std::ranges::find(findings, std::string("target-at-rest"), &Finding::check);
    };
    CHECK(at_rest().severity == Severity::Warning);
    CHECK(at_rest().subject == "shop-new/replicationcontroller/db");
    state.source.pods.clear();
    CHECK(at_rest().severity == Severity::Ok);
}

// The rollback would delete the only one that runs; what is taken away is the sight of it.
TEST_CASE("what cannot be seen never lets a rollback delete the only one that runs") {
    struct Scene {
        const char* what;
        State state;
    };
    State serves = build::left_at_rest(build::kinds_told().front());
    serves.source.workloads = {build::workload("Deployment", "web")
                                   .spec({{"replicas", 2}})
                                   .status({{"readyReplicas", 0}, {"updatedReplicas", 2}})};
    serves.target.labelled = {build::labelled(build::row("Deployment").type, "web")};
    serves.target.labels_seen = true;
    State rests = build::left_at_rest(build::kinds_told().front());
    rests.target.labelled = serves.target.labelled;
    rests.target.labels_seen = true;
    const Scene scenes[] = {{"an operator's", only_the_copy_runs(pod_sets)},
                            {"a ReplicationController", only_the_copy_runs(controllers)},
                            {"told to run, and does not", serves},
                            {"at rest without a mark", rests}};
    const auto lose = [](State& state, Side side, const char* resource, bool forbidden) {
        state.gaps.push_back(build::gap(side, resource, forbidden));
        auto& view = side == Side::Source ? state.source : state.target;
        if (std::string(resource) == "pods")
            view.pods.clear();
        else
            view.workloads.clear();
    };
    std::size_t tried = 0;
    for (const Scene& scene : scenes) {
        CAPTURE(scene.what);
        REQUIRE(console_flow(scene.state, assess(scene.state), "rb").steps.empty());
        for (const Side side : {Side::Source, Side::Target}) {
            for (const char* resource : {"pods", "deployments.apps"}) {
                for (const bool forbidden : {false, true}) {
                    for (const bool will_verify : {false, true}) {
                        CAPTURE(word(side));
                        CAPTURE(std::string(resource));
                        CAPTURE(forbidden);
                        CAPTURE(will_verify);
                        // who goes without proof goes without what one may not see
                        if (forbidden && !will_verify) continue;
                        State state = scene.state;
                        lose(state, side, resource, forbidden);
                        const Assessment assessment = assess(state, {.will_verify = will_verify});
                        CHECK_FALSE(assessment.blockers.empty());
                        CHECK(console_flow(state, assessment, "rb").steps.empty());
                        CHECK_FALSE(all_is_well(verify({state, record_of(state, ""), "rb"})));
                        ++tried;
                    }
                }
            }
        }
    }
    CHECK(tried == 48);
    SUBCASE("unless it is accepted") {
        State state = only_the_copy_runs(pod_sets);
        lose(state, Side::Source, "pods", false);
        CHECK(ids(assess(state)) == std::vector<std::string>{"running-unseen"});
        state.accepted = {"running-unseen"};
        CHECK(ids(assess(state)).empty());
    }
    SUBCASE("where nothing is deleted nothing is refused") {
        State state = build::halfway();
        state.target.labelled.clear();
        lose(state, Side::Source, "pods", false);
        CHECK(ids(assess(state)).empty());
    }
}

TEST_CASE("a pod by itself says that it was migrated, where no labels were looked at") {
    State state = build::rolled_back();
    state.target.labels_seen = false;
    state.target.pods = {build::pod("only")};
    CHECK(only_on_target(state).empty());
    state.target.pods[0].body["metadata"]["labels"][mtc::labels::migrated_by_plan] =
        "uid-of-shop-plan";
    CHECK(only_on_target(state).size() == 1);
    CHECK_FALSE(all_is_well(verify({state, record_of(state, ""), "", Flow::Manual})));
    SUBCASE("the application's own, which MTC has borrowed, is one on the source") {
        state.source.pods = {build::borrowed_pod("only").status({{"phase", "Running"}})};
        CHECK(only_on_target(state).empty());
    }
}

}  // namespace other_owners_test
