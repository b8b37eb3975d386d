// Reads where the migrations of a plan stand, and what those wait for that do not go on.
#pragma once

#include <stop_token>

#include "rollback/status.hpp"
#include "run/session.hpp"

namespace run {

Result<rollback::StatusReport> look_at_status(const Session& session, std::stop_token stop);

}  // namespace run
