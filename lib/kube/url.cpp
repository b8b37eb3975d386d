#include "kube/url.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.hpp"
#include "kube/http.hpp"

namespace kube {
namespace {

using base::ErrorKind;
using base::fail;

std::unexpected<base::Error> no_url(std::string_view text) {
    // what stands before an "@" may be a password
    const auto at = text.rfind('@');
    const std::string shown(at == std::string_view::npos ? text : text.substr(at + 1));
    if (at != std::string_view::npos) {
        return fail(ErrorKind::Malformed,
                    "error: the URL of the server \"" + shown +
                        "\" holds a login: it belongs to the user of the kubeconfig");
    }
    return fail(ErrorKind::Malformed,
                "error: host must be a URL or a host:port pair: \"" + shown + "\"");
}

bool is_host_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view(".-_").find(c) != std::string_view::npos;
}

bool is_ipv6_character(char c) {
    return is_host_character(c) || c == ':' || c == '%';
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string with_safe_characters(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c > 0x20 && c < 0x7f) {
            out += c;
        } else {
            out += percent_encoded(c);
        }
    }
    return out;
}

bool read_port(std::string_view text, int& port) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536;
}

// A path without empty and dotted segments, as Go's path.Join leaves it; "" for the root. What
// cannot stand in a URL is percent-encoded, what is encoded already stays.
std::string cleaned(std::string_view path) {
    std::vector<std::string> kept;
    for (std::string& segment : base::split(path, '/')) {
        if (segment.empty() || segment == ".") continue;
        if (segment != "..") {
            kept.push_back(std::move(segment));
        } else if (!kept.empty()) {
            kept.pop_back();
        }
    }
    std::string out;
    for (const std::string& segment : kept) out += "/" + with_safe_characters(segment);
    return out;
}

// "host", "host:port", "[::1]", "[::1]:port"
bool read_authority(std::string_view text, ServerUrl& url) {
    std::string_view port;
    const bool bracketed = text.starts_with('[');
    const auto host_end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
    if (host_end == std::string_view::npos) return false;
    url.host = text.substr(bracketed ? 1 : 0, host_end - (bracketed ? 1 : 0));
    port = text.substr(host_end + (bracketed ? 1 : 0));
    if (url.host.empty()) return false;
    if (!std::ranges::all_of(url.host, bracketed ? is_ipv6_character : is_host_character)) {
        return false;
    }
    url.port = url.https ? 443 : 80;
    if (port.empty() || port == ":") return true;
    return port.starts_with(':') && read_port(port.substr(1), url.port);
}

}  // namespace

std::string ServerUrl::authority() const {
    const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return port == (https ? 443 : 80) ? name : name + ":" + std::to_string(port);
}

std::string ServerUrl::origin() const {
    return (https ? "https://" : "http://") + authority();
}

std::string ServerUrl::text() const {
    return origin() + prefix;
}

base::Result<ServerUrl> parse_server(std::string_view text, bool secure_by_default) {
    if (std::ranges::any_of(text, is_control)) return no_url(base::printable(text));
    ServerUrl url{.https = secure_by_default, .host = {}, .port = 0, .prefix = {}};
    std::string_view rest = text;
    const auto scheme_end = rest.find("://");
    if (scheme_end != std::string_view::npos) {
        const std::string scheme = base::lower(rest.substr(0, scheme_end));
        if (scheme != "https" && scheme != "http") return no_url(text);
        url.https = scheme == "https";
        rest.remove_prefix(scheme_end + 3);
    }
    rest = rest.substr(0, rest.find_first_of("?#"));
    const auto authority_end = std::min(rest.find('/'), rest.size());
    url.prefix = cleaned(rest.substr(authority_end));
    if (scheme_end == std::string_view::npos && !url.prefix.empty()) return no_url(text);
    if (!read_authority(rest.substr(0, authority_end), url)) return no_url(text);
    return url;
}

std::string percent_encoded(char c) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    return {'%', digits[byte >> 4U], digits[byte & 15U]};
}

std::string percent_encoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_host_character(c) || c == '~') {
            out += c;
        } else {
            out += percent_encoded(c);
        }
    }
    return out;
}

}  // namespace kube
