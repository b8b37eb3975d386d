// The Record on disk: $XDG_STATE_HOME/oc-mtc-rollback (or ~/.local/state/...), one file for each
// plan's UID, mode 0600, no secrets. Written before a rollback is created, so that a second run
// knows its name and the numbers that MTC deletes.
#pragma once

#include <filesystem>
#include <optional>

#include "base/result.hpp"
#include "rollback/record.hpp"

namespace run {

/// The folder for snapshots as the environment says; empty when there is neither XDG_STATE_HOME nor
/// HOME.
std::filesystem::path snapshot_folder();

/// The record of that plan, nothing when there is none; Malformed when the file cannot be
/// understood.
base::Result<std::optional<rollback::Record>> load_snapshot(const std::filesystem::path& folder,
                                                            const std::string& plan_uid);

/// Replaces the plan's file in one step (written beside it, synced, renamed). Returns its path.
base::Result<std::filesystem::path> save_snapshot(const std::filesystem::path& folder,
                                                  const rollback::Record& record);

}  // namespace run
