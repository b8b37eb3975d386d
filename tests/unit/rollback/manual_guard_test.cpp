// What rests on the target before anything is started on the source, and what stands in the way of
// the manual flow.
#include <doctest/doctest.h>

#include <algorithm>

#include "base/text.hpp"
#include "rollback/manual.hpp"
#include "unit/rollback/builders.hpp"

namespace manual_guard_test {

using namespace rollback;
using build::contains;
using build::ids_of;
using build::Json;
using build::steps_of;
using Names = std::vector<std::string>;

namespace {

const Names only_start = {"await target stopped", "start source shop/deployment/web",
                          "await serving"};
const Names start_unseen = {"start source shop/deployment/web", "await serving"};

Runbook flow(const State& state, const ManualOptions& options = {}) {
    return manual_flow(state, {}, options);
}

Names blockers(const State& state, const ManualOptions& options = {}) {
    const Runbook runbook = flow(state, options);
    if (!runbook.blockers.empty()) CHECK(runbook.empty());
    return ids_of(runbook.blockers);
}

Names to_stop(const State& state) {
    Names names;
    for (const Object* workload : workloads_to_stop(state)) names.push_back(workload->ref.path());
    return names;
}

Names paths(const std::vector<ObjectRef>& refs) {
    Names names;
    for (const ObjectRef& ref : refs) names.push_back(ref.path());
    return names;
}

State with_target(const Object& workload) {
    State state = build::halfway();
    state.target.workloads = {workload};
    // the source has another of it, which runs
    if (workload.ref.name != "web" && !build::row(workload.ref.type.kind).at_rest(workload)) {
        state.source.workloads.push_back(workload);
        state.source.workloads.back().body["metadata"].erase("labels");
    }
    return state;
}

State with_pod(const Object& pod) {
    State state = build::halfway();
    state.target.pods = {pod};
    return state;
}

Json finished(const char* type) {
    return {{"conditions", build::list(Json{{"type", type}, {"status", "True"}})}};
}

Object set_of(const std::string& claim_template) {
    return build::workload("StatefulSet", "db")
        .spec({{"replicas", 1},
               {"volumeClaimTemplates",
                build::list(Json{{"metadata", {{"name", claim_template}}}})}});
}

State with_claim(const std::string& claim, State state) {
    state.plan.volumes.at(0).claim = state.plan.volumes.at(0).target_claim = claim;
    return state;
}

}  // namespace

TEST_CASE("what was migrated, or mounts a volume of the plan, is stopped on the target first") {
    struct Row {
        const char* situation;
        State state;
        const char* stopped;  // nothing: left alone
    };
    const auto web = [](int replicas, const char* ns = "shop") {
        return Object(build::running("Deployment", "web", replicas, ns));
    };
    const auto nightly = [](bool suspended) {
        return build::migrated(
            build::workload("CronJob", "nightly").spec({{"suspend", suspended}}));
    };
    Object of_another_plan = build::running("Deployment", "other", 1);
    of_another_plan.body["metadata"]["labels"][mtc::labels::migrated_by_plan] = "another";
    State skipped = with_target(build::mounting(web(1), "data"));
    skipped.plan.volumes[0].action = "skip";
    const Row rows[] = {
        {"one that was migrated", with_target(build::migrated(web(2))), "shop/deployment/web"},
        {"one that was migrated, at rest", with_target(build::migrated(web(0))), nullptr},
        {"one that mounts a volume of the plan", with_target(build::mounting(web(1), "data")),
         "shop/deployment/web"},
        {"one that mounts it, at rest", with_target(build::mounting(web(0), "data")), nullptr},
        {"one that mounts another claim", with_target(build::mounting(web(1), "other")), nullptr},
        {"one that mounts a claim of that name in another namespace",
         with_target(build::mounting(web(1, "elsewhere"), "data")), nullptr},
        {"one that mounts a volume that the plan skips", skipped, nullptr},
        {"one that is no part of it", with_target(web(1)), nullptr},
        {"one of another plan", with_target(of_another_plan), nullptr},
        {"one that mounts a claim under its name there",
         build::mapped(with_target(build::mounting(web(1, "shop-new"), "data-new"))),
         "shop-new/deployment/web"},
        {"one that mounts a claim of the source's name there",
         build::mapped(with_target(build::mounting(web(1, "shop-new"), "data"))), nullptr},
        {"a StatefulSet that makes the claim", with_claim("data-db-0", with_target(set_of("data"))),
         "shop/statefulset/db"},
        {"a StatefulSet that makes other claims",
         with_claim("data-db-0", with_target(set_of("logs"))), nullptr},
        {"a CronJob", with_target(nightly(false)), "shop/cronjob/nightly"},
        {"a CronJob that is suspended", with_target(nightly(true)), nullptr},
        {"a DaemonSet", with_target(build::migrated(build::workload("DaemonSet", "agent"))),
         "shop/daemonset/agent"},
        {"a DaemonSet on no node", with_target(build::migrated(build::stopped_daemon_set("agent"))),
         nullptr},
        {"a Job", with_target(build::migrated(build::workload("Job", "import"))),
         "shop/job/import"},
        {"a Job that is complete",
         with_target(build::migrated(build::workload("Job", "import")
                                         .spec({{"parallelism", 1}})
                                         .status(finished("Complete")))),
         nullptr},
        {"a Job that failed",
         with_target(build::migrated(build::workload("Job", "import")
                                         .spec({{"parallelism", 0}})
                                         .status(finished("Failed")))),
         nullptr},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            Names expected = row.state.plan.volumes[0].action == "skip" ? start_unseen : only_start;
            Names stopped;
            if (row.stopped != nullptr) {
                stopped = {row.stopped};
                expected.insert(expected.begin(), "stop target " + stopped[0]);
            }
            CHECK(to_stop(row.state) == stopped);
            const Runbook runbook = flow(row.state);
            CHECK(runbook.blockers.empty());
            CHECK(steps_of(runbook) == expected);
            const auto in_the_way = writers_on_target(row.state);
            REQUIRE(in_the_way.size() == stopped.size());
            if (stopped.empty()) continue;
            CHECK(in_the_way[0].id == "target-workload-runs");
            CHECK(in_the_way[0].what.starts_with(stopped[0] + " on the target"));
            CHECK_FALSE(in_the_way[0].remedy.empty());
        }
    }
}

