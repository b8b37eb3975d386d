// The plan and its migrations, read from the control cluster alone: for `status` and `cancel`,
// which work when source and target are out of reach.
#pragma once

#include <stop_token>
#include <vector>

#include "run/session.hpp"

namespace run {

struct History {
    mtc::Plan plan;
    std::vector<mtc::Migration> migrations;  // of this plan
};

Result<History> look_at_history(const Session& session, std::stop_token stop);

}  // namespace run
