#include "plugin/render_headline.hpp"

#include <algorithm>
#include <variant>

#include "base/text.hpp"

namespace plugin {
namespace {

using rollback::Finding;
using rollback::Outcome;
using rollback::RunReport;
using rollback::Severity;

// In the console's words where it has them ("Rollback succeeded" stands for a verified one only).
struct Ending {
    std::string operator()(const mtc::Canceled&) const { return "Rollback canceled"; }
    std::string operator()(const mtc::Failed& failed) const {
        return "Rollback failed" + (failed.phase.empty() ? "" : " in phase " + failed.phase);
    }
    std::string operator()(const mtc::SucceededWithWarnings&) const {
        return "Rollback completed with warnings";
    }
    std::string operator()(const mtc::Succeeded&) const { return "Rollback ended, but not well"; }
    std::string operator()(const mtc::Pending&) const { return unfinished(); }
    std::string operator()(const mtc::Blocked&) const { return unfinished(); }
    std::string operator()(const mtc::Running&) const { return unfinished(); }
    std::string operator()(const mtc::Canceling&) const { return unfinished(); }

    static std::string unfinished() { return "Rollback failed"; }
};

std::string failed_line(const RunReport& report) {
    return report.rollback ? std::visit(Ending{}, report.rollback->state()) : "Rollback failed";
}

std::string succeeded_line(const RunReport& report) {
    if (is_proved(report)) return "Rollback succeeded";
    if (report.findings.empty()) return "MTC has rolled back; the recovery was not verified";
    return "Rollback ended, but the recovery is not proved";
}

constexpr std::size_t most_left_out = 3;

// Of a run for a part of the plan; what it was not about may be stopped.
std::string but_for_the_rest(const RunReport& report) {
    if (report.left_out.empty()) return {};
    return "; not looked at: " + base::first_of(report.left_out, most_left_out);
}

std::string nothing_line(const RunReport& report) {
    if (report.flow == rollback::Flow::Manual)
        return "Nothing to do: MTC has stopped nothing here, and left no stage pods" +
               but_for_the_rest(report);
    const bool before =
        report.assessment && report.assessment->verdict == rollback::Verdict::AlreadyRolledBack;
    return before ? "Nothing to do: rolled back already" : "Nothing to do: no rollback is needed";
}

bool has_failure(const RunReport& report, auto matches) {
    return std::ranges::any_of(report.findings, [&](const Finding& finding) {
        return finding.severity == Severity::Failure && matches(finding);
    });
}

std::string not_verified(const RunReport& report, const std::string& how_it_ended) {
    if (has_failure(report, [](const Finding& f) { return f.side == rollback::Side::Source; }))
        return how_it_ended + ", but the application is not well";
    if (has_failure(report, [](const Finding&) { return true; }))
        return how_it_ended + ", but verification found something wrong";
    return how_it_ended + ", but not everything could be verified";
}

// Of --cancel-running: what was in the way was told to end, and had not ended yet.
const std::string cancellation_goes_on =
    "what is in the way is being canceled, and no rollback was created";
bool only_canceled(const RunReport& report) {
    return !report.written.empty() && !report.rollback && !report.attached;
}

std::string timed_out_line(const RunReport& report) {
    return "Not finished in time; " +
           (only_canceled(report) ? cancellation_goes_on : "the rollback goes on in the cluster");
}

// The creation is never interrupted: without a rollback in the report nothing was sent, unless one
// was only watched.
std::string detached_line(const RunReport& report) {
    if (only_canceled(report)) return "Interrupted; " + cancellation_goes_on;
    if (rollback::nothing_has_begun(report)) return "Interrupted: nothing was changed";
    const bool ended = report.rollback && mtc::is_terminal(report.rollback->state());
    return ended ? "Interrupted before the recovery was verified; the rollback itself has ended"
                 : "Detached; the rollback goes on in the cluster";
}

// What the manual flow has changed when it did not come to its end.
std::string so_far(const RunReport& report) {
    return report.written.empty() ? "nothing was changed"
                                  : base::count(report.written.size(), "object") +
                                        " written; the same command goes on with the rest";
}

bool wrote_nothing(const RunReport& report) {
    return !report.written.empty() &&
           std::ranges::none_of(report.written, [](const rollback::Written& written) {
               return written.error.empty() && written.left.empty();
           });
}

std::string not_well_by_hand(const RunReport& report) {
    if (wrote_nothing(report)) return "Nothing could be written";
    return report.findings.empty() ? "Not everything could be written"
                                   : not_verified(report, "Started by hand");
}

std::string started_by_hand(const RunReport& report) {
    const std::string part = report.left_out.empty() ? "The application is back"
                                                     : "This part of the application is back";
    return (report.findings.empty() ? "Everything is written; the recovery was not verified"
                                    : part) +
           but_for_the_rest(report);
}

}  // namespace

namespace {

std::string not_proved(const RunReport& report) {
    if (has_failure(report, [](const Finding& f) { return f.side == rollback::Side::Source; }))
        return "Not verified: the application is not well";
    if (has_failure(report, [](const Finding&) { return true; }))
        return "Not verified: something is wrong";
    return "Not verified: not everything could be seen";
}

// Of a proof alone: nothing was to be changed.
std::string proof_line(const RunReport& report) {
    const bool by_hand = report.flow == rollback::Flow::Manual;
    switch (report.outcome) {
        case Outcome::Succeeded:
            if (!report.left_out.empty())
                return "Verified: this part of the application is back" + but_for_the_rest(report);
            return by_hand
                       ? "Verified: the application is back; what was migrated rests on the target"
                       : "Verified: the application is back, and the target is clean";
        case Outcome::NotVerified:
            return not_proved(report);
        case Outcome::TimedOut:
        case Outcome::Detached:
            return "Interrupted before everything was verified";
        case Outcome::NothingToDo:
        case Outcome::DryRun:
        case Outcome::Refused:
        case Outcome::Declined:
        case Outcome::Failed:
        case Outcome::Error:
            return "Error: nothing could be verified";
    }
    return {};
}

}  // namespace

std::string headline(const RunReport& report) {
    if (report.task == rollback::Task::Verify) return proof_line(report);
    const bool by_hand = report.flow == rollback::Flow::Manual;
    switch (report.outcome) {
        case Outcome::Succeeded:
            return by_hand ? started_by_hand(report) : succeeded_line(report);
        case Outcome::NothingToDo:
            return nothing_line(report);
        case Outcome::DryRun:
            return "Dry run: nothing was changed";
        case Outcome::Refused:
            return "Refused: nothing was changed";
        case Outcome::Declined:
            return "Declined: nothing was changed";
        case Outcome::Failed:
            return by_hand ? "Error: " + so_far(report) : failed_line(report);
        case Outcome::NotVerified:
            return by_hand ? not_well_by_hand(report) : not_verified(report, "Rollback ended");
        case Outcome::TimedOut:
            return by_hand ? "Not finished in time: " + so_far(report) : timed_out_line(report);
        case Outcome::Detached:
            return by_hand ? "Interrupted: " + so_far(report) : detached_line(report);
        case Outcome::Error:
            if (by_hand) return "Error: " + so_far(report);
            return report.rollback ? "Error; the rollback may go on in the cluster"
                                   : "Error; no rollback was seen";
    }
    return {};
}

Tone headline_tone(const RunReport& report) {
    switch (report.outcome) {
        case Outcome::Succeeded:
            return is_proved(report) ? Tone::Good : Tone::Warning;
        case Outcome::NothingToDo:
        case Outcome::DryRun:
        case Outcome::Declined:
            return Tone::Bold;
        case Outcome::Refused:
        case Outcome::Failed:
        case Outcome::NotVerified:
        case Outcome::Error:
            return Tone::Bad;
        case Outcome::TimedOut:
        case Outcome::Detached:
            return Tone::Warning;
    }
    return Tone::Plain;
}

bool is_proved(const RunReport& report) {
    const bool ended_well =
        !report.rollback || std::holds_alternative<mtc::Succeeded>(report.rollback->state());
    return report.outcome == Outcome::Succeeded && ended_well && !report.findings.empty() &&
           rollback::all_is_well(report.findings);
}

}  // namespace plugin
