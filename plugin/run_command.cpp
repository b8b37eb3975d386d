// `oc mtc-rollback PLAN`: hands the console flow what it needs to ask and to show.
#include "plugin/flow_command.hpp"
#include "run/console_flow.hpp"

namespace plugin {

ExitCode run_command(const Invocation& invocation) {
    FlowCommand command(invocation, rollback::Flow::Console);
    run::ConsoleFlowOptions flow{command.flow_options("Roll back?", "roll back")};
    flow.assessed = [&](const auto& state, const auto& assessment) {
        command.show_preview(
            render_preview(state, assessment, command.control(), command.context().err),
            assessment.stopped_since);
    };
    return command.run([&](const run::Session& session) {
        return run::console_flow(session, flow, invocation.signals.token());
    });
}

}  // namespace plugin
