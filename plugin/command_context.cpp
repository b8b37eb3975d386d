#include "plugin/command_context.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "plugin/message.hpp"
#include "plugin/prompt.hpp"
#include "run/choose_plan.hpp"

namespace plugin {
namespace {

// The flags that said where to look belong to every command that a person is told to type. Never
// the token.
std::string as_it_was_called(const Invocation& invocation) {
    const Options& options = invocation.options;
    const kube::KubeconfigOptions& config = options.kubeconfig;
    std::string out = invocation.called_as;
    for (const auto& [name, value] : std::initializer_list<std::pair<const char*, std::string>>{
             {"kubeconfig", config.kubeconfig},
             {"context", config.context},
             {"cluster", config.cluster},
             {"user", config.user},
             {"server", config.server},
             {"as", config.as},
             {"source-context", options.source_context},
             {"target-context", options.target_context}}) {
        if (!value.empty()) out += std::string(" --") + name + "=" + base::shell_word(value);
    }
    return out;
}

RenderContext render_context(int fd, const Invocation& invocation) {
    return {.style = style_of(fd, invocation.options.color),
            .wide = invocation.options.output == OutputFormat::Wide,
            .called_as = as_it_was_called(invocation)};
}

kube::RequestLog request_log(int verbosity, Warnings& warnings) {
    return {.verbosity = verbosity,
            .write = [](const std::string& line) { std::fputs((line + "\n").c_str(), stderr); },
            .warn = [&warnings](const std::string& text) { warnings.show(text); },
            .waits = [&warnings](const std::string& text) { warnings.note(text); }};
}

run::Consent consent_of(Answer answer) {
    switch (answer) {
        case Answer::Yes:
            return run::Consent::Given;
        case Answer::No:
            return run::Consent::Declined;
        case Answer::Interrupted:
            return run::Consent::Interrupted;
    }
    return run::Consent::Declined;
}

PlanChoice no_plan(const Options& options) {
    const std::string where = options.plan_file.empty() ? "in namespace " + options.ns
                                                        : "in --plan-file " + options.plan_file;
    return {.plan = {},
            .error = base::Error{.kind = base::ErrorKind::NotFound,
                                 .message = "error: there are no plans " + where},
            .code = ExitCode::Error};
}

PlanChoice several_plans(const Options& options, const std::string& called_as,
                         const std::vector<std::string>& candidates) {
    std::string hint = "name one:";
    for (const std::string& plan : candidates)
        hint += "\n" + called_as + " " + options.command + " migplan/" + plan +
                (options.ns == mtc::openshift_migration ? "" : " -n " + options.ns);
    return {
        .plan = {},
        .error = base::Error{.kind = base::ErrorKind::Invalid,
                             .message = "error: which plan? There are " + base::join(candidates),
                             .hint = hint},
        .code = ExitCode::Usage,
        .candidates = candidates};
}

}  // namespace

run::FlowOptions::DryRun dry_run_of(DryRun mode) {
    switch (mode) {
        case DryRun::None:
            return run::FlowOptions::DryRun::None;
        case DryRun::Client:
            return run::FlowOptions::DryRun::Client;
        case DryRun::Server:
            return run::FlowOptions::DryRun::Server;
    }
    return run::FlowOptions::DryRun::None;
}

CommandContext::CommandContext(const Invocation& invocation)
    : options(invocation.options),
      signals(invocation.signals),
      out(render_context(STDOUT_FILENO, invocation)),
      err(render_context(STDERR_FILENO, invocation)),
      warnings(err.style) {}

run::ConnectOptions CommandContext::connect_options() {
    return {.kubeconfig = options.kubeconfig,
            .ns = options.ns,
            .plan = options.arguments.empty() ? "" : options.arguments.front(),
            .source_context = options.source_context,
            .target_context = options.target_context,
            .log = request_log(options.verbosity, warnings),
            .plan_file = options.plan_file,
            .source_namespaces = options.source_namespaces,
            .target_may_be_absent = options.assume_target_stopped,
            .accepted = options.accept};
}

PlanChoice CommandContext::choose_plan() {
    if (!options.arguments.empty()) return {.plan = options.arguments.front()};
    const auto choice = run::choose_plan(connect_options(), signals.token());
    if (!choice) return {.plan = {}, .error = choice.error(), .code = exit_code_of(choice.error())};
    if (choice->plan) return {.plan = *choice->plan};
    if (choice->candidates.empty()) return no_plan(options);
    return several_plans(options, out.called_as, choice->candidates);
}

run::Consent CommandContext::consent(const std::string& question, const std::string& action) const {
    if (options.yes) return run::Consent::Given;
    if (!is_terminal(STDIN_FILENO)) {
        print_error("stdin is no terminal, so nobody can be asked",
                    "pass --yes to " + action + " without being asked");
        return run::Consent::Declined;
    }
    if (!is_terminal(STDERR_FILENO)) {
        print_error("stderr is no terminal, so nobody sees what is asked",
                    "pass --yes to " + action + " without being asked");
        return run::Consent::Declined;
    }
    return consent_of(ask("\n" + question + " [y/N] ", signals.token()));
}

ExitCode CommandContext::interrupted() const {
    return signals.received() == SIGTERM ? ExitCode::Terminated : ExitCode::Interrupted;
}

ExitCode CommandContext::exit_code_of(const base::Error& error) const {
    return error.kind == base::ErrorKind::Interrupted ? interrupted() : ExitCode::Error;
}

ExitCode CommandContext::exit_code_of(rollback::Outcome outcome) const {
    using rollback::Outcome;
    switch (outcome) {
        case Outcome::Succeeded:
        case Outcome::NothingToDo:
        case Outcome::DryRun:
            return ExitCode::Done;
        case Outcome::Refused:
        case Outcome::Declined:
            return ExitCode::Refused;
        case Outcome::Failed:
            return ExitCode::RollbackFailed;
        case Outcome::NotVerified:
            return ExitCode::NotVerified;
        case Outcome::TimedOut:
            return ExitCode::NotFinished;
        case Outcome::Detached:
            return interrupted();
        case Outcome::Error:
            return ExitCode::Error;
    }
    return ExitCode::Error;
}

ExitCode CommandContext::with_warnings(ExitCode code) const {
    const bool warned = options.warnings_as_errors && warnings.count() > 0;
    return code == ExitCode::Done && warned ? ExitCode::Error : code;
}

}  // namespace plugin
