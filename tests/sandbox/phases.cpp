#include "sandbox/phases.hpp"

#include <algorithm>
#include <array>

#include "sandbox/cleanup.hpp"
#include "sandbox/marks.hpp"
#include "sandbox/quiesce.hpp"
#include "sandbox/stage_pods.hpp"

namespace sandbox {
namespace {

using Then = Outcome::Then;

Result<Outcome> next_after(const Result<void>& done) {
    if (!done) return std::unexpected(done.error());
    return Outcome{};
}

// The words of spec.namespaces are compared with the plan's namespaces as they are: one that is
// mapped ("billing:billing-new") is no namespace. Every plan counts, closed ones and those between
// other clusters too, and this one twice when it lists a namespace twice.
Result<bool> has_several_plans(kube::Cluster& cluster, const std::vector<std::string>& namespaces,
                               std::stop_token stop) {
    const auto plans = cluster.list(types::migplans, {}, stop);
    if (!plans && plans.error().kind == base::ErrorKind::NotFound) return false;
    if (!plans) return std::unexpected(plans.error());
    return std::ranges::any_of(namespaces, [&](const std::string& ns) {
        std::ptrdiff_t listed = 0;
        for (const Object& plan : plans->items)
            listed += std::ranges::count(facts_of(plan).mappings, ns);
        return listed > 1;
    });
}

// A rollback looks for the claims' names on the target, on both sides.
const std::set<std::string>& chosen_claims(const Journey& j) {
    const bool rollback = base::bool_at(j.migration.body, "/spec/rollback").value_or(false);
    return rollback ? j.plan.target_claims : j.plan.source_claims;
}

Result<QuiesceScope> scope_of(kube::Cluster& cluster, const std::vector<std::string>& namespaces,
                              const Journey& j) {
    const auto several = has_several_plans(cluster, namespaces, j.stop);
    if (!several) return std::unexpected(several.error());
    return QuiesceScope{namespaces, *several, chosen_claims(j)};
}

Result<QuiesceScope> source_scope(const Journey& j) {
    return scope_of(j.clusters.source, j.plan.source_namespaces, j);
}

Result<QuiesceScope> target_scope(const Journey& j) {
    return scope_of(j.clusters.target, j.plan.target_namespaces, j);
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
    const auto quiet =
        is_quiet(j.clusters.source, {.namespaces = namespaces, .claims = chosen_claims(j)}, j.stop);
    if (!quiet) return std::unexpected(quiet.error());
    if (*quiet) return Outcome{};
    return Outcome{.then = Then::Wait, .on_source = pods_in(namespaces)};
}

Result<Outcome> await_quiet_target(const Journey& j) {
    const auto& namespaces = j.plan.target_namespaces;
    const auto quiet =
        is_quiet(j.clusters.target, {.namespaces = namespaces, .claims = chosen_claims(j)}, j.stop);
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

void say_stage_pods(const Journey& j, std::size_t count, const std::string& words) {
    if (count == 0) return;
    j.conditions.set({.type = "StagePodsCreated",
                      .category = "Advisory",
                      .message = "[" + std::to_string(count) + "] " + words,
                      .durable = true});
}

Result<Outcome> borrow_pods(const Journey& j) {
    const auto count = borrow_application_pods(j.clusters.source, j.plan, j.migration.uid, j.stop);
    if (!count) return std::unexpected(count.error());
    say_stage_pods(j, *count, "Stage labels added to application pod.");
    return Outcome{};
}

Result<Outcome> make_stage_pods(const Journey& j) {
    const auto count = create_stage_pods(j.clusters.source, j.plan, j.migration.uid, j.stop);
    if (!count) return std::unexpected(count.error());
    say_stage_pods(j, *count, "Stage pods created.");
    return Outcome{};
}

Result<Outcome> await_stage_pods_gone(const Journey& j) {
    const auto on_source = are_stage_pods_gone(j.clusters.source, j.plan.source_namespaces, j.stop);
    if (!on_source) return std::unexpected(on_source.error());
    const auto on_target = are_stage_pods_gone(j.clusters.target, j.plan.target_namespaces, j.stop);
    if (!on_target) return std::unexpected(on_target.error());
    if (!*on_source || !*on_target)
        return Outcome{.then = Then::Wait,
                       .on_source = pods_in(j.plan.source_namespaces),
                       .on_target = pods_in(j.plan.target_namespaces)};
    j.conditions.drop("StagePodsCreated");
    return Outcome{};
}

// Direct volume migration ------------------------------------------------------------------------

Json volume_migration(const Journey& j) {
    const std::string name = j.migration.ref.name + "-" + short_hash(j.migration.uid);
    Json dvm = manifest(types::directvolumemigrations, j.migration.ref.ns, name);
    dvm["metadata"]["labels"] = {{"migmigration", j.migration.uid},
                                 {"migration-direct-volume", j.migration.uid},
                                 {part_of, openshift_migration}};
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
    // it jumps to EnsureAnnotationsDeleted, and goes on from there without running it
    const bool rollback = base::bool_at(j.migration.body, "/spec/rollback").value_or(false);
    return rollback ? Outcome{.then = Then::Jump, .jump_to = "UnQuiesceSrcApplications"}
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
            const auto done = delete_all(*cluster, *type, openshift_migration, selector, j.stop);
            if (!done) return std::unexpected(done.error());
        }
    }
    return Outcome{};
}

Result<Outcome> delete_hook_jobs(const Journey& j) {
    const std::string selector = "owner=" + j.migration.uid;
    for (kube::Cluster* cluster : {&j.clusters.source, &j.clusters.target}) {
        const auto done = delete_all(*cluster, types::jobs, {}, selector, j.stop);
        if (!done) return std::unexpected(done.error());
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

constexpr std::array phase_table{
    PhaseWork{"DeleteRegistries", delete_registries},
    PhaseWork{"EnsureStagePodsDeleted", remove_stage_pods},
    PhaseWork{"EnsureAnnotationsDeleted", remove_annotations},
    PhaseWork{"CleanStaleAnnotations", remove_annotations},
    PhaseWork{"QuiesceSourceApplications", quiesce_source},
    PhaseWork{"EnsureSrcQuiesced", await_quiet_source},
    PhaseWork{"QuiesceDestinationApplications", quiesce_target},
    PhaseWork{"EnsureDestQuiesced", await_quiet_target},
    PhaseWork{"CreateDirectVolumeMigrationFinal", create_volume_migration},
    PhaseWork{"CreateDirectVolumeMigrationStage", create_volume_migration},
    PhaseWork{"WaitForDirectVolumeMigrationToComplete", await_volume_migration},
    PhaseWork{"DeleteDirectVolumeMigrationResources", delete_volume_migrations},
    PhaseWork{"DeleteDirectImageMigrationResources", delete_image_migrations},
    PhaseWork{"DeleteHookJobs", delete_hook_jobs},
    PhaseWork{"CleanStaleStagePods", remove_stage_pods},
    PhaseWork{"EnsureStagePodsFromRunning", borrow_pods},
    PhaseWork{"EnsureStagePodsFromOrphanedPVCs", make_stage_pods},
    PhaseWork{"EnsureStagePodsTerminated", await_stage_pods_gone},
    PhaseWork{"WaitForStaleStagePodsTerminated", await_stage_pods_gone},
    PhaseWork{"DeleteMigrated", delete_migrated_objects},
    PhaseWork{"EnsureMigratedDeleted", await_migrated_gone},
    PhaseWork{"UnQuiesceSrcApplications", unquiesce_source},
    PhaseWork{"UnQuiesceDestApplications", unquiesce_target},
    PhaseWork{"Canceling", begin_canceling},
    PhaseWork{"Canceled", end_canceling},
    PhaseWork{"MigrationFailed", end_failed},
};

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
    return facts;
}

Result<Outcome> run_phase(std::string_view phase, const Journey& journey) {
    const auto it = std::ranges::find(phase_table, phase, &PhaseWork::phase);
    return it == phase_table.end() ? Outcome{} : it->run(journey);
}

}  // namespace sandbox
