// `oc mtc-rollback PLAN`: connects, hands the console flow what it needs to ask and to show, and
// prints how it ended.
#include <unistd.h>

#include <cstdio>

#include "plugin/command_context.hpp"
#include "plugin/message.hpp"
#include "plugin/view.hpp"
#include "run/snapshot.hpp"

namespace plugin {
namespace {

using rollback::Outcome;
using rollback::RunReport;

ExitCode exit_code_of(Outcome outcome, const CommandContext& context) {
    switch (outcome) {
        case Outcome::Succeeded:
        case Outcome::NothingToDo:
        case Outcome::DryRun:
            return ExitCode::Done;
        case Outcome::Refused:
        case Outcome::Declined:
            return ExitCode::Refused;
        case Outcome::Failed:
            return ExitCode::RollbackFailed;
        case Outcome::NotVerified:
            return ExitCode::NotVerified;
        case Outcome::TimedOut:
            return ExitCode::NotFinished;
        case Outcome::Detached:
            return context.interrupted();
        case Outcome::Error:
            return ExitCode::Error;
    }
    return ExitCode::Error;
}

run::ConsoleFlowOptions::DryRun dry_run_of(DryRun mode) {
    switch (mode) {
        case DryRun::None:
            return run::ConsoleFlowOptions::DryRun::None;
        case DryRun::Client:
            return run::ConsoleFlowOptions::DryRun::Client;
        case DryRun::Server:
            return run::ConsoleFlowOptions::DryRun::Server;
    }
    return run::ConsoleFlowOptions::DryRun::None;
}

class RunCommand {
  public:
    explicit RunCommand(const Invocation& invocation)
        : context_(invocation), options_(invocation.options) {}

    ExitCode run() {
        RunReport report = carry_out();
        const ExitCode code = context_.with_warnings(exit_code_of(report.outcome, context_));
        report.exit_code = static_cast<int>(code);
        if (view_) view_->finish();
        context_.warnings.release();
        // on a screen the result stands apart from what led to it
        if (view_ && is_terminal(STDERR_FILENO)) std::fputc('\n', stderr);
        print(report);
        return code;
    }

  private:
    RunReport carry_out() {
        const auto connect = context_.connect_options();
        const auto session = run::connect(connect, context_.signals.token());
        if (session) {
            control_ = name_of(session->control);
            return run::console_flow(*session, flow_options(), context_.signals.token());
        }
        RunReport report;
        report.ns = connect.ns;
        report.plan = connect.plan;
        report.outcome = session.error().kind == base::ErrorKind::Interrupted ? Outcome::Detached
                                                                              : Outcome::Error;
        report.began = report.ended = base::now();
        report.error = session.error().message;
        report.hint = session.error().hint;
        return report;
    }

    run::ConsoleFlowOptions flow_options() {
        run::ConsoleFlowOptions flow;
        flow.verify = options_.verify;
        flow.dry_run = dry_run_of(options_.dry_run);
        flow.snapshot_folder = run::snapshot_folder();
        flow.execute.parallel = options_.kubeconfig.parallel;
        flow.execute.follow.stall_after = options_.stall_after;
        flow.timeout = options_.timeout;
        flow.consent = [this](const auto&, const auto&) {
            return context_.consent("Roll back?", "roll back");
        };
        flow.warn = [this](const std::string& text) { context_.warnings.show(text); };
        flow.assessed = [this](const auto& state, const auto& assessment) {
            show_preview(state, assessment);
        };
        const bool redraws = is_terminal(STDERR_FILENO) && progress() != ProgressFormat::Plain;
        flow.sink = [this, redraws](const run::Event& event) {
            if (redraws) context_.warnings.hold();
            view_->show(event, base::now());
        };
        return flow;
    }

    void show_preview(const rollback::State& state, const rollback::Assessment& assessment) {
        view_ = make_view({.format = progress(),
                           .style = context_.err.style,
                           .stopped_since = assessment.stopped_since});
        if (options_.progress == ProgressFormat::None || options_.progress == ProgressFormat::Json)
            return;
        std::fputs(render_preview(state, assessment, control_, context_.err).c_str(), stderr);
    }

    // stdout carries the result and nothing else; what went wrong goes to stderr, with a document
    // too.
    void print(const RunReport& report) const {
        std::fputs(result(report).c_str(), stdout);
        if (report.outcome == Outcome::Refused) {
            std::fputs(render_blockers(report.runbook->blockers, context_.err).c_str(), stderr);
        } else if (report.outcome == Outcome::Error) {
            print_error(report.error, report.hint);
        }
    }

    std::string result(const RunReport& report) const {
        if (is_document(options_.output))
            return render_document(to_json(report, context_.out.called_as), options_.output);
        if (report.outcome == Outcome::DryRun) return render_runbook(*report.runbook, context_.out);
        if (report.outcome == Outcome::Refused || report.outcome == Outcome::Error) return {};
        if (options_.output != OutputFormat::Name) return render_result(report, context_.out);
        return report.rollback
                   ? "migmigration.migration.openshift.io/" + report.rollback->name + "\n"
                   : std::string();
    }

    // Lines of -v would tear a table that is drawn again and again.
    ProgressFormat progress() const {
        const bool redraws = options_.progress == ProgressFormat::Auto;
        return redraws && options_.verbosity > 0 ? ProgressFormat::Plain : options_.progress;
    }

    CommandContext context_;
    const Options& options_;
    rollback::ClusterName control_;
    std::unique_ptr<View> view_;
};

}  // namespace

ExitCode run_command(const Invocation& invocation) {
    return RunCommand(invocation).run();
}

}  // namespace plugin
