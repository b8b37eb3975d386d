// Whether a workload serves, whether MTC stopped it, and whose it is.
#include <doctest/doctest.h>

#include "mtc/workload.hpp"
#include "unit/mtc/builders.hpp"

namespace serving_test {

using namespace mtc;
using build::Json;
using build::row;
using build::workload;

namespace {

Json counts(int ready, int updated) {
    return {{"readyReplicas", ready}, {"updatedReplicas", updated}};
}

Json daemons(int ready, int desired) {
    return {{"numberReady", ready}, {"desiredNumberScheduled", desired}};
}

const Json nowhere = {
    {"template", {{"spec", {{"nodeSelector", {{annotations::quiesce_daemonset, "true"}}}}}}}};
const Json complete = {{"conditions", {{{"type", "Complete"}, {"status", "True"}}}}};
const Json failed = {{"conditions", {{{"type", "Failed"}, {"status", "True"}}}}};

}  // namespace

TEST_CASE("a workload serves when as many pods are ready as it was told to run") {
    struct Row {
        const char* situation;
        const char* kind;
        Json spec;
        Json status;
        std::string why;  // "" when it serves
    };
    const Json three = {{"replicas", 3}};
    const Json nothing = Json::object();
    const Row rows[] = {
        {"a Deployment with all pods", "Deployment", three, counts(3, 3), ""},
        {"a Deployment with a pod too few", "Deployment", three, counts(2, 3), "2 of 3 pods ready"},
        {"a Deployment of one without status", "Deployment", nothing, nothing, "0 of 1 pod ready"},
        {"a Deployment told to run none", "Deployment", {{"replicas", 0}}, nothing, ""},
        {"a Deployment whose pods a quota refuses",
         "Deployment",
         three,
         {{"conditions",
           {{{"type", "ReplicaFailure"},
             {"status", "True"},
             {"message", "pods are forbidden: exceeded quota"}}}}},
         "0 of 3 pods ready: pods are forbidden: exceeded quota"},
        {"a Deployment whose old pods are ready", "Deployment", three, counts(3, 1),
         "it is still rolling out"},
        {"a paused Deployment with old pods",
         "Deployment",
         {{"replicas", 3}, {"paused", true}},
         counts(3, 0),
         ""},
        {"a paused Deployment with a pod too few",
         "Deployment",
         {{"replicas", 3}, {"paused", true}},
         counts(2, 0),
         "2 of 3 pods ready"},
        {"a DeploymentConfig", "DeploymentConfig", three, counts(3, 3), ""},
        {"a DeploymentConfig with a pod too few", "DeploymentConfig", three, counts(1, 3),
         "1 of 3 pods ready"},
        {"a StatefulSet", "StatefulSet", three, counts(3, 0), ""},
        {"a StatefulSet with a pod too few", "StatefulSet", three, counts(0, 0),
         "0 of 3 pods ready"},
        {"a ReplicaSet", "ReplicaSet", three, counts(4, 0), ""},
        {"a ReplicaSet with a pod too few", "ReplicaSet", three, counts(2, 0), "2 of 3 pods ready"},
        {"a DaemonSet", "DaemonSet", nothing, daemons(2, 2), ""},
        {"a DaemonSet without a node", "DaemonSet", nothing, daemons(0, 0), ""},
        {"a DaemonSet with a pod too few", "DaemonSet", nothing, daemons(1, 2),
         "1 of 2 pods ready"},
        {"a DaemonSet that MTC sent nowhere", "DaemonSet", nowhere, daemons(0, 0),
         "its node selector matches no node"},
        {"a CronJob", "CronJob", {{"suspend", true}}, nothing, ""},
        {"a Job with a pod", "Job", nothing, {{"active", 1}}, ""},
        {"a Job that can make no pod", "Job", nothing, nothing, "no pod of it has been made"},
        {"a Job whose controller has begun, and made none",
         "Job",
         nothing,
         {{"startTime", "2025-05-01T10:00:00Z"}, {"active", 0}},
         "no pod of it has been made"},
        {"a Job that a person suspended", "Job", {{"suspend", true}}, nothing, ""},
        {"a Job of another controller",
         "Job",
         {{"managedBy", "kueue.x-k8s.io/multikueue"}},
         nothing,
         ""},
        {"a Job of the Job controller by name",
         "Job",
         {{"managedBy", "kubernetes.io/job-controller"}},
         nothing,
         "no pod of it has been made"},
        {"a Job whose pods have all succeeded",
         "Job",
         {{"completions", 2}},
         {{"succeeded", 2}},
         ""},
        {"a Job that lacks completions",
         "Job",
         {{"completions", 2}},
         {{"succeeded", 1}},
         "no pod of it has been made"},
        {"a Job that has failed", "Job", nothing, failed, ""},
        {"a Job that a person set to 0", "Job", {{"parallelism", 0}}, nothing, ""},
        {"a Job at 0 that has ended", "Job", {{"parallelism", 0}}, complete, ""},
    };
    for (const Row& each : rows) {
        SUBCASE(each.situation) {
            const Serving serving = row(each.kind).serving(
                workload(each.kind, "x").spec(each.spec).status(each.status));
            CHECK(serving.why == each.why);
            CHECK(serving.yes == serving.why.empty());
        }
    }
}

TEST_CASE("what serves without a pod says so") {
    struct Row {
        const char* situation;
        const char* kind;
        Json spec;
        Json status;
        std::string but;  // "": nothing
    };
    const Json two = {{"replicas", 2}};
    const Row rows[] = {
        {"a DeploymentConfig that was never deployed",
         "DeploymentConfig",
         two,
         {{"latestVersion", 0}},
         "it has never been deployed, and has no pods (it waits for its image, or for a rollout)"},
        {"one that was never deployed, and is not to be",
         "DeploymentConfig",
         {{"replicas", 0}},
         {{"latestVersion", 0}},
         ""},
        {"one that was", "DeploymentConfig", two, {{"latestVersion", 1}, {"readyReplicas", 2}}, ""},
        {"a Job between two attempts",
         "Job",
         Json::object(),
         {{"failed", 3}},
         "no pod of it runs now, and 3 pods of it failed"},
        {"a Job that runs after failures",
         "Job",
         Json::object(),
         {{"failed", 3}, {"active", 1}},
         ""},
    };
    for (const Row& each : rows) {
        SUBCASE(each.situation) {
            const Serving serving = row(each.kind).serving(
                workload(each.kind, "x").spec(each.spec).status(each.status));
            CHECK(serving.yes);
            CHECK(serving.why.empty());
            CHECK(serving.but == each.but);
        }
    }
    SUBCASE("of one that was deployed and whose pods are missing it is no excuse") {
        const Serving serving =
            row("DeploymentConfig")
                .serving(
                    workload("DeploymentConfig", "x").spec(two).status({{"latestVersion", 1}}));
        CHECK(serving.why == "0 of 2 pods ready");
    }
    SUBCASE("without a status nothing is known") {
        CHECK_FALSE(
            row("DeploymentConfig").serving(workload("DeploymentConfig", "x").spec(two)).yes);
    }
}

TEST_CASE("a count that its controller has not looked at since the change is not believed") {
    for (const char* kind :
         {"Deployment", "DeploymentConfig", "StatefulSet", "ReplicaSet", "DaemonSet"}) {
        SUBCASE(kind) {
            const auto serves = [kind](int observed) {
                Json status = counts(3, 3);
                status.update(daemons(3, 3));
                status["observedGeneration"] = observed;
                return row(kind).serving(
                    workload(kind, "x").spec({{"replicas", 3}}).status(status).generation(5));
            };
            CHECK(serves(5).yes);
            CHECK_FALSE(serves(4).yes);
            CHECK(serves(4).why == "its controller has not looked at it yet");
        }
    }
}

TEST_CASE("a Job that MTC stopped and did not start again does not serve") {
    const Serving serving = row("Job").serving(workload("Job", "x")
                                                   .spec({{"parallelism", 0}})
                                                   .annotation(mtc::annotations::replicas, "2"));
    CHECK_FALSE(serving.yes);
    CHECK(serving.why == "its parallelism is 0");
}

TEST_CASE("stopped by MTC is what carries its mark and is still at rest") {
    struct Row {
        const char* kind;
        Json at_rest;
        Json runs;
    };
    const Row rows[] = {
        {"Deployment", {{"replicas", 0}}, {{"replicas", 2}}},
        {"DeploymentConfig", {{"replicas", 0}}, {{"replicas", 2}}},
        {"StatefulSet", {{"replicas", 0}}, {{"replicas", 2}}},
        {"ReplicaSet", {{"replicas", 0}}, {{"replicas", 2}}},
        {"DaemonSet", nowhere, Json::object()},
        {"CronJob", {{"suspend", true}}, {{"suspend", false}}},
        {"Job", {{"parallelism", 0}}, {{"parallelism", 2}}},
    };
    for (const Row& each : rows) {
        SUBCASE(each.kind) {
            const auto look = [&](const Json& spec, const Json& mark) {
                const base::Object object =
                    workload(each.kind, "x").spec(spec).annotation(row(each.kind).mark, mark);
                return std::pair(is_marked(object), is_quiesced(object));
            };
            CHECK(look(each.at_rest, "nonsense counts too") == std::pair(true, true));
            CHECK(look(each.runs, "3") == std::pair(true, false));
            // the selector that keeps a DaemonSet from every node is a mark of its own
            const bool own_mark = std::string(each.kind) == "DaemonSet";
            CHECK(look(each.at_rest, nullptr) == std::pair(false, own_mark));
            CHECK(look(each.runs, nullptr) == std::pair(false, false));
        }
    }
    SUBCASE("the mark of another kind is none") {
        const base::Object cron_job = workload("CronJob", "x")
                                          .spec({{"suspend", true}})
                                          .annotation(annotations::replicas, "3");
        CHECK_FALSE(is_quiesced(cron_job));
    }
    SUBCASE("what is no workload is never stopped") {
        const base::Object pod = build::pod("x").annotation(annotations::replicas, "3");
        CHECK_FALSE(is_marked(pod));
        CHECK_FALSE(is_quiesced(pod));
    }
}

TEST_CASE("a workload that another workload makes is not one to look at") {
    CHECK(is_managed(workload("ReplicaSet", "web-1").owner("Deployment")));
    CHECK(is_managed(workload("Job", "nightly-1").owner("CronJob")));
    CHECK_FALSE(is_managed(workload("ReplicaSet", "alone")));
    CHECK_FALSE(is_managed(workload("Job", "alone")));
    CHECK_FALSE(is_managed(workload("Job", "x").owner("CronJob", false)));
    SUBCASE("a ReplicaSet with any owner: MTC leaves it alone") {
        CHECK(is_managed(workload("ReplicaSet", "x").owner("Rollout", false)));
    }
    SUBCASE("what an operator's resource owns is to be looked at: MTC stops it all the same") {
        CHECK_FALSE(is_managed(workload("StatefulSet", "db").owner("PostgresCluster")));
        CHECK_FALSE(is_managed(workload("Deployment", "web").owner("WebApp")));
        CHECK_FALSE(is_managed(workload("Job", "x").owner("Workflow")));
    }
}

TEST_CASE("what a workload is told says whether it runs, where it says it at all") {
    const Json zone = {{"zone", "a"}};
    const Json no_node = {{"zone", "a"}, {annotations::quiesce_daemonset, "true"}};
    CHECK(runs(Wanted{.replicas = 1}) == true);
    CHECK(runs(Wanted{.replicas = 0}) == false);
    CHECK(runs(Wanted{.suspended = false}) == true);
    CHECK(runs(Wanted{.suspended = true}) == false);
    CHECK(runs(Wanted{.node_selector = zone}) == true);
    CHECK(runs(Wanted{.node_selector = no_node}) == false);
    CHECK(runs(Wanted{.run_strategy = "Always"}) == true);
    CHECK(runs(Wanted{.run_strategy = "Halted"}) == false);
    CHECK_FALSE(runs(Wanted{.run_strategy = "Manual"}));
    CHECK_FALSE(runs(Wanted{.paused = true}));
}

TEST_CASE("the first that knows a field says it") {
    const Wanted both = first_known({.replicas = 3}, {.replicas = 5, .paused = true});
    CHECK(both.replicas == 3);
    CHECK(both.paused == true);
    CHECK(first_known({}, {.suspended = true}).suspended == true);
}

}  // namespace serving_test
