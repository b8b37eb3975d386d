// Asks an HTTP proxy to connect through to a server (RFC 9110 9.3.6, CONNECT), on a socket that is
// connected to the proxy already. Ours, because cpp-httplib takes any answer but 407 for a yes, and
// 0.11 (Debian 12) waits for itself forever when the proxy closes. Used by http_channel.cpp only.
#pragma once

#include <chrono>
#include <string>

#include "kube/proxy.hpp"

namespace kube {

/// Returns "", or why there is no tunnel, as Go words it. `authority`: "host:port", with brackets
/// around an IPv6 address. Reads nothing beyond the proxy's answer.
std::string open_tunnel(int socket, const Proxy& proxy, const std::string& authority,
                        std::chrono::milliseconds patience);

}  // namespace kube
