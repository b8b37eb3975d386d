#include "sandbox/phases.hpp"

#include <algorithm>
#include <array>

#include "sandbox/cleanup.hpp"
#include "sandbox/marks.hpp"
#include "sandbox/quiesce.hpp"
#include "sandbox/stage_pods.hpp"
#include "sandbox/swap.hpp"
#include "sandbox/volume_phases.hpp"

namespace sandbox {
namespace {

using Then = Outcome::Then;

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

bool is_rollback(const Journey& j) {
    return base::bool_at(j.migration.body, "/spec/rollback").value_or(false);
}

// A rollback looks for the claims' names on the target, on both sides.
const std::set<std::string>& chosen_claims(const Journey& j) {
    return is_rollback(j) ? j.plan.target_claims : j.plan.source_claims;
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

Result<Outcome> swap_references(const Journey& j) {
    auto reasons = swap_claims(j.clusters.target, j.plan, is_rollback(j), j.stop);
    if (!reasons) return std::unexpected(reasons.error());
    if (reasons->empty()) return Outcome{};
    return Outcome{.then = Then::Fail, .reasons = std::move(*reasons)};
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

// Cancelling -------------------------------------------------------------------------------------

Result<Outcome> begin_canceling(const Journey& j) {
    j.conditions.set({.type = "Canceling",
                      .category = "Advisory",
                      .message = "The migration is being canceled.",
                      .reason = "Cancel",
                      .durable = true});
    // it jumps to EnsureAnnotationsDeleted, and goes on from there without running it
    return is_rollback(j) ? Outcome{.then = Then::Jump, .jump_to = "UnQuiesceSrcApplications"}
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
    PhaseWork{"SwapPVCReferences", swap_references},
    PhaseWork{"DeleteMigrated", delete_migrated_objects},
    PhaseWork{"EnsureMigratedDeleted", await_migrated_gone},
    PhaseWork{"UnQuiesceSrcApplications", unquiesce_source},
    PhaseWork{"UnQuiesceDestApplications", unquiesce_target},
    PhaseWork{"Canceling", begin_canceling},
    PhaseWork{"Canceled", end_canceling},
    PhaseWork{"MigrationFailed", end_failed},
};

}  // namespace

Result<Outcome> next_after(const Result<void>& done) {
    if (!done) return std::unexpected(done.error());
    return Outcome{};
}

Result<Outcome> run_phase(std::string_view phase, const Journey& journey) {
    const auto it = std::ranges::find(phase_table, phase, &PhaseWork::phase);
    return it == phase_table.end() ? Outcome{} : it->run(journey);
}

}  // namespace sandbox
