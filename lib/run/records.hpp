// What a run remembers of earlier ones, and what it leaves for later ones: the Record of the plan,
// by way of the snapshot on disk. That there is none is no reason not to go on, but is told.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "rollback/record.hpp"
#include "rollback/report.hpp"
#include "run/session.hpp"

namespace run {

using Warn = std::function<void(const std::string&)>;

/// The record of the workloads as they are now, with what an earlier run wrote down as long as
/// nothing else has happened to the plan since. `name` is for the MigMigration of a new rollback;
/// the name of an earlier run whose MigMigration is not there is used again.
rollback::Record recall(const rollback::State& state, std::string name,
                        const std::filesystem::path& folder, const Warn& warn);

/// Writes it down; an empty folder, or one that cannot be written, is told.
void keep(const rollback::Record& record, const std::filesystem::path& folder, const Warn& warn);

/// The same at the first look, of what somebody else's rollback, or the end of the cutover, would
/// take away; otherwise nothing is written. Untold: nothing has been changed yet.
void keep_what_may_be_lost(const rollback::Record& record, const std::filesystem::path& folder);

/// The plan as the last run saw it, by its uid; nothing where none has written it down.
std::function<std::optional<mtc::Plan>(const std::string&)> plan_as_it_was(
    std::filesystem::path folder);

/// The cluster as outputs name it.
rollback::ClusterName name_of(const Endpoint& endpoint);

/// What the report of a run says of the plan and its clusters.
void describe(rollback::RunReport& report, const Session& session, const rollback::State& state);

}  // namespace run
