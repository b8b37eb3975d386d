#include "run/status.hpp"

#include "mtc/names.hpp"
#include "run/follow.hpp"
#include "run/history.hpp"
#include "run/notes.hpp"
#include "run/records.hpp"

namespace run {
namespace {

bool waits(const mtc::Migration& migration) {
    const auto state = migration.state();
    return std::holds_alternative<mtc::Blocked>(state) ||
           std::holds_alternative<mtc::Pending>(state) ||
           (std::holds_alternative<mtc::Failed>(state) && !migration.finished());
}

// `status` shows what it can: that they could not be read is said of each migration.
struct Copies {
    std::vector<mtc::VolumeMigration> volume_migrations = {};
    bool seen = false;
};

Result<Copies> look_at_copies(const Session& session, std::stop_token stop) {
    const auto all = session.control.cluster->list(mtc::types::volume_migrations,
                                                   {.ns = session.plan.ns}, std::move(stop));
    if (!all && !is_gap(all.error())) return std::unexpected(all.error());
    if (!all) return Copies{};
    Copies copies{.seen = true};
    for (const Object& object : all->items)
        copies.volume_migrations.push_back(mtc::decode_volume_migration(object));
    return copies;
}

}  // namespace

Result<rollback::StatusReport> look_at_status(const Session& session, std::stop_token stop) {
    auto history = look_at_history(session, stop);
    if (!history) return std::unexpected(history.error());
    const auto copies = look_at_copies(session, stop);
    if (!copies) return std::unexpected(copies.error());
    const mtc::Plan plan = history->plan;
    auto report = rollback::status_of(history->plan, std::move(history->migrations));
    report.control = name_of(session.control);
    report.seen_at = now_by(*session.control.cluster);
    for (rollback::MigrationStatus& each : report.migrations) {
        each.copy =
            rollback::copy_of(each.migration, plan, copies->volume_migrations, copies->seen);
        if (waits(each.migration)) each.waits_for = explain_stall(session, each.migration, stop);
    }
    return report;
}

}  // namespace run
