// Which plan is meant when a command that takes one is given none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mtc/migration.hpp"

namespace rollback {

struct Choice {
    std::optional<std::string> plan = {};
    std::vector<std::string> candidates = {};  // when none is meant: those there are, by name
};

/// The only one of these plans, or the only one with a rollback in its history. `migrations` are
/// those of all plans.
Choice choose_plan(std::vector<std::string> plans, const std::vector<mtc::Migration>& migrations);

}  // namespace rollback
