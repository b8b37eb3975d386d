#include "rollback/survey.hpp"

#include <algorithm>
#include <tuple>

namespace rollback {
namespace {

std::vector<std::string> pairs_in_words(const mtc::Plan& plan) {
    std::vector<std::string> names;
    for (const mtc::NamespacePair& pair : plan.namespaces) {
        names.push_back(pair.source == pair.target ? pair.source : pair.source + ":" + pair.target);
    }
    return names;
}

std::string last_migration(const std::vector<mtc::Migration>& migrations,
                           const CopyOfVolumes& copy) {
    const auto newest = std::ranges::max_element(migrations, {}, [](const mtc::Migration& m) {
        // of one second, the stage goes first, as the controller has it
        return std::tuple(m.created.value_or(base::Time::max()),
                          m.kind != mtc::MigrationKind::Stage, m.name);
    });
    if (newest == migrations.end()) return {};
    const std::string name = mtc::word(newest->kind) + " " + newest->name;
    const bool in_part = copy.end == CopyEnd::Incomplete && copy.migration == name;
    return name + ": " + mtc::word(newest->state()) + (in_part ? ", copy not complete" : "");
}

// By MTC, or without its mark: what a rollback has to bring back.
std::size_t not_running(const Assessment& assessment) {
    return static_cast<std::size_t>(std::ranges::count_if(
        assessment.situation.workloads,
        [](const WorkloadSituation& each) { return each.stopped || is_left_at_rest(each); }));
}

}  // namespace

PlanLine line_of(const State& state, const Assessment& assessment) {
    const auto& reasons = assessment.reasons;
    return {.ns = state.plan.ns,
            .plan = state.plan.name,
            .verdict = assessment.verdict,
            .reason = reasons.empty() ? std::string() : reasons.front(),
            .namespaces = pairs_in_words(state.plan),
            .last_migration = last_migration(state.migrations, assessment.copy),
            .stopped = not_running(assessment),
            .stopped_since = assessment.stopped_since,
            .stopped_for = assessment.stopped_for,
            .gaps = state.gaps.size()};
}

}  // namespace rollback
