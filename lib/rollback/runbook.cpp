#include "rollback/runbook.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/cancel.hpp"

namespace rollback {
namespace {

bool is_needed(const Assessment& assessment) {
    switch (assessment.verdict) {
        case Verdict::Required:
        case Verdict::RequiredManual:  // its blockers refuse, and say what helps
        case Verdict::Dangerous:
        case Verdict::Recommended:
        case Verdict::Unknown:  // the operator asked for it, and what was unseen stands in the
                                // preview
        case Verdict::InProgress:
            return true;
        case Verdict::NotNeeded:
        case Verdict::AlreadyRolledBack:
            // after a cutover that succeeded the operator may want the application back
            return brings_back(assessment);
    }
    return false;
}

ObjectRef migration_ref(const State& state, const std::string& name) {
    return {.type = mtc::types::migmigrations, .ns = state.plan.ns, .name = name};
}

void cancel_what_is_in_the_way(const State& state, Runbook& runbook) {
    std::erase_if(runbook.blockers, [](const Blocker& b) { return b.id == "migration-ahead"; });
    for (const mtc::Migration& each : in_the_way(state.migrations))
        std::ranges::move(steps_to_cancel(each), std::back_inserter(runbook.steps));
}

void start_the_rest(const std::vector<Step>& starts, Runbook& runbook) {
    if (starts.empty()) return;
    runbook.steps.push_back(
        {AwaitTargetStopped{}, "nothing is started on the source while the target can write"});
    std::ranges::copy(starts, std::back_inserter(runbook.steps));
}

void follow(const ObjectRef& migration, const std::vector<Step>& starts, Runbook& runbook) {
    runbook.steps.push_back({AwaitMigration{migration},
                             "the controller deletes what was migrated on the target, then "
                             "starts the application on the source"});
    start_the_rest(starts, runbook);
    runbook.steps.push_back(
        {AwaitServing{}, "pods take a while to start after the controller is done"});
}

}  // namespace

std::string name_of_rollback(const State& state) {
    std::vector<std::string> seen{state.plan.uid};
    for (const mtc::Migration& migration : state.migrations) seen.push_back(migration.uid);
    std::ranges::sort(seen.begin() + 1, seen.end());
    // FNV-1a: the same on every machine, and nobody gains by choosing it
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : base::join(seen, "\n"))
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::string name = "rollback-";
    for (int i = 0; i < 8; ++i, hash /= characters.size())
        name += characters[hash % characters.size()];
    return name;
}

Runbook console_flow(const State& state, const Assessment& assessment, const std::string& name,
                     const ConsoleOptions& options) {
    Runbook runbook;
    // what the operator said of a workload is heeded, or refused, and never passed over
    for (const Blocker& blocker : assessment.blockers) {
        if (blocker.id.starts_with("set-") && !is_needed(assessment))
            runbook.blockers.push_back(blocker);
    }
    if (!runbook.blockers.empty()) return runbook;
    if (!is_needed(assessment) && !options.cancel_running) return runbook;
    const bool attach = assessment.running_rollback.has_value();
    // nobody could see there whether the application comes back
    if (attach) runbook.blockers = wrong_clusters(state);
    // a rollback that runs already cannot be stopped by what would keep a new one from starting
    if (!attach) runbook.blockers = assessment.blockers;
    if (options.cancel_running && !attach) cancel_what_is_in_the_way(state, runbook);
    if (!is_needed(assessment) && runbook.empty()) return {};
    if (!runbook.blockers.empty()) return {.steps = {}, .blockers = std::move(runbook.blockers)};
    const ObjectRef migration = migration_ref(state, attach ? *assessment.running_rollback : name);
    if (!attach) {
        runbook.steps.push_back(
            {Create{migration, mtc::rollback_manifest(state.plan, name)},
             "the controller rolls back when it finds a MigMigration with rollback: true"});
    }
    if (options.follow) follow(migration, options.starts, runbook);
    return runbook;
}

}  // namespace rollback
