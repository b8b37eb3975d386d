#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef MTC_ROLLBACK_STATIC
#include <nss.h>
#endif

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

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

// The other end of a pipe has gone, as with `| head`: nobody is there to be told.
bool nobody_reads() {
    pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
    return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

// What was not written is no result: half a script, or half a document, must not pass for one.
int unless_unwritten(int code) {
    errno = 0;
    const bool flushed = std::fflush(stdout) == 0;
    if (flushed && std::ferror(stdout) == 0) return code;
    const std::string why = errno != 0 ? ": " + base::reason_of(errno) : "";
    if (!nobody_reads()) print_error("error: the output could not be written" + why, "");
    return code == 0 ? static_cast<int>(ExitCode::Error) : code;
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
    // a file that may grow no further is an error of writing, not the end of the program
    std::signal(SIGXFSZ, SIG_IGN);
    return plugin::unless_unwritten(plugin::guarded(argc, argv));
}
