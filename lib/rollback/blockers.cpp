// blockers_of(): what would keep the controller from running a rollback, one rule each.
#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/text.hpp"
#include "rollback/assess.hpp"
#include "rollback/check.hpp"
#include "rollback/command.hpp"
#include "rollback/conversion.hpp"
#include "rollback/identity.hpp"
#include "rollback/other_plans.hpp"
#include "rollback/volume_fate.hpp"

namespace rollback {
namespace {

using mtc::Migration;
using mtc::MigrationKind;

std::string describe(const State& state, const char* kind, const std::string& name,
                     const std::string& ns) {
    return oc(state, Side::Control, words_for(std::string("describe ") + kind, name, ns));
}

std::string describe_plan(const State& state) {
    return describe(state, "migplan", state.plan.name, state.plan.ns);
}

void plan_closed(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    if (!state.plan.closed && !mtc::has(state.plan.conditions, "Closed")) return;
    out.push_back({.id = "plan-closed",
                   .what = "MigPlan " + state.plan.name +
                           " is closed: the controller does nothing for a closed plan; when it "
                           "was closed, the controller deleted the pods that MTC had borrowed for "
                           "it, and one that no workload owns does not come back",
                   .remedy = oc(state, Side::Control,
                                words_for("patch migplan", state.plan.name, state.plan.ns) +
                                    R"( --type=merge -p '{"spec":{"closed":false}}')")});
}

// Plan
// ------------------------------------------------------------------------------------------------

std::string edit_plan(const State& state) {
    return oc(state, Side::Control, words_for("edit migplan", state.plan.name, state.plan.ns));
}

std::string look_at_source(const State& state) {
    return describe(state, "migcluster", state.plan.source.name, state.plan.source.ns);
}

std::string look_at_target(const State& state) {
    return describe(state, "migcluster", state.plan.target.name, state.plan.target.ns);
}

std::string look_at_storage(const State& state) {
    return oc(state, Side::Control, "describe migstorage -n " + base::shell_word(state.plan.ns));
}

std::string create_namespace(const State& state) {
    return oc(state, Side::Source, "create namespace NAMESPACE");
}

/// A condition of a MigPlan that blocks it (mp/validation.go), and what it means to who only wants
/// to go back.
struct PlanCondition {
    std::string_view type;
    const char* means;
    std::string (*remedy)(const State&);
};

constexpr const char* volume_choice =
    "what the plan chooses for a volume is not valid any more; a rollback does not use it, but the "
    "plan must be Ready";
constexpr const char* hook_choice =
    "a hook of the plan is not valid; a rollback runs no hooks, but the plan must be Ready";

constexpr PlanCondition plan_conditions[] = {
    {"SourceClusterNotReady",
     "the controller cannot use the source cluster; mostly its token has expired", look_at_source},
    {"DestinationClusterNotReady",
     "the controller cannot use the target cluster; mostly its token has expired", look_at_target},
    {"InvalidSourceClusterRef", "the plan's source MigCluster does not exist", edit_plan},
    {"InvalidDestinationClusterRef", "the plan's target MigCluster does not exist", edit_plan},
    {"InvalidDestinationCluster", "source and target are the same MigCluster", edit_plan},
    {"SourceClusterNoRegistryPath",
     "direct image migration needs spec.exposedRegistryPath of the source; a rollback copies no "
     "images, but the plan must be Ready",
     look_at_source},
    {"DestinationClusterNoRegistryPath",
     "direct image migration needs spec.exposedRegistryPath of the target; a rollback copies no "
     "images, but the plan must be Ready",
     look_at_target},
    {"InvalidStorageRef",
     "the plan's MigStorage does not exist; a rollback does not use it, but the plan must be Ready",
     edit_plan},
    {"StorageNotReady",
     "the object store cannot be used, mostly because of its credentials or its bucket; a rollback "
     "does not use it, but the plan must be Ready",
     look_at_storage},
    {"NamespaceListEmpty", "the plan names no namespaces", edit_plan},
    {"NamespaceNotFoundOnSourceCluster",
     "a namespace of the plan was deleted on the source; an empty one is enough for the "
     "controller, "
     "but its application does not come back by that",
     create_namespace},
    {"NamespaceNotFoundOnDestinationCluster",
     "MTC's own namespace is missing on the target: it is not installed there", look_at_target},
    {"PlanConflict",
     "another open plan lists one of its namespaces on the same cluster; a closed one is no "
     "conflict, and can be opened again",
     how_to_close_rivals},
    {"PvInvalidAction", volume_choice, edit_plan},
    {"PvNoSupportedAction", volume_choice, edit_plan},
    {"PvInvalidStorageClass", volume_choice, edit_plan},
    {"PvInvalidAccessMode", volume_choice, edit_plan},
    {"PvInvalidCopyMethod", volume_choice, edit_plan},
    {"PvNameConflict", volume_choice, edit_plan},
    {"NfsAccessCannotBeValidated",
     "the controller cannot ask from the target whether it reaches the NFS server; a rollback does "
     "not use it, but the plan must be Ready",
     look_at_target},
    {"StorageClassConversionUnavailable",
     "a storage conversion needs two storage classes on the cluster; a rollback does not use the "
     "other one, but the plan must be Ready",
     edit_plan},
    {"IntraClusterMigration",
     "source and target are one cluster, and what the plan is to do cannot be done within one",
     edit_plan},
    {"InvalidHookRef", hook_choice, edit_plan},
    {"HookNotReady", hook_choice, edit_plan},
};

const PlanCondition* known(const mtc::Condition& condition) {
    const auto* row = std::ranges::find(plan_conditions, condition.type, &PlanCondition::type);
    return row == std::end(plan_conditions) ? nullptr : row;
}

// The controller's own messages end with a full stop, or not.
std::string in_words(const mtc::Condition& condition, const char* means) {
    std::string text = condition.type;
    std::string_view message = condition.message;
    while (message.ends_with('.')) message.remove_suffix(1);
    if (!message.empty()) text += ": " + std::string(message);
    if (means != nullptr) text += " (" + std::string(means) + ")";
    return text;
}

void add_once(std::vector<std::string>& all, std::string one) {
    if (!std::ranges::count(all, one)) all.push_back(std::move(one));
}

// Suspended is none: so is every plan after a migration that succeeded, and it can be rolled back.
void plan_not_ready(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    if (state.plan.closed) return;
    const auto by = mtc::blocking(state.plan.conditions);
    if (state.plan.ready() && by.empty()) return;
    std::vector<std::string> why;
    std::vector<std::string> remedies;
    for (const mtc::Condition& condition : by) {
        const PlanCondition* row = known(condition);
        why.push_back(in_words(condition, row == nullptr ? nullptr : row->means));
        add_once(remedies, row == nullptr ? describe_plan(state) : row->remedy(state));
    }
    if (why.empty())
        why.emplace_back("it has no Ready condition; the controller may not be running");
    if (remedies.empty()) remedies.push_back(describe_plan(state));
    out.push_back(
        {.id = "plan-not-ready",
         .what = "MigPlan " + state.plan.name +
                 " is not Ready, and the controller waits until it is: " + base::join(why, "; "),
         .remedy = base::join(remedies, "; ")});
}

// Clusters
// ------------------------------------------------------------------------------------------------

std::string look_at(const State& state, const mtc::MigCluster& cluster) {
    return describe(state, "migcluster", cluster.name, cluster.ns);
}

Side side_of(const State& state, const mtc::MigCluster& cluster) {
    return &cluster == &state.target_cluster ? Side::Target : Side::Source;
}

// saToken is a token of that ServiceAccount on the remote cluster. No comment may stand within the
// parentheses.
std::string new_token(const State& state, const mtc::MigCluster& cluster) {
    const ClusterView& remote = view_of(state, side_of(state, cluster));
    const std::string there =
        remote.reach.empty() ? "--server=" + base::shell_word(cluster.url) : remote.reach;
    return oc(state, Side::Control,
              words_for("set data", "secret/" + cluster.secret.name, cluster.secret.ns) +
                  " saToken=\"$(oc create token migration-controller -n openshift-migration "
                  "--duration=8760h " +
                  there + ")\"");
}

std::string more_rights(const State& state, const mtc::MigCluster& cluster) {
    return oc(state, side_of(state, cluster),
              "adm policy add-cluster-role-to-user cluster-admin -z migration-controller -n "
              "openshift-migration");
}

/// A condition of a MigCluster that blocks it (migcluster/validation.go). One type is set for every
/// failed test of the connection: the message of the Kubernetes client tells them apart.
struct ClusterCondition {
    std::string_view type;
    std::string_view says;  // "": anything
    const char* means;
    std::string (*remedy)(const State&, const mtc::MigCluster&);
};

constexpr const char* not_authorised = "it does not accept the token: expired, or revoked";
constexpr const char* not_privileged =
    "its token is accepted, but may not do what the controller has to do";
constexpr const char* not_trusted =
    "its certificate is not trusted: spec.caBundle is not the CA that signed it";

constexpr ClusterCondition cluster_conditions[] = {
    {"TestConnectFailed", "Unauthorized", not_authorised, new_token},
    {"TestConnectFailed", "provide credentials", not_authorised, new_token},
    {"TestConnectFailed", "forbidden", not_privileged, more_rights},
    {"TestConnectFailed", "x509", not_trusted, look_at},
    {"TestConnectFailed", "", "the controller cannot reach it", look_at},
    // of a connection that was tested before
    {"ReconcileFailed", "Unauthorized", not_authorised, new_token},
    {"ReconcileFailed", "provide credentials", not_authorised, new_token},
    {"ReconcileFailed", "forbidden", not_privileged, more_rights},
    {"ReconcileFailed", "x509", not_trusted, look_at},
    {"ReconcileFailed", "", "the controller could not use it", look_at},
    {"InvalidURL", "", "its spec.url is no address to reach it at", look_at},
    {"InvalidSaSecretRef", "", "the Secret with its token does not exist", look_at},
    {"InvalidSaToken", "", "its Secret holds no saToken", new_token},
    {"SaTokenNotPrivileged", "", not_privileged, more_rights},
    {"InvalidRegistryRoute", "", "its spec.exposedRegistryPath is no registry", look_at},
};

const ClusterCondition* known_of_cluster(const mtc::Condition& condition) {
    const auto* row = std::ranges::find_if(cluster_conditions, [&](const ClusterCondition& each) {
        return each.type == condition.type &&
               condition.message.find(each.says) != std::string::npos;
    });
    return row == std::end(cluster_conditions) ? nullptr : row;
}

Blocker not_ready(const State& state, const mtc::MigCluster& cluster) {
    std::vector<std::string> why;
    std::vector<std::string> remedies;
    for (const mtc::Condition& condition : mtc::blocking(cluster.conditions)) {
        const ClusterCondition* row = known_of_cluster(condition);
        why.push_back(in_words(condition, row == nullptr ? nullptr : row->means));
        add_once(remedies, row == nullptr ? look_at(state, cluster) : row->remedy(state, cluster));
    }
    if (why.empty())
        why.emplace_back("it has no Ready condition; the controller may not be running");
    if (remedies.empty()) remedies.push_back(look_at(state, cluster));
    return {.id = "cluster-not-ready",
            .what = "MigCluster " + cluster.name +
                    " is not Ready, so the controller does not use it: " + base::join(why, "; "),
            .remedy = base::join(remedies, "; ")};
}

void cluster_not_ready(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    const mtc::MigCluster& source = state.source_cluster;
    const mtc::MigCluster& target = state.target_cluster;
    std::vector<const mtc::MigCluster*> clusters{&source};
    if (source.name != target.name || source.ns != target.ns) clusters.push_back(&target);
    for (const mtc::MigCluster* cluster : clusters) {
        if (!cluster->name.empty() && !cluster->ready()) out.push_back(not_ready(state, *cluster));
    }
}

// Migrations
// ------------------------------------------------------------------------------------------------

std::string remedy_for(const State& state, const Migration& ahead) {
    const auto on_it = [&](const char* verb, const std::string& rest = {}) {
        return oc(state, Side::Control,
                  words_for(std::string(verb) + " migmigration", ahead.name, ahead.ns) + rest);
    };
    const auto migration = ahead.state();
    // a blocked migration never looks at spec.canceled (mm/task.go)
    const auto* failed = std::get_if<mtc::Failed>(&migration);
    const bool held = failed != nullptr && !failed->held_by.empty();
    if (held || std::holds_alternative<mtc::Blocked>(migration)) return on_it("delete");
    if (failed != nullptr || std::holds_alternative<mtc::Canceling>(migration))
        return on_it("get", " -w") + "    # wait until it ends";
    return on_it("patch", R"( --type=merge -p '{"spec":{"canceled":true}}')") +
           "    # and wait; --cancel-running does both";
}

bool has_failed_unended(const Migration& ahead) {
    return std::holds_alternative<mtc::Failed>(ahead.state());
}

// One that has failed is none any more, though it has not ended.
bool is_running_rollback(const Migration& ahead) {
    return ahead.kind == MigrationKind::Rollback && !has_failed_unended(ahead);
}

void migration_ahead(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    for (const Migration& ahead : mtc::ahead_of_a_rollback(state.migrations)) {
        if (is_running_rollback(ahead)) continue;
        std::string what =
            mtc::word(ahead.kind) + " " + ahead.name + " is " + mtc::word(ahead.state());
        if (!ahead.phase.empty()) what += " (phase " + ahead.phase + ")";
        if (has_failed_unended(ahead)) what += ", but the controller has not ended it";
        out.push_back(
            {.id = "migration-ahead",
             .what = std::move(what) + "; the controller would postpone the rollback until it ends",
             .remedy = remedy_for(state, ahead)});
    }
}

void migration_of_a_rival(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    add_running_of_rivals(state, out);
}

void schema_without_rollback(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    if (state.knows_rollback == true) return;
    const bool unknown = !state.knows_rollback;
    out.push_back(
        {.id = "schema-without-rollback",
         .what =
             unknown
                 ? "it could not be seen whether this MTC knows spec.rollback (before 1.4 it would "
                   "run a cutover instead)"
                 : "this MTC does not know spec.rollback: it would run a cutover instead",
         .remedy = unknown ? "run this as a cluster administrator, or get the right to read the "
                             "CustomResourceDefinition migmigrations.migration.openshift.io: " +
                                 oc(state, Side::Control,
                                    "adm policy add-cluster-role-to-user cluster-reader USER")
                           : "upgrade MTC to 1.4 or later"});
}

// Permissions
// ------------------------------------------------------------------------------------------------

// What only warnings read: not to see it is a risk, which the gap tells, but stops nothing.
constexpr const char* only_for_warnings[] = {
    "migplans.migration.openshift.io",                // the other plans
    "directvolumemigrations.migration.openshift.io",  // whether the cutover copied all
    "backups.velero.io",                              // what stays behind
    "restores.velero.io",
    "scaledobjects.keda.sh",
    "horizontalpodautoscalers.autoscaling",  // who decides about replicas afterwards
    "persistentvolumes"                      // where data may be lost that is a blocker of its own
};

/// What one may not do, and on which sides; each is named once, though a listing and a review may
/// both have said so.
struct Missing {
    std::vector<std::string> what = {};
    std::vector<Side> sides = {};

