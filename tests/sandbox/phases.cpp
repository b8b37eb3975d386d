#include "sandbox/phases.hpp"

#include <algorithm>
#include <array>

#include "mtc/names.hpp"
#include "sandbox/cleanup.hpp"
#include "sandbox/quiesce.hpp"

namespace sandbox {
namespace {

using Then = Outcome::Then;
constexpr const char* part_of = "app.kubernetes.io/part-of";

Result<Outcome> next_after(const Result<void>& done) {
    if (!done) return std::unexpected(done.error());
    return Outcome{};
}

// Which namespaces more than one plan covers, as far as this cluster's own API knows plans.
Result<std::set<std::string>> overlapping(kube::Cluster& cluster, const PlanFacts& plan,
                                          const std::vector<std::string>& namespaces,
                                          std::stop_token stop) {
    const auto plans = cluster.list(types::migplans, {}, stop);
    if (!plans && plans.error().kind == base::ErrorKind::NotFound) return std::set<std::string>{};
    if (!plans) return std::unexpected(plans.error());
    std::set<std::string> out;
    for (std::size_t i = 0; i < namespaces.size(); ++i) {
        const auto covering = std::ranges::count_if(plans->items, [&](const Object& other) {
            return std::ranges::count(facts_of(other).mappings, plan.mappings[i]) > 0;
        });
        if (covering > 1) out.insert(namespaces[i]);
    }
    return out;
}

Result<QuiesceScope> source_scope(const Journey& j) {
    const auto& namespaces = j.plan.source_namespaces;
    auto shared = overlapping(j.clusters.source, j.plan, namespaces, j.stop);
    if (!shared) return std::unexpected(shared.error());
    return QuiesceScope{namespaces, std::move(*shared), j.plan.source_claims};
}

Result<QuiesceScope> target_scope(const Journey& j) {
    const auto& namespaces = j.plan.target_namespaces;
    auto shared = overlapping(j.clusters.target, j.plan, namespaces, j.stop);
    if (!shared) return std::unexpected(shared.error());
    return QuiesceScope{namespaces, std::move(*shared), j.plan.target_claims};
}

std::vector<Watched> pods_in(const std::vector<std::string>& namespaces) {
    std::vector<Watched> out;
    for (const std::string& ns : namespaces) out.push_back({types::pods, {.ns = ns}});
    return out;
}

Result<Outcome> quiesce_source(const Journey& j) {
    const auto scope = source_scope(j);
    if (!scope) return std::unexpected(scope.error());
    return next_after(quiesce(j.clusters.source, *scope, j.stop));
}

Result<Outcome> quiesce_target(const Journey& j) {
    const auto scope = target_scope(j);
    if (!scope) return std::unexpected(scope.error());
    return next_after(quiesce(j.clusters.target, *scope, j.stop));
}

Result<Outcome> unquiesce_source(const Journey& j) {
    const auto scope = source_scope(j);
    if (!scope) return std::unexpected(scope.error());
    return next_after(unquiesce(j.clusters.source, *scope, j.stop));
}

Result<Outcome> unquiesce_target(const Journey& j) {
    const auto scope = target_scope(j);
    if (!scope) return std::unexpected(scope.error());
    return next_after(unquiesce(j.clusters.target, *scope, j.stop));
}

Result<Outcome> await_quiet_source(const Journey& j) {
    const auto& namespaces = j.plan.source_namespaces;
    const auto quiet = is_quiet(j.clusters.source, {namespaces}, j.stop);
    if (!quiet) return std::unexpected(quiet.error());
    if (*quiet) return Outcome{};
    return Outcome{.then = Then::Wait, .on_source = pods_in(namespaces)};
}

Result<Outcome> await_quiet_target(const Journey& j) {
    const auto& namespaces = j.plan.target_namespaces;
    const auto quiet = is_quiet(j.clusters.target, {namespaces}, j.stop);
    if (!quiet) return std::unexpected(quiet.error());
    if (*quiet) return Outcome{};
    return Outcome{.then = Then::Wait, .on_target = pods_in(namespaces)};
}

Result<Outcome> delete_migrated_objects(const Journey& j) {
    return next_after(delete_migrated(j.clusters.target, j.plan, j.stop));
}

Result<Outcome> await_migrated_gone(const Journey& j) {
    auto left = migrated_left(j.clusters.target, j.plan, j.stop);
    if (!left) return std::unexpected(left.error());
    if (left->empty()) return Outcome{};
    return Outcome{.then = Then::Wait, .on_target = std::move(*left)};
}

Result<Outcome> remove_stage_pods(const Journey& j) {
    const auto on_source = delete_stage_pods(j.clusters.source, j.plan.source_namespaces,
                                             ApplicationPods::Unlabel, j.stop);
    if (!on_source) return std::unexpected(on_source.error());
    return next_after(delete_stage_pods(j.clusters.target, j.plan.target_namespaces,
                                        ApplicationPods::Delete, j.stop));
}

Result<Outcome> remove_annotations(const Journey& j) {
    if (base::bool_at(j.migration.body, "/spec/keepAnnotations").value_or(false)) return Outcome{};
    const auto on_source = remove_marks(j.clusters.source, j.plan.source_namespaces, j.stop);
    if (!on_source) return std::unexpected(on_source.error());
    return next_after(remove_marks(j.clusters.target, j.plan.target_namespaces, j.stop));
}

// Direct volume migration ------------------------------------------------------------------------

Json volume_migration(const Journey& j) {
    const std::string name = j.migration.ref.name + "-" + short_hash(j.migration.uid);
    Json dvm = manifest(types::directvolumemigrations, j.migration.ref.ns, name);
    dvm["metadata"]["labels"] = {{"migmigration", j.migration.uid},
                                 {"migration-direct-volume", j.migration.uid},
                                 {part_of, mtc::openshift_migration}};
    dvm["metadata"]["ownerReferences"] = Json::array({controller_reference(j.migration)});
    dvm["spec"] = {{"createDestinationNamespaces", true}, {"migrationType", "CutOver"}};
    dvm["status"] = {{"observedDigest", ""},
                     {"phase", "RunRsyncOperations"},
                     {"phaseDescription", "Running Rsync Pods to migrate Persistent Volume data"},
                     {"itinerary", "VolumeMigration"}};
    return dvm;
}

Result<Outcome> create_volume_migration(const Journey& j) {
    const Json body = volume_migration(j);
    const ObjectRef ref{types::directvolumemigrations, j.migration.ref.ns,
                        base::text_or_empty(body, "/metadata/name")};
    const auto made = j.clusters.control.create(ref, body, {}, j.stop);
    if (!made && made.error().kind != base::ErrorKind::AlreadyExists)
        return std::unexpected(made.error());
    return Outcome{};
}

std::string own_volume_migrations(const Journey& j) {
    return "migration-direct-volume=" + j.migration.uid;
}

Result<Outcome> await_volume_migration(const Journey& j) {
    kube::Cluster& control = j.clusters.control;
    const auto found = control.list(types::directvolumemigrations,
                                    {.label_selector = own_volume_migrations(j)}, j.stop);
    if (!found) return std::unexpected(found.error());
    for (const Object& dvm : found->items) {
        Json changed = dvm.body;
        changed["status"]["phase"] = "Completed";
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

// Cancelling -------------------------------------------------------------------------------------

Result<Outcome> begin_canceling(const Journey& j) {
    j.conditions.set({.type = "Canceling",
                      .category = "Advisory",
                      .message = "The migration is being canceled.",
                      .reason = "Cancel",
                      .durable = true});
    const bool rollback = base::bool_at(j.migration.body, "/spec/rollback").value_or(false);
    return rollback ? Outcome{.then = Then::Jump, .jump_to = "EnsureAnnotationsDeleted"}
                    : Outcome{};
}

Result<Outcome> end_canceling(const Journey& j) {
    j.conditions.drop("Canceling");
    j.conditions.set({.type = "Canceled",
                      .category = "Advisory",
                      .message = "The migration has been canceled.",
                      .reason = "Cancel",
                      .durable = true});
    return Outcome{};
}

// Others -----------------------------------------------------------------------------------------

// The real one selects backups and restores with a label that it never sets, so that nothing is
// deleted; only the registries are.
Result<Outcome> delete_registries(const Journey& j) {
    const std::string selector =
        "migplan=" + j.plan.uid + ",migration.openshift.io/migration-registry=True";
    for (kube::Cluster* cluster : {&j.clusters.source, &j.clusters.target}) {
        for (const ResourceType* type : {&types::secrets, &types::deployments, &types::services}) {
            const auto done =
                delete_all(*cluster, *type, mtc::openshift_migration, selector, j.stop);
            if (!done) return std::unexpected(done.error());
        }
    }
    return Outcome{};
}

Result<Outcome> end_failed(const Journey&) {
    return Outcome{.then = Then::Jump, .jump_to = "Completed"};
}

struct PhaseWork {
    std::string_view phase;
    Result<Outcome> (*run)(const Journey&);
};

constexpr std::array<PhaseWork, 20> phase_table{{
    {"DeleteRegistries", delete_registries},
    {"EnsureStagePodsDeleted", remove_stage_pods},
    {"EnsureAnnotationsDeleted", remove_annotations},
    {"CleanStaleAnnotations", remove_annotations},
    {"QuiesceSourceApplications", quiesce_source},
    {"EnsureSrcQuiesced", await_quiet_source},
    {"QuiesceDestinationApplications", quiesce_target},
    {"EnsureDestQuiesced", await_quiet_target},
    {"CreateDirectVolumeMigrationFinal", create_volume_migration},
    {"CreateDirectVolumeMigrationStage", create_volume_migration},
    {"WaitForDirectVolumeMigrationToComplete", await_volume_migration},
    {"DeleteDirectVolumeMigrationResources", delete_volume_migrations},
    {"DeleteDirectImageMigrationResources", delete_image_migrations},
    {"DeleteMigrated", delete_migrated_objects},
    {"EnsureMigratedDeleted", await_migrated_gone},
    {"UnQuiesceSrcApplications", unquiesce_source},
    {"UnQuiesceDestApplications", unquiesce_target},
    {"Canceling", begin_canceling},
    {"Canceled", end_canceling},
    {"MigrationFailed", end_failed},
}};

std::string_view before_colon(std::string_view mapping) {
    return mapping.substr(0, mapping.find(':'));
}
std::string_view after_colon(std::string_view mapping) {
    const auto colon = mapping.find(':');
    return colon == std::string_view::npos ? mapping : mapping.substr(colon + 1);
}

}  // namespace

PlanFacts facts_of(const Object& plan) {
    PlanFacts facts{.uid = plan.uid, .name = plan.ref.name};
    for (const Json& item : base::items_at(plan.body, "/spec/namespaces")) {
        const auto mapping = item.get<std::string>();
        facts.mappings.push_back(mapping);
        facts.source_namespaces.emplace_back(before_colon(mapping));
        facts.target_namespaces.emplace_back(after_colon(mapping));
    }
    for (const Json& volume : base::items_at(plan.body, "/spec/persistentVolumes")) {
        if (base::text_or_empty(volume, "/selection/action") != "copy") continue;
        const std::string ns = base::text_or_empty(volume, "/pvc/namespace") + "/";
        const std::string claim = base::text_or_empty(volume, "/pvc/name");
        facts.source_claims.insert(ns + std::string(before_colon(claim)));
        facts.target_claims.insert(ns + std::string(after_colon(claim)));
    }
    facts.volumes = !base::items_at(plan.body, "/spec/persistentVolumes").empty();
    return facts;
}

Result<Outcome> run_phase(std::string_view phase, const Journey& journey) {
    const auto it = std::ranges::find(phase_table, phase, &PhaseWork::phase);
    return it == phase_table.end() ? Outcome{} : it->run(journey);
}

}  // namespace sandbox
