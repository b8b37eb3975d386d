// What was done and when, what was verified, and what could not be seen.
#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.hpp"
#include "plugin/evidence.hpp"
#include "plugin/render_findings.hpp"
#include "plugin/render_parts.hpp"
#include "plugin/view_words.hpp"

namespace plugin::evidence {
namespace {

using rollback::Outcome;
using rollback::RunReport;
using rollback::Stage;

const std::vector<mtc::PipelineStep>& pipeline_of(const RunReport& report) {
    static const std::vector<mtc::PipelineStep> none;
    return report.rollback ? report.rollback->pipeline : none;
}

// As the pipeline's steps are written.
std::string stage_name(const Stage& stage) {
    std::string name = stage.name;
    if (!name.empty() && name[0] >= 'a' && name[0] <= 'z')
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
    return name;
}

// Time
// ------------------------------------------------------------------------------------------------------

Timeline timeline(const RunReport& report) {
    Timeline out;
    for (const Stage& stage : report.stages)
        out.push_back({.name = stage_name(stage),
                       .kind = stage.name == rollback::question_stage ? Span::Kind::Question
                                                                      : Span::Kind::Stage,
                       .began = stage.began,
                       .ended = stage.ended});
    for (const mtc::PipelineStep& step : pipeline_of(report)) {
        if (!step.started || step.skipped) continue;
        out.push_back({.name = step_in_words(step.name),
                       .kind = Span::Kind::Pipeline,
                       .began = *step.started,
                       .ended = step.completed.value_or(std::max(report.ended, *step.started)),
                       .failed = step.failed,
                       .open = !step.completed});
    }
    return out;
}

std::string took(base::Time began, base::Time ended) {
    return base::human(std::max(ended - began, std::chrono::seconds(0)));
}

Records stages(const RunReport& report) {
    Records out{.caption = "Stages of this run",
                .headers = {"Stage", "Began", "Ended", "Took"},
                .rows = {}};
    for (const Stage& stage : report.stages)
        out.rows.push_back({{stage_name(stage)},
                            {utc(stage.began)},
                            {utc(stage.ended)},
                            {took(stage.began, stage.ended)}});
    return out;
}

Cell state_of(const mtc::PipelineStep& step) {
    if (step.failed) return {"FAILED", Tone::Bad};
    if (step.skipped) return {"skipped", Tone::Dim};
    if (step.completed) return {"completed", Tone::Good};
    return step.started ? Cell{"not completed", Tone::Warning} : Cell{"not started", Tone::Dim};
}

Cell time_of(const std::optional<base::Time>& time) {
    return time ? Cell{utc(*time)} : Cell{};
}

// What the controller says beside the state, and how far it came.
std::string told_by(const mtc::PipelineStep& step) {
    const bool says_more = step.message != "Completed" && step.message != "Not started";
    std::vector<std::string> told = step.progress;
    if (says_more && !step.message.empty()) told.insert(told.begin(), step.message);
    if (!step.phase.empty()) told.insert(told.begin(), phase_in_words(step.phase));
    return base::join(told, "; ");
}

Records pipeline(const RunReport& report) {
    Records out{.caption = "Pipeline of MTC's controller",
                .headers = {"Step", "State", "Started", "Completed", "Took", "Told"},
                .rows = {}};
    for (const mtc::PipelineStep& step : pipeline_of(report)) {
        const bool whole = step.started && step.completed;
        out.rows.push_back({{step_in_words(step.name)},
                            state_of(step),
                            time_of(step.started),
                            time_of(step.completed),
                            {whole ? took(*step.started, *step.completed) : ""},
                            {told_by(step)}});
    }
    return out;
}

// What was written, what not
// ------------------------------------------------------------------------------------------------

Cell result_of(const rollback::Written& written) {
    if (!written.error.empty()) return {"not written: " + written.error, Tone::Bad};
    if (!written.left.empty()) return {"left alone: " + written.left, Tone::Warning};
    return {"written", Tone::Good};
}

Records written(const RunReport& report) {
    Records out{.caption = "Written by this program",
                .headers = {"Cluster", "Object", "Change", "Result"},
                .rows = {}};
    for (const rollback::Written& each : report.written)
        out.rows.push_back(
            {{word(each.side)}, {each.object.path()}, {each.change}, result_of(each)});
    return out;
}

Records left(const RunReport& report) {
    Records out{
        .caption = "Left as it was", .headers = {"Workload", "Why", "What helps"}, .rows = {}};
    if (!report.runbook) return out;
    for (const rollback::Skipped& each : report.runbook->skipped)
        out.rows.push_back({{each.workload.path()}, {each.why, Tone::Warning}, {each.remedy}});
    return out;
}

Records in_the_way(const RunReport& report) {
    Records out{.caption = "In the way", .headers = {"What", "What helps"}, .rows = {}};
    if (!report.runbook) return out;
    for (const rollback::Blocker& each : report.runbook->blockers)
        out.rows.push_back({{each.what, Tone::Bad}, {each.remedy}});
    return out;
}

Records would_be_done(const RunReport& report) {
    Records out{.caption = "Would be done", .headers = {"Step", "Why"}, .rows = {}};
    if (report.outcome != Outcome::DryRun || !report.runbook) return out;
    for (const rollback::Step& step : report.runbook->steps)
        out.rows.push_back({{in_words(step)}, {step.why}});
    return out;
}

Records errors(const RunReport& report) {
    Records out{.caption = "Errors and warnings", .headers = {"What", "What helps"}, .rows = {}};
    if (!report.error.empty()) out.rows.push_back({{report.error, Tone::Bad}, {report.hint}});
    if (!report.rollback) return out;
    for (const std::string& error : report.rollback->errors)
        out.rows.push_back({{error, Tone::Bad}, {}});
    for (const mtc::Condition& condition : report.rollback->conditions) {
        if (condition.warns() || condition.blocks())
            out.rows.push_back({{in_words(mtc::Conditions{condition}), Tone::Warning}, {}});
    }
    return out;
}

// What could not be seen
// ------------------------------------------------------------------------------------------------

using GapKey = std::tuple<rollback::Side, std::string, std::string>;

// Each gap, and in which looks it was one.
std::map<GapKey, std::string> gaps_of(const RunReport& report) {
    std::map<GapKey, std::string> out;
    for (const rollback::Gap& gap : report.gaps_before)
        out[{gap.side, gap.what, gap.why}] = "before";
    for (const rollback::Gap& gap : report.gaps) {
        const auto [at, is_new] = out.try_emplace({gap.side, gap.what, gap.why}, "at the end");
        if (!is_new) at->second = "always";
    }
    return out;
}

Records gap_records(const RunReport& report) {
    Records out{.caption = {}, .headers = {"Cluster", "Could not", "Why", "When"}, .rows = {}};
    for (const auto& [gap, when] : gaps_of(report)) {
        const auto& [side, what, why] = gap;
        out.rows.push_back({{word(side)}, {what}, {why, Tone::Warning}, {when}});
    }
    return out;
}

}  // namespace

Section done(const RunReport& report) {
    return {.title = "What was done, and when",
            .parts = {timeline(report), errors(report), in_the_way(report), would_be_done(report),
                      stages(report), pipeline(report), written(report), left(report)}};
}

Section verified(const RunReport& report) {
    Section out{.title = "What was verified", .parts = {}};
    if (report.findings.empty()) {
        out.parts = {Lines{{}, {{"Nothing: no check was made.", Tone::Warning}}}};
        return out;
    }
    Records findings{.caption = {},
                     .headers = {"Result", "Cluster", "Check", "Finding", "What helps"},
                     .rows = {}};
    for (const rollback::Finding& each : worst_first(report.findings))
        findings.rows.push_back({result_cell(each.severity),
                                 {word(each.side)},
                                 {each.check},
                                 {each.message},
                                 {each.remedy}});
    out.parts = {Lines{{}, {{tally(report.findings)}}}, std::move(findings)};
    return out;
}

Section not_seen(const RunReport& report) {
    Section out{.title = "What could not be seen", .parts = {}};
    Records gaps = gap_records(report);
    const bool looked = report.assessment || !report.findings.empty();
    if (gaps.rows.empty()) {
        out.parts = {looked ? Lines{{}, {{"No gap was noted."}}}
                            : Lines{{}, {{"Nothing was looked at.", Tone::Warning}}}};
    } else {
        out.parts = {Lines{{}, {{"What could not be seen is never taken for \"nothing there\"."}}},
                     std::move(gaps)};
    }
    return out;
}

}  // namespace plugin::evidence