TEST_CASE("what is stopped on the target is stopped as MTC does it, with what it ran") {
    const State state = with_target(build::migrated(build::running("Deployment", "web", 2)));
    const Runbook runbook = flow(state);
    const auto& patch = std::get<Patch>(runbook.steps.at(0).action);
    CHECK(patch.side == Side::Target);
    CHECK(patch.purpose == Purpose::Stop);
    CHECK(patch.change == "2 replicas -> stopped");
    Json body = state.target.workloads.at(0).body;
    body["metadata"]["resourceVersion"] = "";
    const Json now = body.patch(patch.operations);
    CHECK(now["spec"]["replicas"] == 0);
    CHECK(now["metadata"]["annotations"][mtc::annotations::replicas] == "2");
}

TEST_CASE("where both sides are one namespace, nothing of it is taken for the target's") {
    State state = build::halfway();
    state.source.workloads = {build::stopped("Deployment", "web", "3"),
                              build::mounting(build::running("Deployment", "tool", 1), "data"),
                              build::migrated(build::running("StatefulSet", "db", 1))};
    state.source.pods = {build::stage_pod("stage-a"), build::borrowed_pod("web-1"),
                         build::pod_with("tool-1", "data")};
    state = build::within_one_namespace(state);
    CHECK(to_stop(state).empty());
    CHECK(pods_that_write(state).empty());
    CHECK(writers_on_target(state).empty());
    const Runbook runbook = flow(state);
    CHECK(runbook.blockers.empty());
    CHECK(steps_of(runbook) == Names{"give back source shop/pod/web-1",
                                     "delete source shop/pod/stage-a",
                                     "await no stage pods on the source", "await target stopped",
                                     "start source shop/deployment/web", "await serving"});
    SUBCASE("but another namespace of that cluster is the target") {
        state = build::mapped(state);
        state.target.workloads = {
            build::migrated(build::running("Deployment", "web", 1, "shop-new"))};
        state.target.pods = {build::stage_pod("stage-b", "shop-new")};
        const Names steps = steps_of(flow(state));
        CHECK(std::ranges::count(steps, "stop target shop-new/deployment/web") == 1);
        CHECK(std::ranges::count(steps, "delete target shop-new/pod/stage-b") == 1);
    }
}

