// Looks at every plan of a namespace, a few at a time: for `assess` without a plan.
#pragma once

#include <stop_token>
#include <vector>

#include "rollback/survey.hpp"
#include "run/session.hpp"

namespace run {

/// Of every plan that `options` reach, its own plan left empty; `parallel` as in ObserveOptions. By
/// name. A plan that cannot be looked at has the error in its line; an error only when the plans
/// themselves cannot be listed, or on an interrupt.
Result<std::vector<rollback::PlanLine>> survey(const ConnectOptions& options, std::size_t parallel,
                                               std::stop_token stop);

}  // namespace run
