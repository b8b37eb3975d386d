// What has changed between the look that a person was shown and the moment of the yes: who agrees,
// agrees to what was shown.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rollback/runbook.hpp"
#include "rollback/state.hpp"

namespace rollback {

/// Of the plan and its migrations, in words, as "MigMigration cutover-2 (cutover, running) is new";
/// empty when all is as it was shown. That a migration that runs is a step further is no change.
std::vector<std::string> changes_of_plan(const State& shown, const State& now);

/// Of what would be written, by the objects that were seen: what would be written now and was not
/// shown, and the other way round.
std::vector<std::string> changes_of_writes(const Runbook& shown, const Runbook& now);

/// These as a reason to refuse; nothing where there are none.
std::optional<Blocker> blocker_of(const std::vector<std::string>& changes);

}  // namespace rollback
