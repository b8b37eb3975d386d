#include "plugin/commands.hpp"

#include <array>
#include <cstdio>

#include "plugin/render.hpp"

namespace plugin {
namespace {

constexpr const char* version = OC_MTC_ROLLBACK_VERSION;

ExitCode version_command(const Invocation& invocation) {
    const base::Json document = {
        {"apiVersion", "mtc-rollback/v1"}, {"kind", "Version"}, {"version", version}};
    switch (invocation.options.output) {
        case OutputFormat::Json:
        case OutputFormat::Yaml:
            std::fputs(render_document(document, invocation.options.output).c_str(), stdout);
            break;
        case OutputFormat::Text:
        case OutputFormat::Wide:
        case OutputFormat::Name:
            std::printf("oc-mtc-rollback %s\n", version);
    }
    return ExitCode::Done;
}

ExitCode help_command(const Invocation& invocation) {
    const auto& words = invocation.options.arguments;
    std::fputs(help_text(words.empty() ? "" : words.front(), invocation.called_as).c_str(), stdout);
    return ExitCode::Done;
}

constexpr std::array table{
    Command{"run", run_command},
    Command{"assess", assess_command},
    Command{"completion", completion_command},
    Command{"version", version_command},
    Command{"help", help_command},
};

}  // namespace

std::span<const Command> commands() {
    return table;
}

}  // namespace plugin
