// Where the migrations of a plan stand, as text and as a document.
#pragma once

#include <string>

#include "plugin/render.hpp"
#include "rollback/status.hpp"

namespace plugin {

/// For stdout: the plan, a table of its migrations, the steps of the one that runs.
std::string render_status(const rollback::StatusReport& report, const RenderContext& context);

/// The names of the migrations that have not ended, for -o name.
std::string render_status_names(const rollback::StatusReport& report);

/// {"apiVersion": "mtc-rollback/v1", "kind": "Status", ...}
base::Json to_json(const rollback::StatusReport& report);

}  // namespace plugin
