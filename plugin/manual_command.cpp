// `oc mtc-rollback manual PLAN`: hands the manual flow what it needs to ask and to show.
#include "plugin/flow_command.hpp"
#include "plugin/render_manual.hpp"
#include "run/manual_flow.hpp"

namespace plugin {
namespace {

rollback::ManualOptions manual_options(const Options& options) {
    return {.stage_pods = options.only != ManualPart::Workloads,
            .workloads = options.only != ManualPart::StagePods,
            .set = options.set,
            .assume_target_stopped = options.assume_target_stopped,
            .as_before = options.start_as_before};
}

}  // namespace

ExitCode manual_command(const Invocation& invocation) {
    FlowCommand command(invocation, rollback::Flow::Manual);
    const Options& options = invocation.options;
    const ContextNames contexts{options.source_context, options.target_context};
    if (options.output == OutputFormat::Commands) {
        command.dry_run_text = [&](const rollback::RunReport& report) {
            return render_commands(report, contexts);
        };
    }
    run::ManualFlowOptions flow{
        command.flow_options("Start the application on the source by hand?", "do it")};
    flow.manual = manual_options(options);
    flow.decided = [&](const auto& state, const auto& assessment, const auto& runbook) {
        command.show_preview(render_manual_preview(state, assessment, runbook, flow.manual,
                                                   command.control(), command.context().err),
                             assessment);
    };
    return command.run([&](const run::Session& session) {
        return run::manual_flow(session, flow, invocation.signals.token());
    });
}

}  // namespace plugin
