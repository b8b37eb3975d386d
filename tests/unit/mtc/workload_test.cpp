// The table of workload kinds: what every kind is told to run, what it was told before, whether it
// is at rest.
#include "mtc/workload.hpp"

#include <doctest/doctest.h>

#include "unit/mtc/builders.hpp"

namespace workload_test {

using namespace mtc;
using build::Json;
using build::row;
using build::workload;

namespace {

const Json nowhere = {{annotations::quiesce_daemonset, "true"}};

Json pods_on(const Json& selector) {
    return {{"template", {{"spec", {{"nodeSelector", selector}}}}}};
}

base::Object ended(const char* type, const char* status = "True") {
    return workload("Job", "j")
        .spec({{"parallelism", 0}})
        .status({{"conditions", {{{"type", type}, {"status", status}}}}});
}

}  // namespace

TEST_CASE("the kinds come in the order in which the controller starts them") {
    std::vector<std::string> names;
    for (const WorkloadKind& kind : workload_kinds()) names.push_back(kind.type.kind);
    CHECK(names == std::vector<std::string>{"CronJob", "DeploymentConfig", "Deployment",
                                            "StatefulSet", "ReplicaSet", "DaemonSet", "Job",
                                            "VirtualMachine"});
}

TEST_CASE("a kind is found by group and plural, whatever version serves it") {
    const auto* old = workload_kind({"batch", "v1beta1", "cronjobs", "CronJob", true});
    REQUIRE(old != nullptr);
    CHECK(old->type.kind == "CronJob");
    CHECK(workload_kind({"other", "v1", "cronjobs", "CronJob", true}) == nullptr);
    CHECK(workload_kind(build::pods) == nullptr);
}

TEST_CASE("what a workload is told to run now") {
    struct Row {
        const char* situation;
        const char* kind;
        Json spec;
        Wanted wanted;
        bool at_rest;
    };
    const Row rows[] = {
        {"a Deployment", "Deployment", {{"replicas", 3}}, {.replicas = 3, .paused = false}, false},
        {"a Deployment at 0",
         "Deployment",
         {{"replicas", 0}},
         {.replicas = 0, .paused = false},
         true},
        {"a Deployment that names no count",
         "Deployment",
         Json::object(),
         {.replicas = 1, .paused = false},
         false},
        {"a Deployment that is paused",
         "Deployment",
         {{"replicas", 2}, {"paused", true}},
         {.replicas = 2, .paused = true},
         false},
        {"a DeploymentConfig",
         "DeploymentConfig",
         {{"replicas", 0}, {"paused", true}},
         {.replicas = 0, .paused = true},
         true},
        {"a StatefulSet", "StatefulSet", {{"replicas", 0}}, {.replicas = 0}, true},
        {"a StatefulSet that runs", "StatefulSet", {{"replicas", 5}}, {.replicas = 5}, false},
        {"a ReplicaSet", "ReplicaSet", {{"replicas", 0}}, {.replicas = 0}, true},
        {"a ReplicaSet of odd type", "ReplicaSet", {{"replicas", "0"}}, {.replicas = 1}, false},
        {"a DaemonSet on every node",
         "DaemonSet",
         Json::object(),
         {.node_selector = Json::object()},
         false},
        {"a DaemonSet on some nodes",
         "DaemonSet",
         pods_on({{"zone", "a"}}),
         {.node_selector = Json{{"zone", "a"}}},
         false},
        {"a DaemonSet that MTC sent nowhere",
         "DaemonSet",
         pods_on(nowhere),
         {.node_selector = nowhere},
         true},
        {"a CronJob", "CronJob", Json::object(), {.suspended = false}, false},
        {"a CronJob that is suspended", "CronJob", {{"suspend", true}}, {.suspended = true}, true},
        {"a Job", "Job", Json::object(), {.replicas = 1}, false},
        {"a Job at 0", "Job", {{"parallelism", 0}}, {.replicas = 0}, true},
    };
    for (const Row& each : rows) {
        SUBCASE(each.situation) {
            const base::Object object = workload(each.kind, "x").spec(each.spec);
            CHECK(row(each.kind).current(object) == each.wanted);
            CHECK(row(each.kind).at_rest(object) == each.at_rest);
        }
    }
}

TEST_CASE("a Job that has ended is not at rest: there is nothing to start again") {
    CHECK_FALSE(row("Job").at_rest(ended("Complete")));
    CHECK_FALSE(row("Job").at_rest(ended("Failed")));
    CHECK(row("Job").at_rest(ended("Complete", "False")));
    CHECK(row("Job").at_rest(ended("Suspended")));
}

TEST_CASE("what a workload was told to run before is read from its annotation") {
    struct Row {
        const char* situation;
        const char* kind;
        Json annotation;  // null: none
        Wanted wanted;
    };
    const Wanted nothing;
    const Row rows[] = {
        {"a Deployment", "Deployment", "3", {.replicas = 3}},
        {"a DeploymentConfig", "DeploymentConfig", "12", {.replicas = 12}},
        {"a StatefulSet", "StatefulSet", "1", {.replicas = 1}},
        {"a ReplicaSet", "ReplicaSet", "2", {.replicas = 2}},
        {"a Job", "Job", "4", {.replicas = 4}},
        {"a Job whose count a second quiescing overwrote", "Job", "0", nothing},
        {"a CronJob", "CronJob", "true", {.suspended = false}},
        {"a DaemonSet on every node", "DaemonSet", "{}", {.node_selector = Json::object()}},
        {"a DaemonSet on some nodes",
         "DaemonSet",
         R"({"zone":"a"})",
         {.node_selector = Json{{"zone", "a"}}}},
        {"no annotation on a Deployment", "Deployment", nullptr, nothing},
        {"no annotation on a CronJob", "CronJob", nullptr, nothing},
        {"no annotation on a DaemonSet", "DaemonSet", nullptr, nothing},
        {"letters", "Deployment", "three", nothing},
        {"a number and letters", "Deployment", "3x", nothing},
        {"a fraction", "StatefulSet", "1.5", nothing},
        {"less than nothing", "StatefulSet", "-1", nothing},
        {"more than a number holds", "ReplicaSet", "99999999999999999999", nothing},
        {"an empty text", "Job", "", nothing},
        {"white space", "Job", " 3", nothing},
        {"no text", "Deployment", 3, nothing},
        {"a DaemonSet with broken JSON", "DaemonSet", "{\"zone\":", nothing},
        {"a DaemonSet with JSON that is no object", "DaemonSet", "[1]", nothing},
        {"a DaemonSet with an empty text", "DaemonSet", "", nothing},
    };
    for (const Row& each : rows) {
        SUBCASE(each.situation) {
            const base::Object object =
                workload(each.kind, "x").annotation(row(each.kind).mark, each.annotation);
            const Wanted before = row(each.kind).recorded(object);
            CHECK(before == each.wanted);
            CHECK(before.known() == (each.wanted != nothing));
        }
    }
}

TEST_CASE("whether a rollout was paused before is read where MTC writes it") {
    const auto recorded = [](const char* kind, const Json& paused) {
        return row(kind)
            .recorded(workload(kind, "x")
                          .annotation(annotations::replicas, "3")
                          .annotation(annotations::paused, paused))
            .paused;
    };
    for (const char* kind : {"Deployment", "DeploymentConfig"}) {
        SUBCASE(kind) {
            CHECK(recorded(kind, "true") == true);
            CHECK(recorded(kind, "false") == false);
            CHECK_FALSE(recorded(kind, "perhaps"));
            CHECK_FALSE(recorded(kind, nullptr));
        }
    }
    SUBCASE("a StatefulSet cannot be paused") {
        CHECK_FALSE(recorded("StatefulSet", "true"));
    }
    SUBCASE("alone it does not tell how much ran") {
        CHECK_FALSE(Wanted{.paused = true}.known());
        CHECK(Wanted{.replicas = 0}.known());
    }
}

TEST_CASE("what is wanted survives being written down and read again") {
    const Wanted rows[] = {
        {},
        {.replicas = 0},
        {.replicas = 3, .paused = true},
        {.suspended = false},
        {.node_selector = Json::object()},
        {.node_selector = Json{{"zone", "a"}}},
    };
    for (const Wanted& wanted : rows) CHECK(wanted_from(to_json(wanted)) == wanted);
    SUBCASE("odd fields are unknown") {
        CHECK(wanted_from({{"replicas", "3"}, {"paused", 1}, {"suspended", "no"}}) == Wanted{});
        CHECK(wanted_from(Json()) == Wanted{});
        CHECK(wanted_from("odd") == Wanted{});
    }
}

TEST_CASE("what is wanted is described for a person") {
    CHECK(describe({.replicas = 1}) == "1 replica");
    CHECK(describe({.replicas = 3, .paused = false}) == "3 replicas");
    CHECK(describe({.replicas = 3, .paused = true}) == "3 replicas, paused");
    CHECK(describe({.suspended = true}) == "suspended");
    CHECK(describe({.suspended = false}) == "not suspended");
    CHECK(describe({.node_selector = Json::object()}) == "on every node");
    CHECK(describe({.node_selector = Json{{"zone", "a"}}}) == R"(on nodes {"zone":"a"})");
    CHECK(describe({}).empty());
}

}  // namespace workload_test
