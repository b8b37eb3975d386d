#include <doctest/doctest.h>

#include "fixture.hpp"
#include "golden.hpp"
#include "plugin/render_evidence.hpp"
#include "plugin/view_live.hpp"
#include "plugin/view_plain.hpp"

namespace golden_test {

namespace {

using namespace fixture;
using rollback::Outcome;
using enum plugin::EvidenceFormat;

rollback::RunReport ended_as(Outcome outcome, const std::string& condition,
                             std::vector<rollback::Finding> findings) {
    auto out = report(outcome);
    out.rollback = ended(condition);
    out.findings = std::move(findings);
    return out;
}

std::string result(const rollback::RunReport& report) {
    return plugin::render_result(report, context());
}

// Escapes as a reader of the file can see them.
std::string visible(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '\x1b')
            out += "\\e";
        else
            out += c;
    }
    return out;
}

plugin::LiveModel told(int until) {
    plugin::LiveModel model;
    model.stopped_since = noon(-1334);
    for (const Moment& moment : story()) {
        if (moment.seconds <= until) model.apply(moment.event, noon(moment.seconds));
    }
    return model;
}

std::string frame(const std::string& title, const plugin::LiveModel& model,
                  const plugin::Style& style, int now, int rows = 0) {
    std::string out = "=== " + title + "\n";
    for (const std::string& line : plugin::live_frame(model, style, noon(now), rows))
        out += line + "\n";
    return out;
}

plugin::LiveModel after(const run::Event& event) {
    plugin::LiveModel model;
    model.stopped_since = noon(-1334);
    model.apply(event, noon());
    return model;
}

std::string lines_of(std::unique_ptr<plugin::View> (*make)(plugin::LineSink)) {
    std::string out;
    const auto view = make([&out](const std::string& line) { out += line; });
    for (const Moment& moment : story()) view->show(moment.event, noon(moment.seconds));
    view->finish();
    return out;
}

}  // namespace

TEST_CASE("help") {
    golden::check("help.txt", plugin::help_text("", "oc mtc-rollback"));
    golden::check("help-assess.txt", plugin::help_text("assess", "oc mtc-rollback"));
    golden::check("help-cancel.txt", plugin::help_text("cancel", "oc mtc-rollback"));
    golden::check("help-create.txt", plugin::help_text("create", "oc mtc-rollback"));
    golden::check("help-status.txt", plugin::help_text("status", "oc mtc-rollback"));
    golden::check("help-leftovers.txt", plugin::help_text("leftovers", "oc mtc-rollback"));
    golden::check("help-manual.txt", plugin::help_text("manual", "oc mtc-rollback"));
    golden::check("help-run.txt", plugin::help_text("run", "kubectl mtc-rollback"));
    golden::check("help-verify.txt", plugin::help_text("verify", "oc mtc-rollback"));
}

TEST_CASE("before anything is done") {
    golden::check("preview.txt",
                  plugin::render_preview(state(), assessment(), control(), context()));
    golden::check("preview-wide.txt",
                  plugin::render_preview(state(), assessment(), control(), context(120, true)));
    auto colored = context();
    colored.style = rich_style();
    golden::check("preview-color.txt",
                  visible(plugin::render_preview(state(), assessment(), control(), colored)));
    golden::check("blockers.txt", plugin::render_blockers(blockers(), context()));
    golden::check("runbook.txt", plugin::render_runbook(runbook(), context()));
}

TEST_CASE("assessments") {
    auto report = assessment_report();
    golden::check("assess.txt", plugin::render_assessment(report, context(100)));
    golden::check("assess.json", plugin::render_document(plugin::to_json(report, "oc mtc-rollback"),
                                                         plugin::OutputFormat::Json));
    report.assessment->blockers = blockers();
    auto colored = context(100, true);
    colored.style = rich_style(100);
    golden::check("assess-wide-color.txt", visible(plugin::render_assessment(report, colored)));
    golden::check("assess-all.txt", plugin::render_survey(survey_report(), context(0)) +
                                        "\n=== wide, 100 columns\n" +
                                        plugin::render_survey(survey_report(), context(100, true)));
    golden::check("assess-all.json", plugin::render_document(plugin::to_json(survey_report()),
                                                             plugin::OutputFormat::Json));
}

