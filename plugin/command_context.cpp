#include "plugin/command_context.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "plugin/message.hpp"
#include "plugin/prompt.hpp"

namespace plugin {
namespace {

RenderContext render_context(int fd, const Invocation& invocation) {
    return {.style = style_of(fd, invocation.options.color),
            .wide = invocation.options.output == OutputFormat::Wide,
            .called_as = invocation.called_as};
}

kube::RequestLog request_log(int verbosity, Warnings& warnings) {
    return {.verbosity = verbosity,
            .write = [](const std::string& line) { std::fputs((line + "\n").c_str(), stderr); },
            .warn = [&warnings](const std::string& text) { warnings.show(text); }};
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

}  // namespace

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
            .target_may_be_absent = options.assume_target_stopped};
}

run::Consent CommandContext::consent(const std::string& question, const std::string& action) const {
    if (options.yes) return run::Consent::Given;
    if (!is_terminal(STDIN_FILENO)) {
        print_error("stdin is no terminal, so nobody can be asked",
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

ExitCode CommandContext::with_warnings(ExitCode code) const {
    const bool warned = options.warnings_as_errors && warnings.count() > 0;
    return code == ExitCode::Done && warned ? ExitCode::Error : code;
}

rollback::ClusterName name_of(const run::Endpoint& endpoint) {
    return {endpoint.cluster->server(), endpoint.described_as, endpoint.user};
}

}  // namespace plugin
