#include "kube/http.hpp"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>
#include <utility>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "kube/credentials.hpp"
#include "kube/http_channel.hpp"
#include "kube/http_identity.hpp"
#include "kube/http_socket.hpp"
#include "kube/pool.hpp"
#include "kube/watchdog.hpp"

#ifndef MTC_ROLLBACK_VERSION
#define MTC_ROLLBACK_VERSION "0"
#endif

namespace kube {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds connect_timeout = std::chrono::seconds(10);
constexpr milliseconds answer_timeout = std::chrono::seconds(60);
// for a page of 500 objects, where nobody has asked for less
constexpr milliseconds whole_timeout = std::chrono::seconds(300);
// longer than the timeoutSeconds of a watch, so that it is the server who ends it
constexpr milliseconds stream_timeout = std::chrono::seconds(330);

#if defined(__aarch64__)
constexpr const char* user_agent = "oc-mtc-rollback/" MTC_ROLLBACK_VERSION " (linux/arm64)";
#else
constexpr const char* user_agent = "oc-mtc-rollback/" MTC_ROLLBACK_VERSION " (linux/amd64)";
#endif

// Several requests wait for one server: one word is enough.
constexpr milliseconds between_words = std::chrono::seconds(30);

Limits limits_of(const Connection& connection, bool streaming, milliseconds quiet) {
    const milliseconds asked = connection.request_timeout;
    if (streaming) {
        return {.connect = connect_timeout,
                .read = stream_timeout,
                .header = asked.count() == 0 ? answer_timeout : std::min(answer_timeout, asked),
                .whole = milliseconds(0),
                .quiet = quiet};
    }
    if (asked.count() == 0) {
        return {.connect = connect_timeout,
                .read = answer_timeout,
                .header = answer_timeout + connect_timeout,
                .whole = whole_timeout,
                .quiet = quiet};
    }
    return {.connect = std::min(connect_timeout, asked),
            .read = asked,
            .header = asked,
            .whole = asked,
            .quiet = quiet};
}

bool is_plain_target(std::string_view target) {
    return target.starts_with('/') &&
           std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f; });
}

// An exec plugin's, in client-go's words.
Error unusable_certificate(Error error) {
    const std::string why = error.message.substr(std::string_view("error: ").size());
    error.message =
        "Unable to connect to the server: getting credentials: failed parsing client "
        "key/certificate: " +
        why;
    return error;
}

// cpp-httplib before 0.20 sends a line break as it is: a header of someone else's choice
Result<void> check_target(const HttpRequest& request) {
    if (is_plain_target(request.target)) return {};
    return base::fail(ErrorKind::Malformed,
                      "error: a request path holds characters that no path has");
}

}  // namespace

class Http::Impl {
  public:
    struct Parts {
        Connection connection;
        Route route;
        Headers identity;  // Impersonate-*
        std::shared_ptr<const TlsMaterial> material;
        RequestLog log;
    };

    explicit Impl(Parts parts)
        : parts_(std::move(parts)),
          credentials_(parts_.connection.auth),
          pool_([this] { return make_channel(parts_.material, false); },
                parts_.connection.parallel) {}

    const Connection& connection() const { return parts_.connection; }

