// What the flows have in common: how they are told what to do, and a run of one whose report grows
// as it goes. Which steps there are, and in which order, is each flow's own.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "rollback/manual.hpp"
#include "rollback/report.hpp"
#include "run/execute.hpp"
#include "run/records.hpp"

namespace run {

enum class Consent { Given, Declined, Interrupted };

struct FlowOptions {
    bool verify = true;         // wait until the application serves, and prove it
    bool probe_routes = false;  // as part of it, ask every Route and Ingress of the source
    enum class DryRun { None, Client, Server } dry_run = DryRun::None;
    ExecuteOptions execute = {};
    /// From the moment when there is something to wait for: nobody is hurried at the prompt.
    std::optional<std::chrono::milliseconds> timeout = {};
    std::filesystem::path snapshot_folder = {};  // empty: no snapshot can be kept
    bool asks = true;  // false: somebody has agreed beforehand, and consent() only says so
    /// Not called when nothing will be written.
    std::function<Consent()> consent = {};
    /// Told what would be lost when the snapshot cannot be written, and so on.
    Warn warn = [](const std::string&) {};
    EventSink sink = [](const Event&) {};
};

class FlowRun {
  public:
    virtual ~FlowRun() = default;
    FlowRun(const FlowRun&) = delete;
    FlowRun& operator=(const FlowRun&) = delete;

    /// Once. Never throws for what a cluster does: everything ends in the report.
    rollback::RunReport run();

  protected:
    using Outcome = rollback::Outcome;
    /// The outcome that ends the run, or nothing to go on.
    using End = std::optional<Outcome>;

    FlowRun(const Session& session, const FlowOptions& options, rollback::Flow flow,
            std::stop_token stop);

    virtual Outcome flow() = 0;

    /// A stage of the report begins, and the one before has ended.
    void enter(const std::string& stage);

    /// Puts the error into the report.
    Outcome failed(const base::Error& error);
    /// The same, of a wait: here, and only here, TimedOut is the deadline that has passed, not the
    /// time of one request.
    Outcome gave_up(const base::Error& error);

    End ask();
    /// After a yes to a question: ends the run where the plan or its migrations are not what was
    /// shown.
    End plan_is_still_so();
    End unless_changed(const std::vector<std::string>& changes);
    /// Whether there was a question, and so time for others to act.
    bool asks() const { return options_.asks; }
    /// Writes down what is known before anything is changed; from now on time counts.
    End set_out();
    void begin_to_wait();

    /// Ends the run unless it was seen that nothing on the target can write.
    End target_stopped(const rollback::ManualOptions& manual);

    /// Ends the run unless the application serves, where that is to be proved at all.
    End serving();
    /// `first`: as for await_application().
    Outcome await_application_then(Outcome when_well, std::optional<rollback::State> first = {});
    /// Puts what is found to be well or not into the report.
    void judge(rollback::State state);

    const Session& session_;
    ExecuteOptions execute_;
    std::stop_token stop_;
    rollback::RunReport report_;
    std::optional<rollback::State> state_;
    rollback::Record record_;

  private:
    void leave_stage();
    std::string rollback_to_prove() const;

    const FlowOptions& options_;
};

}  // namespace run
