#include "run/manual_flow.hpp"

#include <algorithm>

#include "rollback/command.hpp"
#include "rollback/still_so.hpp"
#include "run/await_gone.hpp"
#include "run/observe.hpp"
#include "run/write.hpp"

namespace run {
namespace {

using base::ErrorKind;
using rollback::Flow;
using rollback::Outcome;
using rollback::Patch;
using rollback::RunReport;
using rollback::Side;
using rollback::State;
using rollback::Step;
using rollback::Written;

// Of a write.
Side side_of(const Step& step) {
    if (const auto* patch = std::get_if<Patch>(&step.action)) return patch->side;
    const auto* remove = std::get_if<rollback::Delete>(&step.action);
    return remove == nullptr ? Side::Control : remove->side;
}

bool has_error(const Written& written) {
    return !written.error.empty();
}

bool pauses(const Step& step) {
    const auto* patch = std::get_if<Patch>(&step.action);
    return patch != nullptr && patch->purpose == rollback::Purpose::Pause;
}

// Of those that go side by side with it as well.
std::string what_is_written(const Step& step) {
    return pauses(step) ? "pause DeploymentConfigs of the source again"
                        : "write on the " + word(side_of(step));
}

class ManualFlow final : public FlowRun {
  public:
    ManualFlow(const Session& session, const ManualFlowOptions& options, std::stop_token stop)
        : FlowRun(session, options, Flow::Manual, std::move(stop)), options_(options) {
        report_.starts = options.manual.starts();
    }

  private:
    Outcome flow() override {
        if (const End end = look()) return *end;
        if (const End end = decide()) return *end;
        if (const End end = ask()) return *end;
        if (const End end = is_still_so()) return *end;
        record_.by_hand_after = rollback::rollbacks_known(*state_);
        if (const End end = set_out()) return *end;
        if (const End end = carry_out_all()) return *end;
        return std::ranges::any_of(report_.written, has_error) ? Outcome::NotVerified
                                                               : Outcome::Succeeded;
    }

    End waited(const Result<void>& gone) { return gone ? End() : End(gave_up(gone.error())); }

    ObserveOptions look_options() const {
        return {.parallel = execute_.parallel, .labelled = false, .reviews = false};
    }

    End look() {
        enter("look at both clusters");
        auto state = observe(session_, look_options(), stop_);
        if (!state) return failed(state.error());
        state_ = std::move(*state);
        describe(report_, session_, *state_);
        record_ = recall(*state_, "", options_.snapshot_folder, options_.warn);
        keep_what_may_be_lost(record_, options_.snapshot_folder);
        execute_.before_is_known = record_.rollbacks.empty();
        report_.assessment =
            rollback::assess(*state_, {.record = &record_, .starts = options_.manual.starts()});
        return {};
    }

    End decide() {
        enter("decide what to do");
        auto wanted = rollback::manual_flow(*state_, record_, options_.manual);
        record_ = rollback::completed(std::move(record_), *state_, options_.manual);
        if (auto asked = review(session_, wanted, *state_, execute_.parallel, stop_); !asked)
            return failed(asked.error());
        report_.runbook = rollback::unless_denied(std::move(wanted), state_->denied);
        report_.gaps = state_->gaps;
        options_.decided(*state_, *report_.assessment, *report_.runbook);
        if (!report_.runbook->blockers.empty()) return Outcome::Refused;
        if (report_.runbook->empty()) return nothing_to_do();
        if (options_.dry_run == FlowOptions::DryRun::None) return {};
        return dry_run();
    }

    // Decided anew from both sides, it must come to the same writes.
    End is_still_so() {
        if (!asks()) return {};
        if (const End end = plan_is_still_so()) return end;
        const auto now = observe(session_, look_options(), stop_);
        if (!now) return failed(now.error());
        const rollback::Record record = recall(*now, "", options_.snapshot_folder, options_.warn);
        const auto wanted = rollback::unless_denied(
            rollback::manual_flow(*now, record, options_.manual), state_->denied);
        return unless_changed(rollback::changes_of_writes(*report_.runbook, wanted));
    }

    // What cannot be started, or does not serve, is told by the proof.
    Outcome nothing_to_do() {
        const bool whole = options_.manual.workloads && options_.verify;
        if (!whole || options_.dry_run != FlowOptions::DryRun::None) return Outcome::NothingToDo;
        begin_to_wait();
        return await_application_then(Outcome::NothingToDo);
    }

