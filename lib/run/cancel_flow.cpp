#include "run/cancel_flow.hpp"

#include <algorithm>

#include "rollback/cancel.hpp"
#include "run/cancel.hpp"
#include "run/history.hpp"
#include "run/observe.hpp"

namespace run {
namespace {

using rollback::Outcome;

bool is_canceled(const mtc::Migration& migration) {
    return std::holds_alternative<mtc::Canceled>(migration.state());
}

class CancelFlow final : public FlowRun {
  public:
    CancelFlow(const Session& session, const CancelFlowOptions& options, std::stop_token stop)
        : FlowRun(session, options, rollback::Flow::Console, std::move(stop)), options_(options) {
        report_.task = rollback::Task::Cancel;
        report_.ns = session.plan.ns;
        report_.plan = session.plan.name;
        report_.control = name_of(session.control);
        report_.source = name_of(session.source);
        report_.target = name_of(session.target);
    }

  private:
    Outcome flow() override {
        if (const End end = decide()) return *end;
        if (const End end = ask()) return *end;
        begin_to_wait();
        if (const End end = cancel()) return *end;
        look_at_what_is_left();
        return std::ranges::all_of(report_.canceled, is_canceled) ? Outcome::Succeeded
                                                                  : Outcome::Failed;
    }

    End decide() {
        enter("look at the plan's migrations");
        const auto history = look_at_history(session_, stop_);
        if (!history) return failed(history.error());
        report_.plan_uid = history->plan.uid;
        report_.runbook =
            rollback::cancellation(history->migrations, options_.asks || options_.even_rollback);
        const auto first = rollback::first_in_queue(history->migrations);
        if (!first) return Outcome::NothingToDo;
        options_.decided(*first, report_);
        if (!report_.runbook->blockers.empty()) return Outcome::Refused;
        return dry_run();
    }

    End dry_run() {
        using enum FlowOptions::DryRun;
        if (options_.dry_run == None) return {};
        if (options_.dry_run == Client) return Outcome::DryRun;
        enter("have the server check what would be written");
        const auto tried = try_to_cancel(job(), report_.runbook->steps, stop_);
        return tried ? Outcome::DryRun : failed(tried.error());
    }

    End cancel() {
        enter("cancel the migration, and wait for its end");
        const auto done = cancel_all(job(), report_.runbook->steps, report_, stop_);
        return done ? End() : End(gave_up(done.error()));
    }

    void look_at_what_is_left() {
        if (!session_.source.absent.empty() || !session_.target.absent.empty()) return;
        enter("look at what is left");
        const auto state =
            observe(session_, {.parallel = execute_.parallel, .reviews = false}, stop_);
        if (!state) return;
        report_.gaps = state->gaps;
        report_.assessment = rollback::assess(*state);
    }

    CancelJob job() const { return {session_, execute_, options_.sink}; }

    const CancelFlowOptions& options_;
};

}  // namespace

rollback::RunReport cancel_flow(const Session& session, const CancelFlowOptions& options,
                                std::stop_token stop) {
    return CancelFlow(session, options, std::move(stop)).run();
}

}  // namespace run
