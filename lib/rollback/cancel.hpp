// How a migration is taken out of the way: canceled where the controller heeds that, deleted where
// it does not. Computed from what the migration says of itself.
#pragma once

#include <vector>

#include "rollback/runbook.hpp"

namespace rollback {

/// True for one that waits behind a condition that blocks: the controller looks at spec.canceled
/// only when nothing blocks (mm/migmigration_controller.go), so that only its deletion helps.
bool ignores_cancel(const mtc::Migration& migration);

/// Cancels the migration and waits for its end, or deletes it and waits until it is gone. For one
/// that is being canceled already only the wait is left.
std::vector<Step> steps_to_cancel(const mtc::Migration& migration);

/// The migrations of `all` that keep a new rollback waiting, without rollbacks (these are attached
/// to). Last in the queue first: otherwise the end of one would let the next begin.
std::vector<mtc::Migration> in_the_way(const std::vector<mtc::Migration>& all);

/// What cancels the one migration that runs, or is the next to run; empty when all have ended. A
/// rollback is a blocker unless `even_rollback`.
Runbook cancellation(const std::vector<mtc::Migration>& all, bool even_rollback);

/// The migration that cancellation() is about.
std::optional<mtc::Migration> first_in_queue(const std::vector<mtc::Migration>& all);

/// The same object as it is now, if there is still something to cancel about it: after a conflict.
std::optional<Patch> cancel_anew(const Object& now);

}  // namespace rollback
