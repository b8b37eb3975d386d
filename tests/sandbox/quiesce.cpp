#include "sandbox/quiesce.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "sandbox/marks.hpp"

namespace sandbox {
namespace {

namespace names = annotations;

Json& notes_of(Json& body) {
    return body["metadata"]["annotations"];
}

std::optional<std::string> annotation(const Json& body, const std::string& key) {
    return base::text_at(body, "/metadata/annotations/" + base::pointer_segment(key));
}

std::optional<std::string> take_annotation(Json& body, const std::string& key) {
    auto value = annotation(body, key);
    if (value) notes_of(body).erase(key);
    return value;
}

// Both answer false for a number that is none, which ends the whole phase.
bool restore_count(Json& body, const char* field) {
    const auto text = take_annotation(body, names::replicas);
    if (!text) return true;
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), count);
    if (error != std::errc() || end != text->data() + text->size()) return false;
    // only a count that is 0 now is set
    if (body["spec"].value(field, 1) == 0) body["spec"][field] = count;
    return true;
}

// Replicas ---------------------------------------------------------------------------------------

void stop_replicas(Json& body) {
    const int replicas = body["spec"].value("replicas", 1);
    if (replicas == 0) return;
    notes_of(body)[names::replicas] = std::to_string(replicas);
    body["spec"]["replicas"] = 0;
}

void stop_pausable(Json& body) {
    if (body["spec"].value("replicas", 1) == 0) return;
    const bool paused = body["spec"].value("paused", false);
    stop_replicas(body);
    notes_of(body)[names::paused] = paused ? "true" : "false";
    body["spec"]["paused"] = false;
}

void stop_replica_set(Json& body) {
    if (base::items_at(body, "/metadata/ownerReferences").empty()) stop_replicas(body);
}

bool start_replicas(Json& body) {
    return restore_count(body, "replicas");
}

// A Deployment's ReplicaSets have its annotations.
bool start_replica_set(Json& body) {
    return !base::items_at(body, "/metadata/ownerReferences").empty() || start_replicas(body);
}

void restore_paused(Json& body) {
    const auto paused = take_annotation(body, names::paused);
    if (paused) body["spec"]["paused"] = *paused == "true";
}

bool start_deployment(Json& body) {
    if (!annotation(body, names::replicas)) return true;
    const bool understood = restore_count(body, "replicas");
    restore_paused(body);
    return understood;
}

// DaemonSet --------------------------------------------------------------------------------------

void stop_daemon_set(Json& body) {
    Json& pods = body["spec"]["template"]["spec"];
    Json selector = pods.value("nodeSelector", Json::object());
    if (selector.contains(names::quiesce_daemonset)) return;
    notes_of(body)[names::node_selector] = selector.dump();
    selector[names::quiesce_daemonset] = "true";
    pods["nodeSelector"] = selector;
}

bool start_daemon_set(Json& body) {
    const auto saved = annotation(body, names::node_selector);
    Json& pods = body["spec"]["template"]["spec"];
    // without the key in the selector the annotation is left behind, as by the real one
    if (!saved || !pods.value("nodeSelector", Json::object()).contains(names::quiesce_daemonset))
        return true;
    Json selector = Json::parse(*saved, nullptr, false);
    if (!selector.is_object()) return false;
    notes_of(body).erase(names::node_selector);
    pods["nodeSelector"] = std::move(selector);
    return true;
}

// CronJob and Job --------------------------------------------------------------------------------

void stop_cron_job(Json& body) {
    notes_of(body)[names::suspend] = "true";
    body["spec"]["suspend"] = true;
}

bool start_cron_job(Json& body) {
    if (take_annotation(body, names::suspend)) body["spec"]["suspend"] = false;
    return true;
}

void stop_job(Json& body) {
    notes_of(body)[names::replicas] = std::to_string(body["spec"].value("parallelism", 1));
    body["spec"]["parallelism"] = 0;
}

bool start_job(Json& body) {
    return restore_count(body, "parallelism");
}

struct QuiesceKind {
    const ResourceType& type;
    void (*stop)(Json& body);
    bool (*start)(Json& body);
    void (*start_again)(Json& body) = nullptr;  // a second write
};

// In the controller's order.
const std::array<QuiesceKind, 7> quiesce_kinds{{
    {types::cronjobs, stop_cron_job, start_cron_job},
    {types::deploymentconfigs, stop_pausable, start_replicas, restore_paused},
    {types::deployments, stop_pausable, start_deployment},
    {types::statefulsets, stop_replicas, start_replicas},
    {types::replicasets, stop_replica_set, start_replica_set},
    {types::daemonsets, stop_daemon_set, start_daemon_set},
    {types::jobs, stop_job, start_job},
}};

// Which workloads --------------------------------------------------------------------------------

std::string pod_spec_of(const Object& workload) {
    return workload.ref.type == types::cronjobs ? "/spec/jobTemplate/spec/template/spec"
                                                : "/spec/template/spec";
}

std::vector<std::string> template_claims(const Object& set) {
    std::vector<std::string> out;
    for (const Json& claim : base::items_at(set.body, "/spec/volumeClaimTemplates")) {
        out.push_back(base::text_or_empty(claim, "/metadata/name") + "-" + set.ref.name + "-0");
    }
    return out;
}