    Outcome dry_run() {
        if (options_.dry_run == FlowOptions::DryRun::Client) return Outcome::DryRun;
        enter("have the servers check what would be written");
        // apart from what the report says was written: nothing was
        std::vector<Written> tried;
        WriteJob trial = job();
        trial.dry_run = true;
        trial.told = [](const Written&) {};
        const auto sent = write_all(trial, report_.runbook->steps, tried, stop_);
        if (!sent) return failed(sent.error());
        const auto refused = std::ranges::find_if(tried, has_error);
        if (refused == tried.end()) return Outcome::DryRun;
        return failed({.kind = ErrorKind::Invalid, .message = refused->error});
    }

    // Writes that follow each other on one side go side by side; whatever waits is a barrier, and
    // so is the step from the target to the source.
    End carry_out_all() {
        const auto& steps = report_.runbook->steps;
        total_ = static_cast<std::size_t>(std::ranges::count_if(steps, is_write));
        for (auto at = steps.begin(); at != steps.end();) {
            const auto goes_along = [side = side_of(*at)](const Step& step) {
                return is_write(step) && side_of(step) == side;
            };
            const auto next =
                is_write(*at) ? std::find_if_not(at, steps.end(), goes_along) : at + 1;
            if (const End end =
                    is_write(*at) ? write({at, next})
                                  : std::visit([this](const auto& a) { return this->carry_out(a); },
                                               at->action)) {
                return end;
            }
            at = next;
        }
        return {};
    }

    End write(std::span<const Step> steps) {
        // without a look at its pods nobody knows when a DeploymentConfig may be paused
        if (pauses(steps.front()) && !options_.verify) return {};
        enter(what_is_written(steps.front()));
        const auto sent = write_all(job(), steps, report_.written, stop_);
        if (!sent) return failed(sent.error());
        // its controller takes a moment to look at what was paused
        return pauses(steps.front()) ? serving() : End();
    }

    WriteJob job() {
        return {
            .session = session_,
            .parallel = execute_.parallel,
            .decide =
                [this](const Patch& patch, const Object& now) {
                    return rollback::decided_anew(patch, now, record_, options_.manual);
                },
            .told =
                [this](const Written& written) { options_.sink(Wrote{written, ++done_, total_}); }};
    }

    // Waited for, one that could not be deleted would never go.
    const Written* refused_on(Side side) const {
        const auto it = std::ranges::find_if(report_.written, [&](const Written& written) {
            return written.side == side && has_error(written) &&
                   written.object.type.plural == "pods" && written.change == "deleted";
        });
        return it == report_.written.end() ? nullptr : &*it;
    }

    End carry_out(const rollback::AwaitNoStagePods& await) {
        if (const Written* refused = refused_on(await.side)) {
            return failed({.kind = ErrorKind::Invalid,
                           .message = refused->error,
                           .hint = "a stage pod stands in the way and could not be deleted: " +
                                   oc(session_, await.side,
                                      rollback::words_for("delete pod", refused->object.name,
                                                          refused->object.ns)) +
                                   "; then run the command again"});
        }
        enter("wait until the stage pods of the " + word(await.side) + " are gone");
        const bool target = await.side == Side::Target;
        const auto stays = [this, side = await.side](const Object& pod) {
            return rollback::is_to_go(*state_, side, pod);
        };
        const AwaitedPods pods{target ? session_.target : session_.source, await.side,
                               await.namespaces, [stays](const std::vector<Object>& seen) {
                                   std::vector<Object> left;
                                   std::ranges::copy_if(seen, std::back_inserter(left), stays);
                                   return left;
                               }};
        return waited(await_pods_gone(pods, execute_.follow, options_.sink, stop_));
    }

    End carry_out(const rollback::AwaitTargetStopped&) { return target_stopped(options_.manual); }

    End carry_out(const rollback::AwaitServing&) { return serving(); }

    // of the console flow: a manual runbook has none of them
    static End carry_out(const rollback::Create&) { return {}; }
    static End carry_out(const rollback::AwaitMigration&) { return {}; }
    // of the leftovers
    static End carry_out(const rollback::AwaitGone&) { return {}; }
    // written by write()
    static End carry_out(const Patch&) { return {}; }
    static End carry_out(const rollback::Delete&) { return {}; }

    const ManualFlowOptions& options_;
    std::size_t done_ = 0;
    std::size_t total_ = 0;
};

}  // namespace

RunReport manual_flow(const Session& session, const ManualFlowOptions& options,
                      std::stop_token stop) {
    return ManualFlow(session, options, std::move(stop)).run();
}

}  // namespace run
