#include <algorithm>

#include "base/text.hpp"
#include "plugin/text_width.hpp"
#include "plugin/view_canvas.hpp"
#include "plugin/view_live.hpp"
#include "plugin/view_words.hpp"

namespace plugin {
namespace {

using mtc::PipelineStep;

constexpr int words_column = 24;  // the longest of step_in_words
constexpr int name_column = 21;   // the longest name of a step
constexpr int time_column = 7;
constexpr std::size_t most_findings = 6;
constexpr std::size_t most_causes = 8;

class Frame {
  public:
    Frame(const LiveModel& model, const Style& style, base::Time now)
        : model_(model), style_(style), now_(now), canvas_(style) {}

    std::vector<std::string> lines(int rows) {
        title();
        steps();
        blocked();
        unwritten();
        stalled();
        application();
        trouble();
        footer();
        return canvas_.lines(rows);
    }

  private:
    // Title
    // ---------------------------------------------------------------------------------------------

    // What is followed: mostly a rollback; `cancel` and `status` follow any migration.
    static std::string subject_of(const LiveModel& model) {
        if (!model.migration) return "Rollback";
        std::string subject = mtc::word(model.migration->kind);
        subject.front() = static_cast<char>(std::toupper(subject.front()));
        return subject;
    }

    struct Headline {
        const LiveModel& model;
        std::string what = subject_of(model);

        Cell operator()(const mtc::Pending&) const {
            return {what + " waits for the controller", Tone::Bold};
        }
        Cell operator()(const mtc::Blocked&) const {
            return {what + " waits, something blocks it", Tone::Warning};
        }
        Cell operator()(const mtc::Running& running) const {
            if (running.step == 0) return {what + " running", Tone::Bold};
            return {what + " running, phase " + std::to_string(running.step) + " of " +
                        std::to_string(running.total),
                    Tone::Bold};
        }
        Cell operator()(const mtc::Canceling&) const {
            return {what + " is being canceled", Tone::Warning};
        }
        Cell operator()(const mtc::Canceled&) const { return {what + " canceled", Tone::Bad}; }
        Cell operator()(const mtc::Failed& failed) const {
            return {what + " failed" + (failed.phase.empty() ? "" : " in " + failed.phase),
                    Tone::Bad};
        }
        Cell operator()(const mtc::SucceededWithWarnings&) const {
            return {what + " completed with warnings", Tone::Warning};
        }
        Cell operator()(const mtc::Succeeded&) const {
            if (!model.unwell) return {"MTC is done", Tone::Bold};
            if (model.unwell->empty()) return {"MTC is done, the application is back", Tone::Good};
            if (model.serves_since) return {"MTC is done, the application serves", Tone::Bold};
            return {"MTC is done, the application is starting", Tone::Bold};
        }
    };

    // By hand there is no migration: what was written, and what is waited for.
    std::string manual_title() const {
        if (model_.unwell)
            return model_.serves_since ? "Started, the application serves"
                                       : "Started, the application is starting";
        if (model_.pods && model_.pods->left > 0)
            return "Waiting until " + base::count(model_.pods->left, "pod") + " of the " +
                   word(model_.pods->side) + (model_.pods->left == 1 ? " is" : " are") + " gone";
        if (!model_.wrote) return "Beginning";
        return "Writing: " + std::to_string(model_.wrote->done) + " of " +
               std::to_string(model_.wrote->total);
    }

    void unwritten() {
        if (model_.unwritten.empty()) return;
        canvas_.blank();
        const auto shown = std::min(model_.unwritten.size(), most_findings);
        for (std::size_t i = 0; i < shown; ++i)
            canvas_.paragraph(warning_mark(), in_words(model_.unwritten[i]));
        if (shown < model_.unwritten.size())
            canvas_.paragraph({" "},
                              "and " + std::to_string(model_.unwritten.size() - shown) + " more");
    }

