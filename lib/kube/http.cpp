#include "kube/http.hpp"

#include <httplib.h>

#include <algorithm>
#include <limits>

#include "base/text.hpp"
#include "kube/credentials.hpp"
#include "kube/http_socket.hpp"
#include "kube/http_tls.hpp"
#include "kube/pool.hpp"
#include "kube/url.hpp"

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
// longer than the timeoutSeconds of a watch, so that it is the server who ends it
constexpr milliseconds stream_timeout = std::chrono::seconds(330);
constexpr std::size_t largest_body = 512UL << 20U;

#if defined(__aarch64__)
constexpr const char* user_agent = "oc-mtc-rollback/" MTC_ROLLBACK_VERSION " (linux/arm64)";
#else
constexpr const char* user_agent = "oc-mtc-rollback/" MTC_ROLLBACK_VERSION " (linux/amd64)";
#endif

// The only spots where cpp-httplib 0.11 and 0.53 differ for us.
template <class Client>
SSL_CTX* tls_context_of(Client& client) {
    if constexpr (requires { client.tls_context(); }) {
        return static_cast<SSL_CTX*>(client.tls_context());
    } else {
        return client.ssl_context();
    }
}
template <class Client>
void send_target_verbatim(Client& client) {
    if constexpr (requires { client.set_path_encode(false); }) {
        client.set_path_encode(false);
    } else {
        client.set_url_encode(false);
    }
}
template <class Client>
void limit_body(Client& client, std::size_t bytes) {
    // 0 would not mean "no limit": newer versions then hang on chunked answers
    if constexpr (requires { client.set_payload_max_length(bytes); })
        client.set_payload_max_length(bytes);
}

struct Limits {
    milliseconds connect;
    milliseconds read;   // the longest silence
    milliseconds whole;  // 0: none
};

Limits limits_of(const Connection& connection, bool streaming) {
    const milliseconds asked = connection.request_timeout;
    if (streaming) {
        return {.connect = connect_timeout, .read = stream_timeout, .whole = milliseconds(0)};
    }
    if (asked.count() == 0) {
        return {.connect = connect_timeout, .read = answer_timeout, .whole = asked};
    }
    return {.connect = std::min(connect_timeout, asked), .read = asked, .whole = asked};
}

/// One connection: used by one thread at a time, kept alive between requests. It never moves,
/// because callbacks of OpenSSL and cpp-httplib point into it.
struct Channel {
    Channel(const ServerUrl& url, const Tls& tls, const TlsMaterial& material, const Limits& all);
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    // cut first: newer versions of cpp-httplib may wait for the server's part of a TLS good-bye
    ~Channel() { breaker.trip(); }

    Limits limits;
    TlsPeer peer;
    Breaker breaker;
    httplib::Client client;  // last, so that it goes first
};

Channel::Channel(const ServerUrl& url, const Tls& tls, const TlsMaterial& material,
                 const Limits& all)
    : limits(all), client(url.origin()) {
    peer.name = tls.server_name.empty() ? url.host : tls.server_name;
    peer.is_ip = is_ip_address(peer.name);
    peer.insecure = tls.insecure;
    client.set_keep_alive(true);
    client.set_tcp_nodelay(true);
    client.set_follow_location(false);  // a redirect could take the token elsewhere
    client.set_connection_timeout(limits.connect);
    client.set_read_timeout(limits.read);
    client.set_write_timeout(limits.read);
    client.set_socket_options([this](auto socket) { breaker.adopt(socket); });
    send_target_verbatim(client);
    limit_body(client, std::numeric_limits<std::size_t>::max());  // exchange() counts, decompressed
    if (!url.https) return;
    client.enable_server_certificate_verification(false);  // see http_tls.cpp
    material.configure(tls_context_of(client), peer);
}

std::unexpected<Error> interrupted() {
    return base::fail(ErrorKind::Interrupted, "error: interrupted");
}

std::string seconds_text(milliseconds duration) {
    const auto count = duration.count();
    return count % 1000 == 0 ? std::to_string(count / 1000) + "s" : std::to_string(count) + "ms";
}

/// What is known of one request while it runs: takes the answer's bytes and watches its limits.
struct Exchange {
    Exchange(const Limits& all, const BodyReceiver* receiver) : limits(all), receive(receiver) {}

    /// The next bytes of the body; false when no more are wanted.
    bool take(std::string_view bytes) {
        heard = Clock::now();
        too_late = limits.whole.count() > 0 && heard - begun > limits.whole;
        if (too_late) return false;
        if (receive != nullptr && status == 200) {
            enough = !(*receive)(bytes);
            return !enough;
        }
        too_large = body.size() + bytes.size() > largest_body;
        if (!too_large) body.append(bytes);
        return !too_large;
    }

