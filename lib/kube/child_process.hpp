// Runs a program to its end and returns what it printed: without a shell, with exactly the given
// environment, a deadline and a cap on the output. It does not know what the program is for and
// words no messages. Whatever happens, no process, zombie or descriptor of it stays behind; what
// the program itself started is ended with it when it is made to end, unless it may use the
// terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/secret.hpp"

namespace kube {

struct ChildCommand {
    std::string path;                            // the program's file; look_up_program() finds it
    std::vector<std::string> argv;               // argv[0] first: the name by which it is called
    std::vector<base::Secret> environment = {};  // "NAME=value"; all that it gets
    bool inherit_stdin = false;                  // else /dev/null; stderr is always ours
    std::chrono::milliseconds patience = std::chrono::minutes(1);
    std::chrono::milliseconds grace = std::chrono::seconds(1);  // from SIGTERM to SIGKILL
    std::size_t most_output = 1UL << 20U;
};

enum class ChildEnd {
    Exited,      // code: the exit code
    Killed,      // code: the signal, which was not ours
    NotStarted,  // code: the errno
    TimedOut,
    Interrupted,
    TooMuchOutput,
};

struct ChildResult {
    ChildEnd end;
    int code = 0;
    base::Secret output = {};  // what it wrote to its standard output
};

/// Blocks until the program has ended; it is made to end at the deadline, when the token asks to
/// stop, and when it prints too much.
ChildResult run_child(const ChildCommand& command, const std::stop_token& stop);

/// The file that a bare name means, looked up in our PATH as Go's exec.LookPath does: relative
/// folders in it never count, so that the current directory decides nothing.
std::optional<std::string> look_up_program(const std::string& name);

}  // namespace kube
