#include "sandbox/stage_pods.hpp"

#include <algorithm>

namespace sandbox {
namespace {

constexpr const char* is_stage_pod = "migration.openshift.io/is-stage-pod";

void label_stage_pod(Json& pod, const std::string& plan_uid, const std::string& migration_uid) {
    Json& labels = pod["metadata"]["labels"];
    labels["app.kubernetes.io/part-of"] = "openshift-migration";
    labels["migmigration"] = migration_uid;
    labels["migplan"] = plan_uid;
    labels["migration-included-stage-backup"] = migration_uid;
    labels[is_stage_pod] = "True";
}

Result<std::vector<Object>> pods_of(kube::Cluster& cluster,
                                    const std::vector<std::string>& namespaces,
                                    const std::string& selector, std::stop_token stop) {
    std::vector<Object> out;
    for (const std::string& ns : namespaces) {
        auto found = cluster.list(types::pods, {.ns = ns, .label_selector = selector}, stop);
        if (!found) return std::unexpected(found.error());
        std::ranges::move(found->items, std::back_inserter(out));
    }
    return out;
}

std::vector<std::string> copied_claims_of(const Object& pod, const PlanFacts& plan) {
    std::vector<std::string> out;
    for (const std::string& name : claims_of(pod.body)) {
        if (plan.source_claims.contains(pod.ref.ns + "/" + name))
            out.push_back(pod.ref.ns + "/" + name);
    }
    return out;
}

bool can_be_borrowed(const Object& pod, const PlanFacts& plan) {
    return base::text_or_empty(pod.body, "/status/phase") == "Running" &&
           !base::is_terminating(pod) && !copied_claims_of(pod, plan).empty();
}

Json stage_pod_for(const std::string& claim, const PlanFacts& plan,
                   const std::string& migration_uid) {
    const std::string ns = claim.substr(0, claim.find('/'));
    const std::string name = claim.substr(claim.find('/') + 1);
    Json pod = manifest(types::pods, ns, "stage-" + name + "-" + short_hash(migration_uid + claim));
    pod["spec"] = {
        {"containers", Json::array({{{"name", "sleep"},
                                     {"image", "registry.example/stage:1"},
                                     {"command", {"sleep"}},
                                     {"args", {"infinity"}}}})},
        {"volumes",
         Json::array({{{"name", "stage"}, {"persistentVolumeClaim", {{"claimName", name}}}}})}};
    label_stage_pod(pod, plan.uid, migration_uid);
    return pod;
}

}  // namespace

Result<std::size_t> borrow_application_pods(kube::Cluster& source, const PlanFacts& plan,
                                            const std::string& migration_uid,
                                            std::stop_token stop) {
    const auto pods = pods_of(source, plan.source_namespaces, {}, stop);
    if (!pods) return std::unexpected(pods.error());
    std::size_t count = 0;
    for (const Object& pod : *pods) {
        if (!can_be_borrowed(pod, plan)) continue;
        Json body = pod.body;
        label_stage_pod(body, plan.uid, migration_uid);
        body["metadata"]["labels"]["migration.openshift.io/is-application-pod"] = "True";
        if (const auto done = update(source, pod, body, stop); !done)
            return std::unexpected(done.error());
        ++count;
    }
    return count;
}

Result<std::size_t> create_stage_pods(kube::Cluster& source, const PlanFacts& plan,
                                      const std::string& migration_uid, std::stop_token stop) {
    const auto pods = pods_of(source, plan.source_namespaces, is_stage_pod, stop);
    if (!pods) return std::unexpected(pods.error());
    std::set<std::string> missing = plan.source_claims;
    for (const Object& pod : *pods) {
        for (const std::string& claim : copied_claims_of(pod, plan)) missing.erase(claim);
    }
    for (const std::string& claim : missing) {
        const Json body = stage_pod_for(claim, plan, migration_uid);
        const ObjectRef ref = base::object_of(types::pods, body).ref;
        const auto made = source.create(ref, body, {}, stop);
        if (!made && made.error().kind != base::ErrorKind::AlreadyExists)
            return std::unexpected(made.error());
    }
    return missing.size();
}

Result<bool> are_stage_pods_gone(kube::Cluster& cluster, const std::vector<std::string>& namespaces,
                                 std::stop_token stop) {
    const auto pods = pods_of(cluster, namespaces, std::string(is_stage_pod) + "=True", stop);
    if (!pods) return std::unexpected(pods.error());
    return std::ranges::all_of(*pods, [](const Object& pod) {
        const std::string phase = base::text_or_empty(pod.body, "/status/phase");
        return phase == "Succeeded" || phase == "Failed" || phase == "Unknown";
    });
}

}  // namespace sandbox
