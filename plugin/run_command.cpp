// `oc mtc-rollback PLAN`: hands the console flow what it needs to ask and to show.
#include "plugin/flow_command.hpp"
#include "run/snapshot.hpp"

namespace plugin {

ExitCode run_command(const Invocation& invocation) {
    FlowCommand command(invocation, rollback::Flow::Console);
    run::ConsoleFlowOptions flow{.verify = invocation.options.verify,
                                 .dry_run = command.dry_run(),
                                 .execute = command.execute(),
                                 .timeout = invocation.options.timeout,
                                 .snapshot_folder = run::snapshot_folder(),
                                 .consent = {},
                                 .warn = command.warn(),
                                 .sink = command.sink()};
    flow.consent = [&](const auto&, const auto&) {
        return command.context().consent("Roll back?", "roll back");
    };
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
