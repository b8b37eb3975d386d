#include "sandbox/cleanup.hpp"

#include <algorithm>
#include <functional>

#include "sandbox/marks.hpp"

namespace sandbox {
namespace {

using Visit = std::function<Result<void>(const Object&)>;

Result<void> for_each(kube::Cluster& cluster, const ResourceType& type,
                      const kube::ListOptions& options, std::stop_token stop, const Visit& visit) {
    const auto found = cluster.list(type, options, stop);
    if (!found) return std::unexpected(found.error());
    for (const Object& object : found->items) {
        if (const auto done = visit(object); !done) return done;
    }
    return {};
}

Result<void> remove_if_there(kube::Cluster& cluster, const Object& object, std::stop_token stop) {
    const auto done = cluster.remove(object, {}, stop);
    if (!done && done.error().kind != base::ErrorKind::NotFound) return done;
    return {};
}

bool can(const kube::DiscoveredResource& resource, const char* verb) {
    return std::ranges::count(resource.verbs, verb) > 0;
}

std::string selector_of(const PlanFacts& plan) {
    return std::string(labels::migrated_by_plan) + "=" + plan.uid;
}

// ServerPreferredNamespacedResources fails as a whole when one group does.
Result<std::vector<ResourceType>> deletable_types(kube::Cluster& target, std::stop_token stop) {
    const auto discovery = target.discover(stop);
    if (!discovery) return std::unexpected(discovery.error());
    if (!discovery->broken.empty())
        return base::fail(
            base::ErrorKind::Unavailable,
            "unable to retrieve the complete list of server APIs: " + discovery->broken.front());
    std::vector<ResourceType> out;
    for (const auto& resource : discovery->resources) {
        if (resource.type.namespaced && can(resource, "list") && can(resource, "delete"))
            out.push_back(resource.type);
    }
    return out;
}

Result<void> delete_nfs_volumes(kube::Cluster& target, const PlanFacts& plan,
                                std::stop_token stop) {
    const auto remove = [&](const Object& volume) -> Result<void> {
        const bool retained =
            base::text_or_empty(volume.body, "/spec/persistentVolumeReclaimPolicy") == "Retain";
        if (!retained || base::find(volume.body, "/spec/nfs") == nullptr) return {};
        return remove_if_there(target, volume, stop);
    };
    return for_each(target, types::persistentvolumes, {.label_selector = selector_of(plan)}, stop,
                    remove);
}

void erase_keys(Json& body, const char* map, const std::vector<std::string>& keys) {
    if (!body["metadata"].contains(map)) return;
    for (const std::string& key : keys) body["metadata"][map].erase(key);
}

Json unborrowed(Json pod) {
    erase_keys(pod, "labels",
               {"app.kubernetes.io/part-of", "migmigration", "migplan",
                "migration-included-stage-backup", labels::stage_pod, labels::application_pod});
    erase_keys(pod, "annotations", {"migration.openshift.io/exclude-pvcs"});
    return pod;
}

Json unmarked(Json body) {
    erase_keys(body, "labels", {"migration-included-stage-backup"});
    erase_keys(body, "annotations",
               {"openshift.io/migrate-type", "openshift.io/target-storage-class",
                "openshift.io/target-access-mode", "backup.velero.io/backup-volumes",
                "backup.velero.io/verify-volumes"});
    return body;
}

}  // namespace

Result<void> delete_all(kube::Cluster& cluster, const ResourceType& type, const std::string& ns,
                        const std::string& selector, std::stop_token stop) {
    return for_each(cluster, type, {.ns = ns, .label_selector = selector}, stop,
                    [&](const Object& object) { return remove_if_there(cluster, object, stop); });
}

Result<void> delete_migrated(kube::Cluster& target, const PlanFacts& plan, std::stop_token stop) {
    const auto all = deletable_types(target, stop);
    if (!all) return std::unexpected(all.error());
    for (const ResourceType& type : *all) {
        for (const std::string& ns : plan.target_namespaces) {
            const auto done = delete_all(target, type, ns, selector_of(plan), stop);
            if (!done) return done;
        }
    }
    return delete_nfs_volumes(target, plan, stop);
}

Result<std::vector<Watched>> migrated_left(kube::Cluster& target, const PlanFacts& plan,
                                           std::stop_token stop) {
    const auto all = deletable_types(target, stop);
    if (!all) return std::unexpected(all.error());
    std::vector<Watched> left;
    for (const ResourceType& type : *all) {
        for (const std::string& ns : plan.target_namespaces) {
            const kube::ListOptions options{.ns = ns, .label_selector = selector_of(plan)};
            const auto found = target.list(type, options, stop);
            if (!found) return std::unexpected(found.error());
            if (!found->items.empty()) left.push_back({type, options});
        }
    }
    return left;
}

Result<void> delete_stage_pods(kube::Cluster& cluster, const std::vector<std::string>& namespaces,
                               ApplicationPods borrowed, std::stop_token stop) {
    const auto remove = [&](const Object& pod) {
        const bool application = base::label_of(pod, labels::application_pod) == "True";
        return application && borrowed == ApplicationPods::Unlabel
                   ? update(cluster, pod, unborrowed(pod.body), stop)
                   : remove_if_there(cluster, pod, stop);
    };
    for (const std::string& ns : namespaces) {
        const auto done = for_each(
            cluster, types::pods,
            {.ns = ns, .label_selector = std::string(labels::stage_pod) + "=True"}, stop, remove);
        if (!done) return done;
    }
    return {};
}

Result<void> delete_made_for(kube::Cluster& cluster, const std::string& plan_uid,
                             std::stop_token stop) {
    const std::string selector =
        "app.kubernetes.io/part-of=openshift-migration,migplan=" + plan_uid;
    for (const ResourceType* type :
         {&types::deployments, &types::deploymentconfigs, &types::services, &types::pods,
          &types::secrets, &types::imagestreams, &types::backups, &types::restores}) {
        const auto done = delete_all(cluster, *type, {}, selector, stop);
        if (!done && done.error().kind != base::ErrorKind::NotFound) return done;
    }
    return {};
}

Result<bool> delete_copying_objects(kube::Cluster& cluster, const std::string& volume_migration_uid,
                                    const std::vector<std::string>& namespaces,
                                    std::stop_token stop) {
    const std::string selector =
        std::string(labels::by_volume_migration) + "=" + volume_migration_uid;
    bool gone = true;
    for (const std::string& ns : namespaces) {
        for (const ResourceType* type : {&types::pods, &types::secrets, &types::configmaps,
                                         &types::services, &types::routes}) {
            const auto done = delete_all(cluster, *type, ns, selector, stop);
            if (!done) return std::unexpected(done.error());
            const auto left = cluster.list(*type, {.ns = ns, .label_selector = selector}, stop);
            if (!left) return std::unexpected(left.error());
            gone = gone && left->items.empty();
        }
    }
    return gone;
}

Result<void> remove_marks(kube::Cluster& cluster, const std::vector<std::string>& namespaces,
                          std::stop_token stop) {
    const auto clean = [&](const Object& object) -> Result<void> {
        return update(cluster, object, unmarked(object.body), stop);
    };
    for (const std::string& ns : namespaces) {
        for (const ResourceType* type : {&types::persistentvolumeclaims, &types::pods}) {
            const auto done = for_each(cluster, *type, {.ns = ns}, stop, clean);
            if (!done) return done;
        }
        const auto space = cluster.get({types::namespaces, {}, ns}, stop);
        if (!space && space.error().kind == base::ErrorKind::NotFound) continue;
        if (!space) return std::unexpected(space.error());
        if (const auto done = clean(*space); !done) return done;
    }
    return {};
}

}  // namespace sandbox
