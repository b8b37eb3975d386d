#include "sandbox/kubelet.hpp"

#include <algorithm>

#include "sandbox/claims.hpp"
#include "sandbox/pod_status.hpp"

namespace sandbox {
namespace {

// The DaemonSet controller names the node this way, and a scheduler has to heed it.
std::string wanted_node(const Object& pod) {
    static const std::string terms =
        "/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/"
        "nodeSelectorTerms";
    for (const Json& term : base::items_at(pod.body, terms)) {
        for (const Json& field : base::items_at(term, "/matchFields")) {
            const Json& value = first_at(field, "/values");
            if (base::text_or_empty(field, "/key") == "metadata.name" && value.is_string())
                return value.get<std::string>();
        }
    }
    return {};
}

bool takes(const Object& node, const Object& pod) {
    const std::string wanted = wanted_node(pod);
    if (!wanted.empty() && wanted != node.ref.name) return false;
    return matches(base::find(pod.body, "/spec/nodeSelector"),
                   base::find(node.body, "/metadata/labels"));
}

bool is_over(const Object& pod) {
    const std::string phase = base::text_or_empty(pod.body, "/status/phase");
    return phase == "Succeeded" || phase == "Failed";
}

// Nothing when the pod can be scheduled as far as its claims go.
std::string missing_claim(const Object& pod, const View& view) {
    for (const std::string& name : claims_of(pod.body)) {
        const auto claim = view.find({types::persistentvolumeclaims, pod.ref.ns, name});
        if (!claim) return "persistentvolumeclaim \"" + name + "\" not found";
        if (base::text_or_empty(claim->body, "/status/phase") != "Bound")
            return "pod has unbound immediate PersistentVolumeClaims";
    }
    return {};
}

Result<void> bind(kube::Cluster& cluster, const Object& pod, const Object& node,
                  std::stop_token stop) {
    const Json binding = {
        {"apiVersion", "v1"},
        {"kind", "Binding"},
        {"metadata", {{"name", pod.ref.name}, {"namespace", pod.ref.ns}}},
        {"target", {{"apiVersion", "v1"}, {"kind", "Node"}, {"name", node.ref.name}}}};
    const auto bound = cluster.create(pod.ref, binding, {.subresource = "binding"}, stop);
    if (!bound) return std::unexpected(bound.error());
    return {};
}

bool is_for_another_scheduler(const Object& pod) {
    const std::string name = base::text_or_empty(pod.body, "/spec/schedulerName");
    return !name.empty() && name != "default-scheduler";
}

Result<void> schedule(kube::Cluster& cluster, const Object& pod, const View& view,
                      std::stop_token stop) {
    if (is_for_another_scheduler(pod)) return {};
    if (const std::string missing = missing_claim(pod, view); !missing.empty())
        return set_status(cluster, pod, unschedulable_status(pod, missing), stop);
    for (const ObjectPtr& node : view.of(types::nodes)) {
        if (takes(*node, pod)) return bind(cluster, pod, *node, stop);
    }
    static const std::string nobody = "0 nodes are available that match the pod's node selector";
    return set_status(cluster, pod, unschedulable_status(pod, nobody), stop);
}

}  // namespace

Kubelet::Kubelet(kube::Cluster& cluster, KubeletOptions options)
    : cluster_(cluster), bind_claims_(options.bind_claims), unready_(std::move(options.unready)) {}

void Kubelet::run(std::stop_token stop) {
    const Mirror mirror(cluster_,
                        {{types::pods},
                         {types::nodes},
                         {types::persistentvolumeclaims},
                         {types::persistentvolumes}},
                        bell_);
    while (bell_.wait(stop)) {
        if (const auto view = mirror.view()) look_after(*view, stop);
    }
}

void Kubelet::keep_unready(std::vector<UnreadyPods> unready) {
    {
        const std::lock_guard lock(mutex_);
        unready_ = std::move(unready);
    }
    bell_.ring();
}

// An error is nobody's business here: the object has moved, and the next event brings it again.
void Kubelet::look_after(const View& view, std::stop_token stop) {
    for (const ObjectPtr& claim : view.of(types::persistentvolumeclaims)) {
        std::ignore = look_after_claim({cluster_, view, bind_claims_, stop}, *claim);
    }
    for (const ObjectPtr& volume : view.of(types::persistentvolumes)) {
        std::ignore = look_after_volume({cluster_, view, bind_claims_, stop}, *volume);
    }
    for (const ObjectPtr& pod : view.of(types::pods)) {
        std::ignore = look_after_pod(*pod, view, stop);
    }
}

Result<void> Kubelet::look_after_pod(const Object& pod, const View& view, std::stop_token stop) {
    if (base::is_terminating(pod)) return cluster_.remove(pod, {.grace_period_seconds = 0}, stop);
    if (is_over(pod)) return {};
    if (base::text_or_empty(pod.body, "/spec/nodeName").empty())
        return schedule(cluster_, pod, view, stop);
    const std::string reason = trouble_of(pod);
    if (says(pod, reason)) return {};
    return set_status(cluster_, pod, pod_status(pod, reason), stop);
}

std::string Kubelet::trouble_of(const Object& pod) const {
    const std::lock_guard lock(mutex_);
    const Json* labels = base::find(pod.body, "/metadata/labels");
    const auto it = std::ranges::find_if(unready_, [&](const UnreadyPods& pods) {
        return (pods.ns.empty() || pods.ns == pod.ref.ns) && matches(&pods.labels, labels);
    });
    return it == unready_.end() ? std::string() : it->reason;
}

}  // namespace sandbox
