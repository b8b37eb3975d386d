#include "plugin/render_cancel.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "plugin/render_assessment.hpp"
#include "plugin/render_parts.hpp"
#include "rollback/cancel.hpp"

namespace plugin {
namespace {

using rollback::Outcome;
using rollback::RunReport;

std::string line(const std::string& text, const RenderContext& context) {
    return marked({" ", Tone::Plain}, text, context.style, 1);
}

std::string named(const mtc::Migration& migration) {
    const std::string phase = migration.phase.empty() ? "" : ", phase " + migration.phase;
    return mtc::word(migration.kind) + " " + migration.name + " (" + mtc::word(migration.state()) +
           phase + ")";
}

std::string how(const mtc::Migration& migration) {
    return rollback::ignores_cancel(migration)
               ? "delete " + named(migration) + ": a blocked one does not heed a cancellation"
               : "cancel " + named(migration);
}

// reference: mm/task.go, the Cancel itinerary of each version
std::string what_it_means(const mtc::Migration& migration) {
    if (migration.kind == mtc::MigrationKind::Rollback)
        return "What the rollback has deleted on the target is gone, the rest stays. MTC 1.8 "
               "starts "
               "the application on the source; older ones leave it stopped.";
    if (rollback::ignores_cancel(migration))
        return "What it has done so far stays as it is: nothing starts an application that it has "
               "stopped, and nothing is deleted on the target.";
    return "MTC 1.8 starts what it has stopped on the source; older ones leave it stopped. What "
           "lies on the target stays there until a rollback.";
}

std::string last_of(const RunReport& report) {
    const mtc::Migration& last = report.canceled.back();
    return mtc::word(last.kind) + " " + last.name;
}

std::string headline_of(const RunReport& report) {
    switch (report.outcome) {
        case Outcome::Succeeded:
            return report.canceled.empty() ? "Deleted: the migration is gone"
                                           : "Canceled: " + last_of(report);
        case Outcome::Failed:
            return "Not canceled: " + last_of(report) + " " +
                   mtc::word(report.canceled.back().state()) + " before that";
        case Outcome::NothingToDo:
            return "Nothing to do: no migration of this plan runs";
        case Outcome::TimedOut:
            return "Not finished in time; the cancellation goes on in the cluster";
        case Outcome::Detached:
            return report.written.empty() ? "Interrupted: nothing was changed"
                                          : "Detached; the cancellation goes on in the cluster";
        case Outcome::Declined:
            return "Declined: nothing was changed";
        case Outcome::DryRun:
        case Outcome::Refused:
        case Outcome::NotVerified:
        case Outcome::Error:
            return "Error";
    }
    return {};
}

Tone tone_of_outcome(Outcome outcome) {
    if (outcome == Outcome::Succeeded) return Tone::Good;
    return outcome == Outcome::Failed || outcome == Outcome::Error ? Tone::Bad : Tone::Bold;
}

std::string what_is_left(const RunReport& report, const RenderContext& context) {
    if (!report.assessment) {
        const bool over = report.outcome == Outcome::Succeeded || report.outcome == Outcome::Failed;
        return over ? "\nWhat is left could not be looked at: " + context.called_as + " assess " +
                          report.plan + "\n"
                    : "";
    }
    const rollback::Assessment& now = *report.assessment;
    std::string out = heading("Now: " + in_words(now.verdict), context);
    for (const std::string& reason : now.reasons) out += line(reason, context);
    for (const std::string& command : now.advice.commands)
        out += remedy_line(command_of(command, context.called_as), context.style);
    return out;
}

}  // namespace

std::string render_cancellation(const mtc::Migration& migration, const RenderContext& context) {
    return heading("What will be done", context) + line(how(migration), context) +
           line(what_it_means(migration), context);
}

std::string render_canceled_first(const std::vector<mtc::Migration>& migrations,
                                  const RenderContext& context) {
    if (migrations.empty()) return {};
    std::string out = heading("First, out of the way", context);
    for (const mtc::Migration& each : migrations) out += line(how(each), context);
    return out;
}

std::string render_canceled(const RunReport& report, const RenderContext& context) {
    std::string out =
        context.style.paint(tone_of_outcome(report.outcome), base::printable(headline_of(report))) +
        "\n";
    if (!report.hint.empty() && report.outcome != Outcome::Error)
        out += base::printable(report.hint) + "\n";
    return out + what_is_left(report, context);
}

}  // namespace plugin
