#include "kube/proxy.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace kube {
namespace {

using base::Error;
using base::ErrorKind;
using base::fail;
using base::Result;
using base::Secret;

// --- a proxy's URL
// ----------------------------------------------------------------------------------------

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                             hex_digit(text[i + 2]) >= 0;
        if (!escaped) {
            out += text[i];
            continue;
        }
        out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
        i += 2;
    }
    return out;
}

Secret basic(std::string_view userinfo) {
    const auto colon = std::min(userinfo.find(':'), userinfo.size());
    const Secret name(percent_decoded(userinfo.substr(0, colon)));
    const Secret password(percent_decoded(userinfo.substr(std::min(colon + 1, userinfo.size()))));
    const Secret both(name.reveal() + ":" + password.reveal());
    return Secret("Basic " + base::encode_base64(both.reveal()));
}

std::unexpected<Error> wrong(std::string why, std::string hint = {}) {
    return fail(ErrorKind::Malformed, std::move(why), std::move(hint));
}

std::unexpected<Error> wrong_scheme(std::string_view scheme) {
    if (scheme == "https" || scheme == "socks5" || scheme == "socks5h") {
        return wrong("a proxy reached by " + std::string(scheme) +
                     " is not supported by this program, only one reached by http");
    }
    return wrong("unsupported scheme \"" + std::string(scheme) +
                 "\", must be http, https, or socks5");
}

Result<Proxy> parse(std::string_view url) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) {
        // Go takes a word without a colon for a path
        return url.contains(':') ? wrong("could not parse: " + shown_url(url)) : wrong_scheme("");
    }
    const std::string scheme = base::lower(url.substr(0, scheme_end));
    if (scheme != "http") return wrong_scheme(scheme);
    std::string_view authority = url.substr(scheme_end + 3);
    authority = authority.substr(0, authority.find_first_of("/?#"));
    const auto at = authority.rfind('@');
    const bool has_userinfo = at != std::string_view::npos;
    const auto server = parse_server(
        "http://" + std::string(has_userinfo ? authority.substr(at + 1) : authority), false);
    if (!server) return wrong("could not parse: " + shown_url(url));
    Proxy proxy{.host = server->host, .port = server->port};
    if (has_userinfo) proxy.authorization = basic(authority.substr(0, at));
    return proxy;
}

// --- NO_PROXY
// ---------------------------------------------------------------------------------------------

/// An IPv4 address as the IPv6 one that stands for it, so that one comparison serves both.
std::optional<in6_addr> address_of(const std::string& text) {
    in6_addr address{};
    if (::inet_pton(AF_INET6, text.c_str(), &address) == 1) return address;
    if (::inet_pton(AF_INET6, ("::ffff:" + text).c_str(), &address) == 1) return address;
    return std::nullopt;
}

bool same_start(const in6_addr& a, const in6_addr& b, unsigned bits) {
    for (unsigned i = 0; i < 16 && bits > 0; ++i) {
        const unsigned here = std::min(bits, 8U);
        const unsigned mask = (0xff00U >> here) & 0xffU;
        if (((static_cast<unsigned>(a.s6_addr[i]) ^ b.s6_addr[i]) & mask) != 0) return false;
        bits -= here;
    }
    return true;
}

struct Asked {
    std::string host;  // in lower case
    std::string port;
    std::optional<in6_addr> address;
    bool is_v4;
};

/// "10.0.0.0/8": nothing when the entry is no network.
std::optional<bool> is_in_network(std::string_view entry, const Asked& asked) {
    const auto slash = entry.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string text(entry.substr(0, slash));
    const std::string_view length = entry.substr(slash + 1);
    const auto network = address_of(text);
    const bool v4 = !text.contains(':');
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), bits);
    const bool readable = error == std::errc() && end == length.data() + length.size();
    if (!network || !readable || bits > (v4 ? 32U : 128U)) return std::nullopt;
    if (!asked.address || v4 != asked.is_v4) return false;
    return same_start(*network, *asked.address, v4 ? bits + 96 : bits);
}

