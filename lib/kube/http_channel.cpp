#include "kube/http_channel.hpp"

#include <httplib.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.hpp"
#include "kube/http_socket.hpp"
#include "kube/http_tunnel.hpp"

namespace kube {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t largest_body = 512UL << 20U;

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

// What cpp-httplib notices by itself has better words. None of nothing.
milliseconds after(milliseconds limit) {
    return limit.count() == 0 ? limit : limit + milliseconds(200);
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

HttpResponse response_of(const httplib::Response& answer, std::string body) {
    HttpResponse response{
        .status = answer.status, .reason = answer.reason, .headers = {}, .body = std::move(body)};
    for (const auto& [name, value] : answer.headers) {
        std::string& entry = response.headers[base::lower(name)];
        entry += entry.empty() ? value : ", " + value;
    }
    return response;
}

// Whom cpp-httplib is told to connect to; with a proxy that is not the one it talks to in the end.
std::string dialed(const Route& route) {
    if (!route.proxy) return route.url.origin();
    const ServerUrl proxy{.https = route.url.https,
                          .host = route.proxy->host,
                          .port = route.proxy->port,
                          .prefix = {}};
    return proxy.origin();
}

std::string with_port(const ServerUrl& url) {
    const std::string name = url.host.contains(':') ? "[" + url.host + "]" : url.host;
    return name + ":" + std::to_string(url.port);
}

}  // namespace

/// It never moves, because callbacks of OpenSSL and cpp-httplib point into it.
class Channel::Impl {
  public:
    Impl(const Route& route, std::shared_ptr<const TlsMaterial> material, const Limits& limits,
         Watchdog& dog);
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    // cut first: newer versions of cpp-httplib may wait for the server's part of a TLS good-bye
    ~Impl() { breaker_.trip(); }

    const std::shared_ptr<const TlsMaterial>& material() const { return material_; }
    Result<HttpResponse> exchange(const HttpRequest& request, const Headers& headers,
                                  const BodyReceiver* receive, const std::function<void()>& tell,
                                  const std::stop_token& stop, bool& kept);

  private:
    void connect_through();
    bool make_ready();
    httplib::Request prepared(const HttpRequest& request, const Headers& headers) const;

    Error diagnosis(httplib::Error error, const Exchange& exchange) const;
    std::optional<Error> bitten(Watchdog::Bite bite) const;
    Error no_connection(bool timeout) const;
    Error no_handshake(const Exchange& exchange) const;
    Error no_answer(const Exchange& exchange) const;
    Error timed_out(milliseconds limit) const;
    Error too_large() const;

