// `oc mtc-rollback assess [PLAN]`: looks at both clusters and says what it found. It writes
// nothing.
#include <unistd.h>
#include <csignal>

#include <algorithm>
#include <cstdio>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "plugin/commands.hpp"
#include "plugin/message.hpp"
#include "plugin/render_assessment.hpp"
#include "plugin/warnings.hpp"
#include "run/observe.hpp"
#include "run/survey.hpp"

namespace plugin {
namespace {

using rollback::PlanLine;

void print_line(const std::string& text) {
    std::fputs((text + "\n").c_str(), stderr);
}

// As `oc get migplans -o name` prints it.
std::string object_name(const std::string& plan) {
    return "migplan." + std::string(mtc::group) + "/" + plan + "\n";
}

bool needs_action(const AssessmentReport& report) {
    return report.assessment && rollback::needs_action(report.assessment->verdict);
}

bool needs_action(const PlanLine& line) {
    return line.verdict && rollback::needs_action(*line.verdict);
}

bool has_error(const PlanLine& line) {
    return !line.error.empty();
}

class AssessCommand {
  public:
    explicit AssessCommand(const Invocation& invocation)
        : options_(invocation.options),
          signals_(invocation.signals),
          context_{.style = style_of(STDOUT_FILENO, options_.color),
                   .wide = options_.output == OutputFormat::Wide,
                   .called_as = invocation.called_as},
          warnings_(style_of(STDERR_FILENO, options_.color)) {}

    ExitCode run() { return options_.arguments.empty() ? assess_all() : assess_one(); }

  private:
    // One plan
    // -----------------------------------------------------------------------------------------

    ExitCode assess_one() {
        AssessmentReport report{
            .ns = options_.ns, .plan = options_.arguments.front(), .seen_at = base::now()};
        const auto looked = look(report);
        const ExitCode code =
            looked ? exit_code(needs_action(report)) : note_error(report, looked.error());
        report.exit_code = static_cast<int>(code);
        if (is_document()) {
            print(render_document(to_json(report, context_.called_as), options_.output));
        } else if (looked) {
            print(text_of(report));
        }
        return code;
    }

    base::Result<void> look(AssessmentReport& report) {
        const auto session = run::connect(connect_options(), signals_.token());
        if (!session) return std::unexpected(session.error());
        const auto state =
            run::observe(*session, {.parallel = options_.kubeconfig.parallel}, signals_.token());
        if (!state) return std::unexpected(state.error());
        describe(report, *session, *state);
        report.assessment = rollback::assess(*state);
        return {};
    }

    static void describe(AssessmentReport& report, const run::Session& session,
                         const rollback::State& state) {
        report.plan_uid = state.plan.uid;
        report.control = {session.control.cluster->server(), session.control.described_as,
                          session.control.user};
        report.source = {state.source.server, state.source.described_as, state.source.user};
        report.target = {state.target.server, state.target.described_as, state.target.user};
        report.gaps = state.gaps;
        report.seen_at = state.seen_at;
    }

    std::string text_of(const AssessmentReport& report) const {
        if (options_.output != OutputFormat::Name) return render_assessment(report, context_);
        return needs_action(report) ? object_name(report.plan) : "";
    }

    run::ConnectOptions connect_options() {
        return {.kubeconfig = options_.kubeconfig,
                .ns = options_.ns,
                .plan = options_.arguments.front(),
                .source_context = options_.source_context,
                .target_context = options_.target_context,
                .log = log()};
    }

    // All plans
    // ----------------------------------------------------------------------------------------

    ExitCode assess_all() {
        SurveyReport report{.ns = options_.ns};
        auto lines = run::survey(survey_options(), signals_.token());
        report.seen_at = base::now();
        if (lines) report.lines = std::move(*lines);
        const ExitCode code = lines ? exit_code(report.lines) : note_error(report, lines.error());
        report.exit_code = static_cast<int>(code);
        if (is_document()) {
            print(render_document(to_json(report), options_.output));
        } else if (lines) {
            print_lines(report);
        }
        return code;
    }

    // kubectl's code for "some of them could not be had", unless there is something worse to say.
    ExitCode exit_code(const std::vector<PlanLine>& lines) const {
        const ExitCode code = exit_code(
            std::ranges::any_of(lines, [](const PlanLine& line) { return needs_action(line); }));
        const bool failed = std::ranges::any_of(lines, has_error);
        return code == ExitCode::Done && failed ? ExitCode::Error : code;
    }

    void print_lines(const SurveyReport& report) const {
        if (report.lines.empty())
            return print_line(base::printable("No plans found in " + report.ns + " namespace."));
        if (options_.output != OutputFormat::Name) return print(render_survey(report, context_));
        for (const PlanLine& line : report.lines) {
            if (needs_action(line)) print(object_name(line.plan));
            if (has_error(line)) print_error(line.plan + ": " + line.error, "");
        }
    }

    run::SurveyOptions survey_options() {
        return {.kubeconfig = options_.kubeconfig,
                .ns = options_.ns,
                .source_context = options_.source_context,
                .target_context = options_.target_context,
                .parallel = options_.kubeconfig.parallel,
                .log = log()};
    }

    // Both
    // ---------------------------------------------------------------------------------------------

    ExitCode exit_code(bool action_needed) const {
        if (options_.exit_code && action_needed) return ExitCode::NotVerified;
        const bool warned = options_.warnings_as_errors && warnings_.count() > 0;
        return warned ? ExitCode::Error : ExitCode::Done;
    }

    template <class Report>
    ExitCode note_error(Report& report, const base::Error& error) const {
        report.error = error.message;
        report.hint = error.hint;
        print_error(error.message, error.hint);
        if (error.kind != base::ErrorKind::Interrupted) return ExitCode::Error;
        return signals_.received() == SIGTERM ? ExitCode::Terminated : ExitCode::Interrupted;
    }

    kube::RequestLog log() {
        kube::RequestLog log;
        log.verbosity = options_.verbosity;
        log.write = print_line;
        log.warn = [this](const std::string& text) { warnings_.show(text); };
        return log;
    }

    bool is_document() const {
        return options_.output == OutputFormat::Json || options_.output == OutputFormat::Yaml;
    }

    static void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

    const Options& options_;
    const Signals& signals_;
    RenderContext context_;
    Warnings warnings_;
};

}  // namespace

ExitCode assess_command(const Invocation& invocation) {
    return AssessCommand(invocation).run();
}

}  // namespace plugin
