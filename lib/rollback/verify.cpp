#include "rollback/verify.hpp"

#include <algorithm>
#include <array>

#include "rollback/check.hpp"

namespace rollback {
namespace {

constexpr std::array<Check, 23> check_table{{
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
    {"target-at-rest", Side::Target, After::Manual, check::target_at_rest},
    {"target-nothing-left-down", Side::Target, After::Both, check::nothing_left_down},
    {"target-no-orphans", Side::Target, After::Console, check::no_orphans},
    {"target-no-volumes-left", Side::Target, After::Console, check::no_volumes_left},
    {"control-plan-ready", Side::Control, After::Console, check::plan_ready},
}};

bool applies(const Check& check, Flow flow) {
    return check.after == After::Both || (check.after == After::Manual) == (flow == Flow::Manual);
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