    std::optional<std::chrono::seconds> clock_ahead() const {
        const auto ahead = ahead_.load();
        return ahead == unknown_clock ? std::nullopt : std::optional(std::chrono::seconds(ahead));
    }

    Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) {
        return logged_in(request, stop, [&](const auto& headers, const auto& material) {
            return send_pooled(request, headers, material, stop);
        });
    }

    Result<HttpResponse> stream(const HttpRequest& request, const BodyReceiver& receive,
                                const std::stop_token& stop) {
        return logged_in(request, stop, [&](Headers headers, const auto& material) {
            // not compressed: whatever collects a block to compress holds back events
            std::erase_if(headers, [](const auto& one) { return one.first == "Accept-Encoding"; });
            const auto channel = make_channel(material, true);
            bool kept = false;
            return exchange(*channel, request, headers, &receive, stop, kept);
        });
    }

  private:
    using Material = std::shared_ptr<const TlsMaterial>;

    /// Sends with the login of the moment, and once more with a new one when the server refuses
    /// that: a 401 says that nothing was done (RFC 9110 15.5.2), so that this holds for writes,
    /// too.
    template <class Send>
    Result<HttpResponse> logged_in(const HttpRequest& request, const std::stop_token& stop,
                                   const Send& send_with) {
        if (auto plain = check_target(request); !plain) return std::unexpected(plain.error());
        // as kubectl: no credentials over plain HTTP, ever
        if (!parts_.route.url.https) {
            return send_with(headers_for(request, Login{}), parts_.material);
        }
        for (bool repeated = false;; repeated = true) {
            auto login = credentials_.login(stop);
            if (!login) return std::unexpected(std::move(login.error()));
            const auto with = material_for(*login);
            if (!with) return std::unexpected(with.error());
            auto answer = send_with(headers_for(request, **login), *with);
            const bool refused = answer && answer->status == 401;
            if (!refused || repeated || !credentials_.renew(*login)) return answer;
        }
    }

    // Whom to act as is said over http, too: behind http there may be a `kubectl proxy`, and to
    // leave it out would be to act as somebody else.
    Headers headers_for(const HttpRequest& request, const Login& login) const {
        Headers headers = {{"Host", parts_.route.url.authority()},
                           {"User-Agent", user_agent},
                           {"Accept", request.accept}};
        if (parts_.connection.compression) headers.emplace_back("Accept-Encoding", "gzip");
        if (!request.content_type.empty()) {
            headers.emplace_back("Content-Type", request.content_type);
        }
        if (!login.authorization.empty()) {
            headers.emplace_back("Authorization", login.authorization.reveal());
        }
        headers.insert(headers.end(), parts_.identity.begin(), parts_.identity.end());
        return headers;
    }

    Result<HttpResponse> send_pooled(const HttpRequest& request, const Headers& headers,
                                     const Material& material, const std::stop_token& stop) {
        auto channel = pool_.take(stop);
        if (!channel) return base::interrupted();
        // it was made for another certificate: an exec plugin's come and go
        if (channel->material() != material) channel = make_channel(material, false);
        bool kept = false;
        auto answer = exchange(*channel, request, headers, nullptr, stop, kept);
        const bool was_dead = kept && !answer && answer.error().kind == ErrorKind::Lost;
        if (was_dead && request.method == "GET") {
            answer = exchange(*channel, request, headers, nullptr, stop, kept);
        }
        pool_.give_back(std::move(channel));
        return answer;
    }

    Result<HttpResponse> exchange(Channel& channel, const HttpRequest& request,
                                  const Headers& headers, const BodyReceiver* receive,
                                  const std::stop_token& stop, bool& kept) {
        const auto begun = Clock::now();
        const auto tell = [this, what = request.what] { say_that_it_waits(what); };
        auto answer = channel.exchange(request, headers, receive, tell, stop, kept);
        const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - begun);
        log(request, headers, answer, took);
        if (answer) {
            warn(*answer);
            note_clock(*answer);
        }
        return answer;
    }

    void log(const HttpRequest& request, const Headers& headers, const Result<HttpResponse>& answer,
             milliseconds took) const {
        if (parts_.log.verbosity < 6 || !parts_.log.write) return;
        const LoggedRequest sent{.method = request.method,
                                 .url = parts_.connection.server + request.target,
                                 .headers = headers,
                                 .body = request.body};
        LoggedResponse came;
        if (answer) {
            came = {.status = answer->status,
                    .reason = answer->reason,
                    .headers = {answer->headers.begin(), answer->headers.end()},
                    .body = answer->body,
                    .failure = {}};
        } else {
            came.failure = answer.error().message;
        }
        for (const std::string& line : request_lines(parts_.log.verbosity, sent, came, took)) {
            parts_.log.write(line);
        }
    }

    void say_that_it_waits(const std::string& what) {
        const auto now = Clock::now().time_since_epoch().count();
        auto last = told_.load();
        const bool lately = last != 0 && Clock::duration(now - last) < between_words;
        if (lately || !told_.compare_exchange_strong(last, now) || !parts_.log.waits) return;
        parts_.log.waits("still waiting for the server " + parts_.route.url.authority() +
                         " to answer" + (what.empty() ? "" : " (" + what + ")"));
    }

    void warn(const HttpResponse& answer) const {
        const auto header = answer.headers.find("warning");
        if (header == answer.headers.end() || !parts_.log.warn) return;
        for (const std::string& text : warnings_in(header->second)) parts_.log.warn(text);
    }

    void note_clock(const HttpResponse& answer) {
        const auto header = answer.headers.find("date");
        if (header == answer.headers.end()) return;
        if (const auto time = base::parse_http_date(header->second))
            ahead_.store((*time - base::now()).count());
    }

    /// With the certificate that an exec plugin gave, if it gave one.
    Result<Material> material_for(const std::shared_ptr<const Login>& login) {
        if (!login->certificate) return parts_.material;
        const std::lock_guard lock(mutex_);
        if (login == login_) return of_login_;
        auto made = parts_.material->with(*login->certificate);
        if (!made) return std::unexpected(unusable_certificate(std::move(made.error())));
        login_ = login;
        of_login_ = std::move(*made);
        return of_login_;
    }

    std::unique_ptr<Channel> make_channel(const Material& material, bool streaming) const {
        return std::make_unique<Channel>(
            parts_.route, material, limits_of(parts_.connection, streaming, parts_.log.patience),
            dog_);
    }

    static constexpr std::int64_t unknown_clock = std::numeric_limits<std::int64_t>::min();

    mutable Watchdog dog_;  // of all its channels
    Parts parts_;
    Credentials credentials_;
    std::atomic<std::int64_t> ahead_ = unknown_clock;
    std::atomic<Clock::rep> told_ = 0;  // when it was said last that it waits
    std::mutex mutex_;
    std::shared_ptr<const Login> login_;  // the one that of_login_ was made for
    Material of_login_;
    Pool<Channel> pool_;
};

