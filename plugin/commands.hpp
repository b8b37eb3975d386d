// The table of commands. To add one: a row in commands.cpp and, beside it, a file of its own.
#pragma once

#include <span>

#include "plugin/exit_code.hpp"
#include "plugin/options.hpp"
#include "plugin/signals.hpp"

namespace plugin {

struct Invocation {
    const Options& options;
    const std::string& called_as;
    const Signals& signals;
};

struct Command {
    const char* name;
    ExitCode (*run)(const Invocation&);
};

std::span<const Command> commands();

/// The console flow: `oc mtc-rollback PLAN`.
ExitCode run_command(const Invocation& invocation);
/// The manual flow: `manual PLAN`.
ExitCode manual_command(const Invocation& invocation);
/// `assess [PLAN]`: whether a rollback is needed, of one plan or of all.
ExitCode assess_command(const Invocation& invocation);
/// `verify [PLAN]`: proves the recovery.
ExitCode verify_command(const Invocation& invocation);
/// `leftovers [PLAN]`: what migrations left behind, and its deletion.
ExitCode leftovers_command(const Invocation& invocation);
/// The CR flow: `create PLAN`.
ExitCode create_command(const Invocation& invocation);
/// `status [PLAN]`: the plan's migrations.
ExitCode status_command(const Invocation& invocation);
/// `cancel PLAN`: the migration that runs.
ExitCode cancel_command(const Invocation& invocation);
/// `completion SHELL`: its script.
ExitCode completion_command(const Invocation& invocation);

}  // namespace plugin
