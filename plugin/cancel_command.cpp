// `oc mtc-rollback cancel PLAN`: cancels the migration that runs.
#include "plugin/flow_command.hpp"
#include "plugin/render_cancel.hpp"
#include "run/cancel_flow.hpp"

namespace plugin {
namespace {

std::string question_for(const mtc::Migration& migration) {
    return migration.kind == mtc::MigrationKind::Rollback
               ? "Cancel the ROLLBACK, and leave the application as it is now?"
               : "Cancel it?";
}

}  // namespace

ExitCode cancel_command(const Invocation& invocation) {
    FlowCommand command(invocation, rollback::Flow::Console, rollback::Task::Cancel);
    const CommandContext& context = command.context();
    run::CancelFlowOptions flow{command.flow_options("", "")};
    flow.even_rollback = invocation.options.cancel_rollback;
    std::string question;
    flow.consent = [&] { return context.consent(question, "cancel it"); };
    flow.decided = [&](const mtc::Migration& migration, const rollback::RunReport&) {
        question = question_for(migration);
        command.show_preview(render_cancellation(migration, context.err), {});
    };
    command.result_text = [&](const rollback::RunReport& report) {
        return render_canceled(report, context.out);
    };
    return command.run([&](const run::Session& session) {
        return run::cancel_flow(session, flow, invocation.signals.token());
    });
}

}  // namespace plugin
