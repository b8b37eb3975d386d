// Which HTTP proxy a connection goes through, by Go's rules: the kubeconfig's proxy-url, else
// HTTPS_PROXY or HTTP_PROXY unless NO_PROXY names the server (golang.org/x/net/http/httpproxy). It
// connects to nothing: http.cpp does. Proxies reached over TLS or SOCKS are refused by name.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "kube/file.hpp"
#include "kube/url.hpp"

namespace kube {

struct Proxy {
    std::string host;  // without the brackets of an IPv6 address
    int port = 80;
    base::Secret authorization = {};  // "Basic ...", or empty
};

/// A URL without what may be a password in it, for messages.
std::string shown_url(std::string_view url);

/// The proxy of a proxy-url; nothing when that is empty. The message of an error says what is wrong
/// with it ("unsupported scheme ..."), and no password.
base::Result<std::optional<Proxy>> parse_proxy(const base::Secret& url);

/// As process_environment().
using LookUpVariable = std::function<std::string(const char* name)>;

/// The proxy for `server`: `proxy_url` if there is one, else what the environment says. localhost
/// and loopback addresses are never proxied by the environment. A variable that cannot be read is
/// an error that names it, because without the proxy the request would take another way.
base::Result<std::optional<Proxy>> proxy_for(
    const ServerUrl& server, const base::Secret& proxy_url,
    const LookUpVariable& environment = process_environment);

}  // namespace kube
