#include "plugin/flow_command.hpp"

#include <unistd.h>

#include <cstdio>

#include "plugin/evidence_file.hpp"
#include "plugin/message.hpp"
#include "plugin/program_name.hpp"
#include "run/snapshot.hpp"

namespace plugin {
using rollback::Outcome;
using rollback::RunReport;

FlowCommand::FlowCommand(const Invocation& invocation, rollback::Flow flow, rollback::Task task)
    : dry_run_text([this](const RunReport& report) {
          return render_runbook(*report.runbook, context_.out);
      }),
      result_text([this](const RunReport& report) { return render_result(report, context_.out); }),
      document([this](const RunReport& report) { return to_json(report, context_.out.called_as); }),
      context_(invocation),
      flow_(flow),
      task_(task),
      plan_(invocation.options.arguments.empty() ? "" : invocation.options.arguments.front()) {}

ExitCode FlowCommand::run(const Flow& flow) {
    // before anything is changed: nobody is to be left without the evidence
    const auto writable = check_evidence_file(context_.options);
    RunReport report = writable ? carried_out(flow) : not_begun(writable.error());
    name_program(report, context_.out.called_as);
    ExitCode code =
        not_chosen_.value_or(context_.with_warnings(context_.exit_code_of(report.outcome)));
    report.exit_code = static_cast<int>(code);
    if (view_) view_->finish();
    context_.warnings.release();
    // on a screen the result stands apart from what led to it
    if (view_ && is_terminal(STDERR_FILENO)) std::fputc('\n', stderr);
    if (writable) code = write_evidence(report, context_.options, context_.out.called_as);
    print(report);
    return code;
}

RunReport FlowCommand::carried_out(const Flow& flow) {
    const PlanChoice choice = context_.choose_plan();
    if (choice.error) {
        not_chosen_ = choice.code;
        return not_begun(*choice.error);
    }
    auto connect = context_.connect_options();
    connect.plan = plan_ = choice.plan;
    connect.sides_may_be_absent = task_ == rollback::Task::Cancel;
    const auto session = run::connect(connect, context_.signals.token());
    if (!session) return not_begun(session.error());
    control_ = run::name_of(session->control);
    control_cluster_ = session->control.cluster;
    return flow(*session);
}

RunReport FlowCommand::not_begun(const base::Error& error) const {
    RunReport report;
    report.flow = flow_;
    report.ns = context_.options.ns;
    report.task = task_;
    report.plan = plan_;
    report.outcome =
        error.kind == base::ErrorKind::Interrupted ? Outcome::Detached : Outcome::Error;
    report.began = report.ended = base::now();
    report.error = error.message;
    report.hint = error.hint;
    return report;
}

run::FlowOptions FlowCommand::flow_options(const std::string& question, const std::string& action) {
    const Options& options = context_.options;
    return {.verify = options.verify,
            .probe_routes = options.probe_routes,
            .dry_run = dry_run(),
            .execute = {.follow = {.stall_after = options.stall_after},
                        .parallel = options.kubeconfig.parallel},
            .timeout = options.timeout,
            .snapshot_folder = run::snapshot_folder(),
            .asks = !options.yes,
            .consent = [=, this] { return context_.consent(question, action); },
            .warn = [this](const std::string& text) { context_.warnings.show(text); },
            .sink = sink()};
}

run::FlowOptions::DryRun FlowCommand::dry_run() const {
    return dry_run_of(context_.options.dry_run);
}

run::EventSink FlowCommand::sink() {
    const bool redraws = is_terminal(STDERR_FILENO) && progress() != ProgressFormat::Plain;
    return [this, redraws](const run::Event& event) {
        if (redraws) context_.warnings.hold();
        view_->show(event, base::now());
    };
}

void FlowCommand::show_preview(const std::string& text, const rollback::Assessment& assessment) {
    view_ = make_view(
        {.format = progress(),
         .style = context_.err.style,
         .flow = flow_,
         .stopped_since = assessment.stopped_for ? assessment.stopped_since : std::nullopt,
         .clock_ahead = run::clock_of(control_cluster_)});
    const ProgressFormat format = context_.options.progress;
    if (format == ProgressFormat::None || format == ProgressFormat::Json) return;
    std::fputs(text.c_str(), stderr);
}

// stdout carries the result and nothing else; what went wrong goes to stderr, with a document too.
void FlowCommand::print(const RunReport& report) const {
    std::fputs(result(report).c_str(), stdout);
    if (report.outcome == Outcome::Refused) {
        std::fputs(render_blockers(report.runbook->blockers, context_.err).c_str(), stderr);
    } else if (report.outcome == Outcome::Error) {
        print_error(report.error, report.hint);
    }
}

std::string FlowCommand::result(const RunReport& report) const {
    const OutputFormat output = context_.options.output;
    if (is_document(output)) return render_document(document(report), output);
    if (report.outcome == Outcome::DryRun) return dry_run_text(report);
    const bool wrote = !report.written.empty();
    if (report.outcome == Outcome::Refused || (report.outcome == Outcome::Error && !wrote))
        return {};
    return output == OutputFormat::Name ? render_names(report) : result_text(report);
}

// Lines of -v would tear a table that is drawn again and again.
ProgressFormat FlowCommand::progress() const {
    const bool redraws = context_.options.progress == ProgressFormat::Auto;
    return redraws && context_.options.verbosity > 0 ? ProgressFormat::Plain
                                                     : context_.options.progress;
}

}  // namespace plugin