    void title() {
        if (model_.flow == rollback::Flow::Manual)
            return canvas_.add(Rank::Title, {{manual_title(), Tone::Bold}});
        Cell state = model_.migration ? std::visit(Headline{model_}, model_.migration->state())
                                      : Cell{"Rollback waits for the controller", Tone::Bold};
        state.text = canvas_.safe(state.text);
        std::string names = model_.rollback;
        if (model_.migration && !model_.migration->plan.empty())
            names += " of plan " + model_.migration->plan;
        canvas_.add(Rank::Title, {state, {"  "}, {canvas_.safe(names), Tone::Dim}});
    }

    // Steps
    // ---------------------------------------------------------------------------------------------

    Cell mark(const PipelineStep& step) const {
        if (step.failed) return failure_mark(style_);
        if (step.skipped) return {"-", Tone::Dim};
        if (step.completed) return {style_.unicode ? "✓" : "+", Tone::Good};
        if (step.started) return {style_.unicode ? "▸" : ">", Tone::Active};
        return {style_.unicode ? "·" : ".", Tone::Dim};
    }

    static bool runs(const PipelineStep& step) {
        return step.started && !step.completed && !step.failed && !step.skipped;
    }

    std::string time_of(const PipelineStep& step) const {
        if (step.skipped) return "skipped";
        if (!step.started) return {};
        return base::human(step.completed.value_or(now_) - *step.started);
    }

    void steps() {
        if (!model_.migration) return;
        if (model_.migration->pipeline.empty()) return phase(model_.migration->phase);
        canvas_.blank();
        for (const PipelineStep& step : model_.migration->pipeline) {
            row(step);
            detail(step);
        }
    }

    void row(const PipelineStep& step) {
        const bool narrow = canvas_.width() < 4 + words_column + 1 + name_column + 1 + time_column;
        const int room =
            narrow ? std::min(words_column, canvas_.width() - 5 - time_column) : words_column;
        const Tone tone = runs(step) ? Tone::Bold : step.started ? Tone::Plain : Tone::Dim;
        std::vector<Cell> cells{
            {"  "}, mark(step), {" "}, canvas_.column(step_in_words(step.name), room, tone)};
        if (!narrow) cells.push_back(canvas_.column(step.name, name_column, Tone::Dim));
        const std::string time = time_of(step);
        const int before = std::max(time_column - display_width(time), 0);
        cells.push_back({std::string(static_cast<std::size_t>(before), ' ') + time});
        if (time.empty()) {
            cells.pop_back();
            cells.back().text = base::trimmed(cells.back().text);
        }
        canvas_.add(runs(step) ? Rank::RunningStep : Rank::OtherStep, cells);
    }

    void detail(const PipelineStep& step) {
        if (step.failed && !step.message.empty() && step.message != "Failed")
            canvas_.add(Rank::Detail, {{"      "}, {canvas_.safe(step.message)}});
        if (!runs(step)) return;
        phase(step.phase);
        if (!step.progress.empty())
            canvas_.add(Rank::Detail, {{"      "}, {canvas_.safe(step.progress.back())}});
    }

    void phase(const std::string& phase) {
        if (phase.empty()) return;
        const std::string words = phase_in_words(phase);
        const std::string name = words == phase ? "" : " (" + canvas_.safe(phase) + ")";
        canvas_.add(Rank::RunningStep, {{"      "}, {canvas_.safe(words)}, {name, Tone::Dim}});
    }

    // What stands in the way
    // ----------------------------------------------------------------------------

    void blocked() {
        if (!model_.migration) return;
        const auto state = model_.migration->state();
        if (const auto* waits = std::get_if<mtc::Blocked>(&state)) conditions(waits->by);
        if (const auto* ended = std::get_if<mtc::SucceededWithWarnings>(&state))
            conditions(ended->warnings);
        if (const auto* failed = std::get_if<mtc::Failed>(&state)) {
            if (!failed->errors.empty()) canvas_.blank();
            for (const std::string& error : failed->errors)
                canvas_.paragraph(failure_mark(style_), error);
            if (!failed->held_by.empty()) conditions(failed->held_by);
        }
    }

