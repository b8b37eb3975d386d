// What a verification found, as every text of it shows it: what needs a person first.
#pragma once

#include <string>
#include <vector>

#include "plugin/render_table.hpp"
#include "rollback/verify.hpp"

namespace plugin {

/// "ok", "FAILED", ...
Cell result_cell(rollback::Severity severity);

/// Failures, then what is unknown, then warnings, then what is well.
std::vector<rollback::Finding> worst_first(std::vector<rollback::Finding> findings);

/// "1 FAILED, 2 warning, 12 ok"
std::string tally(const std::vector<rollback::Finding>& findings);

}  // namespace plugin
