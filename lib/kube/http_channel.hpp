// One connection to one API server, straight or through a proxy: used by one thread at a time, kept
// alive between requests. Sends what it is given and words what fails; it knows no logins, no pool.
// http_channel.cpp is the one file that names cpp-httplib. Used by http.cpp only.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "kube/http.hpp"
#include "kube/http_tls.hpp"
#include "kube/proxy.hpp"
#include "kube/url.hpp"
#include "kube/watchdog.hpp"

namespace kube {

/// Where connections lead; outlives them.
struct Route {
    ServerUrl url;
    std::optional<Proxy> proxy = {};
    std::string server_name = {};  // tls-server-name, or empty
    bool insecure = false;
};

struct Limits {
    std::chrono::milliseconds connect;
    std::chrono::milliseconds read;    // the longest silence
    std::chrono::milliseconds header;  // until the answer begins, all told
    std::chrono::milliseconds whole;   // 0: none
    std::chrono::milliseconds quiet;   // until it is told that the answer is waited for
};

class Channel {
  public:
    /// `dog` outlives it.
    Channel(const Route& route, std::shared_ptr<const TlsMaterial> material, const Limits& limits,
            Watchdog& dog);
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel();

    /// What it was set up with.
    const std::shared_ptr<const TlsMaterial>& material() const;

    /// One request, sent once. With status 200 the body goes to `receive`, unless that is nullptr.
    /// Errors as Http::send. `kept` tells whether the connection had served before. `tell` is
    /// called once, from another thread, where the server is silent for long; it may be empty.
    base::Result<HttpResponse> exchange(const HttpRequest& request, const Headers& headers,
                                        const BodyReceiver* receive,
                                        const std::function<void()>& tell,
                                        const std::stop_token& stop, bool& kept);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kube
