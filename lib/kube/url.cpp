#include "kube/url.hpp"

#include <algorithm>
#include <charconv>

#include "kube/http.hpp"

namespace kube {
namespace {

using base::ErrorKind;
using base::fail;

std::unexpected<base::Error> no_url(std::string_view text) {
    // what stands before an "@" may be a password
    const auto at = text.rfind('@');
    const std::string shown(at == std::string_view::npos ? text : text.substr(at + 1));
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

bool is_prefix(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

bool read_port(std::string_view text, int& port) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536;
}

std::string_view without_end(std::string_view text, char c) {
    while (text.ends_with(c)) text.remove_suffix(1);
    return text;
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
    return port.empty() || (port.starts_with(':') && read_port(port.substr(1), url.port));
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
    ServerUrl url{.https = secure_by_default, .host = {}, .port = 0, .prefix = {}};
    std::string_view rest = text;
    const auto scheme_end = rest.find("://");
    if (scheme_end != std::string_view::npos) {
        const std::string_view scheme = rest.substr(0, scheme_end);
        if (scheme != "https" && scheme != "http") return no_url(text);
        url.https = scheme == "https";
        rest.remove_prefix(scheme_end + 3);
    }
    rest = rest.substr(0, rest.find_first_of("?#"));
    const auto authority_end = std::min(rest.find('/'), rest.size());
    url.prefix = without_end(rest.substr(authority_end), '/');
    if (scheme_end == std::string_view::npos && !url.prefix.empty()) return no_url(text);
    if (!is_prefix(url.prefix)) return no_url(text);
    if (!read_authority(rest.substr(0, authority_end), url)) return no_url(text);
    return url;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_host_character(c) || c == '~') {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

}  // namespace kube
