#include "sandbox/workload_duties.hpp"

#include <algorithm>

#include "sandbox/owned_pods.hpp"

namespace sandbox {
namespace {

std::int64_t replicas_of(const Object& owner) {
    return base::number_at(owner.body, "/spec/replicas").value_or(1);
}

std::int64_t generation_of(const Object& object) {
    return base::number_at(object.body, "/metadata/generation").value_or(1);
}

std::map<std::string, Json> replica_pods(const Object& owner, std::int64_t count) {
    std::map<std::string, Json> wanted;
    for (const std::string& name : pod_names(owner, count)) {
        wanted.emplace(name, pod_from_template(owner, name));
    }
    return wanted;
}

Json replica_status(const Object& owner, const PodCount& pods) {
    return {{"observedGeneration", generation_of(owner)},
            {"replicas", pods.all},
            {"readyReplicas", pods.ready},
            {"availableReplicas", pods.ready}};
}

// With the time of the last change, which is now only when something changed.
Json condition_on(const Object& owner, const std::string& type, bool met) {
    const std::string status = met ? "True" : "False";
    for (const Json& known : base::items_at(owner.body, "/status/conditions")) {
        if (base::text_or_empty(known, "/type") == type &&
            base::text_or_empty(known, "/status") == status)
            return known;
    }
    return {{"type", type},
            {"status", status},
            {"lastUpdateTime", time_now()},
            {"lastTransitionTime", time_now()}};
}

Json rollout_status(const Object& owner, const PodCount& pods) {
    Json status = replica_status(owner, pods);
    const std::int64_t wanted = replicas_of(owner);
    status["updatedReplicas"] = pods.all;
    status["unavailableReplicas"] = std::max<std::int64_t>(0, wanted - pods.ready);
    status["conditions"] = {condition_on(owner, "Available", pods.ready >= wanted),
                            condition_on(owner, "Progressing", true)};
    return status;
}

std::vector<ObjectPtr> children_of(const Work& work, const Object& owner,
                                   const ResourceType& type) {
    std::vector<ObjectPtr> out;
    const auto [begin, end] = work.children.equal_range(owner.uid);
    for (auto it = begin; it != end; ++it) {
        if (it->second->ref.type == type) out.push_back(it->second);
    }
    return out;
}

void scale(const Work& work, const Object& set, std::int64_t replicas) {
    if (replicas_of(set) == replicas || base::is_terminating(set)) return;
    Json changed = set.body;
    changed["spec"]["replicas"] = replicas;
    std::ignore = update(work.cluster, set, changed, work.stop);
}

Json set_for(const Object& owner, const ResourceType& type, const std::string& name) {
    Json set = manifest(type, owner.ref.ns, name);
    set["metadata"]["ownerReferences"] = Json::array({controller_reference(owner)});
    set["spec"] = {{"replicas", replicas_of(owner)},
                   {"selector", owner.body.at("spec").value("selector", Json::object())},
                   {"template", owner.body.at("spec").value("template", Json::object())}};
    return set;
}

void add_label(Json& set, const std::string& key, const std::string& value, bool in_match_labels) {
    Json& spec = set["spec"];
    set["metadata"]["labels"] = spec["template"]["metadata"].value("labels", Json::object());
    set["metadata"]["labels"][key] = value;
    spec["template"]["metadata"]["labels"][key] = value;
    (in_match_labels ? spec["selector"]["matchLabels"] : spec["selector"])[key] = value;
}

Json replica_set_for(const Object& deployment, const std::string& hash) {
    Json set = set_for(deployment, types::replicasets, deployment.ref.name + "-" + hash);
    add_label(set, "pod-template-hash", hash, true);
    return set;
}

Json controller_for(const Object& config) {
    Json set = set_for(config, types::replicationcontrollers, config.ref.name + "-1");
    add_label(set, "deployment", config.ref.name + "-1", false);
    add_label(set, "deploymentconfig", config.ref.name, false);
    return set;
}

bool is_paused(const Object& owner) {
    return base::bool_at(owner.body, "/spec/paused").value_or(false);
}

// A paused one keeps the set that it has: its newest template is not rolled out.
std::string chosen_set(const Object& deployment, const std::vector<ObjectPtr>& sets,
                       const std::string& of_template) {
    if (!is_paused(deployment) || sets.empty()) return of_template;
    const auto largest =
        std::ranges::max_element(sets, {}, [](const ObjectPtr& set) { return replicas_of(*set); });
    return (*largest)->ref.name;
}

PodCount count_through(const Work& work, const std::vector<ObjectPtr>& sets) {
    PodCount total;
    for (const ObjectPtr& set : sets) {
        const PodCount pods = count_pods(work, *set);
        total.all += pods.all;
        total.ready += pods.ready;
    }
    return total;
}

void make_claims(const Work& work, const Object& set, std::int64_t ordinal) {
    for (const Json& claim : base::items_at(set.body, "/spec/volumeClaimTemplates")) {
        const std::string name = base::text_or_empty(claim, "/metadata/name") + "-" + set.ref.name +
                                 "-" + std::to_string(ordinal);
        const ObjectRef ref{types::persistentvolumeclaims, set.ref.ns, name};
        if (work.view.find(ref)) continue;
        Json body = manifest(ref.type, ref.ns, ref.name);
        body["metadata"]["finalizers"] = {"kubernetes.io/pvc-protection"};
        body["spec"] = claim.value("spec", Json::object());
        std::ignore = work.cluster.create(ref, body, {}, work.stop);
    }
}

Json stateful_pod(const Object& set, const std::string& name) {
    Json pod = pod_from_template(set, name);
    pod["metadata"]["labels"]["statefulset.kubernetes.io/pod-name"] = name;
    for (const Json& claim : base::items_at(set.body, "/spec/volumeClaimTemplates")) {
        const std::string volume = base::text_or_empty(claim, "/metadata/name");
        pod["spec"]["volumes"].push_back(
            {{"name", volume}, {"persistentVolumeClaim", {{"claimName", volume + "-" + name}}}});
    }
    return pod;
}

Json daemon_pod(const Object& set, const std::string& node) {
    Json pod = pod_from_template(set, set.ref.name + "-" + short_hash(set.uid + "/" + node));
    const Json field = {{"key", "metadata.name"}, {"operator", "In"}, {"values", {node}}};
    const Json term = {{"matchFields", Json::array({field})}};
    pod["spec"]["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"] = {
        {"nodeSelectorTerms", Json::array({term})}};
    return pod;
}

std::map<std::string, Json> daemon_pods(const Work& work, const Object& set) {
    const Json* selector = base::find(set.body, "/spec/template/spec/nodeSelector");
    std::map<std::string, Json> wanted;
    for (const ObjectPtr& node : work.view.of(types::nodes)) {
        if (!matches(selector, base::find(node->body, "/metadata/labels"))) continue;
        Json pod = daemon_pod(set, node->ref.name);
        wanted.emplace(base::text_or_empty(pod, "/metadata/name"), pod);
    }
    return wanted;
}

bool has_ended(const Object& job) {
    return std::ranges::any_of(base::items_at(job.body, "/status/conditions"), [](const Json& c) {
        return base::text_or_empty(c, "/status") == "True";
    });
}

}  // namespace

void follow_deployment(const Work& work, const Object& deployment) {
    if (base::is_terminating(deployment)) return;
    const Json* pod_template = base::find(deployment.body, "/spec/template");
    const std::string hash = short_hash(pod_template == nullptr ? "" : pod_template->dump(), 9);
    const auto sets = children_of(work, deployment, types::replicasets);
    const std::string chosen = chosen_set(deployment, sets, deployment.ref.name + "-" + hash);
    for (const ObjectPtr& set : sets) {
        scale(work, *set, set->ref.name == chosen ? replicas_of(deployment) : 0);
    }
    const ObjectRef ref{types::replicasets, deployment.ref.ns, chosen};
    if (!work.view.find(ref) && !is_paused(deployment))
        std::ignore = work.cluster.create(ref, replica_set_for(deployment, hash), {}, work.stop);
    std::ignore = set_status(work.cluster, deployment,
                             rollout_status(deployment, count_through(work, sets)), work.stop);
}

void follow_deployment_config(const Work& work, const Object& config) {
    if (base::is_terminating(config)) return;
    const auto sets = children_of(work, config, types::replicationcontrollers);
    for (const ObjectPtr& set : sets) scale(work, *set, replicas_of(config));
    const ObjectRef ref{types::replicationcontrollers, config.ref.ns, config.ref.name + "-1"};
    if (!work.view.find(ref))
        std::ignore = work.cluster.create(ref, controller_for(config), {}, work.stop);
    Json status = rollout_status(config, count_through(work, sets));
    status["latestVersion"] = 1;
    std::ignore = set_status(work.cluster, config, status, work.stop);
}

void follow_replicas(const Work& work, const Object& set) {
    if (base::is_terminating(set)) return;
    bring_pods_to(work, set, replica_pods(set, replicas_of(set)));
    Json status = replica_status(set, count_pods(work, set));
    status["fullyLabeledReplicas"] = status["replicas"];
    std::ignore = set_status(work.cluster, set, status, work.stop);
}

void follow_stateful_set(const Work& work, const Object& set) {
    if (base::is_terminating(set)) return;
    std::map<std::string, Json> wanted;
    for (std::int64_t i = 0; i < replicas_of(set); ++i) {
        const std::string name = set.ref.name + "-" + std::to_string(i);
        make_claims(work, set, i);
        wanted.emplace(name, stateful_pod(set, name));
    }
    bring_pods_to(work, set, wanted);
    const PodCount pods = count_pods(work, set);
    Json status = replica_status(set, pods);
    status["currentReplicas"] = status["updatedReplicas"] = pods.all;
    std::ignore = set_status(work.cluster, set, status, work.stop);
}

void follow_daemon_set(const Work& work, const Object& set) {
    if (base::is_terminating(set)) return;
    const auto wanted = daemon_pods(work, set);
    bring_pods_to(work, set, wanted);
    const PodCount pods = count_pods(work, set);
    const Json status = {{"observedGeneration", generation_of(set)},
                         {"desiredNumberScheduled", wanted.size()},
                         {"currentNumberScheduled", pods.all},
                         {"updatedNumberScheduled", pods.all},
                         {"numberMisscheduled", 0},
                         {"numberReady", pods.ready},
                         {"numberAvailable", pods.ready}};
    std::ignore = set_status(work.cluster, set, status, work.stop);
}

void follow_job(const Work& work, const Object& job) {
    if (base::is_terminating(job) || has_ended(job)) return;
    const auto wanted = base::number_at(job.body, "/spec/parallelism").value_or(1);
    bring_pods_to(work, job, replica_pods(job, wanted));
    const PodCount pods = count_pods(work, job);
    std::ignore =
        set_status(work.cluster, job, {{"active", pods.all}, {"ready", pods.ready}}, work.stop);
}

}  // namespace sandbox
