// Finds the plan that is meant when a command names none: from the control cluster, or from
// --plan-file.
#pragma once

#include <stop_token>

#include "rollback/choice.hpp"
#include "run/session.hpp"

namespace run {

/// The names of the plans that `options` reach, in their namespace or in their file.
Result<std::vector<std::string>> plan_names(const ConnectOptions& options, std::stop_token stop);

/// Among those; the plan of `options` is left empty. A history that may not be read is none.
Result<rollback::Choice> choose_plan(const ConnectOptions& options, std::stop_token stop);

}  // namespace run
