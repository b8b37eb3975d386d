// `oc mtc-rollback PLAN`: hands the console flow what it needs to ask and to show.
#include "plugin/console_preview.hpp"
#include "run/console_flow.hpp"

namespace plugin {

ExitCode run_command(const Invocation& invocation) {
    FlowCommand command(invocation, rollback::Flow::Console);
    run::ConsoleFlowOptions flow{command.flow_options("Roll back?", "roll back")};
    flow.cancel_running = invocation.options.cancel_running;
    flow.starts = {.set = invocation.options.set, .as_before = invocation.options.start_as_before};
    flow.assessed = preview_of(command, flow);
    return command.run([&](const run::Session& session) {
        return run::console_flow(session, flow, invocation.signals.token());
    });
}

}  // namespace plugin
