// What a MigMigration says: its kind, where it stands, who goes before whom, and the rollback's own
// object (api/migmigration_types.go, mm/migrate.go, mm/migmigration_controller.go).
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/object.hpp"
#include "mtc/condition.hpp"

namespace mtc {

struct Plan;

enum class MigrationKind { Cutover, Stage, State, Rollback };

/// One step of status.pipeline.
struct PipelineStep {
    std::string name;   // "CleanupMigrated"
    std::string phase;  // "EnsureMigratedDeleted", empty unless it runs
    std::string message;
    std::vector<std::string> progress;
    bool failed = false;
    bool skipped = false;
    std::optional<base::Time> started = {};
    std::optional<base::Time> completed = {};
};

// Where a migration stands; each with what a reader of that state needs.
struct Pending {};  // not yet looked at by the controller
struct Blocked {
    Conditions by;
};  // waits; goes on when the conditions go
struct Running {
    std::string phase;
    int step = 0;
    int total = 0;
};  // step n of total, 0 when unknown
struct Canceling {};
struct Canceled {};
struct Failed {
    std::string phase;  // in which it failed, empty when that is not recorded
    std::vector<std::string> errors;
    /// Of one that has not ended: for what the controller waits before it ends it.
    Conditions held_by = {};
};
struct SucceededWithWarnings {
    Conditions warnings;
};
struct Succeeded {};
using MigrationState = std::variant<Pending, Blocked, Running, Canceling, Canceled, Failed,
                                    SucceededWithWarnings, Succeeded>;

struct Migration {
    std::string ns;
    std::string name;
    std::string uid;
    std::string plan;  // the MigPlan's name
    MigrationKind kind = MigrationKind::Cutover;
    bool quiesce = false;   // spec.quiescePods
    bool canceled = false;  // spec.canceled
    std::string itinerary;
    std::string phase;
    std::vector<std::string> errors;
    std::vector<PipelineStep> pipeline;
    Conditions conditions;
    std::optional<base::Time> created = {};
    std::optional<base::Time> started = {};
    /// Of a rollback that began as another kind: spec.rollback was set on it while it ran. The
    /// controller then goes over to the rollback's itinerary (mm/task.go, init), and only the
    /// pipeline tells what it had done.
    std::optional<MigrationKind> turned_from = {};

    /// One that still waits in the queue has done nothing yet.
    bool has_begun() const { return started || !phase.empty(); }
    /// Never reconciled again: phase Completed.
    bool finished() const { return phase == "Completed"; }
    MigrationState state() const;
};

/// A field that is missing or odd stays empty.
Migration decode_migration(const base::Object& object);

/// When the phase is Completed: Canceled before Failed before SucceededWithWarnings before
/// Succeeded (a canceled one also carries Succeeded, mm/migrate.go). Before that only a failure is
/// terminal: nothing more is done for it, though the controller has not ended it yet, and does not
/// while something blocks it.
bool is_terminal(const MigrationState& state);
/// Succeeded, with warnings or without: the migration went all its way.
bool went_through(const MigrationState& state);

/// "running", "succeeded with warnings", ...
std::string word(const MigrationState& state);
/// "cutover", "stage", "state migration", "rollback"
std::string word(MigrationKind kind);

/// The order in which the controller runs a plan's migrations: stage migrations by creation, then
/// all others by creation (mm/migmigration_controller.go). Names decide between equal times.
std::vector<Migration> in_queue_order(std::vector<Migration> migrations);

/// Those that must end before a rollback created now can run: all that are not finished.
std::vector<Migration> ahead_of_a_rollback(const std::vector<Migration>& migrations);

/// The MigMigration of a rollback. `stage` is sent because the schema requires it; the owner and
/// the labels with UIDs are the controller's to set.
base::Json rollback_manifest(const Plan& plan, const std::string& name);

}  // namespace mtc
