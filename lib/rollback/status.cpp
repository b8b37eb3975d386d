#include "rollback/status.hpp"

#include <algorithm>
#include <tuple>

namespace rollback {

std::optional<base::Time> ended_at(const mtc::Migration& migration) {
    if (!migration.finished()) return std::nullopt;
    std::optional<base::Time> last;
    for (const mtc::PipelineStep& step : migration.pipeline) last = std::max(last, step.completed);
    for (const char* type : {"Canceled", "Failed", "SucceededWithWarnings", "Succeeded"}) {
        const mtc::Condition* condition = mtc::find(migration.conditions, type);
        if (!last && condition != nullptr) last = condition->since;
    }
    return last;
}

std::optional<std::chrono::seconds> duration(const MigrationStatus& status, base::Time now) {
    const mtc::Migration& migration = status.migration;
    if (!migration.started) return std::nullopt;
    if (migration.finished() && !status.ended) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::seconds>(status.ended.value_or(now) -
                                                            *migration.started);
}

StatusReport status_of(const mtc::Plan& plan, std::vector<mtc::Migration> migrations) {
    const auto age = [](const mtc::Migration& m) {
        return std::tuple(m.created.value_or(base::Time::max()), m.name);
    };
    std::ranges::sort(migrations, std::ranges::greater(), age);
    StatusReport report{.ns = plan.ns,
                        .plan = plan.name,
                        .plan_uid = plan.uid,
                        .control = {},
                        .closed = plan.closed || mtc::has(plan.conditions, "Closed"),
                        .blocked_by = mtc::blocking(plan.conditions)};
    for (mtc::Migration& migration : migrations) {
        const auto ended = ended_at(migration);
        report.migrations.push_back({.migration = std::move(migration), .ended = ended});
    }
    return report;
}

}  // namespace rollback
