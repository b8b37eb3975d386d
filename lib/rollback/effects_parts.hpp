// The warnings of effects_of() that stand in files of their own.
#pragma once

#include <string>
#include <vector>

#include "rollback/assess.hpp"

namespace rollback {

using Warnings = std::vector<std::string>;

/// What becomes of the data behind the claims that are deleted on the target.
void data_lost(const State& state, const Effects& effects, Warnings& out);
/// What the operator answers for.
void what_is_accepted(const State& state, const Effects& effects, Warnings& out);
/// What Velero has not ended.
void velero_at_work(const State& state, const Effects& effects, Warnings& out);
/// What starts at once when it is resumed, and what never does.
void cron_jobs_resumed(const State& state, const Effects& effects, Warnings& out);

}  // namespace rollback
