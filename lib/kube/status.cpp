#include "kube/status.hpp"

#include <array>
#include <charconv>
#include <set>
#include <vector>

#include "base/text.hpp"

namespace kube {
namespace {

using base::Error;
using base::ErrorKind;
using base::Json;
using base::text_or_empty;

constexpr std::size_t longest_foreign_text = 2048;

/// What a bare status code is called when the body says nothing: apimachinery's
/// NewGenericServerResponse.
struct Meaning {
    int code;
    std::string_view reason;
    std::string_view message;  // empty: the body is the message
};
constexpr std::array<Meaning, 13> meanings{{
    {400, "BadRequest", "the server rejected our request for an unknown reason"},
    {401, "Unauthorized", "the server has asked for the client to provide credentials"},
    {403, "Forbidden", ""},
    {404, "NotFound", "the server could not find the requested resource"},
    {405, "MethodNotAllowed", "the server does not allow this method on the requested resource"},
    {406, "NotAcceptable", ""},
    {409, "Conflict", "the server reported a conflict"},
    {410, "Expired", "the requested version is no longer available"},
    {415, "UnsupportedMediaType", ""},
    {422, "Invalid", "the server rejected our request due to an error in our request"},
    {429, "TooManyRequests",
     "the server has received too many requests and has asked us to try again later"},
    {503, "ServiceUnavailable", "the server is currently unable to handle the request"},
    {504, "Timeout",
     "the server was unable to return a response in the time allotted, but may still be processing "
     "the "
     "request"},
}};

ErrorKind kind_of(int code, std::string_view reason) {
    switch (code) {
        case 401:
            return ErrorKind::Unauthorized;
        case 403:
            return ErrorKind::Forbidden;
        case 404:
            return ErrorKind::NotFound;
        case 409:
            return reason == "AlreadyExists" ? ErrorKind::AlreadyExists : ErrorKind::Conflict;
        case 410:
            return ErrorKind::Expired;
        case 429:
            return ErrorKind::Unavailable;
        case 504:
            return ErrorKind::TimedOut;
        default:
            break;
    }
    if (code >= 500) return ErrorKind::Unavailable;
    return code >= 400 ? ErrorKind::Invalid : ErrorKind::Malformed;
}

std::string hint_of(ErrorKind kind) {
    return kind == ErrorKind::Unauthorized ? "log in again with `oc login`" : "";
}

std::vector<std::string> causes_of(const Json& status) {
    std::vector<std::string> causes;
    std::set<std::string> seen;
    for (const Json& cause : base::items_at(status, "/details/causes")) {
        const std::string field = text_or_empty(cause, "/field");
        std::string text = text_or_empty(cause, "/message");
        if (!field.empty()) text = field + ": " + text;
        if (seen.insert(text).second) causes.push_back(std::move(text));
    }
    return causes;
}

// kubectl's MultilineError
std::string with_causes(std::string text, const std::vector<std::string>& causes) {
    if (causes.empty()) return text;
    if (causes.size() == 1) return text + ": " + causes.front();
    return text + ": \n* " + base::join(causes, "\n* ");
}

std::string invalid_message(const Json& status) {
    const std::string kind = text_or_empty(status, "/details/kind");
    const std::string name = text_or_empty(status, "/details/name");
    const std::string message = text_or_empty(status, "/message");
    const auto causes = causes_of(status);
    if (!kind.empty() || !name.empty()) {
        return with_causes("The " + kind + " \"" + name + "\" is invalid", causes);
    }
    const std::string text = "The request is invalid";
    return causes.empty() && !message.empty() ? text + ": " + message : with_causes(text, causes);
}

std::string from_server(std::string_view reason, const std::string& message) {
    if (reason == "Unauthorized") {
        return "error: You must be logged in to the server (Unauthorized)";
    }
    if (reason.empty()) return "Error from server: " + message;
    return "Error from server (" + std::string(reason) + "): " + message;
}

Error error_of_code(int code, std::string_view text, std::string_view what) {
    const std::string suffix = what.empty() ? "" : " (" + std::string(what) + ")";
    for (const Meaning& meaning : meanings) {
        if (meaning.code != code) continue;
        const bool created_twice = code == 409 && what.starts_with("create");
        const std::string_view reason = created_twice ? "AlreadyExists" : meaning.reason;
        const std::string_view message = meaning.message.empty() ? text : meaning.message;
        return {.kind = kind_of(code, reason),
                .message = from_server(reason, std::string(message) + suffix)};
    }
    if (code >= 500) {
        return {.kind = kind_of(code, {}),
                .message = from_server("InternalError",
                                       "an error on the server (" + base::in_quotes(text) +
                                           ") has prevented the request from succeeding" + suffix)};
    }
    Error error{.kind = kind_of(code, {}),
                .message = from_server("", "the server responded with the status code " +
                                               std::to_string(code) +
                                               " but did not return more information" + suffix)};
    if (code >= 300 && code < 400) {
        error.hint = "a redirect is not followed: check the server's URL";
    }
    return error;
}

std::optional<std::chrono::seconds> seconds_of(std::string_view text) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return std::chrono::seconds(value);
}

Error in_words(const Json& status, int code) {
    const std::string reason = text_or_empty(status, "/reason");
    const std::string message = text_or_empty(status, "/message");
    const bool invalid = reason == "Invalid";
    return {.kind = kind_of(code, reason),
            .message = invalid ? invalid_message(status)
                               : from_server(reason, message.empty() ? "unknown" : message)};
}

Error finished(Error error) {
    error.message = base::printable(error.message);
    if (error.hint.empty()) error.hint = hint_of(error.kind);
    return error;
}

}  // namespace

std::optional<std::chrono::seconds> retry_after_of(const HttpResponse& response) {
    const auto header = response.headers.find("retry-after");
    return header == response.headers.end() ? std::nullopt
                                            : seconds_of(base::trimmed(header->second));
}

base::Error error_of(const HttpResponse& response, std::string_view what) {
    const Json body = Json::parse(response.body, nullptr, false);
    const std::string_view text = base::trimmed(response.body);
    Error error = text_or_empty(body, "/kind") == "Status"
                      ? in_words(body, response.status)
                      : error_of_code(response.status, text.substr(0, longest_foreign_text), what);
    error.retry_after = retry_after_of(response);
    return finished(std::move(error));
}

base::Error error_of_status(const base::Json& status) {
    Error error =
        in_words(status, static_cast<int>(base::number_at(status, "/code").value_or(500)));
    if (const auto seconds = base::number_at(status, "/details/retryAfterSeconds")) {
        error.retry_after = std::chrono::seconds(*seconds);
    }
    return finished(std::move(error));
}

}  // namespace kube
