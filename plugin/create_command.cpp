// `oc mtc-rollback create PLAN`: the rollback's MigMigration, created or only printed.
#include "mtc/names.hpp"
#include "plugin/console_preview.hpp"
#include "plugin/render_parts.hpp"

namespace plugin {
namespace {

using rollback::Outcome;
using rollback::RunReport;

const rollback::Create* creation_in(const RunReport& report) {
    if (!report.runbook) return nullptr;
    for (const rollback::Step& step : report.runbook->steps) {
        if (const auto* create = std::get_if<rollback::Create>(&step.action)) return create;
    }
    return nullptr;
}

bool is_printed_only(const RunReport& report) {
    return report.outcome == Outcome::DryRun && creation_in(report) != nullptr;
}

std::string on_plan(const RunReport& report, const CommandContext& context,
                    const std::string& command) {
    const bool elsewhere = report.ns != mtc::openshift_migration;
    return context.out.called_as + " " + command + " " + report.plan +
           (elsewhere ? " -n " + report.ns : "");
}

// As kubectl says it, and what comes next.
std::string created(const RunReport& report, const CommandContext& context) {
    return "migmigration.migration.openshift.io/" + report.rollback->name +
           (report.attached ? " runs already\n" : " created\n") +
           "Follow it: " + on_plan(report, context, "status") +
           " -w\nProve the recovery: " + on_plan(report, context, "verify") + "\n";
}

}  // namespace

ExitCode create_command(const Invocation& invocation) {
    FlowCommand command(invocation, rollback::Flow::Console, rollback::Task::Create);
    const Options& options = invocation.options;
    const CommandContext& context = command.context();
    run::ConsoleFlowOptions flow{command.flow_options("Create the rollback?", "create it")};
    flow.task = rollback::Task::Create;
    flow.verify = false;
    flow.follow = options.wait;
    flow.name = options.name;
    flow.cancel_running = options.cancel_running;
    flow.assessed = preview_of(command, flow);
    // what `oc apply -f -` takes
    command.document = [&](const RunReport& report) {
        return is_printed_only(report) ? creation_in(report)->manifest
                                       : to_json(report, context.out.called_as);
    };
    command.dry_run_text = [&](const RunReport& report) {
        return options.output == OutputFormat::Name
                   ? resource_name(creation_in(report)->what) + "\n"
                   : render_runbook(*report.runbook, context.out);
    };
    command.result_text = [&](const RunReport& report) {
        const bool is_there = report.outcome == Outcome::Succeeded ||
                              (report.outcome == Outcome::NothingToDo && report.attached);
        return is_there && !options.wait ? created(report, context)
                                         : render_result(report, context.out);
    };
    return command.run([&](const run::Session& session) {
        return run::console_flow(session, flow, invocation.signals.token());
    });
}

}  // namespace plugin
