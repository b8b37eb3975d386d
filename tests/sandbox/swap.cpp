#include "sandbox/swap.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "base/text.hpp"
#include "sandbox/marks.hpp"
#include "sandbox/quiesce.hpp"

namespace sandbox {
namespace {

constexpr const char* updated = "migration.openshift.io/statefulset-update";

struct Swap {
    kube::Cluster& cluster;
    const PlanFacts& plan;
    bool rollback;
    std::stop_token stop;

    std::map<std::string, std::string> names = {};  // "namespace/claim" to the other claim
};

Swap swap_of(kube::Cluster& cluster, const PlanFacts& plan, bool rollback, std::stop_token stop) {
    Swap swap{cluster, plan, rollback, std::move(stop)};
    for (const ClaimPair& pair : plan.claim_pairs)
        swap.names[pair.ns + "/" + (rollback ? pair.target : pair.source)] =
            rollback ? pair.source : pair.target;
    return swap;
}

void switch_claims(const Swap& swap, const std::string& ns, Json& body) {
    Json& spec = body["spec"]["template"]["spec"];
    if (!spec.contains("volumes")) return;
    for (Json& volume : spec["volumes"]) {
        if (!volume.contains("persistentVolumeClaim")) continue;
        Json& name = volume["persistentVolumeClaim"]["claimName"];
        const auto other = swap.names.find(ns + "/" + name.get<std::string>());
        if (other != swap.names.end()) name = other->second;
    }
}

using Each = std::function<Result<void>(const Object&)>;

Result<void> for_each_of(const Swap& swap, const ResourceType& type,
                         const std::vector<std::string>& namespaces, const Each& each) {
    for (const std::string& ns : namespaces) {
        const auto found = swap.cluster.list(type, {.ns = ns}, swap.stop);
        if (!found) return std::unexpected(found.error());
        for (const Object& object : found->items) {
            if (const auto done = each(object); !done) return done;
        }
    }
    return {};
}

Result<void> swap_in_place(const Swap& swap, const ResourceType& type) {
    return for_each_of(swap, type, swap.plan.target_namespaces, [&](const Object& workload) {
        if (type == types::replicasets &&
            !base::items_at(workload.body, "/metadata/ownerReferences").empty())
            return Result<void>{};
        Json body = started_with_its_mark(type, workload.body);
        switch_claims(swap, workload.ref.ns, body);
        return update(swap.cluster, workload, body, swap.stop);
    });
}

// StatefulSets: their templates cannot be changed, so they are made anew ------------------------

std::string other_template(const Swap& swap, const std::string& name) {
    const std::string suffix = "-mig-" + swap.plan.suffix;
    if (!swap.rollback) return name + suffix;
    return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

Json made_anew(const Swap& swap, const Object& set) {
    Json body = started_with_its_mark(set.ref.type, set.body);
    Json& metadata = body["metadata"];
    for (const char* given : {"uid", "resourceVersion", "creationTimestamp", "generation"})
        metadata.erase(given);
    body.erase("status");
    metadata["annotations"].erase(annotations::replicas);
    const bool was_updated = metadata["annotations"].contains(updated);
    metadata["annotations"].erase(updated);
    if (body["spec"].contains("volumeClaimTemplates")) {
        for (Json& each : body["spec"]["volumeClaimTemplates"]) {
            Json& name = each["metadata"]["name"];
            if (!swap.rollback) metadata["annotations"][updated] = "True";
            if (!swap.rollback || was_updated) name = other_template(swap, name.get<std::string>());
        }
    }
    switch_claims(swap, set.ref.ns, body);
    return body;
}

Result<void> swap_stateful_sets(const Swap& swap) {
    return for_each_of(swap, types::statefulsets, swap.plan.target_namespaces,
                       [&](const Object& set) -> Result<void> {
                           // one without any annotation is passed over
                           if (base::find(set.body, "/metadata/annotations") == nullptr) return {};
                           const Json body = made_anew(swap, set);
                           const auto gone = swap.cluster.remove(set, {}, swap.stop);
                           if (!gone) return gone;
                           const auto made = swap.cluster.create(set.ref, body, {}, swap.stop);
                           if (!made) return std::unexpected(made.error());
                           return {};
                       });
}

// Jobs, claims ------------------------------------------------------------------------------------

bool is_complete(const Object& job) {
    return std::ranges::any_of(base::items_at(job.body, "/status/conditions"), [](const Json& c) {
        return base::text_or_empty(c, "/type") == "Complete" &&
               base::text_or_empty(c, "/status") == "True";
    });
}

Result<std::vector<std::string>> jobs_that_are_refused(const Swap& swap) {
    std::vector<std::string> names;
    const auto done =
        for_each_of(swap, types::jobs, swap.plan.target_namespaces, [&](const Object& job) {
            if (!is_complete(job)) names.push_back(job.ref.ns + "/" + job.ref.name);
            return Result<void>{};
        });
    if (!done) return std::unexpected(done.error());
    return names;
}

Result<void> label_old_claims(const Swap& swap) {
    if (swap.rollback) return {};
    const auto is_new = [&](const std::string& name) {
        return std::ranges::any_of(swap.names,
                                   [&](const auto& pair) { return pair.second == name; });
    };
    return for_each_of(swap, types::persistentvolumeclaims, swap.plan.source_namespaces,
                       [&](const Object& claim) {
                           Json body = claim.body;
                           Json& known = body["metadata"]["labels"];
                           if (known.is_null()) known = Json::object();
                           known.erase(labels::converted_claim);
                           if (!is_new(claim.ref.name))
                               known[labels::converted_claim] = swap.plan.uid;
                           return update(swap.cluster, claim, body, swap.stop);
                       });
}

}  // namespace

Result<std::vector<std::string>> swap_claims(kube::Cluster& cluster, const PlanFacts& plan,
                                             bool rollback, std::stop_token stop) {
    const Swap swap = swap_of(cluster, plan, rollback, std::move(stop));
    for (const ResourceType* type : {&types::deployments, &types::deploymentconfigs,
                                     &types::replicasets, &types::daemonsets}) {
        if (const auto done = swap_in_place(swap, *type); !done)
            return std::unexpected(done.error());
    }
    const auto jobs = jobs_that_are_refused(swap);
    if (!jobs) return std::unexpected(jobs.error());
    if (const auto done = swap_stateful_sets(swap); !done) return std::unexpected(done.error());
    if (const auto done = label_old_claims(swap); !done) return std::unexpected(done.error());
    if (jobs->empty()) return std::vector<std::string>{};
    return std::vector{"Failed updating PVC references on Jobs [" + base::join(*jobs, ",") + "]"};
}

}  // namespace sandbox