    void conditions(const mtc::Conditions& list) {
        canvas_.blank();
        for (const mtc::Condition& condition : list)
            canvas_.paragraph(warning_mark(), in_words({condition}));
    }

    void stalled() {
        if (!model_.stall) return;
        const auto quiet = model_.stall->quiet + (now_ - model_.stalled_at);
        canvas_.blank();
        canvas_.add(Rank::Trouble, {{"  "},
                                    warning_mark(),
                                    {" "},
                                    {"Nothing has moved for " + base::human(quiet), Tone::Bold}});
        const auto& why = model_.stall->why;
        for (std::size_t i = 0; i < std::min(why.size(), most_causes); ++i)
            canvas_.paragraph({" "}, why[i]);
        if (why.size() > most_causes)
            canvas_.paragraph({" "}, "and " + std::to_string(why.size() - most_causes) + " more");
    }

    void application() {
        if (!model_.unwell || model_.unwell->empty()) return;
        const auto& findings = *model_.unwell;
        canvas_.blank();
        canvas_.add(Rank::Trouble, {{"  "}, {"Not well yet:", Tone::Bold}});
        for (std::size_t i = 0; i < std::min(findings.size(), most_findings); ++i) {
            canvas_.add(Rank::Trouble,
                        {{"  "}, mark(findings[i]), {" "}, {canvas_.safe(findings[i].message)}});
        }
        if (findings.size() > most_findings)
            canvas_.add(Rank::Trouble,
                        {{"    and " + std::to_string(findings.size() - most_findings) + " more"}});
    }

    Cell mark(const rollback::Finding& finding) const {
        return finding.severity == rollback::Severity::Failure && !finding.may_heal
                   ? failure_mark(style_)
                   : warning_mark();
    }

    void trouble() {
        if (!model_.trouble) return;
        canvas_.blank();
        canvas_.paragraph(warning_mark(), model_.trouble->message + " (trying again)");
        if (!model_.trouble->hint.empty()) canvas_.paragraph({" "}, model_.trouble->hint);
    }

    // Clocks
    // --------------------------------------------------------------------------------------------

    void footer() {
        canvas_.blank();
        const auto since = rollback_since();
        const std::string elapsed = since ? "Elapsed " + base::human(now_ - *since) : "";
        const Cell stopped{stopped_for(), model_.serves_since ? Tone::Plain : Tone::Bold};
        const bool both = !elapsed.empty() && !stopped.text.empty();
        if (both && display_width(elapsed + ", " + stopped.text) <= canvas_.width()) {
            canvas_.add(Rank::Clock, {{elapsed + ", "}, stopped});
        } else {
            if (!elapsed.empty()) canvas_.add(Rank::Clock, {{elapsed}});
            if (!stopped.text.empty()) canvas_.add(Rank::Clock, {stopped});
        }
        if (!model_.over) canvas_.add(Rank::Hint, {{hint(), Tone::Dim}});
    }

    std::string hint() const {
        if (model_.flow == rollback::Flow::Manual)
            return "Ctrl-C stops; the same command goes on with what is left";
        const bool ended = model_.migration && model_.migration->finished();
        if (ended) return "Ctrl-C stops watching; nothing is undone";
        return "Ctrl-C detaches; the " +
               (model_.migration ? mtc::word(model_.migration->kind) : "rollback") + " goes on";
    }

    std::optional<base::Time> rollback_since() const {
        if (model_.migration && model_.migration->started) return model_.migration->started;
        return model_.began;
    }

    std::string stopped_for() const {
        if (!model_.stopped_since) return {};
        if (!model_.serves_since)
            return "application stopped for " + base::human(now_ - *model_.stopped_since);
        return "application was stopped for " +
               base::human(*model_.serves_since - *model_.stopped_since);
    }

    const LiveModel& model_;
    const Style& style_;
    base::Time now_;
    Canvas canvas_;
};

}  // namespace

std::vector<std::string> live_frame(const LiveModel& model, const Style& style, base::Time now,
                                    int rows) {
    return Frame(model, style, now).lines(rows);
}

}  // namespace plugin