TEST_CASE("a pod on the target that mounts a volume of the plan, and that nothing stops, blocks") {
    struct Row {
        const char* situation;
        Object pod;
        bool blocks;
        const char* remedy = "oc delete pod/tool -n shop";
    };
    const auto pod = [](const char* phase = "Running") {
        return build::pod_with("tool", "data", "shop", phase);
    };
    const Row rows[] = {
        {"a bare pod that is not on the source", pod(), true,
         "it is the only one that runs, and nothing makes it anew"},
        {"a bare pod that was migrated, and is not on the source",
         pod().label(mtc::labels::migrated_by_plan, "uid-of-shop-plan"), true,
         "it is the only one that runs, and nothing makes it anew"},
        {"one that waits for its node", pod("Pending"), true, "see that it can be made"},
        {"one of an unknown owner", pod().owner("Tool"), true, "oc get pod/tool -n shop -o yaml"},
        {"one of a ReplicaSet", pod().owner("ReplicaSet"), false},
        {"one of a ReplicationController", pod().owner("ReplicationController"), true,
         "oc scale replicationcontroller/"},
        {"one of a DeploymentConfig's ReplicationController",
         pod()
             .owner("ReplicationController")
             .annotation("openshift.io/deployment-config.name", "tool"),
         false},
        {"one of a StatefulSet", pod().owner("StatefulSet"), false},
        {"one of a DaemonSet", pod().owner("DaemonSet"), false},
        {"one of a Job", pod().owner("Job"), false},
        {"one that goes", pod().terminating(), false},
        {"one that has succeeded", pod("Succeeded"), false},
        {"one that has failed", pod("Failed"), false},
        {"a bare pod with another claim", build::pod_with("tool", "other"), false},
        {"a bare pod in another namespace", build::pod_with("tool", "data", "elsewhere"), false},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            const State state = with_pod(row.pod);
            CHECK(blockers(state) == (row.blocks ? Names{"target-pod-writes"} : Names{}));
            CHECK(writers_on_target(state).size() == (row.blocks ? 1 : 0));
            if (!row.blocks) continue;
            const Blocker blocker = flow(state).blockers.at(0);
            CHECK(blocker.what.starts_with("shop/pod/tool on the target"));
            CHECK(contains(blocker.remedy, row.remedy));
            CHECK(blockers(state, {.workloads = false}).empty());
            CHECK(blockers(state, {.assume_target_stopped = true}) == Names{"target-pod-writes"});
        }
    }
    SUBCASE("each of them is told") {
        State state = with_pod(pod());
        state.target.pods.push_back(build::pod_with("debug", "data"));
        CHECK(blockers(state).size() == 2);
    }
    SUBCASE("the claim is looked for under its name there") {
        State state = build::mapped(build::halfway());
        state.target.pods = {build::pod_with("tool", "data-new", "shop-new"),
                             build::pod_with("other", "data", "shop-new")};
        CHECK(blockers(state).size() == 1);
        CHECK(paths(pods_that_write(state)) == Names{"shop-new/pod/tool"});
    }
    SUBCASE("not when the plan skips the volume") {
        State state = with_pod(pod());
        state.plan.volumes[0].action = "skip";
        CHECK(blockers(state).empty());
        CHECK(pods_that_write(state).empty());
    }
    SUBCASE("also when the plan does not list it, and the claim carries the plan's label") {
        State state = with_pod(pod());
        state.plan.volumes.clear();
        CHECK(pods_that_write(state).empty());
        state.target.claims = {build::migrated(build::claim("data"))};
        CHECK(pods_that_write(state).size() == 1);
        CHECK(blockers(state) == Names{"target-pod-writes"});
        state.target.pods.clear();
        CHECK(blockers(state).empty());
        state.gaps = {build::gap(Side::Target, "pods")};
        CHECK(blockers(state) == Names{"target-unseen"});
    }
}

