#include "plugin/evidence.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "plugin/render_findings.hpp"
#include "plugin/render_headline.hpp"

namespace plugin::evidence {
namespace {

using rollback::Outcome;
using rollback::RunReport;
using rollback::Severity;

std::string plan_of(const RunReport& report) {
    return report.ns + "/" + report.plan;
}

// Nothing where only the proof was made, and no rollback to look at was found.
std::string way(const RunReport& report) {
    if (report.task == rollback::Task::Verify && !report.rollback &&
        report.flow == rollback::Flow::Console)
        return {};
    return report.flow == rollback::Flow::Manual ? "this program itself (manual flow)"
                                                 : "MTC's controller";
}

std::string rollback_of(const RunReport& report) {
    if (!report.rollback) return {};
    return report.rollback->ns + "/" + report.rollback->name + ", " +
           mtc::word(report.rollback->state()) + (report.attached ? " (it ran already)" : "");
}

Cell verified_fact(const RunReport& report) {
    if (report.findings.empty()) return {"not verified", Tone::Warning};
    return {tally(report.findings),
            rollback::all_is_well(report.findings) ? Tone::Good : Tone::Bad};
}

std::string gaps_fact(const RunReport& report) {
    const bool none = report.gaps_before.empty() && report.gaps.empty();
    return none ? "no gap was noted" : "some, see \"" + not_seen(report).title + "\"";
}

std::vector<Fact> facts(const RunReport& report) {
    std::vector<Fact> all{
        {"Downtime", downtime(report)},
        {"Verified", verified_fact(report)},
        {"Outcome", {word(report.outcome) + ", exit code " + std::to_string(report.exit_code)}},
        {"Not seen", {gaps_fact(report)}},
        {"Began", {utc(report.began) + " UTC"}},
        {"Ended", {utc(report.ended) + " UTC, after " + base::human(report.ended - report.began)}},
        {"Plan", {plan_of(report)}},
        {"UID of the plan", {report.plan_uid}},
        {"Rolled back by", {way(report)}},
        {"MigMigration", {rollback_of(report)}}};
    std::erase_if(all, [](const Fact& fact) { return fact.value.text.empty(); });
    return all;
}

// Downtime
// --------------------------------------------------------------------------------------------------

bool was_seen_stopped(const RunReport& report) {
    return std::ranges::any_of(report.assessment->situation.workloads,
                               [](const auto& item) { return item.stopped; });
}

// A rollback that was created, or a write that was tried, may have started something.
bool changed_nothing(const RunReport& report) {
    switch (report.outcome) {
        case Outcome::DryRun:
        case Outcome::Refused:
        case Outcome::Declined:
            return true;
        case Outcome::Detached:
            return rollback::nothing_has_begun(report);
        case Outcome::Succeeded:
        case Outcome::NothingToDo:
        case Outcome::Failed:
        case Outcome::NotVerified:
        case Outcome::TimedOut:
        case Outcome::Error:
            return false;
    }
    return false;
}

bool does_not_serve(const RunReport& report) {
    return std::ranges::any_of(report.findings, [](const rollback::Finding& finding) {
        return finding.severity == Severity::Failure && finding.check == "source-workloads-serve";
    });
}

Cell downtime_since(const RunReport& report, base::Time since) {
    const std::string from = "since " + utc(since) + " UTC";
    const auto length = rollback::stopped_for(report);
    const std::string by_the_end =
        length ? base::human(*length) + " by the end of this run"
               : "how long by the end of this run is not known: the clocks of this machine and of "
                 "the control cluster do not tell";
    if (is_proved(report))
        return {(length ? "at most " + base::human(*length) : std::string("not known how long")) +
                    ": stopped " + from + ", proved to serve at the end of this run",
                Tone::Good};
    if (does_not_serve(report) || (changed_nothing(report) && was_seen_stopped(report)))
        return {"not over: stopped " + from + ", " + by_the_end, Tone::Bad};
    return {
        "not known: stopped " + from + "; that it serves again was not proved (" + by_the_end + ")",
        Tone::Warning};
}

bool is_empty(const Part& part) {
    struct Visitor {
        bool operator()(const Lines& lines) const { return lines.items.empty(); }
        bool operator()(const Records& records) const { return records.rows.empty(); }
        bool operator()(const Timeline& timeline) const { return timeline.empty(); }
    };
    return std::visit(Visitor{}, part);
}

// A column in which nothing stands tells nothing.
void leave_out_empty_columns(Records& records) {
    for (std::size_t i = records.headers.size(); i-- > 0;) {
        const auto at = static_cast<std::ptrdiff_t>(i);
        const auto is_blank = [i](const auto& row) { return row[i].text.empty(); };
        if (!std::ranges::all_of(records.rows, is_blank)) continue;
        records.headers.erase(records.headers.begin() + at);
        for (auto& row : records.rows) row.erase(row.begin() + at);
    }
}

Section without_the_empty(Section section) {
    std::erase_if(section.parts, is_empty);
    for (Part& part : section.parts) {
        if (auto* records = std::get_if<Records>(&part)) leave_out_empty_columns(*records);
    }
    if (section.parts.empty()) section.parts = {Lines{{}, {{"Nothing."}}}};
    return section;
}

}  // namespace

std::string utc(base::Time time) {
    std::string text = base::rfc3339(time);
    text.pop_back();
    std::ranges::replace(text, 'T', ' ');
    return text;
}

Cell downtime(const RunReport& report) {
    if (!report.assessment) return {"not known: the clusters were not looked at", Tone::Warning};
    if (report.assessment->stopped_since)
        return downtime_since(report, *report.assessment->stopped_since);
    if (was_seen_stopped(report) || does_not_serve(report))
        return {"not known: nothing tells when it began", Tone::Warning};
    if (report.assessment->verdict == rollback::Verdict::Unknown)
        return {"not known: not everything could be seen", Tone::Warning};
    return {"none was seen at the first look"};
}

Document document_of(const RunReport& report, const std::string& version) {
    return {.title = "Rollback of plan " + plan_of(report),
            .headline = {headline(report), headline_tone(report)},
            .facts = facts(report),
            .sections = {without_the_empty(acted(report)), without_the_empty(seen_before(report)),
                         without_the_empty(done(report)), without_the_empty(verified(report)),
                         without_the_empty(not_seen(report))},
            .footer = "Written by oc-mtc-rollback " + version + " at " + utc(report.ended) +
                      ". All times are UTC, by the clock of the machine that ran it; those of the "
                      "pipeline are by the controller's."};
}

}  // namespace plugin::evidence
