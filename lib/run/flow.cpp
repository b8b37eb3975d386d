#include "run/flow.hpp"

#include "rollback/still_so.hpp"
#include "run/observe.hpp"
#include "run/probe.hpp"
#include "run/target_stopped.hpp"

namespace run {

using base::ErrorKind;
using rollback::Flow;
using rollback::Outcome;

FlowRun::FlowRun(const Session& session, const FlowOptions& options, Flow flow,
                 std::stop_token stop)
    : session_(session), execute_(options.execute), stop_(std::move(stop)), options_(options) {
    execute_.flow = flow;
    report_.flow = flow;
    report_.began = base::now();
    report_.ns = session.plan.ns;
    report_.plan = session.plan.name;
}

rollback::RunReport FlowRun::run() {
    report_.outcome = flow();
    report_.ended = base::now();
    report_.clock_ahead = session_.control.cluster->clock_ahead();
    leave_stage();
    return std::move(report_);
}

void FlowRun::enter(const std::string& stage) {
    leave_stage();
    const base::Time now = base::now();
    report_.stages.push_back({.name = stage, .began = now, .ended = now});
}

void FlowRun::leave_stage() {
    if (!report_.stages.empty()) report_.stages.back().ended = base::now();
}

Outcome FlowRun::failed(const base::Error& error) {
    report_.error = error.message;
    report_.hint = error.hint;
    return error.kind == ErrorKind::Interrupted ? Outcome::Detached : Outcome::Error;
}

Outcome FlowRun::gave_up(const base::Error& error) {
    const Outcome outcome = failed(error);
    return error.kind == ErrorKind::TimedOut ? Outcome::TimedOut : outcome;
}

FlowRun::End FlowRun::ask() {
    if (options_.asks) enter(rollback::question_stage);
    switch (options_.consent()) {
        case Consent::Given:
            return {};
        case Consent::Declined:
            return Outcome::Declined;
        case Consent::Interrupted:
            return Outcome::Detached;
    }
    return Outcome::Declined;
}

FlowRun::End FlowRun::unless_changed(const std::vector<std::string>& changes) {
    auto blocker = rollback::blocker_of(changes);
    if (!blocker) return {};
    report_.runbook->blockers.push_back(std::move(*blocker));
    return Outcome::Refused;
}

FlowRun::End FlowRun::plan_is_still_so() {
    if (!asks()) return {};
    enter("see that nothing has changed since");
    if (!session_.control.absent.empty()) return {};
    const auto now = look_at_plan(session_, stop_);
    if (!now) return failed(now.error());
    return unless_changed(rollback::changes_of_plan(*state_, *now));
}

FlowRun::End FlowRun::set_out() {
    enter("write down what is known");
    if (!state_->plan.volumes.empty()) look_at_volumes_of_source(session_, *state_, stop_);
    rollback::add_volumes(record_, *state_);
    keep(record_, options_.snapshot_folder, options_.warn);
    begin_to_wait();
    return stop_.stop_requested() ? End(Outcome::Detached) : End();
}

void FlowRun::begin_to_wait() {
    if (options_.timeout)
        execute_.follow.deadline = std::chrono::steady_clock::now() + *options_.timeout;
}

FlowRun::End FlowRun::target_stopped(const rollback::ManualOptions& manual) {
    enter("wait until nothing on the target can write");
    const auto stopped =
        await_target_stopped(session_, *state_, manual, execute_, options_.sink, stop_);
    if (stopped) return {};
    return stopped.error().waited ? gave_up(stopped.error().error) : failed(stopped.error().error);
}

FlowRun::End FlowRun::serving() {
    if (!options_.verify) return {};
    const Outcome outcome = await_application_then(Outcome::Succeeded);
    return outcome == Outcome::Succeeded ? End() : End(outcome);
}

Outcome FlowRun::await_application_then(Outcome when_well, std::optional<rollback::State> first) {
    enter("wait until the application serves, and verify it");
    auto state = await_application(session_, record_, rollback_to_prove(), execute_, options_.sink,
                                   stop_, std::move(first));
    if (!state) return failed(state.error());
    judge(std::move(*state));
    return rollback::all_is_well(report_.findings) ? when_well : Outcome::NotVerified;
}

void FlowRun::judge(rollback::State state) {
    if (options_.probe_routes) {
        enter("ask the routes");
        state.probes = probe(state.source.routes, {.parallel = execute_.parallel}, stop_);
    }
    report_.gaps = state.gaps;
    report_.findings = rollback::verify(
        {state, record_, rollback_to_prove(), report_.flow, execute_.before_is_known});
}

// The record may hold the name of a rollback that an earlier run was about to create.
std::string FlowRun::rollback_to_prove() const {
    return report_.flow == Flow::Manual ? "" : record_.rollback;
}

}  // namespace run
