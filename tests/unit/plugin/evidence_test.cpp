#include "plugin/evidence.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "base/text.hpp"
#include "fixture.hpp"
#include "plugin/evidence_markup.hpp"
#include "plugin/render_evidence.hpp"

namespace evidence_test {

using namespace fixture;
using plugin::EvidenceFormat;
using rollback::Outcome;
using rollback::Severity;

namespace {

std::string markdown(const rollback::RunReport& report) {
    return plugin::render_evidence(report, EvidenceFormat::Markdown, {.version = "v1"});
}

std::string html(const rollback::RunReport& report) {
    return plugin::render_evidence(report, EvidenceFormat::Html, {.version = "v1"});
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

// Pipes that no backslash takes the meaning from.
std::size_t columns(const std::string& line) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\') {
            ++i;
        } else if (line[i] == '|') {
            ++n;
        }
    }
    return n;
}

// A page without the places where a line may break.
std::string without_breaks(std::string page) {
    for (const std::string_view mark : {"<wbr>", "<span class=\"flag\">", "</span>"}) {
        for (auto at = page.find(mark); at != std::string::npos; at = page.find(mark))
            page.erase(at, mark.size());
    }
    return page;
}

rollback::RunReport proved() {
    auto out = report(Outcome::Succeeded);
    out.rollback = ended("Succeeded");
    out.findings = all_well();
    return out;
}

rollback::RunReport unwell() {
    auto out = proved();
    out.outcome = Outcome::NotVerified;
    out.findings = some_unwell();
    return out;
}

const std::string hostile =
    "<script>alert('1')</script> | ` [x](y) **b** \x1b[31m\n# h\n|a|\r\t\xff & \"q\" \u202e \\";

/// A report whose every text from a server is hostile.
rollback::RunReport attacked() {
    auto out = unwell();
    out.ns = out.plan = out.plan_uid = out.error = out.hint = hostile;
    for (auto* cluster : {&out.control, &out.source, &out.target})
        *cluster = {hostile, hostile, hostile};
    out.assessment->reasons = out.assessment->effects.warnings = {hostile};
    for (auto& item : out.assessment->situation.workloads)
        item.workload.ns = item.workload.name = item.workload.type.kind = hostile;
    for (auto& item : out.assessment->situation.volumes) item.volume.claim = hostile;
    out.assessment->effects.deleted[hostile] = {deployment(hostile, hostile)};
    out.rollback->name = out.rollback->ns = hostile;
    out.rollback->errors = {hostile};
    out.rollback->conditions[0].category = "Warn";
    out.rollback->conditions[0].type = out.rollback->conditions[0].message = hostile;
    for (auto& step : out.rollback->pipeline) {
        step.name = step.message = step.phase = hostile;
        step.progress = {hostile};
    }
    out.written = {{.object = deployment(hostile, hostile), .change = hostile, .error = hostile}};
    out.runbook->skipped = {{deployment(hostile, hostile), hostile, hostile}};
    out.runbook->blockers = {{hostile, hostile, hostile}};
    out.findings = {finding(hostile, Severity::Failure, hostile, hostile)};
    out.gaps = out.gaps_before = {{.resource = hostile, .what = hostile, .why = hostile}};
    out.stages[0].name = hostile;
    return out;
}

}  // namespace

TEST_CASE("the ending of the file says what the evidence is written as") {
    CHECK(plugin::evidence_format("a/report.md") == EvidenceFormat::Markdown);
    CHECK(plugin::evidence_format("report.HTML") == EvidenceFormat::Html);
    CHECK(plugin::evidence_format("r.htm") == EvidenceFormat::Html);
    CHECK(plugin::evidence_format("/tmp/r.json") == EvidenceFormat::Json);
    for (const char* other : {"", "report", "report.txt", ".md", "a.md/report", "a/.html", "x."}) {
        CAPTURE(other);
        CHECK_FALSE(plugin::evidence_format(other));
    }
}

