#include "kube/proxy.hpp"

#include <doctest/doctest.h>

#include <map>

namespace proxy_test {

namespace {

using base::Secret;
using Variables = std::map<std::string, std::string>;

/// Where a request to `server` goes: "host:port", "direct", or the error.
std::string way_to(const std::string& server, const Variables& variables,
                   const std::string& proxy_url = "") {
    const auto url = kube::parse_server(server, true);
    REQUIRE(url);
    const auto proxy =
        kube::proxy_for(*url, Secret(proxy_url), [&](const std::string& name) -> std::string {
            const auto found = variables.find(name);
            return found == variables.end() ? "" : found->second;
        });
    if (!proxy) return proxy.error().message;
    return *proxy ? (*proxy)->host + ":" + std::to_string((*proxy)->port) : "direct";
}

}  // namespace

TEST_CASE("a proxy-url is a host, a port and a login") {
    const auto proxy = kube::parse_proxy(Secret("http://me:p%40ss@proxy.lan:3128/x"));
    REQUIRE(proxy);
    REQUIRE(*proxy);
    CHECK((*proxy)->host == "proxy.lan");
    CHECK((*proxy)->port == 3128);
    CHECK((*proxy)->authorization.reveal() == "Basic bWU6cEBzcw==");
    CHECK((*kube::parse_proxy(Secret("http://[::1]")))->host == "::1");
    CHECK((*kube::parse_proxy(Secret("http://p")))->port == 80);
    CHECK_FALSE(*kube::parse_proxy(Secret()));
}

TEST_CASE("a proxy that cannot be used is refused by name, without its password") {
    struct Row {
        const char* url;
        const char* why;
    };
    const Row rows[] = {
        {"ftp://me:SECRET@p", "unsupported scheme \"ftp\", must be http, https, or socks5"},
        {"https://me:SECRET@p",
         "a proxy reached by https is not supported by this program, only one reached by http"},
        {"socks5://p",
         "a proxy reached by socks5 is not supported by this program, only one reached by http"},
        {"p:3128", "could not parse: p:3128"},
        {"p", "unsupported scheme \"\", must be http, https, or socks5"},
        {"http://me:SECRET@p:x", "could not parse: http://p:x"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.url);
        CHECK(kube::parse_proxy(Secret(row.url)).error().message == row.why);
    }
}

TEST_CASE("the environment's proxy is chosen by the server's scheme") {
    const Variables both{{"HTTPS_PROXY", "http://s:1"}, {"HTTP_PROXY", "p:2"}};
    CHECK(way_to("https://api.lan", both) == "s:1");
    CHECK(way_to("http://api.lan", both) == "p:2");
    CHECK(way_to("https://api.lan", {{"https_proxy", "lower:3"}}) == "lower:3");
    CHECK(way_to("https://api.lan", {{"HTTPS_PROXY", "u:1"}, {"https_proxy", "l:2"}}) == "u:1");
    CHECK(way_to("https://api.lan", {{"ALL_PROXY", "http://a:1"}}) == "direct");
    CHECK(way_to("https://api.lan", {}) == "direct");
}

TEST_CASE("the kubeconfig's proxy wins, and NO_PROXY does not concern it") {
    CHECK(way_to("https://api.lan", {{"HTTPS_PROXY", "e:1"}, {"NO_PROXY", "*"}}, "http://k:2") ==
          "k:2");
}

TEST_CASE("loopback is never reached through the environment's proxy") {
    for (const char* server :
         {"https://localhost:1", "https://127.0.0.1", "https://127.3.2.1", "https://[::1]:2"}) {
        CAPTURE(server);
        CHECK(way_to(server, {{"HTTPS_PROXY", "p:1"}}) == "direct");
        CHECK(way_to(server, {}, "http://k:2") == "k:2");
    }
}

TEST_CASE("NO_PROXY is read as Go reads it") {
    struct Row {
        const char* no_proxy;
        const char* server;
        bool direct;
    };
    const Row rows[] = {
        {"*", "https://api.lan", true},
        {"api.lan", "https://api.lan", true},
        {"API.LAN", "https://Api.Lan", true},
        {"lan", "https://api.lan", true},
        {"pi.lan", "https://api.lan", false},
        {".lan", "https://api.lan", true},
        {".api.lan", "https://api.lan", false},
        {"*.lan", "https://api.lan", true},
        {"*.api.lan", "https://api.lan", false},
        {"x, api.lan ,y", "https://api.lan", true},
        {"api.lan:443", "https://api.lan", true},
        {"api.lan:6443", "https://api.lan", false},
        {"api.lan:6443", "https://api.lan:6443", true},
        {"10.0.0.1", "https://10.0.0.1:6443", true},
        {"10.0.0.1:6443", "https://10.0.0.1:6443", true},
        {"10.0.0.1:1", "https://10.0.0.1:6443", false},
        {"10.0.0.0/8", "https://10.9.8.7", true},
        {"10.0.0.0/8", "https://11.0.0.1", false},
        {"10.0.0.0/12", "https://10.15.0.1", true},
        {"10.0.0.0/12", "https://10.16.0.1", false},
        {"10.0.0.0/99", "https://10.0.0.1", false},
        {"fd00::/8", "https://[fd12::1]:6443", true},
        {"[fd00::1]:6443", "https://[fd00::1]:6443", true},
        {"fd00::1", "https://[fd00::1]:6443", true},
        {"fd00::2", "https://[fd00::1]:6443", false},
        {"10.0.0.0/8", "https://api.lan", false},
        {",,", "https://api.lan", false},
        {"0.0.1", "https://10.0.0.1", false},
        {"::/0", "https://10.0.0.1", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.no_proxy);
        CAPTURE(row.server);
        const Variables variables{{"HTTPS_PROXY", "p:1"}, {"NO_PROXY", row.no_proxy}};
        CHECK(way_to(row.server, variables) == (row.direct ? "direct" : "p:1"));
    }
}

TEST_CASE("a variable that is no proxy is an error, for without it the way would be another") {
    CHECK(way_to("https://api.lan", {{"HTTPS_PROXY", "socks5://me:SECRET@p:1"}}) ==
          "error: HTTPS_PROXY \"socks5://p:1\": a proxy reached by socks5 is not supported by this "
          "program, only one reached by http");
    CHECK(way_to("https://api.lan", {{"HTTPS_PROXY", "socks5://p:1"}, {"NO_PROXY", "lan"}}) ==
          "direct");
}

}  // namespace proxy_test
