#include "run/status.hpp"

#include "run/follow.hpp"
#include "run/history.hpp"
#include "run/records.hpp"

namespace run {
namespace {

bool waits(const mtc::Migration& migration) {
    const auto state = migration.state();
    return std::holds_alternative<mtc::Blocked>(state) ||
           std::holds_alternative<mtc::Pending>(state);
}

}  // namespace

Result<rollback::StatusReport> look_at_status(const Session& session, std::stop_token stop) {
    auto history = look_at_history(session, stop);
    if (!history) return std::unexpected(history.error());
    auto report = rollback::status_of(history->plan, std::move(history->migrations));
    report.control = name_of(session.control);
    report.seen_at = base::now();
    for (rollback::MigrationStatus& each : report.migrations) {
        if (waits(each.migration)) each.waits_for = explain_stall(session, each.migration, stop);
    }
    return report;
}

}  // namespace run