TEST_CASE("text from a server is neither HTML, nor a script, nor a control character") {
    const std::string page = without_breaks(html(attacked()));
    CHECK_FALSE(has(page, "<script"));
    CHECK_FALSE(has(page, "alert('1')"));
    CHECK(has(page, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
    CHECK(has(page, "&quot;q&quot;"));
    CHECK_FALSE(has(page, "\u202e"));
    CHECK(std::ranges::none_of(page, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n') || byte == 0x7f || byte == 0xff;
    }));
}

TEST_CASE("text from a server cannot break a table of the Markdown, or be markup in it") {
    const std::string text = markdown(attacked());
    CHECK_FALSE(has(text, "<script"));
    CHECK_FALSE(has(text, "\x1b"));
    CHECK_FALSE(has(text, " **b**"));
    CHECK_FALSE(has(text, " [x](y)"));
    std::size_t wanted = 0;
    for (const std::string& line : base::split(text, '\n')) {
        CAPTURE(line);
        CHECK_FALSE(line.starts_with("# h"));
        if (!line.starts_with("|")) {
            wanted = 0;
        } else {
            if (wanted == 0) wanted = columns(line);
            CHECK(columns(line) == wanted);
        }
    }
}

TEST_CASE("a line that begins as a list, or a heading, is text") {
    auto out = proved();
    out.assessment->reasons = {"1. first", "# heading", "- item", "2) second"};
    const std::string text = markdown(out);
    CHECK(has(text, "- 1\\. first\n"));
    CHECK(has(text, "- \\# heading\n"));
    CHECK(has(text, "- \\- item\n"));
    CHECK(has(text, "- 2\\) second\n"));
}

TEST_CASE("the page loads nothing, runs nothing, and says what it is") {
    const std::string page = html(unwell());
    for (const char* part :
         {"src=", "href=", "url(", "@import", "<script", "javascript:", "onload"})
        CHECK_FALSE(has(page, part));
    for (const char* part :
         {"<!doctype html>", "<html lang=\"en\">", "<title>", "default-src 'none'",
          "prefers-color-scheme: dark", "@media print", "scope=\"col\""})
        CHECK(has(page, part));
}

TEST_CASE("Markdown and HTML say the same") {
    auto out = unwell();
    out.gaps = state().gaps;
    out.written = {{.object = deployment("shop", "web"), .change = "0 replicas -> 3 replicas"}};
    const std::string page = without_breaks(html(out));
    const auto without_escapes = [](std::string text) {
        std::erase(text, '\\');
        return text;
    };
    const std::string text = without_escapes(markdown(out));
    const auto is_in_both = [&](const std::string& words) {
        CAPTURE(words);
        CHECK(has(page, plugin::evidence::html_text(words)));
        const std::string plain = words.substr(0, words.find_first_of("<>&"));
        CHECK(has(text, plain));
    };
    const auto document = plugin::evidence::document_of(out, "v1");
    is_in_both(document.headline.text);
    for (const auto& fact : document.facts) is_in_both(fact.value.text);
    for (const auto& section : document.sections) {
        is_in_both(section.title);
        for (const auto& part : section.parts) {
            const auto* records = std::get_if<plugin::evidence::Records>(&part);
            if (records == nullptr) continue;
            is_in_both(records->caption);
            for (const auto& row : records->rows)
                for (const auto& cell : row) is_in_both(cell.text);
        }
    }
}

TEST_CASE("nothing is left out of thousands of findings, and what needs a person comes first") {
    auto out = unwell();
    out.findings.clear();
    for (int i = 0; i < 5000; ++i)
        out.findings.push_back(finding("source-pods-healthy", Severity::Ok,
                                       "pod-" + std::to_string(i) + "-end is well"));
    out.findings.push_back(
        finding("source-workloads-serve", Severity::Failure, "web: 1 of 3 pods are ready"));
    for (const std::string& text : {html(out), markdown(out)}) {
        CHECK(count(text, "-end is well") == 5000);
        CHECK(text.find("1 of 3 pods") < text.find("pod-0-end"));
        CHECK(has(text, "<summary>and 4961 more</summary>"));
    }
}

TEST_CASE("a run that saw nothing has evidence that says so") {
    rollback::RunReport nothing;
    nothing.error = "Unable to connect to the server";
    for (const std::string& text : {html(nothing), markdown(nothing)}) {
        CHECK(has(text, "Error; no rollback was seen"));
        CHECK(has(text, "Unable to connect to the server"));
        CHECK(has(text, "not known: the clusters were not looked at"));
        CHECK(has(text, "Nothing was looked at."));
        CHECK(has(text, "Nothing: no check was made."));
    }
}

TEST_CASE("downtime is never more certain than what was seen") {
    const auto told = [](const rollback::RunReport& report) {
        return plugin::evidence::downtime(report).text;
    };
    SUBCASE("it is over when it was proved to be") {
        CHECK(told(proved()).starts_with("at most 23m"));
    }
    SUBCASE("it is not over while a workload does not serve") {
        CHECK(told(unwell()).starts_with("not over: stopped since 2025-05-01 10:57:46 UTC"));
    }
    SUBCASE("it is not over when nothing was done") {
        for (const auto outcome : {Outcome::Refused, Outcome::Declined, Outcome::DryRun})
            CHECK(told(report(outcome)).starts_with("not over"));
    }
    SUBCASE("nobody knows when nothing was verified, or something was not seen") {
        auto out = proved();
        out.findings.clear();
        CHECK(told(out).starts_with("not known"));
        out.outcome = Outcome::NotVerified;
        out.findings = {finding("source-workloads-serve", Severity::Unknown, "not seen")};
        CHECK(told(out).starts_with("not known"));
    }
    SUBCASE("nobody knows when a create may have been sent, or a write") {
        CHECK(told(report(Outcome::Error)).starts_with("not known"));
        auto cut = report(Outcome::Detached);
        CHECK(told(cut).starts_with("not over"));
        cut.written = {{.object = deployment("shop", "web"), .change = "started"}};
        CHECK(told(cut).starts_with("not known"));
    }
    SUBCASE("none was seen only where everything was") {
        auto out = report(Outcome::NothingToDo);
        out.assessment = rollback::Assessment{};
        out.assessment->verdict = rollback::Verdict::NotNeeded;
        CHECK(told(out) == "none was seen at the first look");
        out.assessment->verdict = rollback::Verdict::Unknown;
        CHECK(told(out) == "not known: not everything could be seen");
    }
    SUBCASE("what has no beginning has no length") {
        auto out = unwell();
        out.assessment->stopped_since.reset();
        CHECK(told(out) == "not known: nothing tells when it began");
    }
}

TEST_CASE("what the first look could not see is not said to be absent, whatever the last one saw") {
    auto out = proved();
    CHECK(has(markdown(out), "not there"));
    out.gaps_before = {{.side = rollback::Side::Target,
                        .resource = "deployments.apps",
                        .what = "list deployments",
                        .why = "forbidden"}};
    const std::string text = markdown(out);
    CHECK(has(text, "| deployment/metrics | shop | 1 replica, serves | not seen |"));
    CHECK(has(text, "| target | list deployments | forbidden | before |"));
    out.gaps = out.gaps_before;
    CHECK(has(markdown(out), "| target | list deployments | forbidden | always |"));
}

TEST_CASE("the timeline is to scale, and what took no time is a bar as well") {
    using plugin::evidence::Span;
    const plugin::evidence::Timeline timeline{
        {.name = "look", .began = noon(), .ended = noon(50)},
        {.name = "ask", .kind = Span::Kind::Question, .began = noon(50), .ended = noon(50)},
        {.name = "Finish",
         .kind = Span::Kind::Pipeline,
         .began = noon(50),
         .ended = noon(200),
         .open = true}};
    const std::string chart = plugin::evidence::html_timeline(timeline);
    CHECK(has(chart, "class=\"stage\" style=\"left:0.000%;width:25.000%\""));
    CHECK(has(chart, "class=\"question\" style=\"left:25.000%;width:0.000%\""));
    CHECK(has(chart, "class=\"open\" style=\"left:25.000%;width:75.000%\""));
    CHECK(has(chart, "2m30s so far"));
    CHECK(has(chart, "<span class=\"first\" style=\"left:0.000%\">11:20</span>"));
    CHECK(has(chart, "<span style=\"left:60.000%\">11:22</span>"));
}

TEST_CASE("clocks that disagree, and days that go by, do no harm to the timeline") {
    using plugin::evidence::Span;
    const int day = 86400;
    const std::string chart = plugin::evidence::html_timeline(
        {{.name = "backwards", .began = noon(60), .ended = noon()},
         {.name = "long", .began = noon(60), .ended = noon(40 * day)}});
    CHECK(has(chart, "width:0.000%"));
    CHECK(count(chart, "</span>") - 3 * 2 <= 7);
    const std::string instant =
        plugin::evidence::html_timeline({{.name = "instant", .began = noon(), .ended = noon()}});
    CHECK(has(instant, "left:0.000%;width:0.000%"));
    CHECK(has(instant, "<span class=\"first\" style=\"left:0.000%\">11:20:00</span>"));
    CHECK(has(instant, "<span class=\"last\" style=\"left:100.000%\">11:20:01</span>"));
}

}  // namespace evidence_test