TEST_CASE("results") {
    golden::check("result-succeeded.txt",
                  result(ended_as(Outcome::Succeeded, "Succeeded", all_well())));
    golden::check("result-not-asked.txt", result(ended_as(Outcome::Succeeded, "Succeeded", {})));
    golden::check("result-not-verified.txt",
                  result(ended_as(Outcome::NotVerified, "Succeeded", some_unwell())));
    auto gaps = ended_as(Outcome::NotVerified, "Succeeded", {});
    gaps.gaps = state().gaps;
    golden::check("result-gaps.txt", result(gaps));
    golden::check("result-warnings.txt",
                  result(ended_as(Outcome::Failed, "SucceededWithWarnings", {})));
    golden::check("result-canceled.txt", result(ended_as(Outcome::Failed, "Canceled", {})));
    auto nothing = report(Outcome::NothingToDo);
    nothing.assessment = rollback::Assessment{};
    nothing.assessment->verdict = rollback::Verdict::AlreadyRolledBack;
    nothing.assessment->reasons = {
        "nothing is stopped on the source, and no migrated objects are on the target"};
    nothing.findings = all_well();
    golden::check("result-nothing-to-do.txt", result(nothing));
    auto failure = report(Outcome::Failed);
    failure.rollback = failed();
    golden::check("result-failed.txt", result(failure));
    auto late = report(Outcome::TimedOut);
    late.rollback = running(7);
    late.hint = "The stall is explained above";
    golden::check("result-timed-out.txt", result(late));
    auto proof = ended_as(Outcome::NotVerified, "Succeeded", some_unwell());
    proof.task = rollback::Task::Verify;
    golden::check("result-verify.txt", result(proof));
    auto colored = context();
    colored.style = rich_style();
    golden::check("result-color.txt",
                  visible(plugin::render_result(
                      ended_as(Outcome::NotVerified, "Succeeded", some_unwell()), colored)));
}

TEST_CASE("documents") {
    auto full = ended_as(Outcome::NotVerified, "Succeeded", some_unwell());
    full.gaps = state().gaps;
    full.exit_code = 4;
    golden::check("report.json",
                  plugin::render_document(plugin::to_json(full), plugin::OutputFormat::Json));
    golden::check("runbook.yaml", plugin::render_document(plugin::to_json(report(Outcome::DryRun)),
                                                          plugin::OutputFormat::Yaml));
}

TEST_CASE("evidence") {
    const plugin::EvidenceContext version{.version = "v0"};
    auto unwell = ended_as(Outcome::NotVerified, "Succeeded", some_unwell());
    unwell.gaps = unwell.gaps_before = state().gaps;
    unwell.exit_code = 4;
    golden::check("evidence.md", plugin::render_evidence(unwell, Markdown, version));
    golden::check("evidence.html", plugin::render_evidence(unwell, Html, version));
    auto refused = report(Outcome::Refused);
    refused.runbook = {.steps = {}, .blockers = blockers()};
    refused.exit_code = 6;
    golden::check("evidence-refused.md", plugin::render_evidence(refused, Markdown, version));
}

TEST_CASE("the live table") {
    auto over = told(118);
    over.over = true;
    golden::check(
        "live.txt",
        frame("created", told(0), plain_style(), 0) +
            frame("blocked", after(run::MigrationChanged{blocked()}), plain_style(), 5) +
            frame("running", told(22), plain_style(), 30) +
            frame("connection lost", told(40), plain_style(), 45) +
            frame("stalled", told(85), plain_style(), 95) +
            frame("application starting", told(104), plain_style(), 108) +
            frame("over", over, plain_style(), 122) +
            frame("failed", after(run::MigrationChanged{failed()}), plain_style(), 45) +
            frame("canceled", after(run::MigrationChanged{ended("Canceled")}), plain_style(), 45) +
            frame("with warnings", after(run::MigrationChanged{ended("SucceededWithWarnings")}),
                  plain_style(), 45));
    golden::check("live-narrow.txt",
                  frame("running at 40", told(22), plain_style(40), 30) +
                      frame("stalled at 40", told(85), plain_style(40), 95) +
                      frame("stalled at 200", told(85), plain_style(200), 95) +
                      frame("stalled in 10 rows", told(85), plain_style(), 95, 10));
    golden::check("live-color.txt",
                  visible(frame("stalled", told(85), rich_style(), 95) +
                          frame("application starting", told(104), rich_style(), 108)));
}

TEST_CASE("progress without a terminal") {
    golden::check("progress-plain.txt", lines_of(plugin::make_plain_view));
    golden::check("progress-json.txt", lines_of(plugin::make_json_view));
}

}  // namespace golden_test