    const Limits& limits;
    const BodyReceiver* receive;  // nullptr: the body is collected
    Clock::time_point begun = Clock::now();
    Clock::time_point heard = begun;
    int status = 0;
    std::string reason;
    std::string body;
    bool enough = false;  // the receiver said so
    bool too_late = false;
    bool too_large = false;
};

/// Words the failure of one exchange.
class Diagnosis {
  public:
    Diagnosis(const ServerUrl& url, const Channel& channel, const Exchange& exchange)
        : url_(url), channel_(channel), exchange_(exchange) {}

    Error of(httplib::Error error) const {
        if (exchange_.too_large) return too_large();
        if (exchange_.too_late) return timed_out(channel_.limits.whole);
        switch (error) {
            case httplib::Error::Connection:
                return no_connection(false);
            case httplib::Error::ConnectionTimeout:
                return no_connection(true);
            case httplib::Error::SSLConnection:
            case httplib::Error::SSLLoadingCerts:
            case httplib::Error::SSLServerVerification:
                return no_handshake();
            default:  // the list grows with every version; whatever it is, something had been sent
                return no_answer();
        }
    }

  private:
    static Error unable(const std::string& text) {
        return {.kind = ErrorKind::Unreachable,
                .message = "Unable to connect to the server: " + text};
    }

    Error no_connection(bool timeout) const {
        const DialTrouble trouble = dial_trouble(url_.host, url_.port, timeout);
        if (!trouble.refused) return unable(trouble.text);
        return {.kind = ErrorKind::Unreachable,
                .message = "The connection to the server " + url_.authority() +
                           " was refused - did you specify the right host or port?"};
    }

    Error no_handshake() const {
        if (!channel_.peer.rejection.empty()) {
            return unable("tls: failed to verify certificate: " + channel_.peer.rejection);
        }
        if (Clock::now() - exchange_.begun >= channel_.limits.connect) {
            return unable("net/http: TLS handshake timeout");
        }
        const std::string& alert = channel_.peer.alert;
        if (!alert.empty()) return unable("remote error: tls: " + alert);
        const std::string text = tls_failure();
        return unable(text.empty() ? "EOF during the TLS handshake" : text);
    }

    Error no_answer() const {
        // with TLS 1.3 a server refuses our certificate after the handshake, in place of an answer
        const TlsPeer& peer = channel_.peer;
        if (peer.alert_is_about_us) return unable("remote error: tls: " + peer.alert);
        const milliseconds limit = channel_.limits.read;
        if (Clock::now() - exchange_.heard >= limit) return timed_out(limit);
        return {.kind = ErrorKind::Lost,
                .message = "error: the connection to the server " + url_.authority() +
                           " was lost before its answer was complete"};
    }

    Error timed_out(milliseconds limit) const {
        return {.kind = ErrorKind::TimedOut,
                .message = "error: the server " + url_.authority() + " did not answer within " +
                           seconds_text(limit)};
    }

    Error too_large() const {
        return {.kind = ErrorKind::Malformed,
                .message = "error: the answer of the server " + url_.authority() +
                           " is larger than 512 MiB"};
    }

    const ServerUrl& url_;
    const Channel& channel_;
    const Exchange& exchange_;
};

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

HttpResponse response_of(const httplib::Response& answer, std::string body) {
    HttpResponse response{
        .status = answer.status, .reason = answer.reason, .headers = {}, .body = std::move(body)};
    for (const auto& [name, value] : answer.headers) {
        std::string& entry = response.headers[lower(name)];
        entry += entry.empty() ? value : ", " + value;
    }
    return response;
}

/// Prepares a channel for its next request; true when its connection is kept from an earlier one.
bool make_ready(Channel& channel) {
    channel.breaker.reset();
    // Before sending, so that no write is lost on a connection that was closed long ago:
    // cpp-httplib 0.11 takes a TLS connection for alive while the server's good-bye lies unread.
    if (channel.client.is_socket_open() != 0 && channel.breaker.is_dead()) {
        channel.breaker.trip();
        channel.client.stop();
        channel.breaker.reset();
    }
    channel.peer.rejection.clear();
    channel.peer.alert.clear();
    channel.peer.alert_is_about_us = false;
    forget_tls_errors();
    return channel.client.is_socket_open() != 0;
}

