// `oc mtc-rollback status [PLAN] [-w]`: the plan's migrations, and what becomes of the one that
// runs. It writes nothing.
#include <algorithm>
#include <cstdio>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "plugin/command_context.hpp"
#include "plugin/message.hpp"
#include "plugin/render_status.hpp"
#include "plugin/view.hpp"
#include "rollback/cancel.hpp"
#include "run/follow.hpp"
#include "run/status.hpp"

namespace plugin {
namespace {

using rollback::StatusReport;

std::optional<mtc::Migration> next_to_end(const StatusReport& report) {
    std::vector<mtc::Migration> all;
    for (const auto& each : report.migrations) all.push_back(each.migration);
    return rollback::first_in_queue(all);
}

// A cutover whose volumes were not copied may succeed all the same.
bool ended_well(const mtc::Migration& ended, const StatusReport& report) {
    const auto it = std::ranges::find(report.migrations, ended.name,
                                      [](const auto& each) { return each.migration.name; });
    const bool in_part =
        it != report.migrations.end() && it->copy.end == rollback::CopyEnd::Incomplete;
    return std::holds_alternative<mtc::Succeeded>(ended.state()) && !in_part;
}

class StatusCommand {
  public:
    explicit StatusCommand(const Invocation& invocation)
        : context_(invocation), options_(invocation.options) {}

    ExitCode run() {
        StatusReport report{.ns = options_.ns, .plan = {}, .plan_uid = {}, .control = {}};
        report.seen_at = base::now();
        const ExitCode code = context_.with_warnings(look(report));
        report.exit_code = static_cast<int>(code);
        if (view_) view_->finish();
        if (is_document(options_.output)) {
            print(render_document(to_json(report), options_.output));
        } else if (!report.plan_uid.empty()) {
            print(options_.output == OutputFormat::Name ? render_status_names(report)
                                                        : render_status(report, context_.out));
        }
        if (!report.error.empty()) print_error(report.error, report.hint);
        return code;
    }

  private:
    ExitCode look(StatusReport& report) {
        const PlanChoice choice = context_.choose_plan();
        report.candidates = choice.candidates;
        if (choice.error) return note(report, *choice.error, choice.code);
        report.plan = choice.plan;
        auto connect = context_.connect_options();
        connect.plan = choice.plan;
        connect.sides_may_be_absent = true;
        const auto session = run::connect(connect, token());
        if (!session) return note(report, session.error());
        if (const auto looked = refresh(*session, report); !looked)
            return note(report, looked.error());
        return options_.watch ? watch(*session, report) : ExitCode::Done;
    }

    base::Result<void> refresh(const run::Session& session, StatusReport& report) const {
        auto seen = run::look_at_status(session, token());
        if (!seen) return std::unexpected(seen.error());
        report = std::move(*seen);
        return {};
    }

    // What runs, and what begins when that has ended. The exit code is that of the last one.
    ExitCode watch(const run::Session& session, StatusReport& report) {
        const run::FollowOptions follow = follow_options();
        ExitCode code = ExitCode::Done;
        while (const auto running = next_to_end(report)) {
            const auto ended =
                run::follow(session, {mtc::types::migmigrations, running->ns, running->name},
                            follow, sink(session), token());
            if (!ended) return gave_up(session, report, ended.error());
            if (const auto looked = refresh(session, report); !looked)
                return note(report, looked.error());
            code = ended_well(*ended, report) ? ExitCode::Done : ExitCode::RollbackFailed;
            // it has failed, and nobody knows when the controller ends it
            if (!ended->finished()) break;
        }
        return code;
    }

    run::FollowOptions follow_options() const {
        run::FollowOptions follow{.stall_after = options_.stall_after};
        if (options_.timeout)
            follow.deadline = std::chrono::steady_clock::now() + *options_.timeout;
        return follow;
    }

    ExitCode gave_up(const run::Session& session, StatusReport& report, const base::Error& error) {
        const bool late = error.kind == base::ErrorKind::TimedOut;
        if (late) look_once_more(session, report);
        return note(report, error, late ? ExitCode::NotFinished : context_.exit_code_of(error));
    }

    // What it is by now; where that cannot be seen, what was seen before stands.
    void look_once_more(const run::Session& session, StatusReport& report) const {
        if (auto seen = run::look_at_status(session, token())) report = std::move(*seen);
    }

    run::EventSink sink(const run::Session& session) {
        if (!view_)
            view_ = make_view({.format = options_.progress,
                               .style = context_.err.style,
                               .clock_ahead = run::clock_of(session.control.cluster)});
        return [this](const run::Event& event) { view_->show(event, base::now()); };
    }

    ExitCode note(StatusReport& report, const base::Error& error) const {
        return note(report, error, context_.exit_code_of(error));
    }

    static ExitCode note(StatusReport& report, const base::Error& error, ExitCode code) {
        report.error = error.message;
        report.hint = error.hint;
        return code;
    }

    std::stop_token token() const { return context_.signals.token(); }
    static void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

    CommandContext context_;
    const Options& options_;
    std::unique_ptr<View> view_;
};

}  // namespace

ExitCode status_command(const Invocation& invocation) {
    return StatusCommand(invocation).run();
}

}  // namespace plugin
