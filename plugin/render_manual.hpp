// What the manual flow will do, before anybody is asked, and the same as `oc` commands that a
// person could paste. Pure.
#pragma once

#include <string>

#include "plugin/render.hpp"
#include "rollback/manual.hpp"

namespace plugin {

/// For stderr.
std::string render_manual_preview(const rollback::State& state,
                                  const rollback::Assessment& assessment,
                                  const rollback::Runbook& runbook,
                                  const rollback::ManualOptions& options,
                                  const rollback::ClusterName& control,
                                  const RenderContext& context);

/// The contexts that the operator has named; empty where there is none.
struct ContextNames {
    std::string source;
    std::string target;
};

/// A shell script: one guarded `oc` command for each write, in their order, and `oc` commands that
/// wait where the runbook waits. For stdout. Throws UserError where no login is known for a side.
std::string render_commands(const rollback::RunReport& report, const ContextNames& contexts);

}  // namespace plugin
