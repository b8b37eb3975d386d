// The exit codes of the contract, and the exception for what only main can tell the user.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace plugin {

enum class ExitCode {
    Done = 0,
    Error = 1,  // unreachable, not authorised, a write refused
    Usage = 2,
    RollbackFailed = 3,  // it ended, but failed, was canceled, or ended with warnings
    NotVerified = 4,
    NotFinished = 5,  // within --timeout; it goes on in the cluster
    Refused = 6,      // or declined at the prompt; nothing was changed
    Interrupted = 130,
    Terminated = 143,
};

/// Ends the program with a message, a hint and a code. Thrown where nobody but main can do
/// anything.
class UserError : public std::runtime_error {
  public:
    UserError(ExitCode exit_code, const base::Error& error)
        : std::runtime_error(error.message), code(exit_code), hint(error.hint) {}
    UserError(ExitCode exit_code, const std::string& message, std::string what_next = {})
        : std::runtime_error(message), code(exit_code), hint(std::move(what_next)) {}

    ExitCode code;
    std::string hint;
};

/// Ends the program because the command line is wrong.
[[noreturn]] inline void wrong_usage(const std::string& message, std::string what_next = {}) {
    throw UserError(ExitCode::Usage, message, std::move(what_next));
}

}  // namespace plugin
