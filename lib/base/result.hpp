// What can go wrong, as a value. A function whose caller decides returns Result<T>; the kinds are
// those that some caller tells apart. It does not print and knows no exit codes: that is plugin's
// work.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <string>

namespace base {

enum class ErrorKind {
    NotFound,      // 404
    Forbidden,     // 403
    Unauthorized,  // 401: the login is missing or has expired
    Conflict,  // 409, or a `test` of a JSON Patch that failed: the world moved, nothing was written
    AlreadyExists,  // 409 of a create
    Invalid,        // 400, 422: the server refused what it was sent
    Expired,        // 410: a continue token or a resourceVersion is too old
    Unavailable,    // 429, 5xx: the server cannot answer now; nothing was written
    Unreachable,    // no connection was made; nothing was sent
    Lost,           // sent, but no answer came: a write may or may not have happened
    TimedOut,       // the request's own deadline passed; as Lost, a write may have happened
    Interrupted,    // the stop token was triggered
    Malformed,      // a file, a field or an answer cannot be understood
};

struct Error {
    ErrorKind kind = ErrorKind::Malformed;
    std::string message;  // one complete line as kubectl words it, for a person to read; no secrets
    std::string hint = {};  // what to do next, empty if there is nothing to say
    std::optional<std::chrono::seconds> retry_after = {};  // the server's Retry-After
};

template <class T>
using Result = std::expected<T, Error>;

/// An error to return from a function of any Result type.
inline std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint = {}) {
    return std::unexpected(
        Error{.kind = kind, .message = std::move(message), .hint = std::move(hint)});
}

/// For who asked to stop through a stop token.
inline std::unexpected<Error> interrupted() {
    return fail(ErrorKind::Interrupted, "error: interrupted");
}

/// The error, with `what` and a colon before its message ("the source cluster: ...").
inline Error within(std::string what, Error error) {
    error.message = std::move(what) + ": " + error.message;
    return error;
}

}  // namespace base
