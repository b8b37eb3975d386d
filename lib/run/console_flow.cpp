#include "run/console_flow.hpp"

#include <algorithm>
#include <span>

#include "mtc/names.hpp"
#include "run/cancel.hpp"
#include "run/observe.hpp"
#include "run/write.hpp"

namespace run {
namespace {

using rollback::Flow;
using rollback::Outcome;
using rollback::RunReport;

bool creates(const rollback::Step& step) {
    return std::holds_alternative<rollback::Create>(step.action);
}

bool is_start(const rollback::Step& step) {
    const auto* patch = std::get_if<rollback::Patch>(&step.action);
    return patch != nullptr && patch->purpose == rollback::Purpose::Start;
}

bool failed_to_be_written(const rollback::Written& written) {
    return !written.error.empty();
}

class ConsoleFlow final : public FlowRun {
  public:
    ConsoleFlow(const Session& session, const ConsoleFlowOptions& options, std::stop_token stop)
        : FlowRun(session, options, Flow::Console, std::move(stop)), options_(options) {
        report_.task = options.task;
        report_.starts = options.starts;
    }

  private:
    Outcome flow() override {
        if (const End end = look()) return *end;
        if (const End end = decide()) return *end;
        if (const End end = prepare()) return *end;
        const auto& steps = report_.runbook->steps;
        const auto rollback =
            report_.attached ? steps.begin() : std::ranges::find_if(steps, creates);
        if (const End end = cancel({steps.begin(), rollback})) return *end;
        for (auto step = rollback; step != steps.end(); ++step) {
            const auto next = std::find_if_not(step, steps.end(), is_start);
            if (const End end =
                    next == step
                        ? std::visit([this](const auto& action) { return this->carry_out(action); },
                                     step->action)
                        : start({step, next})) {
                return *end;
            }
            if (next != step) step = next - 1;
        }
        return std::ranges::any_of(report_.written, failed_to_be_written) ? Outcome::NotVerified
                                                                          : Outcome::Succeeded;
    }

    End look() {
        enter("look at both clusters");
        auto state = observe(session_, {.parallel = execute_.parallel, .labelled = true}, stop_);
        if (!state) return failed(state.error());
        state_ = std::move(*state);
        describe(report_, session_, *state_);
        record_ = recall(*state_, rollback::name_of_rollback(*state_), options_.snapshot_folder,
                         options_.warn);
        keep_what_may_be_lost(record_, options_.snapshot_folder);
        execute_.before_is_known = record_.rollbacks.empty();
        report_.assessment = rollback::assess(
            *state_,
            {.will_verify = options_.verify, .record = &record_, .starts = options_.starts});
        report_.gaps = state_->gaps;
        options_.assessed(*state_, *report_.assessment);
        return {};
    }

    End decide() {
        enter("decide what to do");
        if (!options_.name.empty()) record_.rollback = options_.name;
        attach();
        report_.runbook = rollback::console_flow(*state_, *report_.assessment, record_.rollback,
                                                 {.cancel_running = options_.cancel_running,
                                                  .follow = options_.follow,
                                                  .starts = starts_after_mtc()});
        record_ = rollback::completed(std::move(record_), *state_, starts());
        if (const End end = review_starts()) return end;
        if (!report_.runbook->blockers.empty()) return Outcome::Refused;
        if (report_.runbook->empty()) return nothing_to_do();
        if (const End end = check_name()) return end;
        if (options_.dry_run == FlowOptions::DryRun::None) return {};
        return dry_run();
    }

    rollback::ManualOptions starts() const {
        return {.set = options_.starts.set, .as_before = options_.starts.as_before};
    }

    std::vector<rollback::Step> starts_after_mtc() const {
        if (!options_.follow) return {};
        return rollback::starts_after_mtc(*state_, report_.assessment->situation, record_,
                                          options_.starts);
    }

    // Whoever may roll back may not yet write to workloads of the source.
    End review_starts() {
        rollback::Runbook wanted{.steps = starts_after_mtc(), .blockers = {}};
        if (wanted.empty() || !report_.runbook->blockers.empty()) return {};
        if (auto asked = review(session_, wanted, *state_, execute_.parallel, stop_); !asked)
            return failed(asked.error());
        wanted = rollback::unless_denied(std::move(wanted), state_->denied);
        if (!wanted.blockers.empty()) report_.runbook = std::move(wanted);
        return {};
    }

    void attach() {
        const auto& running = report_.assessment->running_rollback;
        report_.attached = running.has_value();
        if (!running) return;
        const auto found = std::ranges::find(state_->migrations, *running, &mtc::Migration::name);
        if (found != state_->migrations.end()) report_.rollback = *found;
    }

    // A name of ours that exists is that of the same rollback; one that somebody has chosen is not.
    End check_name() {
        if (options_.name.empty() || report_.attached) return {};
        const ObjectRef chosen{mtc::types::migmigrations, state_->plan.ns, options_.name};
        const auto found = session_.control.cluster->get(chosen, stop_);
        if (!found && found.error().kind == base::ErrorKind::NotFound) return {};
        if (!found) return failed(found.error());
        return failed({.kind = base::ErrorKind::AlreadyExists,
                       .message = "Error from server (AlreadyExists): migmigrations." +
                                  std::string(mtc::group) + " \"" + options_.name +
                                  "\" already exists",
                       .hint = "choose another --name, or leave it out"});
    }

