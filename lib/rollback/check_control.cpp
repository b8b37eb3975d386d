// The checks on the control cluster.
#include <algorithm>

#include "rollback/check.hpp"

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

}  // namespace

std::vector<Finding> rollback_ended_well(const Evidence& e) {
    CheckWriter out(e, "control-rollback-ended-well", Side::Control);
    if (e.rollback.empty()) return std::move(out).done("the plan has no rollback to look at");
    const std::string subject = "MigMigration " + e.rollback;
    const std::string remedy = "oc describe migmigration " + e.rollback + " -n " + e.state.plan.ns;
    const auto it = std::ranges::find(e.state.migrations, e.rollback, &mtc::Migration::name);
    if (it == e.state.migrations.end()) {
        out.unknown(subject, " was not found", "oc get migmigrations -n " + e.state.plan.ns);
    } else if (!std::holds_alternative<mtc::Succeeded>(it->state())) {
        out.fail(subject, " is " + mtc::word(it->state()), remedy);
    }
    return std::move(out).done(subject + " succeeded");
}

std::vector<Finding> plan_ready(const Evidence& e) {
    CheckWriter out(e, "control-plan-ready", Side::Control);
    const mtc::Plan& plan = e.state.plan;
    const std::string subject = "MigPlan " + plan.name;
    const std::string remedy = "oc describe migplan " + plan.name + " -n " + plan.ns;
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
