#include "run/history.hpp"

#include "mtc/names.hpp"

namespace run {

Result<History> look_at_history(const Session& session, std::stop_token stop) {
    kube::Cluster& control = *session.control.cluster;
    const auto object = control.get(session.plan, stop);
    if (!object) return std::unexpected(object.error());
    auto plan = mtc::decode_plan(*object);
    if (!plan) return std::unexpected(plan.error());
    const auto all = control.list(mtc::types::migmigrations, {.ns = session.plan.ns}, stop);
    if (!all) return std::unexpected(all.error());
    History history{.plan = std::move(*plan), .migrations = {}};
    for (const Object& each : all->items) {
        mtc::Migration migration = mtc::decode_migration(each);
        if (migration.plan == session.plan.name) history.migrations.push_back(std::move(migration));
    }
    return history;
}

}  // namespace run