TEST_CASE("a borrowed pod that was copied to the target is deleted, so that it does not block") {
    const State state = with_pod(build::pod_with("web-1", "data")
                                     .label(mtc::labels::stage_pod)
                                     .label(mtc::labels::application_pod));
    REQUIRE(pods_that_write(state).size() == 1);
    CHECK(steps_of(flow(state)) ==
          Names{"delete target shop/pod/web-1", "await no stage pods on the target",
                "await target stopped", "start source shop/deployment/web", "await serving"});
    SUBCASE("it does when stage pods are not to be deleted, and when it is still there later") {
        CHECK(blockers(state, {.stage_pods = false}) == Names{"target-pod-writes"});
        CHECK(writers_on_target(state).size() == 1);
    }
    SUBCASE("MTC's own sleep, and do not block in any case") {
        const State own =
            with_pod(build::pod_with("stage-b", "data").label(mtc::labels::stage_pod));
        CHECK(blockers(own, {.stage_pods = false}).empty());
        CHECK(writers_on_target(own).empty());
    }
}

TEST_CASE("the pods that write to a volume of the plan are named once each, in order") {
    State state = build::halfway();
    state.plan.volumes.push_back(state.plan.volumes[0]);
    state.plan.volumes[1].claim = state.plan.volumes[1].target_claim = "logs";
    state.target.pods = {build::pod_with("b", "logs"), build::pod_with("a", "data"),
                         build::pod_with("c", "other")};
    Object of_both = build::pod_with("d", "data");
    of_both.body["spec"]["volumes"].push_back({{"persistentVolumeClaim", {{"claimName", "logs"}}}});
    state.target.pods.push_back(of_both);
    CHECK(paths(pods_that_write(state)) == Names{"shop/pod/a", "shop/pod/b", "shop/pod/d"});
}

TEST_CASE("what could not be seen of the target blocks, unless it is believed to rest") {
    for (const char* resource : {"pods", "deployments.apps", "cronjobs.batch", "discovery"}) {
        CAPTURE(resource);
        State state = build::halfway();
        state.gaps = {build::gap(Side::Target, resource)};
        CHECK(blockers(state) == Names{"target-unseen"});
        const Blocker blocker = flow(state).blockers.at(0);
        CHECK(contains(blocker.what, std::string("list ") + resource));
        CHECK(contains(blocker.remedy, "--target-context"));
        CHECK(contains(blocker.remedy, "--assume-target-stopped"));
        CHECK(steps_of(flow(state, {.assume_target_stopped = true})) == start_unseen);
        CHECK(blockers(state, {.workloads = false}).empty());
        SUBCASE("without a volume there is nothing that both could write to") {
            state.plan.volumes.clear();
            CHECK(blockers(state).empty());
            CHECK(steps_of(flow(state)) == start_unseen);
        }
        SUBCASE("nor when it is skipped") {
            state.plan.volumes[0].action = "skip";
            CHECK(steps_of(flow(state)) == start_unseen);
        }
    }
    SUBCASE("not what no decision reads") {
        State state = build::halfway();
        state.gaps = {build::gap(Side::Target, "persistentvolumeclaims"),
                      build::gap(Side::Target, std::string(label_scan) + "secrets"),
                      build::gap(Side::Source, "horizontalpodautoscalers.autoscaling")};
        CHECK(steps_of(flow(state)) == only_start);
    }
}

TEST_CASE("what was seen of the target is not believed away") {
    const ManualOptions believe = {.assume_target_stopped = true};
    SUBCASE("it is looked at once more") {
        CHECK(steps_of(flow(build::halfway(), believe)) == only_start);
    }
    SUBCASE("what runs there is stopped, also when the rest could not be seen") {
        State state = with_target(build::migrated(build::running("Deployment", "web", 1)));
        state.gaps = {build::gap(Side::Target, "pods")};
        Names expected = start_unseen;
        expected.insert(expected.begin(), "stop target shop/deployment/web");
        CHECK(steps_of(flow(state, believe)) == expected);
    }
}

TEST_CASE(
    "without a volume nothing of the target is waited for, but what was migrated is stopped") {
    State state = with_target(build::migrated(build::running("Deployment", "web", 1)));
    state.plan.volumes.clear();
    Names expected = start_unseen;
    expected.insert(expected.begin(), "stop target shop/deployment/web");
    CHECK(steps_of(flow(state)) == expected);
}

