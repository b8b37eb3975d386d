#include "plugin/view_plain.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "plugin/text_width.hpp"
#include "plugin/view_words.hpp"

namespace plugin {
namespace {

using mtc::PipelineStep;

// Where a migration stands, without what changes all the time.
struct StateText {
    std::string operator()(const mtc::Pending&) const { return "pending"; }
    std::string operator()(const mtc::Blocked& blocked) const {
        return "blocked: " + in_words(blocked.by);
    }
    std::string operator()(const mtc::Running&) const { return "running"; }
    std::string operator()(const mtc::Canceling&) const { return "canceling"; }
    std::string operator()(const mtc::Canceled&) const { return "canceled"; }
    std::string operator()(const mtc::Failed& failed) const {
        return "failed" + (failed.phase.empty() ? "" : " in phase " + failed.phase) +
               (failed.errors.empty() ? "" : ": " + base::join(failed.errors, "; "));
    }
    std::string operator()(const mtc::SucceededWithWarnings& ended) const {
        return "succeeded with warnings: " + in_words(ended.warnings);
    }
    std::string operator()(const mtc::Succeeded&) const { return "succeeded"; }
};

std::string ending_of(const PipelineStep& step) {
    if (step.failed) return "failed" + (step.message.empty() ? "" : ": " + step.message);
    if (step.skipped) return "skipped";
    if (!step.completed) return {};
    return step.started ? "done in " + base::human(*step.completed - *step.started) : "done";
}

std::string number_of(const mtc::MigrationState& state) {
    const auto* running = std::get_if<mtc::Running>(&state);
    if (running == nullptr || running->step == 0) return {};
    return std::to_string(running->step) + "/" + std::to_string(running->total) + " ";
}

std::string key_of(const rollback::Finding& finding) {
    return finding.check + (finding.subject.empty() ? "" : ": " + finding.subject);
}

class PlainView final : public View {
  public:
    explicit PlainView(LineSink out) : out_(std::move(out)) {}

    void show(const run::Event& event, base::Time now) override {
        now_ = now;
        std::visit([this](const auto& e) { on(e); }, event);
    }

    void finish() override {}

  private:
    void on(const run::RollbackStarted& e) {
        line("rollback",
             e.migration.ns + "/" + e.migration.name + (e.attached ? " attached" : " created"));
    }

    void on(const run::MigrationChanged& e) {
        trouble_.clear();
        stalled_.clear();
        const auto state = e.migration.state();
        // an end comes after what led to it
        if (!mtc::is_terminal(state)) show_state(state);
        for (const PipelineStep& step : e.migration.pipeline) show_step(step, state);
        if (e.migration.pipeline.empty()) show_phase(state, e.migration.phase, "");
        if (mtc::is_terminal(state)) show_state(state);
    }

    void show_state(const mtc::MigrationState& state) {
        changed("state", "state", std::visit(StateText{}, state));
    }

    void show_phase(const mtc::MigrationState& state, const std::string& phase,
                    const std::string& step) {
        const std::string name = step.empty() ? phase : step + "/" + phase;
        if (phase.empty() || last_["phase"] == name) return;
        last_["phase"] = name;
        line("phase", number_of(state) + name + ": " + phase_in_words(phase));
    }

    void show_step(const PipelineStep& step, const mtc::MigrationState& state) {
        if (const std::string ending = ending_of(step); !ending.empty()) {
            changed("step " + step.name, "step", step.name + " " + ending);
            return;
        }
        if (!step.started) return;
        show_phase(state, step.phase, step.name);
        if (!step.progress.empty())
            changed("progress", "progress", step.name + ": " + step.progress.back());
    }

    void on(const run::Stalled& e) {
        if (e.why == stalled_) return;
        stalled_ = e.why;
        const std::string quiet = "for " + base::human(e.quiet);
        if (e.why.empty()) line("stalled", quiet + ": no cause was found");
        for (const std::string& why : e.why) line("stalled", quiet + ": " + why);
    }

    void on(const run::AwaitingApplication& e) {
        std::map<std::string, std::string> unwell;
        for (const rollback::Finding& finding : e.unwell)
            unwell.emplace(key_of(finding), finding.check + ": " + finding.message);
        for (const auto& [key, text] : unwell) {
            if (const auto before = unwell_.find(key);
                before == unwell_.end() || before->second != text)
                line("waiting", text);
        }
        for (const auto& [key, text] : unwell_) {
            if (!unwell.contains(key)) line("well", key);
        }
        unwell_ = std::move(unwell);
    }

    void on(const run::Wrote& e) {
        line("wrote", std::to_string(e.done) + "/" + std::to_string(e.total) + " " +
                          word(e.written.side) + " " + in_words(e.written));
    }

    void on(const run::AwaitingPods& e) {
        changed("pods " + word(e.side), "pods",
                word(e.side) + ": " +
                    (e.left == 0 ? "all are gone that had to go first"
                                 : base::count(e.left, "pod") + " must go first"));
    }

    void on(const run::AwaitingGone& e) {
        changed("gone", "gone",
                e.left == 0 ? "all that was waited for"
                            : base::count(e.left, "object") + " must go yet");
    }

    void on(const run::Trouble& e) {
        if (e.error.message == trouble_) return;
        trouble_ = e.error.message;
        line("trouble", e.error.message + (e.error.hint.empty() ? "" : "; " + e.error.hint));
    }

    void on(const run::Tick&) {}

    void changed(const std::string& key, const char* word, const std::string& text) {
        if (last_[key] == text) return;
        last_[key] = text;
        line(word, text);
    }

    void line(const char* word, const std::string& text) {
        out_(base::rfc3339(now_) + " " + padded(word, 8) + " " + one_line(text) + "\n");
    }

    LineSink out_;
    base::Time now_{};
    std::map<std::string, std::string> last_;
    std::map<std::string, std::string> unwell_;
    std::vector<std::string> stalled_;
    std::string trouble_;
};

}  // namespace

std::unique_ptr<View> make_plain_view(LineSink out) {
    return std::make_unique<PlainView>(std::move(out));
}

}  // namespace plugin
