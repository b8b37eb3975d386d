// The checks on the control cluster.
#include <algorithm>

#include "base/text.hpp"
#include "rollback/check.hpp"
#include "rollback/identity.hpp"

namespace rollback::check {
namespace {

// MTC judges the plan a moment after the rollback has ended; a success that nothing came after
// lifts the suspension, one with warnings does not (pkg/controller/migplan/migplan_controller.go,
// planSuspended).
bool will_be_resumed(const Evidence& e) {
    const auto& all = e.state.migrations;
    const auto rollback = std::ranges::find(all, e.rollback, &mtc::Migration::name);
    return rollback != all.end() && std::holds_alternative<mtc::Succeeded>(rollback->state()) &&
           std::ranges::none_of(
               all, [&](const mtc::Migration& m) { return m.created > rollback->created; });
}

// Whether what is proved is proved of the right clusters. Where nobody named another than the plan
// does, there is nothing to say.
std::vector<Finding> is_the_plans(const Evidence& e, const char* id, Side side) {
    CheckWriter out(e, id, side);
    for (const Doubt& doubt : doubts_of(e.state)) {
        // a namespace that is missing has a check of its own
        if (doubt.side != side || doubt.id == "namespace-missing") continue;
        const std::string subject = "the " + word(side) + " cluster";
        const std::string what = ": " + doubt.what;
        if (doubt.weight == Weight::Refuses) out.fail(subject, what, doubt.remedy);
        if (doubt.weight == Weight::Unknown) out.unknown(subject, what, doubt.remedy);
        if (doubt.weight == Weight::Warns) out.warn(subject, what, doubt.remedy);
    }
    const ClusterView& view = view_of(e.state, side);
    const mtc::MigCluster& migcluster =
        side == Side::Target ? e.state.target_cluster : e.state.source_cluster;
    auto findings =
        std::move(out).done((view.described_as.empty() ? view.server : view.described_as) +
                            " is MigCluster " + migcluster.name + ", the plan's " + word(side));
    const bool well = findings.front().severity == Severity::Ok;
    const bool compared = view.by_context && !migcluster.name.empty();
    return well && !compared ? std::vector<Finding>() : findings;
}

const mtc::Migration* newest(const State& state, bool rollbacks) {
    const mtc::Migration* found = nullptr;
    for (const mtc::Migration& each : state.migrations) {
        const bool begun = rollbacks || each.has_begun();
        if ((each.kind == mtc::MigrationKind::Rollback) != rollbacks || !begun) continue;
        if (found == nullptr || found->created < each.created) found = &each;
    }
    return found;
}

bool came_after(const mtc::Migration* migration, const mtc::Migration& rollback) {
    return migration != nullptr && migration->created > rollback.created;
}

}  // namespace

std::vector<Finding> source_is_the_plans(const Evidence& e) {
    return is_the_plans(e, "source-is-the-plans", Side::Source);
}

std::vector<Finding> target_is_the_plans(const Evidence& e) {
    return is_the_plans(e, "target-is-the-plans", Side::Target);
}

std::vector<Finding> rollback_ended_well(const Evidence& e) {
    CheckWriter out(e, "control-rollback-ended-well", Side::Control);
    if (e.rollback.empty()) {
        const mtc::Migration* older = newest(e.state, true);
        const mtc::Migration* later = newest(e.state, false);
        if (later != nullptr && later->has_begun() && !mtc::is_terminal(later->state()) &&
            later->quiesce)
            out.fail("MigMigration " + later->name,
                     " (" + mtc::word(later->kind) +
                         ") runs: what is started now it stops when it comes to it",
                     "{plugin} status " + e.state.plan.name + " -w");
        if (older != nullptr && came_after(later, *older))
            out.warn("MigMigration " + later->name,
                     " (" + mtc::word(later->kind) + ", " + mtc::word(later->state()) +
                         ") came after rollback " + older->name +
                         ": nothing has been rolled back since",
                     "{plugin} assess " + e.state.plan.name);
        return std::move(out).done("the plan has no rollback to look at");
    }
    const std::string subject = "MigMigration " + e.rollback;
    const std::string remedy =
        out.oc(words_for("describe migmigration", e.rollback, e.state.plan.ns));
    const auto it = std::ranges::find(e.state.migrations, e.rollback, &mtc::Migration::name);
    if (it == e.state.migrations.end()) {
        out.unknown(subject, " was not found",
                    out.oc("get migmigrations -n " + base::shell_word(e.state.plan.ns)));
    } else if (!std::holds_alternative<mtc::Succeeded>(it->state())) {
        out.fail(subject, " is " + mtc::word(it->state()), remedy);
    }
    return std::move(out).done(subject + " succeeded");
}

std::vector<Finding> plan_ready(const Evidence& e) {
    CheckWriter out(e, "control-plan-ready", Side::Control);
    const mtc::Plan& plan = e.state.plan;
    const std::string subject = "MigPlan " + plan.name;
    const std::string remedy = out.oc(words_for("describe migplan", plan.name, plan.ns));
    if (plan.closed) {
        out.warn(subject, " is closed: it cannot be migrated again", remedy);
    } else if (mtc::has(plan.conditions, "Suspended")) {
        out.warn(subject, " is suspended: it cannot be migrated again yet", remedy,
                 will_be_resumed(e));
    } else if (!plan.ready()) {
        out.warn(subject, " is not Ready: it cannot be migrated again yet", remedy);
    }
    return std::move(out).done(subject + " is ready to be migrated again");
}

}  // namespace rollback::check

namespace rollback {

const mtc::Migration* rollback_to_prove(const State& state) {
    const mtc::Migration* rollback = check::newest(state, true);
    if (rollback == nullptr || check::came_after(check::newest(state, false), *rollback))
        return nullptr;
    return rollback;
}

}  // namespace rollback
