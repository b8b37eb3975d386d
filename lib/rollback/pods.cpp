#include "rollback/pods.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mtc/names.hpp"

namespace rollback {
namespace {

using base::text_or_empty;

std::string with(const std::string& reason, const std::string& message) {
    return message.empty() ? reason : reason + ": " + message;
}

const Json* condition_of(const Object& pod, const std::string& type) {
    for (const Json& condition : base::items_at(pod.body, "/status/conditions")) {
        if (text_or_empty(condition, "/type") == type) return &condition;
    }
    return nullptr;
}

bool is_true(const Json* condition) {
    return condition != nullptr && text_or_empty(*condition, "/status") == "True";
}

// A condition of the pod that says no, as "reason: message".
std::string unmet(const Object& pod, const std::string& type) {
    const Json* condition = condition_of(pod, type);
    if (condition == nullptr || is_true(condition)) return {};
    return with(text_or_empty(*condition, "/reason"), text_or_empty(*condition, "/message"));
}

// "(last exit code 137, OOMKilled)"
std::string last_exit(const Json& status, const std::string& state) {
    const auto code = base::number_at(status, state + "/terminated/exitCode");
    if (!code) return {};
    const std::string reason = text_or_empty(status, state + "/terminated/reason");
    return "exit code " + std::to_string(*code) +
           (reason.empty() || reason == "Error" ? "" : ", " + reason);
}

std::string waiting(const Json& status) {
    const std::string reason = text_or_empty(status, "/state/waiting/reason");
    // these two are the normal way of a start, not a reason
    if (reason.empty() || reason == "ContainerCreating" || reason == "PodInitializing") return {};
    const std::string exit = last_exit(status, "/lastState");
    return with(reason, text_or_empty(status, "/state/waiting/message")) +
           (exit.empty() ? "" : " (last " + exit + ")");
}

// Between two attempts.
std::string ended(const Json& status) {
    if (base::number_at(status, "/state/terminated/exitCode").value_or(0) == 0) return {};
    return "container " + text_or_empty(status, "/name") + " has ended with " +
           last_exit(status, "/state");
}

std::string container_trouble(const Object& pod) {
    for (const char* list : {"/status/initContainerStatuses", "/status/containerStatuses"}) {
        for (const Json& status : base::items_at(pod.body, list)) {
            if (std::string why = waiting(status); !why.empty()) return why;
            if (std::string why = ended(status); !why.empty()) return why;
        }
    }
    return {};
}

bool is_ready(const Object& pod) {
    return is_true(condition_of(pod, "Ready"));
}

// "containers with unready status: [web]"
std::string unready_containers(const Object& pod) {
    const Json* ready = condition_of(pod, "Ready");
    return ready == nullptr ? "" : text_or_empty(*ready, "/message");
}

// What its status says, and whether that is all there is to say.
struct Reason {
    std::string words;
    bool complete = true;
};

Reason reason_in_status(const Object& pod) {
    const std::string phase = text_or_empty(pod.body, "/status/phase");
    if (phase == "Succeeded" || (phase == "Running" && is_ready(pod))) return {};
    // Unknown: its node does not answer
    if (phase == "Failed" || phase == "Unknown")
        return {with(base::text_at(pod.body, "/status/reason").value_or(phase),
                     text_or_empty(pod.body, "/status/message"))};
    if (std::string why = container_trouble(pod); !why.empty()) return {std::move(why)};
    if (const std::string why = unmet(pod, "PodScheduled"); !why.empty())
        return {"not scheduled: " + why};
    if (phase != "Running") return {"starting", false};
    return {with("running, but not ready", unready_containers(pod)), false};
}

// Which field holds the time depends on the API that wrote the event.
std::string time_of(const Object& event) {
    for (const char* field : {"/series/lastObservedTime", "/lastTimestamp", "/eventTime"}) {
        if (auto time = base::text_at(event.body, field)) return *time;
    }
    return text_or_empty(event.body, "/metadata/creationTimestamp");
}

std::string newest_warning(const Object& pod, const std::vector<Object>& events) {
    const Object* newest = nullptr;
    for (const Object& event : events) {
        if (pod.uid.empty() || text_or_empty(event.body, "/involvedObject/uid") != pod.uid)
            continue;
        if (newest == nullptr || is_older(*newest, event)) newest = &event;
    }
    return newest == nullptr ? "" : event_in_words(*newest);
}

}  // namespace

bool is_older(const Object& a, const Object& b) {
    return time_of(a) < time_of(b);
}

std::string event_in_words(const Object& event) {
    return with(text_or_empty(event.body, "/reason"), text_or_empty(event.body, "/message"));
}

std::string why_not_ready(const Object& pod, const std::vector<Object>& events) {
    const Reason reason = reason_in_status(pod);
    const std::string warning = reason.complete ? "" : newest_warning(pod, events);
    return reason.words + (warning.empty() ? "" : "; " + warning);
}

bool keeps_its_reason(const Object& pod) {
    return !reason_in_status(pod).complete;
}

bool has_ended(const Object& pod) {
    const std::string phase = text_or_empty(pod.body, "/status/phase");
    return phase == "Succeeded" || phase == "Failed";
}

bool is_stage_pod(const Object& pod) {
    return base::label_of(pod, mtc::labels::stage_pod).has_value();
}

bool is_borrowed(const Object& pod) {
    return base::label_of(pod, mtc::labels::application_pod).has_value();
}

bool only_sleeps(const Object& pod) {
    return is_stage_pod(pod) && !is_borrowed(pod);
}

bool is_of_deployment_config(const Object& pod) {
    return base::annotation_of(pod, "openshift.io/deployment-config.name").has_value() ||
           base::label_of(pod, "deploymentconfig").has_value();
}

bool is_transfer_pod(const Object& pod) {
    const auto app = base::label_of(pod, mtc::labels::app);
    return std::ranges::any_of(mtc::labels::transfer_apps,
                               [&](const char* each) { return app == each; });
}

}  // namespace rollback
