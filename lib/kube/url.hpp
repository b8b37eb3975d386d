// The URL of an API server, taken apart once: what the connection needs, what messages show. After
// client-go's rest/url_utils.go. It resolves nothing.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kube {

struct ServerUrl {
    bool https = true;
    std::string host;    // without the brackets of an IPv6 address
    int port = 0;        // the scheme's own when the URL has none
    std::string prefix;  // "/k8s/clusters/c-1", without a slash at its end; mostly empty

    /// "host:port", "[::1]:6443"; without the port when it is the scheme's own. For messages and
    /// Host.
    std::string authority() const;
    /// "https://host:port"
    std::string origin() const;
    /// "https://host:port/prefix"
    std::string text() const;
};

/// "%2F"
std::string percent_encoded(char c);

/// A URL, or host:port, which is taken for https when `secure_by_default`. Query and fragment are
/// dropped.
base::Result<ServerUrl> parse_server(std::string_view text, bool secure_by_default);

}  // namespace kube