bool is_plain_target(std::string_view target) {
    return target.starts_with('/') &&
           std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

class Http::Impl {
  public:
    Impl(Connection connection, ServerUrl url, std::unique_ptr<TlsMaterial> material)
        : connection_(std::move(connection)),
          url_(std::move(url)),
          material_(std::move(material)),
          credentials_(connection_.auth),
          pool_([this] { return make_channel(false); }, connection_.parallel) {}

    const Connection& connection() const { return connection_; }

    Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) {
        const auto prepared = prepare(request, true);
        if (!prepared) return std::unexpected(prepared.error());
        auto channel = pool_.take(stop);
        if (!channel) return interrupted();
        bool kept = false;
        auto answer = exchange(*channel, *prepared, nullptr, stop, kept);
        const bool was_dead = kept && !answer && answer.error().kind == ErrorKind::Lost;
        if (was_dead && request.method == "GET") {
            answer = exchange(*channel, *prepared, nullptr, stop, kept);
        }
        pool_.give_back(std::move(channel));
        return answer;
    }

    Result<HttpResponse> stream(const HttpRequest& request, const BodyReceiver& receive,
                                const std::stop_token& stop) {
        // not compressed: whatever collects a block to compress holds back events
        const auto prepared = prepare(request, false);
        if (!prepared) return std::unexpected(prepared.error());
        const auto channel = make_channel(true);
        bool kept = false;
        return exchange(*channel, *prepared, &receive, stop, kept);
    }

  private:
    std::unique_ptr<Channel> make_channel(bool streaming) const {
        return std::make_unique<Channel>(url_, connection_.tls, *material_,
                                         limits_of(connection_, streaming));
    }

    Result<httplib::Request> prepare(const HttpRequest& request, bool compressed) {
        // cpp-httplib before 0.20 sends a line break as it is: a header of someone else's choice
        if (!is_plain_target(request.target)) {
            return base::fail(ErrorKind::Malformed,
                              "error: a request path holds characters that no path has");
        }
        httplib::Request prepared;
        prepared.method = request.method;
        prepared.path = url_.prefix + request.target;
        prepared.body = request.body;
        prepared.headers = {
            {"Host", url_.authority()}, {"User-Agent", user_agent}, {"Accept", request.accept}};
        if (compressed) prepared.headers.emplace("Accept-Encoding", "gzip");
        if (!request.content_type.empty()) {
            prepared.headers.emplace("Content-Type", request.content_type);
        }
        // as kubectl: no credentials over plain HTTP, ever
        if (!url_.https) return prepared;
        auto authorization = credentials_.authorization();
        if (!authorization) return std::unexpected(std::move(authorization.error()));
        if (!authorization->empty()) {
            prepared.headers.emplace("Authorization", authorization->reveal());
        }
        return prepared;
    }

    Result<HttpResponse> exchange(Channel& channel, httplib::Request request,
                                  const BodyReceiver* receive, const std::stop_token& stop,
                                  bool& kept);

    Connection connection_;
    ServerUrl url_;
    std::unique_ptr<TlsMaterial> material_;
    Credentials credentials_;
    Pool<Channel> pool_;
};

/// One request on one connection. `kept` tells whether the connection had served before.
Result<HttpResponse> Http::Impl::exchange(Channel& channel, httplib::Request request,
                                          const BodyReceiver* receive, const std::stop_token& stop,
                                          bool& kept) {
    kept = make_ready(channel);
    Exchange running(channel.limits, receive);
    request.response_handler = [&running](const httplib::Response& answer) {
        running.status = answer.status;
        running.reason = answer.reason;
        return true;
    };
    request.content_receiver = [&](const char* data, std::size_t size, auto...) {
        const bool goes_on = running.take({data, size});
        if (!goes_on) channel.breaker.trip();
        return goes_on;
    };
    const std::stop_callback on_stop(stop, [&channel] { channel.breaker.trip(); });
    if (stop.stop_requested()) return interrupted();
    const httplib::Result result = channel.client.send(request);
    if (running.enough) return HttpResponse{.status = running.status, .reason = running.reason};
    if (result) return response_of(*result, std::move(running.body));
    if (stop.stop_requested()) return interrupted();
    return std::unexpected(Diagnosis(url_, channel, running).of(result.error()));
}

Http::Http(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Http::~Http() = default;

Result<std::unique_ptr<Http>> Http::open(Connection connection) {
    auto url = parse_server(connection.server, true);
    if (!url) return std::unexpected(std::move(url.error()));
    const Tls unused{.insecure = true};  // reading the system's CAs takes longer than all the rest
    auto material = TlsMaterial::load(url->https ? connection.tls : unused);
    if (!material) return std::unexpected(std::move(material.error()));
    ignore_sigpipe();
    connection.server = url->text();
    auto impl =
        std::make_unique<Impl>(std::move(connection), std::move(*url), std::move(*material));
    return std::unique_ptr<Http>(new Http(std::move(impl)));
}

const Connection& Http::connection() const {
    return impl_->connection();
}

Result<HttpResponse> Http::send(const HttpRequest& request, const std::stop_token& stop) {
    return impl_->send(request, stop);
}

Result<HttpResponse> Http::stream(const HttpRequest& request, const BodyReceiver& receive,
                                  const std::stop_token& stop) {
    return impl_->stream(request, receive, stop);
}

}  // namespace kube
