// HTTPS to one API server: a pool of keep-alive connections, the login of the moment on every
// request, TLS verified by our own SSL_CTX settings, and streaming for watches. It knows nothing of
// Kubernetes beyond headers. http_channel.cpp is the one file that names cpp-httplib, http_tls.cpp
// the one that names OpenSSL; read the notes there before changing how certificates are verified.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "kube/connection.hpp"
#include "kube/request_log.hpp"

namespace kube {

struct HttpRequest {
    std::string method;  // "GET", "POST", "PATCH", "DELETE", "PUT"
    std::string target;  // path and query below the server's URL, percent-encoded
    std::string accept = "application/json";
    std::string body = {};
    std::string content_type = {};
    std::string what = {};  // for people: "list pods in namespace shop"
};

struct HttpResponse {
    int status = 0;
    std::string reason = {};                          // "Not Found"
    std::map<std::string, std::string> headers = {};  // names in lower case
    std::string body = {};                            // decompressed
};

/// Receives the body's bytes as they come, in any portions; false closes the connection.
using BodyReceiver = std::function<bool(std::string_view)>;

class Http {
  public:
    /// No connection is made yet. Fails when the CA, the certificate or the key cannot be
    /// understood or do not fit together, or the URL or the proxy's is none. `log` is told of every
    /// request that is sent, and of the server's warnings.
    static base::Result<std::unique_ptr<Http>> open(Connection connection, RequestLog log = {});
    Http(const Http&) = delete;
    Http& operator=(const Http&) = delete;
    ~Http();

    const Connection& connection() const;

    /// How far the server's clock is ahead of ours, by the Date of its newest answer.
    std::optional<std::chrono::seconds> clock_ahead() const;

    /// One request, sent once; any status is a response. ErrorKind: Unreachable (nothing was sent),
    /// Lost, TimedOut, Interrupted (a write in flight may then have happened). A GET whose kept
    /// connection turned out to be dead is sent again by itself, and any request that is answered
    /// with 401 once more with a new login, if there may be one (a token file, an exec plugin).
    /// Over http:// no credentials are sent.
    base::Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop);

    /// As send(), on a connection of its own outside the pool. On status 200 the body goes to
    /// `receive` and the returned body is empty; otherwise it is returned. Ends when the server
    /// ends it.
    base::Result<HttpResponse> stream(const HttpRequest& request, const BodyReceiver& receive,
                                      const std::stop_token& stop);

  private:
    class Impl;
    explicit Http(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// One segment of a path, or the value of a query parameter, percent-encoded (RFC 3986 unreserved
/// stays).
std::string percent_encoded(std::string_view text);

}  // namespace kube
