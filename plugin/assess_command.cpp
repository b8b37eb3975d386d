// `oc mtc-rollback assess [PLAN]`: looks at both clusters and says what it found. It writes nothing
// to them; what may be lost by the time of a rollback it writes down beside the user's own files.
#include <algorithm>
#include <cstdio>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "plugin/command_context.hpp"
#include "plugin/message.hpp"
#include "plugin/program_name.hpp"
#include "plugin/render_assessment.hpp"
#include "plugin/render_parts.hpp"
#include "run/observe.hpp"
#include "run/records.hpp"
#include "run/snapshot.hpp"
#include "run/survey.hpp"

namespace plugin {
namespace {

using rollback::PlanLine;

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
        : context_(invocation), options_(invocation.options) {}

    ExitCode run() { return options_.arguments.empty() ? assess_all() : assess_one(); }

  private:
    // One plan
    // -----------------------------------------------------------------------------------------

    ExitCode assess_one() {
        AssessmentReport report{
            .ns = options_.ns, .plan = options_.arguments.front(), .seen_at = base::now()};
        const auto looked = look(report);
        const ExitCode code = looked ? exit_code(report) : note_error(report, looked.error());
        report.exit_code = static_cast<int>(code);
        if (is_document(options_.output)) {
            print(render_document(to_json(report, context_.out.called_as), options_.output));
        } else if (looked) {
            print(text_of(report));
        }
        return code;
    }

    base::Result<void> look(AssessmentReport& report) {
        const auto session = run::connect(context_.connect_options(), context_.signals.token());
        if (!session) return std::unexpected(session.error());
        const auto state = run::observe(*session, {.parallel = options_.kubeconfig.parallel},
                                        context_.signals.token());
        if (!state) return std::unexpected(state.error());
        describe(report, *session, *state);
        const auto record =
            run::recall(*state, "", run::snapshot_folder(),
                        [this](const std::string& text) { context_.warnings.show(text); });
        run::keep_what_may_be_lost(record, run::snapshot_folder());
        report.assessment = rollback::assess(*state, {.record = &record});
        name_program(*report.assessment, context_.out.called_as);
        return {};
    }

    static void describe(AssessmentReport& report, const run::Session& session,
                         const rollback::State& state) {
        report.plan_uid = state.plan.uid;
        report.control = run::name_of(session.control);
        report.source = name_of(state.source);
        report.target = name_of(state.target);
        report.gaps = state.gaps;
        report.seen_at = state.seen_at;
    }

    std::string text_of(const AssessmentReport& report) const {
        if (options_.output != OutputFormat::Name) return render_assessment(report, context_.out);
        return needs_action(report) ? object_name(report.plan) : "";
    }

    // All plans
    // ----------------------------------------------------------------------------------------

    ExitCode assess_all() {
        SurveyReport report{.ns = options_.ns};
        auto lines = run::survey(context_.connect_options(), options_.kubeconfig.parallel,
                                 context_.signals.token());
        report.seen_at = base::now();
        if (lines) report.lines = std::move(*lines);
        const ExitCode code = lines ? exit_code(report.lines) : note_error(report, lines.error());
        report.exit_code = static_cast<int>(code);
        if (is_document(options_.output)) {
            print(render_document(to_json(report), options_.output));
        } else if (lines) {
            print_lines(report);
        }
        return code;
    }

    // What was seen on another cluster is not seen of the plan's.
    ExitCode exit_code(const AssessmentReport& report) const {
        const bool elsewhere =
            std::ranges::any_of(report.assessment->blockers, rollback::is_wrong_cluster);
        return elsewhere ? ExitCode::NotVerified : exit_code(needs_action(report));
    }

    // kubectl's code for "some of them could not be had", unless there is something worse to say.
    ExitCode exit_code(const std::vector<PlanLine>& lines) const {
        const ExitCode code = exit_code(
            std::ranges::any_of(lines, [](const PlanLine& line) { return needs_action(line); }));
        const bool failed = std::ranges::any_of(lines, has_error);
        return code == ExitCode::Done && failed ? ExitCode::Error : code;
    }

    void print_lines(const SurveyReport& report) const {
        if (report.lines.empty()) {
            const std::string none = "No plans found in " + report.ns + " namespace.\n";
            std::fputs(base::printable(none).c_str(), stderr);
            return;
        }
        if (options_.output != OutputFormat::Name)
            return print(render_survey(report, context_.out));
        for (const PlanLine& line : report.lines) {
            if (needs_action(line)) print(object_name(line.plan));
            if (has_error(line)) print_error(line.plan + ": " + line.error, "");
        }
    }

    // Both
    // ---------------------------------------------------------------------------------------------

    ExitCode exit_code(bool action_needed) const {
        return context_.with_warnings(options_.exit_code && action_needed ? ExitCode::NotVerified
                                                                          : ExitCode::Done);
    }

    template <class Report>
    ExitCode note_error(Report& report, const base::Error& error) const {
        report.error = error.message;
        report.hint = error.hint;
        print_error(error.message, error.hint);
        return context_.exit_code_of(error);
    }

    static void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

    CommandContext context_;
    const Options& options_;
};

}  // namespace

ExitCode assess_command(const Invocation& invocation) {
    return AssessCommand(invocation).run();
}

}  // namespace plugin