Http::Http(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Http::~Http() = default;

Result<std::unique_ptr<Http>> Http::open(Connection connection, RequestLog log) {
    auto url = parse_server(connection.server, true);
    if (!url) return std::unexpected(std::move(url.error()));
    auto proxy = proxy_for(*url, connection.proxy_url);
    if (!proxy) return std::unexpected(std::move(proxy.error()));
    auto identity = identity_headers(connection.impersonation);
    if (!identity) return std::unexpected(std::move(identity.error()));
    const Tls unused{.insecure = true};  // reading the system's CAs takes longer than all the rest
    auto material = TlsMaterial::load(url->https ? connection.tls : unused);
    if (!material) return std::unexpected(std::move(material.error()));
    ignore_sigpipe();
    connection.server = url->text();
    Route route{.url = std::move(*url),
                .proxy = std::move(*proxy),
                .server_name = connection.tls.server_name,
                .insecure = connection.tls.insecure};
    return std::unique_ptr<Http>(
        new Http(std::make_unique<Impl>(Impl::Parts{.connection = std::move(connection),
                                                    .route = std::move(route),
                                                    .identity = std::move(*identity),
                                                    .material = std::move(*material),
                                                    .log = std::move(log)})));
}

const Connection& Http::connection() const {
    return impl_->connection();
}

std::optional<std::chrono::seconds> Http::clock_ahead() const {
    return impl_->clock_ahead();
}

Result<HttpResponse> Http::send(const HttpRequest& request, const std::stop_token& stop) {
    return impl_->send(request, stop);
}

Result<HttpResponse> Http::stream(const HttpRequest& request, const BodyReceiver& receive,
                                  const std::stop_token& stop) {
    return impl_->stream(request, receive, stop);
}

}  // namespace kube