    void add(Side side, const std::string& verb_and_rest) {
        add_once(what, verb_and_rest + " (" + word(side) + ")");
        if (!std::ranges::count(sides, side)) sides.push_back(side);
    }
    bool on(Side side) const { return std::ranges::count(sides, side) > 0; }
};

std::string in_words(const Denied& denied) {
    return denied.verb + " " + denied.resource +
           (denied.ns.empty() ? " in all namespaces" : " in namespace " + denied.ns);
}

// The control cluster's verbs start and follow the rollback; the others only prove the recovery.
Missing missing_in(const State& state, const AssessOptions& options) {
    Missing missing;
    if (!state.may_create) {
        missing.add(Side::Control,
                    in_words({Side::Control, "create", "migmigrations.migration.openshift.io",
                              state.plan.ns}));
    }
    for (const Denied& denied : state.denied) {
        if (denied.side == Side::Control || options.will_verify)
            missing.add(denied.side, in_words(denied));
    }
    for (const Gap& gap : state.gaps) {
        if (!gap.forbidden || !options.will_verify) continue;
        if (std::ranges::count(only_for_warnings, gap.resource) == 0)
            missing.add(gap.side, gap.what);
    }
    return missing;
}

std::string remedy_for(const Missing& missing) {
    std::vector<std::string> flags;
    for (const Side side : {Side::Source, Side::Target}) {
        if (missing.on(side)) flags.push_back("--" + word(side) + "-context");
    }
    std::string remedy = "ask for these verbs";
    if (missing.on(Side::Control)) remedy += ", use another --context";
    if (!flags.empty()) remedy += ", name a context that may with " + base::join(flags, " and ");
    return remedy;
}

void missing_permissions(const State& state, const AssessOptions& options,
                         std::vector<Blocker>& out) {
    const Missing missing = missing_in(state, options);
    if (missing.what.empty()) return;
    AssessOptions unproved = options;
    unproved.will_verify = false;
    const bool only_proof = missing_in(state, unproved).what.empty();
    out.push_back({.id = "missing-permission",
                   .what = (only_proof ? "the recovery could not be proved, because you may not "
                                       : "you may not ") +
                           base::join(missing.what, "; "),
                   .remedy = remedy_for(missing) +
                             (only_proof ? ", or roll back without proof with --no-verify" : "")});
}

// What runs
// ------------------------------------------------------------------------------------------------

bool tells_what_runs(const Gap& gap) {
    return gap.side != Side::Control && (gap.resource == "pods" || is_workload(gap.resource));
}

// Where nothing is deleted nothing is lost by it. A missing permission is told as one, and who goes
// without proof knows of it.
void running_unseen(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    const bool deletes = !state.target.labels_seen || !state.target.labelled.empty();
    if (!deletes || std::ranges::count(state.accepted, running_unseen_id) > 0) return;
    std::vector<std::string> unseen;
    for (const Gap& gap : state.gaps) {
        if (tells_what_runs(gap) && !gap.forbidden)
            add_once(unseen, word(gap.side) + ": " + gap.what + " (" + gap.why + ")");
    }
    if (unseen.empty()) return;
    out.push_back({.id = running_unseen_id,
                   .what = "what runs could not be seen (" + base::first_of(unseen, 3) +
                           "): a rollback deletes what was migrated, and that may be the only one "
                           "that runs",
                   .remedy = std::string("run it again when that can be seen; to go on all the "
                                         "same: --accept ") +
                             running_unseen_id});
}

// Clusters, once more
// -------------------------------------------------------------------------------------------

void other_clusters(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    std::ranges::move(wrong_clusters(state), std::back_inserter(out));
}

void elsewhere(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    add_migrated_elsewhere(state, out);
}

// Volumes
// ------------------------------------------------------------------------------------------------

void volumes_lost(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    std::ranges::move(volume_blockers(state), std::back_inserter(out));
}

void jobs_of_conversions(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    add_jobs_that_fail_it(state, out);
    add_sets_on_new_claims(state, out);
}

using BlockerRule = void (*)(const State&, const AssessOptions&, std::vector<Blocker>&);
constexpr BlockerRule blocker_rules[] = {
    other_clusters,          elsewhere,           volumes_lost,
    jobs_of_conversions,     plan_closed,         plan_not_ready,
    cluster_not_ready,       migration_ahead,     migration_of_a_rival,
    schema_without_rollback, missing_permissions, running_unseen};

}  // namespace

std::vector<Blocker> wrong_clusters(const State& state) {
    std::vector<Blocker> out;
    for (const Doubt& doubt : doubts_of(state)) {
        if (doubt.weight == Weight::Refuses)
            out.push_back({.id = doubt.id, .what = doubt.what, .remedy = doubt.remedy});
    }
    return out;
}

bool is_wrong_cluster(const Blocker& blocker) {
    return std::ranges::count(acceptable_ids(), blocker.id) > 0;
}

// Pods of these may write to the very volumes that the source's would.
void add_migrated_elsewhere(const State& state, std::vector<Blocker>& out) {
    if (state.target.elsewhere.empty()) return;
    std::vector<std::string> names;
    for (const Object& object : state.target.elsewhere) names.push_back(object.ref.path());
    out.push_back(
        {.id = "migrated-elsewhere",
         .what = base::first_of(names, 3) + " on the target " +
                 (names.size() == 1 ? "was" : "were") +
                 " migrated by this plan, and the plan no longer lists the namespace: whether the "
                 "application runs there is not looked at",
         .remedy =
             "list it in the plan again, as it was: " +
             oc(state, Side::Control, words_for("edit migplan", state.plan.name, state.plan.ns)) +
             "; or stop and delete what is there by hand first"});
}

std::vector<Blocker> blockers_of(const State& state, const AssessOptions& options) {
    std::vector<Blocker> out;
    for (const BlockerRule rule : blocker_rules) rule(state, options, out);
    return out;
}

}  // namespace rollback
