#include <sys/resource.h>
#ifdef MTC_ROLLBACK_STATIC
#include <nss.h>
#endif

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "base/text.hpp"
#include "plugin/commands.hpp"
#include "plugin/completion_command.hpp"
#include "plugin/message.hpp"

namespace plugin {
namespace {

// A core file would hold tokens and keys.
void forbid_core_files() {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &none);
}

// A static program would load the name services of the system that it runs on (sss, mdns), which
// are made for another glibc than its own.
void look_up_names_by_files_and_dns_only() {
#ifdef MTC_ROLLBACK_STATIC
    __nss_configure_lookup("hosts", "files dns");
#endif
}

ExitCode dispatch(const Options& options, const std::string& name) {
    if (options.help) {
        std::fputs(help_text(options.command, name).c_str(), stdout);
        return ExitCode::Done;
    }
    const auto command = std::ranges::find_if(
        commands(), [&](const Command& c) { return options.command == c.name; });
    const Signals signals;
    return command->run({options, name, signals});
}

int guarded(int argc, char** argv) {
    try {
        if (const auto request = completion_request(argc, argv)) answer_completion(*request);
        const char* kubectl_path = std::getenv("KUBECTL_PATH");
        return static_cast<int>(
            dispatch(parse_options(argc, argv, kubectl_path), called_as(argv[0], kubectl_path)));
    } catch (const UserError& error) {
        print_error(error.what(), error.hint);
        return static_cast<int>(error.code);
    } catch (const std::exception& error) {
        print_error(std::string("internal error: ") + error.what(),
                    "please report it, with the command that you ran");
        return static_cast<int>(ExitCode::Error);
    }
}

}  // namespace
}  // namespace plugin

int main(int argc, char** argv) {
    plugin::forbid_core_files();
    plugin::look_up_names_by_files_and_dns_only();
    return plugin::guarded(argc, argv);
}
