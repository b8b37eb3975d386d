#include "rollback/pods.hpp"

#include "base/text.hpp"

namespace rollback {
namespace {

using base::text_or_empty;

std::string with(const std::string& reason, const std::string& message) {
    return message.empty() ? reason : reason + ": " + message;
}

// A condition of the pod that says no, as "reason: message".
std::string unmet(const Object& pod, const std::string& type) {
    for (const Json& condition : base::items_at(pod.body, "/status/conditions")) {
        if (text_or_empty(condition, "/type") != type ||
            text_or_empty(condition, "/status") == "True")
            continue;
        return with(text_or_empty(condition, "/reason"), text_or_empty(condition, "/message"));
    }
    return {};
}

std::string waiting(const Json& status) {
    const std::string reason = text_or_empty(status, "/state/waiting/reason");
    // these two are the normal way of a start, not a reason
    if (reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing") return {};
    std::string why = with(reason, text_or_empty(status, "/state/waiting/message"));
    if (const auto code = base::number_at(status, "/lastState/terminated/exitCode")) {
        why += " (last exit code " + std::to_string(*code) + ")";
    }
    return why;
}

std::string container_trouble(const Object& pod) {
    for (const char* list : {"/status/initContainerStatuses", "/status/containerStatuses"}) {
        for (const Json& status : base::items_at(pod.body, list)) {
            if (std::string why = waiting(status); !why.empty()) return why;
        }
    }
    return {};
}

bool is_ready(const Object& pod) {
    for (const Json& condition : base::items_at(pod.body, "/status/conditions")) {
        if (text_or_empty(condition, "/type") == "Ready")
            return text_or_empty(condition, "/status") == "True";
    }
    return false;
}

}  // namespace

std::string why_not_ready(const Object& pod) {
    const std::string phase = text_or_empty(pod.body, "/status/phase");
    if (phase == "Succeeded" || (phase == "Running" && is_ready(pod))) return {};
    // Unknown: its node does not answer
    if (phase == "Failed" || phase == "Unknown") {
        return with(base::text_at(pod.body, "/status/reason").value_or(phase),
                    text_or_empty(pod.body, "/status/message"));
    }
    if (std::string why = container_trouble(pod); !why.empty()) return why;
    if (const std::string why = unmet(pod, "PodScheduled"); !why.empty())
        return "not scheduled: " + why;
    if (phase == "Running") return "running, but not ready";
    return "starting";
}

}  // namespace rollback