    const Route& route_;
    std::shared_ptr<const TlsMaterial> material_;
    Limits limits_;
    Watchdog& dog_;
    TlsPeer peer_;
    Breaker breaker_;
    std::string proxy_refusal_;
    httplib::Client client_;  // last, so that it goes first
};

Channel::Impl::Impl(const Route& route, std::shared_ptr<const TlsMaterial> material,
                    const Limits& limits, Watchdog& dog)
    : route_(route),
      material_(std::move(material)),
      limits_(limits),
      dog_(dog),
      client_(dialed(route)) {
    peer_.name = route.server_name.empty() ? route.url.host : route.server_name;
    if (peer_.name.ends_with('.')) peer_.name.pop_back();  // the root, which no certificate names
    peer_.is_ip = is_ip_address(peer_.name);
    peer_.insecure = route.insecure;
    if (route.proxy) peer_.before_handshake = [this] { connect_through(); };
    client_.set_keep_alive(true);
    client_.set_tcp_nodelay(true);
    client_.set_follow_location(false);  // a redirect could take the token elsewhere
    client_.set_connection_timeout(limits.connect);
    client_.set_read_timeout(limits.read);
    client_.set_write_timeout(limits.read);
    client_.set_socket_options([this](auto socket) { breaker_.adopt(socket); });
    send_target_verbatim(client_);
    limit_body(client_, std::numeric_limits<std::size_t>::max());  // we count, decompressed
    if (!route.url.https) return;
    client_.enable_server_certificate_verification(false);  // see http_tls.cpp
    material_->configure(tls_context_of(client_), peer_);
}

/// OpenSSL is about to greet: the last moment to have the proxy connect through.
void Channel::Impl::connect_through() {
    proxy_refusal_ =
        open_tunnel(breaker_.socket(), *route_.proxy, with_port(route_.url), limits_.connect);
    if (!proxy_refusal_.empty()) breaker_.trip();
}

/// Prepares for the next request; true when the connection is kept from an earlier one.
bool Channel::Impl::make_ready() {
    breaker_.reset();
    // Before sending, so that no write is lost on a connection that was closed long ago:
    // cpp-httplib 0.11 takes a TLS connection for alive while the server's good-bye lies unread.
    if (client_.is_socket_open() != 0 && breaker_.is_dead()) {
        breaker_.trip();
        client_.stop();
        breaker_.reset();
    }
    peer_.rejection.clear();
    peer_.alert.clear();
    peer_.alert_is_about_us = false;
    proxy_refusal_.clear();
    forget_tls_errors();
    return client_.is_socket_open() != 0;
}

httplib::Request Channel::Impl::prepared(const HttpRequest& request, const Headers& headers) const {
    httplib::Request prepared;
    prepared.method = request.method;
    prepared.path = route_.url.prefix + request.target;
    prepared.body = request.body;
    for (const auto& [name, value] : headers) prepared.headers.emplace(name, value);
    if (!route_.proxy || route_.url.https) return prepared;
    // a plain request names its server to the proxy (RFC 9112 3.2.2)
    prepared.path = route_.url.origin() + prepared.path;
    if (!route_.proxy->authorization.empty()) {
        prepared.headers.emplace("Proxy-Authorization", route_.proxy->authorization.reveal());
    }
    return prepared;
}

Result<HttpResponse> Channel::Impl::exchange(const HttpRequest& request, const Headers& headers,
                                             const BodyReceiver* receive,
                                             const std::function<void()>& tell,
                                             const std::stop_token& stop, bool& kept) {
    kept = make_ready();
    Exchange running(limits_, receive);
    httplib::Request sent = prepared(request, headers);
    Watchdog::Watch watch(dog_, breaker_,
                          {.header = after(limits_.header),
                           .whole = after(limits_.whole),
                           .quiet = limits_.quiet,
                           .tell = tell});
    sent.response_handler = [&running, &watch](const httplib::Response& answer) {
        watch.header_is_complete();
        running.status = answer.status;
        running.reason = answer.reason;
        return true;
    };
    sent.content_receiver = [&](const char* data, std::size_t size, auto...) {
        const bool goes_on = running.take({data, size});
        if (!goes_on) breaker_.trip();
        return goes_on;
    };
    const std::stop_callback on_stop(stop, [this] { breaker_.trip(); });
    if (stop.stop_requested()) return base::interrupted();
    const httplib::Result result = client_.send(sent);
    if (running.enough) return HttpResponse{.status = running.status, .reason = running.reason};
    if (result) return response_of(*result, std::move(running.body));
    if (stop.stop_requested()) return base::interrupted();
    const bool no_connection_in_time =
        result.error() == httplib::Error::ConnectionTimeout || !proxy_refusal_.empty();
    auto error = no_connection_in_time ? std::nullopt : bitten(watch.bite());
    if (error) return std::unexpected(std::move(*error));
    return std::unexpected(diagnosis(result.error(), running));
}

// --- wording what failed
// ----------------------------------------------------------------------------------

namespace {

Error unable(const std::string& text) {
    return {.kind = ErrorKind::Unreachable, .message = "Unable to connect to the server: " + text};
}

}  // namespace

Error Channel::Impl::diagnosis(httplib::Error error, const Exchange& exchange) const {
    if (exchange.too_large) return too_large();
    if (exchange.too_late) return timed_out(limits_.whole);
    switch (error) {
        case httplib::Error::Connection:
            return no_connection(false);
        case httplib::Error::ConnectionTimeout:
            return no_connection(true);
        case httplib::Error::SSLConnection:
        case httplib::Error::SSLLoadingCerts:
        case httplib::Error::SSLServerVerification:
            return no_handshake(exchange);
        default:  // the list grows with every version; whatever it is, something had been sent
            return no_answer(exchange);
    }
}

std::optional<Error> Channel::Impl::bitten(Watchdog::Bite bite) const {
    switch (bite) {
        case Watchdog::Bite::None:
            return std::nullopt;
        case Watchdog::Bite::Header:
            return timed_out(limits_.header);
        case Watchdog::Bite::Whole:
            return timed_out(limits_.whole);
        case Watchdog::Bite::Flood:
            return Error{.kind = ErrorKind::Malformed,
                         .message = "error: the answer of the server " + route_.url.authority() +
                                    " has a header without an end"};
    }
    return std::nullopt;
}

Error Channel::Impl::no_connection(bool timeout) const {
    if (route_.proxy) {
        const DialTrouble trouble = dial_trouble(route_.proxy->host, route_.proxy->port, timeout);
        return unable("proxyconnect tcp: " + trouble.text);
    }
    const ServerUrl& url = route_.url;
    const DialTrouble trouble = dial_trouble(url.host, url.port, timeout);
    if (!trouble.refused) return unable(trouble.text);
    return {.kind = ErrorKind::Unreachable,
            .message = "The connection to the server " + url.authority() +
                       " was refused - did you specify the right host or port?"};
}

Error Channel::Impl::no_handshake(const Exchange& exchange) const {
    if (!proxy_refusal_.empty()) return unable(proxy_refusal_);
    if (!peer_.rejection.empty()) {
        return unable("tls: failed to verify certificate: " + peer_.rejection);
    }
    if (Clock::now() - exchange.begun >= limits_.connect) {
        return unable("net/http: TLS handshake timeout");
    }
    if (!peer_.alert.empty()) return unable("remote error: tls: " + peer_.alert);
    const std::string text = tls_failure();
    return unable(text.empty() ? "EOF during the TLS handshake" : text);
}

Error Channel::Impl::no_answer(const Exchange& exchange) const {
    // with TLS 1.3 a server refuses our certificate after the handshake, in place of an answer
    if (peer_.alert_is_about_us) return unable("remote error: tls: " + peer_.alert);
    if (Clock::now() - exchange.heard >= limits_.read) return timed_out(limits_.read);
    return {.kind = ErrorKind::Lost,
            .message = "error: the connection to the server " + route_.url.authority() +
                       " was lost before its answer was complete"};
}

Error Channel::Impl::timed_out(milliseconds limit) const {
    return {.kind = ErrorKind::TimedOut,
            .message = "error: the server " + route_.url.authority() + " did not answer within " +
                       seconds_text(limit)};
}

Error Channel::Impl::too_large() const {
    return {.kind = ErrorKind::Malformed,
            .message = "error: the answer of the server " + route_.url.authority() +
                       " is larger than 512 MiB"};
}

Channel::Channel(const Route& route, std::shared_ptr<const TlsMaterial> material,
                 const Limits& limits, Watchdog& dog)
    : impl_(std::make_unique<Impl>(route, std::move(material), limits, dog)) {}
Channel::~Channel() = default;

const std::shared_ptr<const TlsMaterial>& Channel::material() const {
    return impl_->material();
}

Result<HttpResponse> Channel::exchange(const HttpRequest& request, const Headers& headers,
                                       const BodyReceiver* receive,
                                       const std::function<void()>& tell,
                                       const std::stop_token& stop, bool& kept) {
    return impl_->exchange(request, headers, receive, tell, stop, kept);
}

}  // namespace kube
