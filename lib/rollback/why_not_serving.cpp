#include "rollback/why_not_serving.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "rollback/pods.hpp"

namespace rollback {
namespace {

using base::text_or_empty;

/// What a kind of workload makes its pods by, and how that is called.
struct Middle {
    const char* workload;
    const char* kind;
    bool numbered;  // "web-1", "web-5d8f": its own name and one part more
};
constexpr Middle middles[] = {{"Deployment", "ReplicaSet", true},
                              {"DeploymentConfig", "ReplicationController", true},
                              {"VirtualMachine", "VirtualMachineInstance", false}};

bool is_called_after(const std::string& name, const std::string& workload, bool numbered) {
    if (!numbered) return name == workload;
    const std::string start = workload + "-";
    return name.starts_with(start) && name.size() > start.size() &&
           name.find('-', start.size()) == std::string::npos;
}

// Of the workload itself, or of what it makes its pods by.
bool is_or_belongs_to(const std::string& kind, const std::string& name, const ObjectRef& workload) {
    if (kind == workload.type.kind && name == workload.name) return true;
    return std::ranges::any_of(middles, [&](const Middle& middle) {
        return workload.type.kind == middle.workload && kind == middle.kind &&
               is_called_after(name, workload.name, middle.numbered);
    });
}

bool is_about(const Object& event, const ObjectRef& workload) {
    return event.ref.ns == workload.ns &&
           is_or_belongs_to(text_or_empty(event.body, "/involvedObject/kind"),
                            text_or_empty(event.body, "/involvedObject/name"), workload);
}

const Object* newest_about(const ObjectRef& workload, const std::vector<Object>& events) {
    const Object* newest = nullptr;
    for (const Object& event : events) {
        if (!is_about(event, workload)) continue;
        if (newest == nullptr || is_older(*newest, event)) newest = &event;
    }
    return newest;
}

// The condition of a Deployment may say the same already.
bool says_already(const std::string& why, const Object& event) {
    const std::string message = text_or_empty(event.body, "/message");
    return !message.empty() && why.find(message) != std::string::npos;
}

}  // namespace

bool is_of(const Object& pod, const Object& workload) {
    const auto& owners = base::items_at(pod.body, "/metadata/ownerReferences");
    return pod.ref.ns == workload.ref.ns && std::ranges::any_of(owners, [&](const Json& owner) {
               return is_or_belongs_to(text_or_empty(owner, "/kind"), text_or_empty(owner, "/name"),
                                       workload.ref);
           });
}

std::string how_it_terminates(const Object& pod) {
    std::string out = "is terminating";
    if (const auto node = text_or_empty(pod.body, "/spec/nodeName"); !node.empty())
        out += ", on node " + node;
    const auto finalizers = base::finalizers_of(pod);
    if (!finalizers.empty())
        out += std::string(", held by finalizer") + (finalizers.size() == 1 ? " " : "s ") +
               base::join(finalizers);
    return out;
}

std::string why_not_serving(const Object& workload, const mtc::Serving& serving,
                            const ClusterView& view) {
    std::string why = serving.why;
    const Object* warning = newest_about(workload.ref, view.events);
    if (warning != nullptr && !says_already(why, *warning)) why += "; " + event_in_words(*warning);
    for (const Object& pod : view.pods) {
        if (base::is_terminating(pod) && is_of(pod, workload))
            why += "; pod " + pod.ref.name + " " + how_it_terminates(pod);
    }
    return why;
}

}  // namespace rollback
