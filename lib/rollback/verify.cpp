#include "rollback/verify.hpp"

#include <algorithm>
#include <array>

#include "rollback/check.hpp"

namespace rollback {
namespace {

constexpr std::array<Check, 12> table{{
    {"control-rollback-ended-well", Side::Control, check::rollback_ended_well},
    {"source-namespaces-active", Side::Source, check::namespaces_active},
    {"source-nothing-quiesced", Side::Source, check::nothing_quiesced},
    {"source-workloads-as-before", Side::Source, check::workloads_as_before},
    {"source-workloads-serve", Side::Source, check::workloads_serve},
    {"source-pods-healthy", Side::Source, check::pods_healthy},
    {"source-claims-bound", Side::Source, check::claims_bound},
    {"source-no-stage-pods", Side::Source, check::no_stage_pods_on_source},
    {"target-no-stage-pods", Side::Target, check::no_stage_pods_on_target},
    {"target-no-migrated-objects", Side::Target, check::no_migrated_objects},
    {"target-nothing-left-down", Side::Target, check::nothing_left_down},
    {"control-plan-ready", Side::Control, check::plan_ready},
}};

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
    return table;
}

std::vector<Finding> verify(const Evidence& evidence) {
    std::vector<Finding> all;
    for (const Check& check : table)
        std::ranges::move(check.run(evidence), std::back_inserter(all));
    return all;
}

bool all_is_well(const std::vector<Finding>& findings) {
    return std::ranges::none_of(findings, [](const Finding& f) {
        return f.severity == Severity::Failure || f.severity == Severity::Unknown;
    });
}

bool may_heal(const std::vector<Finding>& findings) {
    return std::ranges::any_of(
        findings, [](const Finding& f) { return f.severity == Severity::Failure && f.may_heal; });
}

}  // namespace rollback
