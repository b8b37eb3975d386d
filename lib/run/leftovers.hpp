// Looks for what a migration left behind: on source, target and the control cluster at once, a list
// for each row of the table. Of Secrets only metadata is read.
#pragma once

#include <stop_token>

#include "rollback/leftovers.hpp"
#include "run/session.hpp"

namespace run {

/// What may not be listed is a gap; an error only when a cluster cannot be reached or logged in to,
/// when there is no such plan, or on an interrupt.
Result<rollback::LeftoversView> look_for_leftovers(const Session& session, std::size_t parallel,
                                                   std::stop_token stop);

}  // namespace run
