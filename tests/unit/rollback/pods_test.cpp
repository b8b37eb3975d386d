#include "rollback/pods.hpp"

#include <doctest/doctest.h>

#include "unit/rollback/builders.hpp"

namespace pods_test {

using namespace rollback;
using build::Json;

namespace {

Json waiting(const char* reason, const char* message = "") {
    return {{"name", "app"}, {"state", {{"waiting", {{"reason", reason}, {"message", message}}}}}};
}

Json crashed(int code) {
    Json json = waiting("CrashLoopBackOff", "back-off 40s");
    json["lastState"] = {{"terminated", {{"exitCode", code}}}};
    return json;
}

Json unscheduled(const char* message) {
    return {{"phase", "Pending"},
            {"conditions",
             {{{"type", "PodScheduled"},
               {"status", "False"},
               {"reason", "Unschedulable"},
               {"message", message}}}}};
}

Json containers(const char* phase, const Json& statuses, const Json& init = Json::array()) {
    return {{"phase", phase}, {"containerStatuses", statuses}, {"initContainerStatuses", init}};
}

Json with_ready(const char* phase, const char* status) {
    return {{"phase", phase}, {"conditions", {{{"type", "Ready"}, {"status", status}}}}};
}

Json with_reason(Json crashed, const char* reason) {
    crashed["lastState"]["terminated"]["reason"] = reason;
    return crashed;
}

Object event(const char* uid, const char* time, const char* reason, const char* message) {
    return base::object_of({"", "v1", "events", "Event", true}, {{"metadata", {{"name", reason}}},
                                                                 {"involvedObject", {{"uid", uid}}},
                                                                 {"lastTimestamp", time},
                                                                 {"reason", reason},
                                                                 {"message", message}});
}

}  // namespace

TEST_CASE("why a pod is not ready is told in the words of the one who knows") {
    struct Row {
        const char* situation;
        Json status;
        std::string why;
    };
    const Row rows[] = {
        {"running and ready", with_ready("Running", "True"), ""},
        {"done", {{"phase", "Succeeded"}}, ""},
        {"done, no longer ready", with_ready("Succeeded", "False"), ""},
        {"running, not ready", with_ready("Running", "False"), "running, but not ready"},
        {"running, without a word", {{"phase", "Running"}}, "running, but not ready"},
        {"ready, but not running", with_ready("Pending", "True"), "starting"},
        {"no status", Json::object(), "starting"},
        {"being created", containers("Pending", build::list(waiting("ContainerCreating"))),
         "starting"},
        {"being initialised", containers("Pending", build::list(waiting("PodInitializing"))),
         "starting"},
        {"an image that cannot be pulled",
         containers("Pending",
                    build::list(waiting("ImagePullBackOff", "Back-off pulling image x"))),
         "ImagePullBackOff: Back-off pulling image x"},
        {"a reason without a message", containers("Pending", build::list(waiting("ErrImagePull"))),
         "ErrImagePull"},
        {"a crash", containers("Running", build::list(crashed(137))),
         "CrashLoopBackOff: back-off 40s (last exit code 137)"},
        {"the second container", containers("Running", {Json::object(), crashed(1)}),
         "CrashLoopBackOff: back-off 40s (last exit code 1)"},
        {"an init container before the others",
         containers("Pending", build::list(waiting("PodInitializing")), build::list(crashed(2))),
         "CrashLoopBackOff: back-off 40s (last exit code 2)"},
        {"a crash for want of memory",
         containers("Running", build::list(with_reason(crashed(137), "OOMKilled"))),
         "CrashLoopBackOff: back-off 40s (last exit code 137, OOMKilled)"},
        {"between two attempts",
         containers("Running", build::list(Json{{"name", "web"},
                                                {"state", {{"terminated", {{"exitCode", 3}}}}}})),
         "container web has ended with exit code 3"},
        {"an init container that has done its work",
         containers("Pending", Json::array(),
                    build::list(Json{{"state", {{"terminated", {{"exitCode", 0}}}}}})),
         "starting"},
        {"no node", unscheduled("0/3 nodes are available"),
         "not scheduled: Unschedulable: 0/3 nodes are available"},
        {"failed", {{"phase", "Failed"}}, "Failed"},
        {"evicted",
         {{"phase", "Failed"}, {"reason", "Evicted"}, {"message", "low on memory"}},
         "Evicted: low on memory"},
        {"a node that does not answer", {{"phase", "Unknown"}, {"reason", "NodeLost"}}, "NodeLost"},
        {"a phase Unknown without a reason", {{"phase", "Unknown"}}, "Unknown"},
        {"odd types",
         {{"phase", 7}, {"conditions", "odd"}, {"containerStatuses", {7}}},
         "starting"},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            CHECK(why_not_ready(build::Thing(build::pods, "shop", "x").status(row.status)) ==
                  row.why);
        }
    }
}

TEST_CASE("where the status keeps the reason to itself the newest warning tells it") {
    const std::vector<Object> events = {
        event("uid-of-x", "2025-05-01T10:00:00Z", "FailedMount", "not found"),
        event("uid-of-x", "2025-05-01T10:05:00Z", "Unhealthy", "Readiness probe failed: 500"),
        event("uid-of-y", "2025-05-01T10:09:00Z", "BackOff", "another pod")};
    const auto pod = [](const Json& status) {
        return build::Thing(build::pods, "shop", "x").status(status);
    };
    CHECK(why_not_ready(pod(with_ready("Running", "False")), events) ==
          "running, but not ready; Unhealthy: Readiness probe failed: 500");
    CHECK(keeps_its_reason(pod(with_ready("Running", "False"))));
    SUBCASE("a status that tells enough stands alone") {
        const Json status = containers("Pending", build::list(waiting("ErrImagePull")));
        CHECK(why_not_ready(pod(status), events) == "ErrImagePull");
        CHECK_FALSE(keeps_its_reason(pod(status)));
    }
    SUBCASE("a pod that is ready has no reason") {
        CHECK(why_not_ready(pod(with_ready("Running", "True")), events).empty());
        CHECK_FALSE(keeps_its_reason(pod(with_ready("Running", "True"))));
    }
}

}  // namespace pods_test
