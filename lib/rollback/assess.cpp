#include "rollback/assess.hpp"

#include <algorithm>
#include <functional>

#include "base/text.hpp"
#include "mtc/names.hpp"

namespace rollback {
namespace {

using mtc::Migration;
using mtc::MigrationKind;

bool touches_the_application(const Migration& m) {
    return m.kind == MigrationKind::Cutover || m.kind == MigrationKind::State ||
           m.kind == MigrationKind::Stage;
}

bool succeeded(const Migration& m) {
    return std::holds_alternative<mtc::Succeeded>(m.state());
}

std::vector<Migration> by_creation(std::vector<Migration> migrations) {
    std::ranges::sort(migrations, {}, [](const Migration& m) {
        return std::pair(m.created.value_or(base::Time::max()), m.name);
    });
    return migrations;
}

std::size_t quiesced_workloads(const ClusterView& view) {
    return static_cast<std::size_t>(std::ranges::count_if(view.workloads, mtc::is_quiesced));
}

bool gap_in(const State& state, Side side,
            const std::function<bool(const std::string&)>& resource) {
    return std::ranges::any_of(
        state.gaps, [&](const Gap& gap) { return gap.side == side && resource(gap.resource); });
}

// what a broken API group serves cannot be searched either
bool is_of_the_search(const std::string& resource) {
    return resource == "discovery" || resource.starts_with(label_scan);
}

bool workloads_unseen(const State& state) {
    return gap_in(state, Side::Source, [](const std::string& resource) {
        return resource == "discovery" ||
               std::ranges::any_of(mtc::workload_kinds(), [&](const auto& kind) {
                   return kind.type.resource() == resource;
               });
    });
}

const Migration* running_rollback(const std::vector<Migration>& migrations) {
    const auto it = std::ranges::find_if(migrations, [](const Migration& m) {
        return m.kind == MigrationKind::Rollback && !m.finished();
    });
    return it == migrations.end() ? nullptr : &*it;
}

// Verdict
// ----------------------------------------------------------------------------------------------

Verdict verdict_of(const State& state, Assessment& out) {
    const auto history = by_creation(state.migrations);
    if (out.running_rollback) {
        out.reasons.push_back("rollback " + *out.running_rollback + " has not ended");
        return Verdict::InProgress;
    }
    if (const auto stopped = quiesced_workloads(state.source); stopped > 0) {
        out.reasons.push_back(base::count(stopped, "workload") + " of the source " +
                              (stopped == 1 ? "is" : "are") + " stopped by MTC");
        return Verdict::Required;
    }
    if (workloads_unseen(state)) {
        out.reasons.emplace_back("not all workloads of the source could be seen");
        return Verdict::Unknown;
    }
    if (!state.target.labelled.empty()) {
        out.reasons.push_back("nothing is stopped on the source, but " +
                              base::count(state.target.labelled.size(), "migrated object") +
                              " on the target");
        return Verdict::Recommended;
    }
    if (gap_in(state, Side::Target, is_of_the_search)) {
        out.reasons.emplace_back("the target could not be searched fully for migrated objects");
        return Verdict::Unknown;
    }
    out.reasons.emplace_back(
        "nothing is stopped on the source, and no migrated objects are on the target");
    if (!history.empty() && history.back().kind == MigrationKind::Rollback &&
        succeeded(history.back())) {
        out.last_rollback = history.back().name;
        out.reasons.push_back("the last migration of the plan is " + history.back().name +
                              ", a rollback that succeeded");
        return Verdict::AlreadyRolledBack;
    }
    return Verdict::NotNeeded;
}

}  // namespace

std::string word(Verdict verdict) {
    switch (verdict) {
        case Verdict::NotNeeded:
            return "NotNeeded";
        case Verdict::Required:
            return "Required";
        case Verdict::Recommended:
            return "Recommended";
        case Verdict::InProgress:
            return "InProgress";
        case Verdict::AlreadyRolledBack:
            return "AlreadyRolledBack";
        case Verdict::Unknown:
            return "Unknown";
    }
    return {};
}

std::optional<base::Time> stopped_since(const State& state) {
    const auto history = by_creation(state.migrations);
    for (const Migration& m : std::ranges::reverse_view(history)) {
        // one that still waits in the queue has stopped nothing yet
        if (m.phase.empty() && !m.started) continue;
        if (touches_the_application(m) && m.quiesce) return m.started ? m.started : m.created;
    }
    return std::nullopt;
}

Assessment assess(const State& state, const AssessOptions& options) {
    Assessment assessment;
    const auto queue = mtc::in_queue_order(state.migrations);
    if (const Migration* running = running_rollback(queue))
        assessment.running_rollback = running->name;
    assessment.verdict = verdict_of(state, assessment);
    const bool stopped = quiesced_workloads(state.source) > 0;
    if (stopped || assessment.verdict == Verdict::Unknown)
        assessment.stopped_since = stopped_since(state);
    assessment.blockers = blockers_of(state, options);
    assessment.effects = effects_of(state);
    return assessment;
}

}  // namespace rollback
