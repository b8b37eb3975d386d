// Where the migrations of a plan stand: for `status`. Computed from the plan and its migrations
// alone.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "mtc/plan.hpp"
#include "rollback/copy.hpp"
#include "rollback/report.hpp"

namespace rollback {

struct MigrationStatus {
    mtc::Migration migration;
    std::optional<base::Time> ended = {};  // as far as the controller recorded it
    CopyOfVolumes copy = {};
    /// Of one that waits: on what, and what helps, a line each.
    std::vector<std::string> waits_for = {};
};

struct StatusReport {
    std::string ns;
    std::string plan;
    std::string plan_uid;
    ClusterName control;
    bool closed = false;
    mtc::Conditions blocked_by = {};               // of the plan: it is not Ready
    std::vector<MigrationStatus> migrations = {};  // the newest first
    std::vector<std::string> candidates = {};      // where no plan was named: which it could be
    base::Time seen_at = {};
    std::string error = {};
    std::string hint = {};
    int exit_code = 0;
};

/// When the migration ended, or nothing while it runs: its last step's completion, else the time of
/// the condition that ended it.
std::optional<base::Time> ended_at(const mtc::Migration& migration);

/// How long it took, or has taken at `now`; nothing when it has not begun.
std::optional<std::chrono::seconds> duration(const MigrationStatus& status, base::Time now);

/// The plan's part of a report, its migrations newest first. What they wait for is left out.
StatusReport status_of(const mtc::Plan& plan, std::vector<mtc::Migration> migrations);

}  // namespace rollback