enum class Doing { Stop, Start };

bool has_a_claim(const QuiesceScope& scope, const std::string& ns) {
    return std::ranges::any_of(
        scope.claims, [&](const std::string& claim) { return claim.starts_with(ns + "/"); });
}

bool is_in(const QuiesceScope& scope, const Object& workload, Doing doing) {
    if (!scope.several_plans) return true;
    const bool by_templates = doing == Doing::Stop && workload.ref.type == types::statefulsets;
    const std::vector<std::string> claims =
        by_templates ? template_claims(workload) : claims_of(workload.body, pod_spec_of(workload));
    return std::ranges::any_of(claims, [&](const std::string& name) {
        return scope.claims.contains(workload.ref.ns + "/" + name);
    });
}

Result<void> start_one(kube::Cluster& cluster, const QuiesceKind& kind, const Object& workload,
                       std::stop_token stop) {
    Json body = workload.body;
    if (!kind.start(body))
        return base::fail(base::ErrorKind::Malformed, "strconv.Atoi: parsing the annotation of " +
                                                          workload.ref.path() + ": invalid syntax");
    if (const auto done = update(cluster, workload, body, stop); !done) return done;
    if (kind.start_again == nullptr) return {};
    const auto again = cluster.get(workload.ref, stop);
    if (!again) return std::unexpected(again.error());
    body = again->body;
    kind.start_again(body);
    return update(cluster, *again, body, stop);
}

Result<void> stop_one(kube::Cluster& cluster, const QuiesceKind& kind, const Object& workload,
                      std::stop_token stop) {
    Json body = workload.body;
    kind.stop(body);
    return update(cluster, workload, body, stop);
}

Result<void> for_each(kube::Cluster& cluster, const QuiesceScope& scope, Doing doing,
                      std::stop_token stop) {
    for (const QuiesceKind& kind : quiesce_kinds) {
        for (const std::string& ns : scope.namespaces) {
            if (scope.several_plans && !has_a_claim(scope, ns)) continue;
            const auto workloads = cluster.list(kind.type, {.ns = ns}, stop);
            if (!workloads) return std::unexpected(workloads.error());
            for (const Object& workload : workloads->items) {
                if (!is_in(scope, workload, doing)) continue;
                const auto done = doing == Doing::Stop ? stop_one(cluster, kind, workload, stop)
                                                       : start_one(cluster, kind, workload, stop);
                if (!done) return done;
            }
        }
    }
    return {};
}

bool mounts_another_claim(const QuiesceScope& scope, const Object& pod) {
    return std::ranges::any_of(claims_of(pod.body), [&](const std::string& name) {
        return !scope.claims.contains(pod.ref.ns + "/" + name);
    });
}

bool is_waited_for(const QuiesceScope& scope, const Object& pod) {
    static const std::set<std::string> kinds_of_owners{
        "ReplicationController",  "StatefulSet", "ReplicaSet", "DaemonSet", "Job",
        "VirtualMachineInstance",
    };
    const std::string phase = base::text_or_empty(pod.body, "/status/phase");
    if (phase == "Succeeded" || phase == "Failed" || phase == "Unknown") return false;
    if (mounts_another_claim(scope, pod)) return false;
    return std::ranges::any_of(
        base::items_at(pod.body, "/metadata/ownerReferences"), [](const Json& owner) {
            return kinds_of_owners.contains(base::text_or_empty(owner, "/kind"));
        });
}

}  // namespace

Result<void> quiesce(kube::Cluster& cluster, const QuiesceScope& scope, std::stop_token stop) {
    return for_each(cluster, scope, Doing::Stop, stop);
}

Result<void> unquiesce(kube::Cluster& cluster, const QuiesceScope& scope, std::stop_token stop) {
    return for_each(cluster, scope, Doing::Start, stop);
}

Result<bool> is_quiet(kube::Cluster& cluster, const QuiesceScope& scope, std::stop_token stop) {
    for (const std::string& ns : scope.namespaces) {
        if (!has_a_claim(scope, ns)) continue;
        const auto pods = cluster.list(types::pods, {.ns = ns}, stop);
        if (!pods) return std::unexpected(pods.error());
        if (std::ranges::any_of(pods->items,
                                [&](const Object& pod) { return is_waited_for(scope, pod); }))
            return false;
    }
    return true;
}

Json quiesced(const ResourceType& type, Json body) {
    for (const QuiesceKind& kind : quiesce_kinds) {
        if (kind.type == type) kind.stop(body);
    }
    return body;
}

Json started_with_its_mark(const ResourceType& type, Json body) {
    if (type == types::daemonsets) {
        std::ignore = start_daemon_set(body);
        return body;
    }
    Json started = body;
    if (!annotation(body, names::replicas)) return body;
    // the count is set whatever it is now
    started["spec"]["replicas"] = 0;
    std::ignore = start_replicas(started);
    restore_paused(started);
    body["spec"] = started["spec"];
    return body;
}

}  // namespace sandbox
