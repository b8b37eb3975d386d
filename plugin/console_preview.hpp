// What `run` and `create` show before they ask: the same rollback.
#pragma once

#include "plugin/flow_command.hpp"
#include "plugin/program_name.hpp"
#include "plugin/render_cancel.hpp"
#include "rollback/cancel.hpp"
#include "run/console_flow.hpp"

namespace plugin {

/// Refers to both.
inline auto preview_of(FlowCommand& command, const run::ConsoleFlowOptions& flow) {
    return [&](const rollback::State& state, rollback::Assessment assessment) {
        const RenderContext& err = command.context().err;
        name_program(assessment, err.called_as);
        std::string text = render_preview(state, assessment, command.control(), err);
        if (flow.cancel_running && !assessment.running_rollback)
            text += render_canceled_first(rollback::in_the_way(state.migrations), err);
        command.show_preview(text, assessment);
    };
}

}  // namespace plugin