TEST_CASE("what could not be seen of the source blocks") {
    for (const char* resource : {"pods", "statefulsets.apps", "discovery"}) {
        CAPTURE(resource);
        State state = build::halfway();
        state.gaps = {build::gap(Side::Source, resource)};
        CHECK(blockers(state) == Names{"source-unseen"});
        CHECK(blockers(state, {.assume_target_stopped = true}) == Names{"source-unseen"});
        const Blocker blocker = flow(state).blockers.at(0);
        CHECK(contains(blocker.what, std::string("list ") + resource));
        CHECK(contains(blocker.remedy, "--source-context"));
    }
}

TEST_CASE("a migration that has not ended blocks, with the way to end it") {
    for (const auto kind :
         {mtc::MigrationKind::Cutover, mtc::MigrationKind::Stage, mtc::MigrationKind::Rollback}) {
        State state = build::halfway();
        state.migrations.push_back(build::migration("late", kind, 60, "StageBackup"));
        CHECK(blockers(state) == Names{"migration-running"});
        const Blocker blocker = flow(state).blockers.at(0);
        CHECK(blocker.what.starts_with(mtc::word(kind) + " late has not ended"));
        CHECK(contains(blocker.remedy,
                       "oc patch migmigration late -n openshift-migration "
                       R"(--type=merge -p '{"spec":{"canceled":true}}')"));
        CHECK(contains(blocker.remedy, "oc delete migmigration late -n openshift-migration"));
    }
    SUBCASE("one that has ended does not") {
        State state = build::rolled_back();
        state.source.workloads = {build::stopped("Deployment", "web", "3")};
        CHECK(blockers(state).empty());
    }
}

TEST_CASE("a count that is given for nothing, or for several, blocks") {
    State state = build::halfway();
    state.source.workloads.push_back(build::stopped("Deployment", "web", "1", "billing"));
    const auto set = [](const char* ns, const char* name) {
        return ManualOptions{.set = {{.ns = ns, .kind = "deployment", .name = name, .count = 2}}};
    };
    CHECK(blockers(state, set("shop", "web")).empty());
    SUBCASE("nothing") {
        CHECK(blockers(state, set("", "wbe")) == Names{"set-names-no-workload"});
        const Blocker blocker = flow(state, set("", "wbe")).blockers.at(0);
        CHECK(contains(blocker.what, "--set deployment/wbe names no workload"));
        CHECK_FALSE(blocker.remedy.empty());
    }
    SUBCASE("several") {
        CHECK(blockers(state, set("", "web")) == Names{"set-names-no-workload"});
        const Blocker blocker = flow(state, set("", "web")).blockers.at(0);
        CHECK(contains(blocker.what, "billing/deployment/web, shop/deployment/web"));
        CHECK(contains(blocker.remedy, "NAMESPACE/deployment/web"));
    }
}

TEST_CASE("a count for what runs already is not passed over in silence") {
    struct Row {
        const char* situation;
        Object workload;
        std::int64_t count;
        bool blocks;
    };
    const auto running = [](const char* kind) { return build::running(kind, "web", 2); };
    const Row rows[] = {
        {"another number", running("Deployment"), 5, true},
        {"the number that it has: the same command again", running("Deployment"), 2, false},
        {"none", running("StatefulSet"), 0, true},
        {"somebody has started it, and MTC's mark is still there",
         build::running("Deployment", "web", 2).annotation(mtc::annotations::replicas, "3"), 5,
         true},
        {"stopped by MTC", build::stopped("Deployment", "web", "3"), 5, false},
        {"a kind without a number is told to run", build::workload("CronJob", "web"), 1, false},
        {"a kind without a number is told to rest", build::workload("CronJob", "web"), 0, true},
        {"a Job that has ended",
         build::workload("Job", "web")
             .spec({{"parallelism", 1}})
             .status({{"conditions", build::list(Json{{"type", "Complete"}, {"status", "True"}})}}),
         5, false},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = build::halfway();
            state.source.workloads = {row.workload};
            const std::string kind = base::lower(row.workload.ref.type.kind);
            const std::vector<ReplicaCount> set = {
                {.ns = {}, .kind = kind, .name = "web", .count = row.count}};
            const Names expected = row.blocks ? Names{"set-on-what-runs"} : Names{};
            CHECK(blockers(state, {.set = set}) == expected);
            const auto by_mtc = assess(state, {.starts = {.set = set}}).blockers;
            CHECK((std::ranges::count(by_mtc, "set-on-what-runs", &Blocker::id) == 1) ==
                  row.blocks);
        }
    }
    State state = build::halfway();
    state.source.workloads = {running("Deployment")};
    const auto all =
        flow(state, {.set = {{.ns = "shop", .kind = "deployment", .name = "web", .count = 5}}});
    REQUIRE(all.blockers.size() == 1);
    CHECK(contains(all.blockers[0].what, "--set shop/deployment/web=5 would not be heeded"));
    CHECK(contains(all.blockers[0].remedy, "oc scale deployment/web -n shop --replicas=5"));
}

