#include "run/console_flow.hpp"

#include <random>

#include "run/observe.hpp"
#include "run/records.hpp"

namespace run {
namespace {

using base::ErrorKind;
using rollback::Assessment;
using rollback::Outcome;
using rollback::Record;
using rollback::RunReport;
using rollback::State;
using rollback::Verdict;

class ConsoleFlow {
  public:
    ConsoleFlow(const Session& session, const ConsoleFlowOptions& options, std::stop_token stop)
        : session_(session), options_(options), execute_(options.execute), stop_(std::move(stop)) {
        report_.began = base::now();
    }

    RunReport run() {
        report_.outcome = flow();
        report_.ended = base::now();
        return std::move(report_);
    }

  private:
    // Each step gives the outcome that ends the run, or nothing to go on.
    using End = std::optional<Outcome>;

    Outcome flow() {
        if (const End end = look()) return *end;
        if (const End end = decide()) return *end;
        if (const End end = prepare()) return *end;
        for (const rollback::Step& step : report_.runbook->steps) {
            if (const End end = std::visit([this](const auto& action) { return carry_out(action); },
                                           step.action)) {
                return *end;
            }
        }
        return Outcome::Succeeded;
    }

    Outcome failed(const base::Error& error) {
        report_.error = error.message;
        report_.hint = error.hint;
        return error.kind == ErrorKind::Interrupted ? Outcome::Detached : Outcome::Error;
    }

    End look() {
        auto state = observe(session_, {.parallel = execute_.parallel, .labelled = true}, stop_);
        if (!state) return failed(state.error());
        state_ = std::move(*state);
        describe(report_, session_, *state_);
        report_.assessment = rollback::assess(*state_, {.will_verify = options_.verify});
        report_.gaps = state_->gaps;
        options_.assessed(*state_, *report_.assessment);
        return {};
    }

    End decide() {
        record_ = recall(*state_, new_rollback_name(), options_.snapshot_folder, options_.warn);
        report_.runbook = rollback::console_flow(*state_, *report_.assessment, record_.rollback);
        if (!report_.runbook->blockers.empty()) return Outcome::Refused;
        if (report_.runbook->empty()) return nothing_to_do();
        report_.attached = report_.assessment->running_rollback.has_value();
        if (options_.dry_run == ConsoleFlowOptions::DryRun::None) return {};
        return dry_run();
    }

    Outcome nothing_to_do() {
        if (report_.assessment->verdict != Verdict::AlreadyRolledBack || !options_.verify)
            return Outcome::NothingToDo;
        record_.rollback = *report_.assessment->last_rollback;
        begin_to_wait();
        return await_application_then(Outcome::NothingToDo);
    }

    Outcome dry_run() {
        if (options_.dry_run == ConsoleFlowOptions::DryRun::Client) return Outcome::DryRun;
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
            switch (options_.consent(*state_, *report_.assessment)) {
                case Consent::Given:
                    break;
                case Consent::Declined:
                    return Outcome::Declined;
                case Consent::Interrupted:
                    return Outcome::Detached;
            }
        }
        keep(record_, options_.snapshot_folder, options_.warn);
        begin_to_wait();
        return stop_.stop_requested() ? End(Outcome::Detached) : End();
    }

    void begin_to_wait() {
        if (options_.timeout)
            execute_.follow.deadline = std::chrono::steady_clock::now() + *options_.timeout;
    }

    End carry_out(const rollback::Create& create) {
        // not to be interrupted: a request in flight is finished, so that it is known what it did
        const auto created = create_once(*session_.control.cluster, create, {});
        if (!created) return failed(created.error());
        report_.rollback = mtc::decode_migration(*created);
        return {};
    }

    End carry_out(const rollback::AwaitMigration& await) {
        options_.sink(RollbackStarted{await.what, report_.attached});
        auto ended = follow(
            session_, await.what, execute_.follow, [this](const Event& event) { remember(event); },
            stop_);
        if (!ended) {
            // here, and only here, it is the deadline that has passed while the rollback goes on
            const Outcome outcome = failed(ended.error());
            return ended.error().kind == ErrorKind::TimedOut ? Outcome::TimedOut : outcome;
        }
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
        const auto state =
            observe(session_, {.parallel = execute_.parallel, .reviews = false}, stop_);
        if (!state) return;
        report_.gaps = state->gaps;
        report_.findings = rollback::verify({*state, record_, report_.rollback->name});
    }

    End carry_out(const rollback::AwaitServing&) {
        if (!options_.verify) return {};
        const Outcome outcome = await_application_then(Outcome::Succeeded);
        return outcome == Outcome::Succeeded ? End() : End(outcome);
    }

    Outcome await_application_then(Outcome when_well) {
        const auto state =
            await_application(session_, record_, record_.rollback, execute_, options_.sink, stop_);
        if (!state) return failed(state.error());
        report_.gaps = state->gaps;
        report_.findings = rollback::verify({*state, record_, record_.rollback});
        return rollback::all_is_well(report_.findings) ? when_well : Outcome::NotVerified;
    }

    // of the manual flow: a runbook of this one has none of them
    static End carry_out(const rollback::Patch&) { return {}; }
    static End carry_out(const rollback::Delete&) { return {}; }
    static End carry_out(const rollback::AwaitNoStagePods&) { return {}; }
    static End carry_out(const rollback::AwaitTargetStopped&) { return {}; }
    static End carry_out(const rollback::AwaitGone&) { return {}; }

    const Session& session_;
    const ConsoleFlowOptions& options_;
    ExecuteOptions execute_;
    std::stop_token stop_;
    RunReport report_;
    std::optional<State> state_;
    Record record_;
};

}  // namespace

RunReport console_flow(const Session& session, const ConsoleFlowOptions& options,
                       std::stop_token stop) {
    return ConsoleFlow(session, options, std::move(stop)).run();
}

std::string new_rollback_name() {
    constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789";
    std::random_device random;
    std::uniform_int_distribution<std::size_t> pick(0, characters.size() - 1);
    std::string name = "rollback-";
    for (int i = 0; i < 8; ++i) name += characters[pick(random)];
    return name;
}

}  // namespace run
