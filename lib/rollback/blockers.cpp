// blockers_of(): what would keep the controller from running a rollback, one rule each.
#include <algorithm>

#include "base/text.hpp"
#include "rollback/assess.hpp"

namespace rollback {
namespace {

using mtc::Migration;
using mtc::MigrationKind;

std::string describe_plan(const State& state) {
    return "oc describe migplan " + state.plan.name + " -n " + state.plan.ns;
}

void plan_closed(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    if (!state.plan.closed && !mtc::has(state.plan.conditions, "Closed")) return;
    out.push_back({.id = "plan-closed",
                   .what = "MigPlan " + state.plan.name +
                           " is closed: the controller does nothing for a closed plan",
                   .remedy = "oc patch migplan " + state.plan.name + " -n " + state.plan.ns +
                             R"( --type=merge -p '{"spec":{"closed":false}}')"});
}

void plan_not_ready(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    if (state.plan.closed) return;
    const auto by = mtc::blocking(state.plan.conditions);
    if (state.plan.ready() && by.empty()) return;
    std::vector<std::string> why;
    for (const auto& condition : by) why.push_back(condition.type + ": " + condition.message);
    if (why.empty())
        why.emplace_back("it has no Ready condition; the controller may not be running");
    out.push_back(
        {.id = "plan-not-ready",
         .what = "MigPlan " + state.plan.name +
                 " is not Ready, and the controller waits until it is: " + base::join(why, "; "),
         .remedy = describe_plan(state)});
}

void cluster_not_ready(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    const mtc::MigCluster& source = state.source_cluster;
    const mtc::MigCluster& target = state.target_cluster;
    std::vector<const mtc::MigCluster*> clusters{&source};
    if (source.name != target.name || source.ns != target.ns) clusters.push_back(&target);
    for (const mtc::MigCluster* cluster : clusters) {
        if (cluster->name.empty() || cluster->ready()) continue;
        std::vector<std::string> why;
        for (const auto& c : mtc::blocking(cluster->conditions))
            why.push_back(c.type + ": " + c.message);
        out.push_back({.id = "cluster-not-ready",
                       .what = "MigCluster " + cluster->name +
                               " is not Ready, so the controller cannot reach it" +
                               (why.empty() ? "" : ": " + base::join(why, "; ")),
                       .remedy = "oc describe migcluster " + cluster->name + " -n " + cluster->ns});
    }
}

std::string remedy_for(const Migration& ahead) {
    const std::string object = "migmigration " + ahead.name + " -n " + ahead.ns;
    const auto state = ahead.state();
    // a blocked migration never looks at spec.canceled (mm/task.go)
    if (std::holds_alternative<mtc::Blocked>(state)) return "oc delete " + object;
    if (std::holds_alternative<mtc::Canceling>(state))
        return "oc get " + object + " -w    # wait until it ends";
    return "oc patch " + object + R"( --type=merge -p '{"spec":{"canceled":true}}')" +
           ", wait until it ends, then run this again";
}

void migration_ahead(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    for (const Migration& ahead : mtc::ahead_of_a_rollback(state.migrations)) {
        if (ahead.kind == MigrationKind::Rollback) continue;
        std::string what =
            mtc::word(ahead.kind) + " " + ahead.name + " is " + mtc::word(ahead.state());
        if (!ahead.phase.empty()) what += " (phase " + ahead.phase + ")";
        out.push_back(
            {.id = "migration-ahead",
             .what = std::move(what) + "; the controller would postpone the rollback until it ends",
             .remedy = remedy_for(ahead)});
    }
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
         .remedy =
             unknown
                 ? "get the right to read the CustomResourceDefinition "
                   "migmigrations.migration.openshift.io: oc adm policy add-cluster-role-to-user "
                   "cluster-reader USER, or run this as a cluster administrator"
                 : "upgrade MTC to 1.4 or later"});
}

void may_not_create(const State& state, const AssessOptions&, std::vector<Blocker>& out) {
    if (state.may_create) return;
    out.push_back({.id = "missing-permission",
                   .what = "you may not create migmigrations.migration.openshift.io in namespace " +
                           state.plan.ns + " on the control cluster",
                   .remedy = "ask for the verb create, or use another --context"});
}

void missing_permissions(const State& state, const AssessOptions& options,
                         std::vector<Blocker>& out) {
    if (!options.will_verify) return;
    std::vector<std::string> missing;
    std::vector<std::string> flags;
    for (const Gap& gap : state.gaps) {
        if (!gap.forbidden) continue;
        missing.push_back(word(gap.side) + ": " + gap.what);
        const std::string flag = "--" + word(gap.side) + "-context";
        if (gap.side != Side::Control && !std::ranges::count(flags, flag)) flags.push_back(flag);
    }
    if (missing.empty()) return;
    const std::string other = flags.empty()
                                  ? "use another --context"
                                  : "name a context that may with " + base::join(flags, " and ");
    out.push_back({.id = "missing-permission",
                   .what = "the recovery could not be proved, because you may not: " +
                           base::join(missing, "; "),
                   .remedy = "ask for the verb list on these, " + other +
                             ", or roll back without proof with --no-verify"});
}

using BlockerRule = void (*)(const State&, const AssessOptions&, std::vector<Blocker>&);
constexpr BlockerRule blocker_rules[] = {
    plan_closed,    plan_not_ready,     cluster_not_ready, migration_ahead, schema_without_rollback,
    may_not_create, missing_permissions};

}  // namespace

std::vector<Blocker> blockers_of(const State& state, const AssessOptions& options) {
    std::vector<Blocker> out;
    for (const BlockerRule rule : blocker_rules) rule(state, options, out);
    return out;
}

}  // namespace rollback