TEST_CASE("a verb that is denied blocks when a step needs it, and only then") {
    State state = build::halfway();
    state.source.pods = {build::stage_pod("stage-a"), build::borrowed_pod("web-1")};
    state.source.workloads.push_back(build::running("StatefulSet", "db", 1));
    state.target.workloads = {build::migrated(build::running("StatefulSet", "db", 1))};
    REQUIRE(blockers(state).empty());
    struct Row {
        const char* situation;
        Denied denied;
        bool blocks;
    };
    const Row rows[] = {
        {"starting", {Side::Source, "patch", "deployments.apps", "shop"}, true},
        {"starting, in all namespaces", {Side::Source, "patch", "deployments.apps", ""}, true},
        {"stopping", {Side::Target, "patch", "statefulsets.apps", "shop"}, true},
        {"giving back", {Side::Source, "patch", "pods", "shop"}, true},
        {"deleting", {Side::Source, "delete", "pods", "shop"}, true},
        {"another namespace", {Side::Source, "patch", "deployments.apps", "billing"}, false},
        {"another side", {Side::Target, "patch", "deployments.apps", "shop"}, false},
        {"another kind", {Side::Source, "patch", "jobs.batch", "shop"}, false},
        {"another verb", {Side::Source, "delete", "deployments.apps", "shop"}, false},
        {"another side's pods", {Side::Target, "delete", "pods", "shop"}, false},
        {"what only MTC's flow needs",
         {Side::Control, "create", "migmigrations.migration.openshift.io", ""},
         false},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            state.denied = {row.denied};
            CHECK(blockers(state) == (row.blocks ? Names{"permissions"} : Names{}));
            if (!row.blocks) continue;
            const Blocker blocker = flow(state).blockers.at(0);
            CHECK(contains(blocker.what, word(row.denied.side) + ": " + row.denied.verb + " " +
                                             row.denied.resource));
            CHECK_FALSE(blocker.remedy.empty());
        }
    }
    SUBCASE("all of them are one blocker") {
        state.denied = {rows[0].denied, rows[4].denied, rows[5].denied};
        CHECK(blockers(state) == Names{"permissions"});
        CHECK(flow(state).blockers.at(0).what ==
              "you may not: source: patch deployments.apps in namespace shop, source: delete pods "
              "in namespace shop");
    }
    SUBCASE("what is not to be done needs no permission") {
        state.denied = {rows[4].denied};
        CHECK(blockers(state, {.stage_pods = false}).empty());
        state.denied = {rows[0].denied, rows[2].denied};
        CHECK(blockers(state, {.workloads = false}).empty());
    }
}

TEST_CASE("all that stands in the way is told at once, and nothing is done") {
    State state = with_pod(build::pod_with("tool", "data"));
    state.migrations.push_back(
        build::migration("late", mtc::MigrationKind::Stage, 60, "StageBackup"));
    state.gaps = {build::gap(Side::Source, "pods"), build::gap(Side::Target, "jobs.batch")};
    state.denied = {{Side::Source, "patch", "deployments.apps", "shop"}};
    const ManualOptions options = {.set = {{.ns = {}, .kind = "job", .name = "x", .count = 1}}};
    CHECK(blockers(state, options) == Names{"migration-running", "set-names-no-workload",
                                            "source-unseen", "target-unseen", "target-pod-writes",
                                            "permissions"});
    CHECK(flow(state, options).empty());
}

TEST_CASE("what the target does stands in the way of a start only") {
    State state = build::well();
    state.target.pods = {build::pod_with("lone", "data")};
    state.gaps = {build::gap(Side::Target, "deployments.apps")};
    CHECK(flow(state).blockers.empty());
    CHECK(flow(state).empty());
    state.source.workloads = {build::stopped("Deployment", "web", "3")};
    CHECK(flow(state).blockers.size() == 2);
}

}  // namespace manual_guard_test
