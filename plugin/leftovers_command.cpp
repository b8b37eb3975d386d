// `oc mtc-rollback leftovers [PLAN]`: lists what migrations left behind, and deletes it on request.
#include <cstdio>

#include "plugin/command_context.hpp"
#include "plugin/message.hpp"
#include "plugin/render_assessment.hpp"
#include "plugin/render_leftovers.hpp"
#include "plugin/view.hpp"
#include "run/leftovers_flow.hpp"

namespace plugin {
namespace {

using rollback::LeftoversReport;
using rollback::Outcome;

class LeftoversCommand {
  public:
    explicit LeftoversCommand(const Invocation& invocation)
        : context_(invocation), options_(invocation.options) {}

    ExitCode run() {
        const PlanChoice choice = context_.choose_plan();
        LeftoversReport report = choice.error ? not_chosen(choice) : of_plan(choice.plan);
        const ExitCode code = choice.error
                                  ? choice.code
                                  : context_.with_warnings(context_.exit_code_of(report.outcome));
        report.exit_code = static_cast<int>(code);
        print(report);
        return code;
    }

  private:
    LeftoversReport not_chosen(const PlanChoice& choice) const {
        LeftoversReport report = ended_by(*choice.error, "");
        report.candidates = choice.candidates;
        return report;
    }

    LeftoversReport of_plan(const std::string& plan) {
        auto connect = context_.connect_options();
        connect.plan = plan;
        const auto session = run::connect(connect, context_.signals.token());
        if (!session) return ended_by(session.error(), plan);
        return run::leftovers_flow(*session, flow_options(), context_.signals.token());
    }

    LeftoversReport ended_by(const base::Error& error, const std::string& plan) const {
        const bool interrupted = error.kind == base::ErrorKind::Interrupted;
        return {.outcome = interrupted ? Outcome::Detached : Outcome::Error,
                .ns = options_.ns,
                .plan = plan,
                .seen_at = base::now(),
                .error = error.message,
                .hint = error.hint};
    }

    run::LeftoversOptions flow_options() {
        run::LeftoversOptions flow{
            .remove = options_.remove,
            .deletion = {.backups = options_.include_backups},
            .dry_run = dry_run_of(options_.dry_run),
            .timeout = options_.timeout,
            .decided = [this](const LeftoversReport& report) { show_preview(report); },
            .consent =
                [this] { return context_.consent("Delete these leftovers?", "delete them"); },
            .sink = [this](const run::Event& event) { view_->show(event, base::now()); }};
        flow.execute.parallel = options_.kubeconfig.parallel;
        flow.execute.follow.stall_after = options_.stall_after;
        return flow;
    }

    bool is_quiet() const {
        return options_.progress == ProgressFormat::None ||
               options_.progress == ProgressFormat::Json;
    }

    void show_preview(const LeftoversReport& report) {
        // there is no table to draw again and again
        view_ = make_view({.format = is_quiet() ? options_.progress : ProgressFormat::Plain,
                           .style = context_.err.style});
        if (is_quiet() || report.runbook->steps.empty()) return;
        std::fputs(render_deletion_preview(report, context_.err).c_str(), stderr);
    }

    void print(const LeftoversReport& report) const {
        std::fputs(text_of(report).c_str(), stdout);
        if (report.outcome == Outcome::Refused)
            std::fputs(blockers_of(report).c_str(), stderr);
        else if (!report.error.empty() && report.outcome != Outcome::Detached)
            print_error(report.error, report.hint);
    }

    std::string blockers_of(const LeftoversReport& report) const {
        return command_of(render_blockers(report.runbook->blockers, context_.err, "the deletion"),
                          context_.err.called_as);
    }

    std::string text_of(const LeftoversReport& report) const {
        if (is_document(options_.output))
            return render_document(to_json(report, context_.out.called_as), options_.output);
        const bool ended_early = report.outcome == Outcome::Refused ||
                                 (report.outcome == Outcome::Error && report.written.empty());
        if (ended_early) return {};
        if (report.outcome == Outcome::DryRun) return render_runbook(*report.runbook, context_.out);
        return options_.output == OutputFormat::Name ? render_leftover_names(report)
                                                     : render_leftovers(report, context_.out);
    }

    CommandContext context_;
    const Options& options_;
    std::unique_ptr<View> view_;
};

}  // namespace

ExitCode leftovers_command(const Invocation& invocation) {
    return LeftoversCommand(invocation).run();
}

}  // namespace plugin
