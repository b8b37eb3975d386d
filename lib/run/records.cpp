#include "run/records.hpp"

#include <tuple>

#include "run/snapshot.hpp"

namespace run {

using rollback::Record;

Record recall(const rollback::State& state, std::string name, const std::filesystem::path& folder,
              const Warn& warn) {
    Record record = rollback::record_of(state, std::move(name));
    if (folder.empty()) return record;
    const auto older = load_snapshot(folder, state.plan.uid);
    if (!older) {
        warn("the snapshot of an earlier run cannot be read: " + older.error().message);
        return record;
    }
    if (!*older || !rollback::still_applies(**older, state)) return record;
    return rollback::merged(**older, std::move(record));
}

void keep(const Record& record, const std::filesystem::path& folder, const Warn& warn) {
    if (folder.empty()) return warn("no snapshot is kept: neither XDG_STATE_HOME nor HOME is set");
    const auto saved = save_snapshot(folder, record);
    if (!saved) warn("no snapshot is kept: " + saved.error().message);
}

void keep_what_may_be_lost(const Record& record, const std::filesystem::path& folder) {
    if (!folder.empty() && rollback::tells_what_may_be_lost(record))
        std::ignore = save_snapshot(folder, record);
}

std::function<std::optional<mtc::Plan>(const std::string&)> plan_as_it_was(
    std::filesystem::path folder) {
    return [folder = std::move(folder)](const std::string& uid) -> std::optional<mtc::Plan> {
        if (folder.empty()) return std::nullopt;
        const auto older = load_snapshot(folder, uid);
        return older && *older ? rollback::plan_of(**older) : std::nullopt;
    };
}

rollback::ClusterName name_of(const Endpoint& endpoint) {
    return {endpoint.cluster->server(), endpoint.described_as, endpoint.user, endpoint.reach};
}

void describe(rollback::RunReport& report, const Session& session, const rollback::State& state) {
    const auto named = [](const rollback::ClusterView& view) {
        return rollback::ClusterName{view.server, view.described_as, view.user, view.reach};
    };
    report.ns = state.plan.ns;
    report.plan = state.plan.name;
    report.plan_uid = state.plan.uid;
    report.left_out = state.plan.left_out_namespaces();
    report.control = name_of(session.control);
    report.source = named(state.source);
    report.target = named(state.target);
    report.gaps_before = state.gaps;
}

}  // namespace run
