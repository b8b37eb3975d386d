// What every command that talks to clusters shares: how it connects, where its text goes, how it
// asks, and the exit codes of the contract. What a command looks for and does is its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugin/commands.hpp"
#include "plugin/render.hpp"
#include "plugin/warnings.hpp"
#include "run/flow.hpp"

namespace plugin {

/// The plan that a command is about, or why none is.
struct PlanChoice {
    std::string plan;
    std::optional<base::Error> error = {};
    ExitCode code = ExitCode::Done;            // of the error
    std::vector<std::string> candidates = {};  // where several could be meant
};

/// The flows' word for --dry-run.
run::FlowOptions::DryRun dry_run_of(DryRun mode);

struct CommandContext {
    explicit CommandContext(const Invocation& invocation);

    /// From the flags and the first argument, without one for no plan. Refers to this context:
    /// requests are logged on stderr, and the servers' warnings join the others.
    run::ConnectOptions connect_options();

    /// The one that is named; without a name the one that is meant.
    PlanChoice choose_plan();

    /// Given with --yes, or by a yes to `question` ("Roll back?") on the terminal. Where nobody can
    /// be asked, an error says so, and that --yes would do the `action` ("roll back").
    run::Consent consent(const std::string& question, const std::string& action) const;

    /// 130, or 143 after a SIGTERM.
    ExitCode interrupted() const;
    /// Of what ended a command: an interrupt, or Error.
    ExitCode exit_code_of(const base::Error& error) const;
    /// Of how a flow ended.
    ExitCode exit_code_of(rollback::Outcome outcome) const;
    /// The same code, but Error for Done when --warnings-as-errors is set and a warning came.
    ExitCode with_warnings(ExitCode code) const;

    const Options& options;
    const Signals& signals;
    RenderContext out;  // of stdout
    RenderContext err;  // of stderr
    Warnings warnings;
};

}  // namespace plugin
