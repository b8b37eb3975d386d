#include "sandbox/pod_status.hpp"

#include <algorithm>

namespace sandbox {
namespace {

Json condition(const std::string& type, bool met) {
    return {{"type", type},
            {"status", met ? "True" : "False"},
            {"lastProbeTime", nullptr},
            {"lastTransitionTime", time_now()}};
}

std::string message_of(const std::string& reason, const std::string& image) {
    if (reason == "ImagePullBackOff") return "Back-off pulling image \"" + image + "\"";
    if (reason == "CrashLoopBackOff") return "back-off 5m0s restarting failed container";
    return reason;
}

Json waiting_state(Json status, const std::string& reason, const std::string& image) {
    const bool crashes = reason == "CrashLoopBackOff";
    status["state"] = {{"waiting", {{"reason", reason}, {"message", message_of(reason, image)}}}};
    if (!crashes) return status;
    status["restartCount"] = 7;
    status["lastState"] = {{"terminated", {{"exitCode", 1}, {"reason", "Error"}}}};
    return status;
}

Json container_status(const Json& container, const std::string& reason) {
    const std::string image = base::text_or_empty(container, "/image");
    Json status = {{"name", base::text_or_empty(container, "/name")},
                   {"image", image},
                   {"imageID", ""},
                   {"ready", reason.empty()},
                   {"started", reason.empty()},
                   {"restartCount", 0}};
    if (!reason.empty()) return waiting_state(std::move(status), reason, image);
    status["state"] = {{"running", {{"startedAt", time_now()}}}};
    return status;
}

// Stable, so that a pod keeps its address for as long as it lives.
std::string address_of(const Object& pod) {
    const std::size_t hash = std::hash<std::string>{}(pod.uid);
    return "10.128." + std::to_string(hash % 250) + "." + std::to_string(hash / 250 % 250 + 2);
}

std::string waiting_reason(const Object& pod) {
    return base::text_or_empty(first_at(pod.body, "/status/containerStatuses"),
                               "/state/waiting/reason");
}

}  // namespace

Json pod_status(const Object& pod, const std::string& reason) {
    const bool ready = reason.empty();
    const bool started = ready || reason == "CrashLoopBackOff";
    Json containers = Json::array();
    for (const Json& container : base::items_at(pod.body, "/spec/containers")) {
        containers.push_back(container_status(container, reason));
    }
    return {{"phase", started ? "Running" : "Pending"},
            {"qosClass", "BestEffort"},
            {"hostIP", "192.0.2.10"},
            {"podIP", address_of(pod)},
            {"podIPs", Json::array({{{"ip", address_of(pod)}}})},
            {"startTime", time_now()},
            {"conditions",
             {condition("PodScheduled", true), condition("Initialized", true),
              condition("ContainersReady", ready), condition("Ready", ready)}},
            {"containerStatuses", containers}};
}

Json unschedulable_status(const Object& pod, const std::string& message) {
    const auto& conditions = base::items_at(pod.body, "/status/conditions");
    if (std::ranges::any_of(conditions, [&](const Json& c) {
            return base::text_or_empty(c, "/message") == message;
        }))
        return *base::find(pod.body, "/status");
    Json scheduled = condition("PodScheduled", false);
    scheduled["reason"] = "Unschedulable";
    scheduled["message"] = message;
    return {
        {"phase", "Pending"}, {"qosClass", "BestEffort"}, {"conditions", Json::array({scheduled})}};
}

bool says(const Object& pod, const std::string& reason) {
    if (base::items_at(pod.body, "/status/containerStatuses").empty()) return false;
    return reason.empty() ? is_ready(pod) : waiting_reason(pod) == reason;
}

}  // namespace sandbox