/// "host:port", "[::1]:443", "host": the port is empty when there is none.
std::pair<std::string, std::string> split_port(std::string_view entry) {
    const auto close = entry.find(']');
    if (entry.starts_with('[') && close != std::string_view::npos) {
        const auto rest = entry.substr(close + 1);
        return {std::string(entry.substr(1, close - 1)),
                std::string(rest.starts_with(':') ? rest.substr(1) : "")};
    }
    const auto colon = entry.find(':');
    if (colon == std::string_view::npos || colon != entry.rfind(':'))
        return {std::string(entry), ""};
    return {std::string(entry.substr(0, colon)), std::string(entry.substr(colon + 1))};
}

/// One entry of NO_PROXY: "*", a network, an address, a domain (".d" and "*.d" mean what is below
/// it, "d" the domain itself, too); all but networks may name a port.
bool names(std::string_view entry, const Asked& asked) {
    if (entry == "*") return true;
    if (const auto inside = is_in_network(entry, asked)) return *inside;
    auto [host, port] = split_port(entry);
    if (host.empty() || (!port.empty() && port != asked.port)) return false;
    if (const auto address = address_of(host)) {
        return asked.address && same_start(*address, *asked.address, 128);
    }
    if (asked.address) return false;  // a domain says nothing of addresses
    if (host.starts_with("*.")) host.erase(0, 1);
    if (!host.starts_with('.')) return asked.host == host || asked.host.ends_with("." + host);
    return asked.host.ends_with(host);
}

bool is_loopback(const Asked& asked) {
    if (asked.host == "localhost") return true;
    static const in6_addr v4 = *address_of("127.0.0.0");
    static const in6_addr v6 = *address_of("::1");
    return asked.address &&
           (same_start(v4, *asked.address, 104) || same_start(v6, *asked.address, 128));
}

bool goes_direct(const ServerUrl& server, const std::string& no_proxy) {
    const Asked asked{.host = base::lower(server.host),
                      .port = std::to_string(server.port),
                      .address = address_of(server.host),
                      .is_v4 = !server.host.contains(':')};
    if (is_loopback(asked)) return true;
    return std::ranges::any_of(
        base::split(base::lower(no_proxy), ','),
        [&](const std::string& entry) { return names(base::trimmed(entry), asked); });
}

/// The first of the variables that is set, with its name.
std::pair<const char*, std::string> first_set(const LookUpVariable& environment,
                                              std::array<const char*, 2> names) {
    for (const char* name : names) {
        if (std::string value = environment(name); !value.empty()) return {name, std::move(value)};
    }
    return {names[0], ""};
}

std::array<const char*, 2> variables_for(bool https) {
    if (https) return {"HTTPS_PROXY", "https_proxy"};
    return {"HTTP_PROXY", "http_proxy"};
}

}  // namespace

std::string shown_url(std::string_view url) {
    const auto scheme_end = url.find("://");
    const auto start = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
    const auto end = std::min(url.find_first_of("/?#", start), url.size());
    const auto at = url.substr(0, end).rfind('@');
    if (at == std::string_view::npos || at < start) return std::string(url);
    return std::string(url.substr(0, start)) + std::string(url.substr(at + 1));
}

Result<std::optional<Proxy>> parse_proxy(const Secret& url) {
    if (url.empty()) return std::nullopt;
    auto proxy = parse(url.reveal());
    if (!proxy) return std::unexpected(std::move(proxy.error()));
    return std::optional(std::move(*proxy));
}

Result<std::optional<Proxy>> proxy_for(const ServerUrl& server, const Secret& proxy_url,
                                       const LookUpVariable& environment) {
    if (!proxy_url.empty()) return parse_proxy(proxy_url);
    const auto [name, value] = first_set(environment, variables_for(server.https));
    if (value.empty()) return std::nullopt;
    if (goes_direct(server, first_set(environment, {"NO_PROXY", "no_proxy"}).second)) {
        return std::nullopt;
    }
    const Secret url(value.contains("://") ? value : "http://" + value);
    auto proxy = parse_proxy(url);
    if (proxy) return proxy;
    return fail(ErrorKind::Malformed, "error: " + std::string(name) + " \"" +
                                          shown_url(url.reveal()) + "\": " + proxy.error().message);
}

}  // namespace kube