    Outcome nothing_to_do() {
        // whatever the end of a rollback was called: what it left is looked at
        const mtc::Migration* last = rollback::rollback_to_prove(*state_);
        if (last == nullptr || !options_.verify) return Outcome::NothingToDo;
        record_.rollback = last->name;
        begin_to_wait();
        return await_application_then(Outcome::NothingToDo);
    }

    Outcome dry_run() {
        if (options_.dry_run == FlowOptions::DryRun::Client) return Outcome::DryRun;
        enter("have the server check what would be created");
        const auto tried = try_to_cancel(cancel_job(), report_.runbook->steps, stop_);
        if (!tried) return failed(tried.error());
        for (const rollback::Step& step : report_.runbook->steps) {
            const auto* create = std::get_if<rollback::Create>(&step.action);
            if (create == nullptr) continue;
            const auto sent = session_.control.cluster->create(create->what, create->manifest,
                                                               {.dry_run = true}, stop_);
            if (!sent) return failed(sent.error());
        }
        return Outcome::DryRun;
    }

    // A rollback that runs already is only watched: nobody is asked, and its name is written down.
    End prepare() {
        if (report_.attached) {
            record_.rollback = *report_.assessment->running_rollback;
        } else {
            if (const End end = ask()) return end;
            if (const End end = plan_is_still_so()) return end;
        }
        return set_out();
    }

    // A cutover that succeeded after all is no failed one any more: what to do is decided anew.
    End cancel(std::span<const rollback::Step> steps) {
        if (steps.empty()) return {};
        enter("cancel what is in the way");
        const auto done = cancel_all(cancel_job(), steps, report_, stop_);
        if (!done) return gave_up(done.error());
        for (const mtc::Migration& ended : report_.canceled) {
            if (!std::holds_alternative<mtc::Succeeded>(ended.state())) continue;
            return failed({.kind = base::ErrorKind::Conflict,
                           .message = "error: " + mtc::word(ended.kind) + " " + ended.name +
                                      " succeeded before it could be canceled",
                           .hint = "look again: it may be that no rollback is needed"});
        }
        return {};
    }

    CancelJob cancel_job() const { return {session_, execute_, options_.sink}; }

    End carry_out(const rollback::Create& create) {
        enter("create the rollback");
        // not to be interrupted: a request in flight is finished, so that it is known what it did
        const auto created = create_once(session_.control, create, {});
        if (!created) return failed(created.error());
        report_.rollback = mtc::decode_migration(created->object);
        // somebody who has seen the same was faster
        report_.attached = created->was_there;
        return {};
    }

    End carry_out(const rollback::AwaitMigration& await) {
        enter("follow the rollback until it ends");
        options_.sink(RollbackStarted{await.what, report_.attached});
        auto ended = follow(
            session_, await.what, execute_.follow, [this](const Event& event) { remember(event); },
            stop_);
        if (!ended) return gave_up(ended.error());
        report_.rollback = *ended;
        const auto state = ended->state();
        if (std::holds_alternative<mtc::Succeeded>(state)) return {};
        look_at_what_is_left();
        return Outcome::Failed;
    }

    void remember(const Event& event) {
        if (const auto* changed = std::get_if<MigrationChanged>(&event))
            report_.rollback = changed->migration;
        options_.sink(event);
    }

    // After a rollback that did not succeed: what is still stopped or still there, without waiting.
    void look_at_what_is_left() {
        if (!options_.verify) return;
        enter("look at what is left");
        const auto state = observe(
            session_, {.parallel = execute_.parallel, .reviews = false, .proof = true}, stop_);
        if (state) judge(*state);
    }

    End start(std::span<const rollback::Step> steps) {
        enter("start what MTC has left at rest on the source");
        const WriteJob job{.session = session_,
                           .parallel = execute_.parallel,
                           .decide =
                               [this](const rollback::Patch& patch, const Object& now) {
                                   return rollback::decided_anew(patch, now, record_, starts());
                               },
                           .told =
                               [this, n = steps.size()](const rollback::Written& written) {
                                   options_.sink(Wrote{written, ++started_, n});
                               }};
        const auto sent = write_all(job, steps, report_.written, stop_);
        return sent ? End() : End(failed(sent.error()));
    }

    End carry_out(const rollback::AwaitTargetStopped&) { return target_stopped(starts()); }
    End carry_out(const rollback::AwaitServing&) { return serving(); }

    // carried out by cancel() and start()
    static End carry_out(const rollback::Patch&) { return {}; }
    static End carry_out(const rollback::Delete&) { return {}; }
    // of the manual flow: a runbook of this one has none of them
    static End carry_out(const rollback::AwaitNoStagePods&) { return {}; }
    static End carry_out(const rollback::AwaitGone&) { return {}; }

    const ConsoleFlowOptions& options_;
    std::size_t started_ = 0;
};

}  // namespace

RunReport console_flow(const Session& session, const ConsoleFlowOptions& options,
                       std::stop_token stop) {
    return ConsoleFlow(session, options, std::move(stop)).run();
}

}  // namespace run
