#include "rollback/why_not_serving.hpp"

#include <doctest/doctest.h>

#include "unit/rollback/builders.hpp"

namespace why_not_serving_test {

using namespace rollback;
using build::Json;

namespace {

const build::ResourceType events{"", "v1", "events", "Event", true};

Object event(const char* kind, const char* name, const char* message,
             const char* at = "2025-05-01T10:00:00Z", const char* ns = "shop") {
    return build::Thing(events, ns, std::string(name) + at + message)
        .holding({{"involvedObject", {{"kind", kind}, {"name", name}}},
                  {"reason", "FailedCreate"},
                  {"message", message},
                  {"lastTimestamp", at}});
}

Object terminating(const char* owner_kind, const char* owner, const Json& finalizers,
                   const char* node = "n1") {
    Object pod = build::pod("mq-0").terminating(finalizers);
    pod.body["metadata"]["ownerReferences"] =
        build::list(Json{{"kind", owner_kind}, {"name", owner}, {"controller", true}});
    pod.body["spec"]["nodeName"] = node;
    return pod;
}

std::string why(const char* kind, const ClusterView& view,
                const std::string& status = "0 of 1 pod ready") {
    return why_not_serving(build::workload(kind, "mq"), {.yes = false, .why = status}, view);
}

}  // namespace

TEST_CASE("why every kind of workload makes no pods is told by its own events") {
    struct Row {
        const char* kind;
        const char* of;  // the kind that the event is about
        const char* name;
    };
    const Row rows[] = {
        {"StatefulSet", "StatefulSet", "mq"},
        {"DaemonSet", "DaemonSet", "mq"},
        {"Job", "Job", "mq"},
        {"ReplicaSet", "ReplicaSet", "mq"},
        {"DeploymentConfig", "DeploymentConfig", "mq"},
        {"DeploymentConfig", "ReplicationController", "mq-3"},
        {"Deployment", "Deployment", "mq"},
        {"Deployment", "ReplicaSet", "mq-5d8fbc"},
        {"VirtualMachine", "VirtualMachine", "mq"},
        {"VirtualMachine", "VirtualMachineInstance", "mq"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.kind);
        CAPTURE(row.of);
        ClusterView view;
        view.events = {event(row.of, row.name, "exceeded quota")};
        CHECK(why(row.kind, view) == "0 of 1 pod ready; FailedCreate: exceeded quota");
    }
}

TEST_CASE("events about something else tell nothing of a workload") {
    ClusterView view;
    view.events = {event("StatefulSet", "other", "a"), event("Deployment", "mq", "b"),
                   event("ReplicaSet", "mq-1", "c"),
                   event("StatefulSet", "mq", "d", "2025-05-01T10:00:00Z", "bank")};
    CHECK(why("StatefulSet", view) == "0 of 1 pod ready");
    SUBCASE("a ReplicaSet of a workload whose name begins alike") {
        view.events = {event("ReplicaSet", "mq-api-5d8fbc", "a"), event("ReplicaSet", "mq-", "b"),
                       event("ReplicaSet", "mq", "c")};
        CHECK(why("Deployment", view) == "0 of 1 pod ready");
    }
}

TEST_CASE("the newest event counts, and what the status says already is not said twice") {
    ClusterView view;
    view.events = {event("StatefulSet", "mq", "older", "2025-05-01T10:00:00Z"),
                   event("StatefulSet", "mq", "newest", "2025-05-01T12:00:00Z"),
                   event("StatefulSet", "mq", "old", "2025-05-01T11:00:00Z")};
    CHECK(why("StatefulSet", view) == "0 of 1 pod ready; FailedCreate: newest");
    CHECK(why("StatefulSet", view, "0 of 1 pod ready: newest") == "0 of 1 pod ready: newest");
}

TEST_CASE("a pod that does not go away is named, with its node and its finalizers") {
    struct Row {
        const char* kind;
        const char* owner_kind;
        const char* owner;
        Json finalizers;
        const char* node;
        const char* says;
    };
    const Json one = build::list("example.com/hold");
    const Json two = build::list("example.com/hold", "example.com/more");
    const Row rows[] = {
        {"StatefulSet", "StatefulSet", "mq", one, "n1",
         "; pod mq-0 is terminating, on node n1, held by finalizer example.com/hold"},
        {"StatefulSet", "StatefulSet", "mq", two, "n1",
         "; pod mq-0 is terminating, on node n1, held by finalizers example.com/hold, "
         "example.com/more"},
        {"StatefulSet", "StatefulSet", "mq", Json::array(), "n1",
         "; pod mq-0 is terminating, on node n1"},
        {"StatefulSet", "StatefulSet", "mq", Json::array(), "", "; pod mq-0 is terminating"},
        {"Deployment", "ReplicaSet", "mq-5d8fbc", one, "n1",
         "; pod mq-0 is terminating, on node n1, held by finalizer example.com/hold"},
        {"DeploymentConfig", "ReplicationController", "mq-2", one, "n1",
         "; pod mq-0 is terminating, on node n1, held by finalizer example.com/hold"},
        {"DaemonSet", "DaemonSet", "mq", one, "n1",
         "; pod mq-0 is terminating, on node n1, held by finalizer example.com/hold"},
        {"Job", "Job", "mq", one, "n1",
         "; pod mq-0 is terminating, on node n1, held by finalizer example.com/hold"},
        {"VirtualMachine", "VirtualMachineInstance", "mq", one, "n1",
         "; pod mq-0 is terminating, on node n1, held by finalizer example.com/hold"},
        {"StatefulSet", "StatefulSet", "other", one, "n1", ""},
        {"StatefulSet", "Deployment", "mq", one, "n1", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.kind);
        CAPTURE(row.says);
        ClusterView view;
        view.pods = {terminating(row.owner_kind, row.owner, row.finalizers, row.node)};
        CHECK(why(row.kind, view) == "0 of 1 pod ready" + std::string(row.says));
    }
    SUBCASE("not one that stays") {
        ClusterView view;
        view.pods = {terminating("StatefulSet", "mq", one)};
        view.pods[0].body["metadata"].erase("deletionTimestamp");
        CHECK(why("StatefulSet", view) == "0 of 1 pod ready");
    }
}

}  // namespace why_not_serving_test
