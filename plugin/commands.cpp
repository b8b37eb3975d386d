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
    const OutputFormat output = invocation.options.output;
    const std::string text = is_document(output) ? render_document(document, output)
                                                 : std::string("oc-mtc-rollback ") + version + "\n";
    std::fputs(text.c_str(), stdout);
    return ExitCode::Done;
}

ExitCode help_command(const Invocation& invocation) {
    const auto& words = invocation.options.arguments;
    std::fputs(help_text(words.empty() ? "" : words.front(), invocation.called_as).c_str(), stdout);
    return ExitCode::Done;
}

constexpr std::array dispatch_table{
    Command{"run", run_command},
    Command{"assess", assess_command},
    Command{"manual", manual_command},
    Command{"verify", verify_command},
    Command{"leftovers", leftovers_command},
    Command{"create", create_command},
    Command{"status", status_command},
    Command{"cancel", cancel_command},
    Command{"completion", completion_command},
    Command{"version", version_command},
    Command{"help", help_command},
};

}  // namespace

std::span<const Command> commands() {
    return dispatch_table;
}

}  // namespace plugin
