#include "sandbox/volume_phases.hpp"

#include <algorithm>

#include "sandbox/cleanup.hpp"
#include "sandbox/marks.hpp"

namespace sandbox {
namespace {

std::string target_namespace(const PlanFacts& plan, const std::string& ns) {
    const auto it = std::ranges::find(plan.source_namespaces, ns);
    if (it == plan.source_namespaces.end()) return ns;
    return plan.target_namespaces[static_cast<std::size_t>(it - plan.source_namespaces.begin())];
}

Json copied_claims(const PlanFacts& plan) {
    Json out = Json::array();
    for (const ClaimPair& pair : plan.claim_pairs) {
        if (!plan.source_claims.contains(pair.ns + "/" + pair.source)) continue;
        out.push_back({{"name", pair.source},
                       {"namespace", pair.ns},
                       {"targetName", pair.target},
                       {"targetNamespace", target_namespace(plan, pair.ns)},
                       {"targetStorageClass", "gp3-csi"},
                       {"targetAccessModes", {"ReadWriteOnce"}},
                       {"targetVolumeMode", "Filesystem"}});
    }
    return out;
}

Json volume_migration(const Journey& j) {
    const std::string name = j.migration.ref.name + "-" + short_hash(j.migration.uid);
    Json dvm = manifest(types::directvolumemigrations, j.migration.ref.ns, name);
    dvm["metadata"]["labels"] = {{"migmigration", j.migration.uid},
                                 {"migration-direct-volume", j.migration.uid},
                                 {part_of, openshift_migration}};
    dvm["metadata"]["ownerReferences"] = Json::array({controller_reference(j.migration)});
    dvm["metadata"]["finalizers"] = Json::array({volume_migration_finalizer});
    dvm["spec"] = {{"createDestinationNamespaces", true},
                   {"migrationType", "CutOver"},
                   {"persistentVolumeClaims", copied_claims(j.plan)}};
    dvm["status"] = {{"observedDigest", ""},
                     {"phase", "RunRsyncOperations"},
                     {"phaseDescription", "Running Rsync Pods to migrate Persistent Volume data"},
                     {"itinerary", "VolumeMigration"}};
    return dvm;
}

Json succeeded() {
    ConditionList conditions(nullptr, ConditionList::Keep::Everything);
    conditions.set({.type = "Succeeded",
                    .category = "Advisory",
                    .message = "The migration has succeeded",
                    .reason = "Completed",
                    .durable = true});
    return conditions.json();
}

std::string own_volume_migrations(const Journey& j) {
    return "migration-direct-volume=" + j.migration.uid;
}

}  // namespace

Result<Outcome> create_volume_migration(const Journey& j) {
    const Json body = volume_migration(j);
    const ObjectRef ref{types::directvolumemigrations, j.migration.ref.ns,
                        base::text_or_empty(body, "/metadata/name")};
    const auto made = j.clusters.control.create(ref, body, {}, j.stop);
    if (!made && made.error().kind != base::ErrorKind::AlreadyExists)
        return std::unexpected(made.error());
    return Outcome{};
}

Result<Outcome> await_volume_migration(const Journey& j) {
    kube::Cluster& control = j.clusters.control;
    const auto found = control.list(types::directvolumemigrations,
                                    {.label_selector = own_volume_migrations(j)}, j.stop);
    if (!found) return std::unexpected(found.error());
    for (const Object& dvm : found->items) {
        Json changed = dvm.body;
        changed["status"]["phase"] = "Completed";
        changed["status"]["phaseDescription"] = "Complete";
        changed["status"]["conditions"] = succeeded();
        if (const auto done = update(control, dvm, changed, j.stop); !done)
            return std::unexpected(done.error());
    }
    return Outcome{};
}

Result<Outcome> delete_volume_migrations(const Journey& j) {
    return next_after(delete_all(j.clusters.control, types::directvolumemigrations, {},
                                 own_volume_migrations(j), j.stop));
}

Result<Outcome> delete_image_migrations(const Journey& j) {
    return next_after(delete_all(j.clusters.control, types::directimagemigrations, {},
                                 "migmigration=" + j.migration.uid, j.stop));
}

}  // namespace sandbox
