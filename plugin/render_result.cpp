#include <map>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "plugin/render.hpp"
#include "plugin/render_findings.hpp"
#include "plugin/render_headline.hpp"
#include "plugin/render_parts.hpp"
#include "plugin/text_width.hpp"
#include "plugin/view_words.hpp"

namespace plugin {
namespace {

using rollback::Finding;
using rollback::Outcome;
using rollback::RunReport;

constexpr std::size_t most_of_a_kind = 6;

// What it was about
// -----------------------------------------------------------------------------------------

std::string fact(std::string_view name, const std::string& value) {
    return padded(std::string(name), 11) + one_line(value) + "\n";
}

// The application: when it began to serve again is known only to lie before the end.
std::string stopped_time(const RunReport& report) {
    if (!report.assessment || !report.assessment->stopped_since) return {};
    const base::Time since = *report.assessment->stopped_since;
    const std::string from = "since " + base::rfc3339(since);
    const auto length = rollback::stopped_for(report);
    return is_proved(report) && length ? from + ", for at most " + base::human(*length) : from;
}

std::string facts(const RunReport& report) {
    std::string out = "\n" + fact("Plan", report.ns + "/" + report.plan);
    if (report.rollback) {
        const mtc::Migration& migration = *report.rollback;
        out += fact("Rollback", migration.ns + "/" + migration.name + ", " +
                                    mtc::word(migration.state()) +
                                    (report.attached ? " (it ran already)" : ""));
    }
    if (const std::string stopped = stopped_time(report); !stopped.empty())
        out += fact("Stopped", stopped);
    out += fact("Time", base::rfc3339(report.began) + " to " + base::rfc3339(report.ended) + " (" +
                            base::human(report.ended - report.began) + ")");
    return out;
}

bool may_be_stopped(const RunReport& report) {
    return report.findings.empty() && report.rollback &&
           std::holds_alternative<mtc::Failed>(report.rollback->state());
}

// Why there was nothing to do.
std::string reasons(const RunReport& report) {
    std::string out;
    const bool by_hand = report.flow == rollback::Flow::Manual;
    if (report.outcome != Outcome::NothingToDo || !report.assessment || by_hand) return out;
    for (const std::string& reason : report.assessment->reasons) out += one_line(reason) + "\n";
    return out.empty() ? out : "\n" + out;
}

std::string errors(const RunReport& report, const Style& style) {
    std::string out;
    const Cell mark = failure_mark(style);
    if (report.rollback) {
        for (const std::string& error : report.rollback->errors) out += marked(mark, error, style);
        for (const auto& condition : report.rollback->conditions) {
            if (condition.warns() || condition.blocks())
                out += marked(warning_mark(), condition.type + ": " + condition.message, style);
        }
    }
    if (!report.error.empty()) out += marked(mark, report.error, style);
    if (may_be_stopped(report)) {
        out += marked(warning_mark(),
                      "The controller starts the application at the end of a rollback that "
                      "succeeds, so it may still "
                      "be stopped on the source",
                      style);
    }
    return out.empty() ? out : "\n" + out;
}

// What was written by hand
// ------------------------------------------------------------------------------------

std::string written(const RunReport& report, const RenderContext& context) {
    if (report.written.empty()) return {};
    std::string out;
    std::size_t well = 0;
    for (const rollback::Written& each : report.written) {
        const bool wrong = !each.error.empty();
        if (!wrong && each.left.empty()) {
            ++well;
            if (!context.wide) continue;
        }
        const Cell mark = wrong               ? failure_mark(context.style)
                          : each.left.empty() ? Cell{" "}
                                              : warning_mark();
        out += marked(mark, word(each.side) + " " + in_words(each), context.style);
    }
    return "\n" +
           fact("Written",
                std::to_string(well) + " of " + base::count(report.written.size(), "object")) +
           out;
}

std::string skipped(const RunReport& report, const RenderContext& context) {
    if (!report.runbook || report.runbook->skipped.empty()) return {};
    return "\n" + skipped_lines(*report.runbook, context);
}

// What was verified
// ------------------------------------------------------------------------------------------

std::string verification(const RunReport& report, const RenderContext& context) {
    if (report.findings.empty()) return {};
    Table table({"RESULT", "CHECK", "MESSAGE"});
    std::map<std::pair<rollback::Severity, std::string>, std::size_t> seen;
    std::size_t left_out = 0;
    for (const Finding& finding : worst_first(report.findings)) {
        if (++seen[{finding.severity, finding.check}] > most_of_a_kind && !context.wide) {
            ++left_out;
            continue;
        }
        table.row({result_cell(finding.severity), {finding.check}, {finding.message}});
        table.remedy(finding.remedy);
    }
    std::string out = "\n" + table.render(context.style);
    if (left_out > 0)
        out += "and " + std::to_string(left_out) + " more of the same checks (-o wide shows all)\n";
    return out + "\nVerified: " + tally(report.findings) + "\n";
}

std::string unseen(const RunReport& report, const Style& style) {
    // what a check needed and could not see stands among the findings
    if (report.gaps.empty() || !report.findings.empty()) return {};
    return "\n" + gap_table(report.gaps).render(style);
}

// What comes next
// --------------------------------------------------------------------------------------------

std::string own(const RunReport& report, const RenderContext& context, const char* word) {
    std::string command = context.called_as + word + report.plan;
    if (report.ns != mtc::openshift_migration) command += " -n " + report.ns;
    return command;
}

std::string again(const RunReport& report, const RenderContext& context) {
    // without what was said, the same command would do less, or be refused
    return own(report, context, report.flow == rollback::Flow::Manual ? " manual " : " ") +
           rollback::flags_of(report.starts);
}

std::string next_step_by_hand(const RunReport& report, const RenderContext& context) {
    switch (report.outcome) {
        case Outcome::TimedOut:
        case Outcome::Detached:
        case Outcome::NotVerified:
        case Outcome::Error:
            return "To go on with what is left: " + again(report, context) +
                   (report.runbook && !report.runbook->skipped.empty()
                        ? " --set NAMESPACE/KIND/NAME=N"
                        : "");
        case Outcome::Succeeded:
            return "What was migrated stays on the target; when MTC works again, it is "
                   "deleted by " +
                   own(report, context, " ");
        case Outcome::Failed:
        case Outcome::NothingToDo:
        case Outcome::DryRun:
        case Outcome::Refused:
        case Outcome::Declined:
            return {};
    }
    return {};
}

std::string next_step_of_proof(const RunReport& report, const RenderContext& context) {
    if (report.outcome == Outcome::Succeeded || report.outcome == Outcome::Error) return {};
    return "To verify again: " + own(report, context, " verify ");
}

std::string next_step(const RunReport& report, const RenderContext& context) {
    if (report.task == rollback::Task::Verify) return next_step_of_proof(report, context);
    if (report.flow == rollback::Flow::Manual) return next_step_by_hand(report, context);
    switch (report.outcome) {
        case Outcome::TimedOut:
        case Outcome::Detached:
            return (rollback::nothing_has_begun(report) ? "To begin again: "
                                                        : "Attach to it again: ") +
                   again(report, context);
        case Outcome::Failed:
            return "To roll back again: " + again(report, context) +
                   "; where MTC cannot do it: " + own(report, context, " manual ");
        case Outcome::NotVerified:
            return "To verify again: " + own(report, context, " verify ");
        case Outcome::Succeeded:
        case Outcome::NothingToDo:
        case Outcome::DryRun:
        case Outcome::Refused:
        case Outcome::Declined:
        case Outcome::Error:
            return {};
    }
    return {};
}

std::string next(const RunReport& report, const RenderContext& context) {
    const std::string step = next_step(report, context);
    std::string out;
    if (!report.hint.empty()) out += one_line(report.hint) + "\n";
    if (!step.empty()) out += one_line(step) + "\n";
    return out.empty() ? out : "\n" + out;
}

}  // namespace

std::string render_names(const RunReport& report) {
    if (report.rollback)
        return "migmigration.migration.openshift.io/" + report.rollback->name + "\n";
    std::string names;
    for (const rollback::Written& each : report.written) names += resource_name(each.object) + "\n";
    return names;
}

std::string render_result(const RunReport& report, const RenderContext& context) {
    return context.style.paint(headline_tone(report), headline(report)) + "\n" + facts(report) +
           reasons(report) + errors(report, context.style) + written(report, context) +
           skipped(report, context) + verification(report, context) +
           unseen(report, context.style) + next(report, context);
}

}  // namespace plugin
