#include "rollback/verify.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/check.hpp"
#include "rollback/twice.hpp"

namespace rollback {
namespace {

constexpr std::array<Check, 24> check_table{{
    {"control-rollback-ended-well", Side::Control, After::Console, check::rollback_ended_well},
    {"source-is-the-plans", Side::Source, After::Both, check::source_is_the_plans},
    {"source-namespaces-active", Side::Source, After::Both, check::namespaces_active},
    {"source-nothing-quiesced", Side::Source, After::Both, check::nothing_quiesced},
    {"source-workloads-as-before", Side::Source, After::Both, check::workloads_as_before},
    {"source-workloads-serve", Side::Source, After::Both, check::workloads_serve},
    {"source-pods-healthy", Side::Source, After::Both, check::pods_healthy},
    {"source-claims-bound", Side::Source, After::Both, check::claims_bound},
    {"source-volumes-as-before", Side::Source, After::Both, check::volumes_as_before},
    {"source-services-ready", Side::Source, After::Both, check::services_ready},
    {"source-routes-admitted", Side::Source, After::Both, check::routes_admitted},
    {"source-routes-answer", Side::Source, After::Both, check::routes_answer},
    {"source-no-stage-pods", Side::Source, After::Both, check::no_stage_pods_on_source},
    {"target-is-the-plans", Side::Target, After::Both, check::target_is_the_plans},
    {"target-namespaces-settled", Side::Target, After::Both, check::namespaces_settled},
    {"target-no-stage-pods", Side::Target, After::Both, check::no_stage_pods_on_target},
    {"target-no-migrated-objects", Side::Target, After::Console, check::no_migrated_objects},
    {"target-no-restore-running", Side::Target, After::Both, check::no_restore_running},
    {"target-no-double-writer", Side::Target, After::Both, check::no_double_writer},
    {"target-at-rest", Side::Target, After::Manual, check::target_at_rest},
    {"target-nothing-left-down", Side::Target, After::Both, check::nothing_left_down},
    {"target-no-orphans", Side::Target, After::Console, check::no_orphans},
    {"target-no-volumes-left", Side::Target, After::Console, check::no_volumes_left},
    {"control-plan-ready", Side::Control, After::Console, check::plan_ready},
}};

bool applies(const Check& check, Flow flow) {
    return check.after == After::Both || (check.after == After::Manual) == (flow == Flow::Manual);
}

// What MTC's own rollback does away with.
constexpr std::array<std::string_view, 10> mended_by_a_rollback{
    "source-nothing-quiesced", "source-workloads-as-before", "source-workloads-serve",
    "source-pods-healthy",     "source-services-ready",      "source-routes-answer",
    "source-no-stage-pods",    "target-no-stage-pods",       "target-no-migrated-objects",
    "target-no-double-writer"};

bool is_mended_by_a_rollback(const Finding& finding) {
    const bool wrong =
        finding.severity == Severity::Failure || finding.severity == Severity::Warning;
    return wrong && !finding.stays && std::ranges::count(mended_by_a_rollback, finding.check) > 0;
}

const mtc::Migration* newest_started_of(const State& state) {
    const mtc::Migration* newest = nullptr;
    for (const mtc::Migration& each : state.migrations) {
        if (each.has_begun() && (newest == nullptr || newest->created < each.created))
            newest = &each;
    }
    return newest;
}

bool only_copies(const mtc::Migration& migration) {
    return migration.kind == mtc::MigrationKind::Stage ||
           migration.kind == mtc::MigrationKind::State;
}

// Object by object it would be a rollback by hand, without its order and its guards: two would
// write, or the only one that runs would be deleted. Nothing where that is past.
std::string what_comes_instead(const Evidence& evidence) {
    const State& state = evidence.state;
    const mtc::Plan& plan = state.plan;
    const std::string name =
        base::shell_word(plan.name) + (plan.ns == mtc::openshift_migration ? "" : " -n " + plan.ns);
    const mtc::Migration* newest = newest_started_of(state);
    if (newest != nullptr && !mtc::is_terminal(newest->state()))
        return "wait until MigMigration " + newest->name + " has ended: {plugin} status " + name +
               " -w";
    if (!state.target.elsewhere.empty()) return list_it_again(state);
    const auto twins = twins_of(state);
    const auto copied =
        std::ranges::find_if_not(twins, [](const auto& t) { return t.plan.empty(); });
    if (copied != twins.end()) return twin_runs(state, *copied).remedy;
    if (evidence.flow != Flow::Console || newest == nullptr) return {};
    if (evidence.rollback.empty() && only_copies(*newest) && mtc::went_through(newest->state()))
        return "it is what MigMigration " + newest->name +
               " was for; whether anything is to be rolled back says {plugin} assess " + name;
    const auto rollback =
        std::ranges::find(state.migrations, evidence.rollback, &mtc::Migration::name);
    const bool done = rollback != state.migrations.end() && mtc::went_through(rollback->state());
    return done ? "" : "roll back: {plugin} " + name;
}

// Of warnings alone a rollback has nothing to mend.
void replace_remedies(std::string remedy, std::vector<Finding>& findings) {
    // a rollback that has nothing to do but stage pods is none: their own remedy mends them
    if (std::ranges::none_of(findings, [](const Finding& finding) {
            return finding.severity == Severity::Failure && is_mended_by_a_rollback(finding) &&
                   !finding.check.ends_with("no-stage-pods");
        }))
        return;
    for (const Severity severity : {Severity::Failure, Severity::Warning}) {
        for (Finding& finding : findings) {
            if (finding.severity == severity && is_mended_by_a_rollback(finding))
                finding.remedy = std::exchange(remedy, "");
        }
    }
}

// What a status word says is evidence, and what stands on the clusters is the verdict: where all
// that a rollback is for was looked at and is so, its end is only worth a warning.
void weigh_the_ending(const Evidence& evidence, std::vector<Finding>& findings) {
    const auto& all = evidence.state.migrations;
    const auto rollback = std::ranges::find(all, evidence.rollback, &mtc::Migration::name);
    if (rollback == all.end() || !mtc::is_terminal(rollback->state())) return;
    // of one that gave up halfway, all includes what ran before
    if (!mtc::went_through(rollback->state()) && !evidence.before_is_known) return;
    const auto ending = std::ranges::find(findings, "control-rollback-ended-well", &Finding::check);
    const bool all_else_is_well = std::ranges::none_of(findings, [&](const Finding& finding) {
        return &finding != &*ending &&
               (finding.severity == Severity::Failure || finding.severity == Severity::Unknown);
    });
    if (ending == findings.end() || ending->severity != Severity::Failure || !all_else_is_well)
        return;
    ending->severity = Severity::Warning;
    ending->message += ", and yet what it is for was found done";
}

}  // namespace

std::string word(Severity severity) {
    switch (severity) {
        case Severity::Ok:
            return "ok";
        case Severity::Warning:
            return "warning";
        case Severity::Failure:
            return "failure";
        case Severity::Unknown:
            return "unknown";
    }
    return {};
}

std::span<const Check> checks() {
    return check_table;
}

std::vector<Finding> verify(const Evidence& evidence) {
    std::vector<Finding> all;
    for (const Check& check : check_table) {
        if (applies(check, evidence.flow))
            std::ranges::move(check.run(evidence), std::back_inserter(all));
    }
    if (std::string instead = what_comes_instead(evidence); !instead.empty())
        replace_remedies(std::move(instead), all);
    weigh_the_ending(evidence, all);
    return all;
}

bool all_is_well(const std::vector<Finding>& findings) {
    return std::ranges::none_of(findings, [](const Finding& f) {
        return f.severity == Severity::Failure || f.severity == Severity::Unknown;
    });
}

bool may_heal(const std::vector<Finding>& findings, Severity severity) {
    return std::ranges::any_of(
        findings, [&](const Finding& f) { return f.severity == severity && f.may_heal; });
}

}  // namespace rollback
