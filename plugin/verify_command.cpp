// `oc mtc-rollback verify [PLAN]`: proves the recovery, and changes nothing.
#include "plugin/flow_command.hpp"
#include "run/verify_flow.hpp"

namespace plugin {

ExitCode verify_command(const Invocation& invocation) {
    FlowCommand command(invocation, rollback::Flow::Console, rollback::Task::Verify);
    run::VerifyFlowOptions flow{command.flow_options("", "")};
    flow.looked = [&](const auto& assessment) { command.show_preview("", assessment); };
    return command.run([&](const run::Session& session) {
        return run::verify_flow(session, flow, invocation.signals.token());
    });
}

}  // namespace plugin
