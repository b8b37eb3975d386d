// `oc mtc-rollback PLAN`: connects, hands the console flow what it needs to ask and to show, and
// prints how it ended.
#include <unistd.h>
#include <csignal>

#include <cstdio>
#include <utility>

#include "plugin/commands.hpp"
#include "plugin/message.hpp"
#include "plugin/prompt.hpp"
#include "plugin/render.hpp"
#include "plugin/view.hpp"
#include "plugin/warnings.hpp"
#include "run/console_flow.hpp"
#include "run/snapshot.hpp"

namespace plugin {
namespace {

using rollback::Outcome;
using rollback::RunReport;

bool is_document(OutputFormat format) {
    return format == OutputFormat::Json || format == OutputFormat::Yaml;
}

run::ConnectOptions connect_options(const Options& options) {
    run::ConnectOptions connect{.kubeconfig = options.kubeconfig,
                                .ns = options.ns,
                                .plan = options.arguments.at(0),
                                .source_context = options.source_context,
                                .target_context = options.target_context};
    connect.log.verbosity = options.verbosity;
    connect.log.write = [](const std::string& line) { std::fputs((line + "\n").c_str(), stderr); };
    return connect;
}

ExitCode exit_code_of(Outcome outcome, int signal) {
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
            return signal == SIGTERM ? ExitCode::Terminated : ExitCode::Interrupted;
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
        : options_(invocation.options),
          signals_(invocation.signals),
          err_{.style = style_of(STDERR_FILENO, options_.color),
               .wide = options_.output == OutputFormat::Wide,
               .called_as = invocation.called_as},
          out_{.style = style_of(STDOUT_FILENO, options_.color),
               .wide = err_.wide,
               .called_as = invocation.called_as},
          warnings_(err_.style) {}

    ExitCode run() {
        RunReport report = carry_out();
        const ExitCode code = exit_code(report.outcome);
        report.exit_code = static_cast<int>(code);
        if (view_) view_->finish();
        warnings_.release();
        // on a screen the result stands apart from what led to it
        if (view_ && is_terminal(STDERR_FILENO)) std::fputc('\n', stderr);
        print(report);
        return code;
    }

  private:
    ExitCode exit_code(Outcome outcome) const {
        const ExitCode code = exit_code_of(outcome, signals_.received());
        const bool warned = options_.warnings_as_errors && warnings_.count() > 0;
        return code == ExitCode::Done && warned ? ExitCode::Error : code;
    }

    RunReport carry_out() {
        auto connect = connect_options(options_);
        connect.log.warn = [this](const std::string& text) { warnings_.show(text); };
        const auto session = run::connect(connect, signals_.token());
        if (session) {
            control_ = {session->control.cluster->server(), session->control.described_as,
                        session->control.user};
            return run::console_flow(*session, flow_options(), signals_.token());
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
        flow.consent = [this](const auto&, const auto&) { return consent(); };
        flow.warn = [this](const std::string& text) { warnings_.show(text); };
        flow.assessed = [this](const auto& state, const auto& assessment) {
            show_preview(state, assessment);
        };
        const bool redraws = is_terminal(STDERR_FILENO) && progress() != ProgressFormat::Plain;
        flow.sink = [this, redraws](const run::Event& event) {
            if (redraws) warnings_.hold();
            view_->show(event, base::now());
        };
        return flow;
    }

    void show_preview(const rollback::State& state, const rollback::Assessment& assessment) {
        view_ = make_view(
            {.format = progress(), .style = err_.style, .stopped_since = assessment.stopped_since});
        if (options_.progress == ProgressFormat::None || options_.progress == ProgressFormat::Json)
            return;
        std::fputs(render_preview(state, assessment, control_, err_).c_str(), stderr);
    }

    run::Consent consent() {
        if (options_.yes) return run::Consent::Given;
        if (!is_terminal(STDIN_FILENO)) {
            std::fputs(
                "error: stdin is no terminal, so nobody can be asked\n  pass --yes to roll back "
                "without being asked\n",
                stderr);
            return run::Consent::Declined;
        }
        switch (ask("\nRoll back? [y/N] ", signals_.token())) {
            case Answer::Yes:
                return run::Consent::Given;
            case Answer::No:
                return run::Consent::Declined;
            case Answer::Interrupted:
                return run::Consent::Interrupted;
        }
        return run::Consent::Declined;
    }

    // stdout carries the result and nothing else; what went wrong goes to stderr, with a document
    // too.
    void print(const RunReport& report) const {
        std::fputs(result(report).c_str(), stdout);
        if (report.outcome == Outcome::Refused) {
            std::fputs(render_blockers(report.runbook->blockers, err_).c_str(), stderr);
        } else if (report.outcome == Outcome::Error) {
            print_error(report.error, report.hint);
        }
    }

    std::string result(const RunReport& report) const {
        if (is_document(options_.output))
            return render_document(to_json(report, out_.called_as), options_.output);
        if (report.outcome == Outcome::DryRun) return render_runbook(*report.runbook, out_);
        if (report.outcome == Outcome::Refused || report.outcome == Outcome::Error) return {};
        if (options_.output != OutputFormat::Name) return render_result(report, out_);
        return report.rollback
                   ? "migmigration.migration.openshift.io/" + report.rollback->name + "\n"
                   : std::string();
    }

    // Lines of -v would tear a table that is drawn again and again.
    ProgressFormat progress() const {
        const bool redraws = options_.progress == ProgressFormat::Auto;
        return redraws && options_.verbosity > 0 ? ProgressFormat::Plain : options_.progress;
    }

    const Options& options_;
    const Signals& signals_;
    RenderContext err_;
    RenderContext out_;
    Warnings warnings_;
    rollback::ClusterName control_;
    std::unique_ptr<View> view_;
};

}  // namespace

ExitCode run_command(const Invocation& invocation) {
    return RunCommand(invocation).run();
}

}  // namespace plugin
