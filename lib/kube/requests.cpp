#include "kube/requests.hpp"

#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "kube/pause.hpp"
#include "kube/status.hpp"

namespace kube {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;

constexpr int most_repetitions = 10;
// a server that wants more patience than this is better reported than waited for in silence
constexpr std::chrono::seconds longest_wait{60};
constexpr milliseconds pause_after_break{1000};

bool is_success(int status) {
    return status >= 200 && status < 300;
}

bool is_read(const HttpRequest& request) {
    return request.method == "GET";
}

/// When the server asks to come again: client-go's rule, the header must be there.
std::optional<std::chrono::seconds> asked_to_wait(const HttpRequest& request,
                                                  const HttpResponse& response) {
    if (response.status != 429 && response.status < 500) return std::nullopt;
    // its time ran out, but it may still be doing what it was asked
    if (response.status == 504 && !is_read(request)) return std::nullopt;
    const auto seconds = retry_after_of(response);
    return seconds && *seconds <= longest_wait ? seconds : std::nullopt;
}

Error error_for(const HttpRequest& request, const HttpResponse& response, const std::string& what) {
    Error error = error_of(response, what);
    // 429 and 503 say that nothing was done; other 5xx (etcd's timeouts, a gateway's) do not say
    // that
    const bool surely_not_done = response.status == 429 || response.status == 503;
    if (error.kind == ErrorKind::Unavailable && !surely_not_done && !is_read(request)) {
        error.kind = ErrorKind::Lost;
    }
    return error;
}

/// Tells the server, too, how long the answer is waited for, as kubectl does.
HttpRequest limited(HttpRequest request, milliseconds timeout) {
    if (timeout.count() == 0) return request;
    request.target += request.target.contains('?') ? '&' : '?';
    request.target += "timeout=" + base::go_duration(timeout);
    return request;
}

// A login portal answers 200 with a page.
std::optional<Error> not_json(const HttpResponse& response, const std::string& what) {
    const auto type = response.headers.find("content-type");
    if (type == response.headers.end() || type->second.starts_with("application/json")) {
        return std::nullopt;
    }
    return Error{.kind = ErrorKind::Malformed,
                 .message = base::printable("error: the server answered with " + type->second +
                                            " instead of JSON (" + what + ")"),
                 .hint = "check the server's URL: a proxy or a login page may have answered"};
}

}  // namespace

Result<HttpResponse> Requests::ask(const HttpRequest& request, const std::string& what,
                                   const std::stop_token& stop) const {
    HttpRequest with_timeout = limited(request, connection().request_timeout);
    with_timeout.what = what;
    bool broke = false;
    for (int repetitions = 0;; ++repetitions) {
        auto answer = http_->send(with_timeout, stop);
        if (!answer) {
            const bool again = is_read(request) && answer.error().kind == ErrorKind::Lost;
            if (!again || std::exchange(broke, true)) return answer;
            if (!pause(pause_after_break, stop)) return base::interrupted();
            continue;
        }
        if (is_success(answer->status)) {
            if (auto trouble = not_json(*answer, what)) return std::unexpected(std::move(*trouble));
            return answer;
        }
        const auto wait = asked_to_wait(request, *answer);
        if (!wait || repetitions >= most_repetitions) {
            return std::unexpected(error_for(request, *answer, what));
        }
        if (!pause(*wait, stop)) return base::interrupted();
    }
}

Result<void> Requests::follow(const HttpRequest& request, const std::string& what,
                              const BodyReceiver& receive, const std::stop_token& stop) const {
    HttpRequest told = request;
    told.what = what;
    const auto answer = http_->stream(told, receive, stop);
    if (!answer) return std::unexpected(answer.error());
    if (answer->status != 200) return std::unexpected(error_of(*answer, what));
    if (auto trouble = not_json(*answer, what)) return std::unexpected(std::move(*trouble));
    return {};
}

}  // namespace kube
