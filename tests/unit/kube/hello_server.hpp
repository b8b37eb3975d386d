// What the tests of lib/kube/http.hpp share: certificates, an HTTPS server that says hello, and the
// short ways to ask it.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "kube/http.hpp"
#include "local_server.hpp"

using kube::Connection;
using kube::Http;
using kube::HttpRequest;

inline const TestCertificate& ca() {
    static const TestCertificate made = make_certificate({.common_name = "the CA"});
    return made;
}
inline const TestCertificate& other_ca() {
    static const TestCertificate made = make_certificate({.common_name = "another CA"});
    return made;
}
inline const TestCertificate& for_loopback() {
    static const TestCertificate made =
        make_certificate({.alt_names = "DNS:localhost,IP:127.0.0.1", .issuer = &ca()});
    return made;
}
inline const TestCertificate& for_names_only() {
    static const TestCertificate made =
        make_certificate({.common_name = "127.0.0.1",
                          .alt_names = "DNS:api.example,DNS:localhost",
                          .issuer = &ca()});
    return made;
}

inline const HttpRequest hello{.method = "GET", .target = "/hello"};
inline const HttpRequest post{
    .method = "POST", .target = "/hello", .body = "{}", .content_type = "application/json"};

inline std::string https(int port, const std::string& host = "127.0.0.1") {
    return "https://" + host + ":" + std::to_string(port);
}
inline std::string http(int port) {
    return "http://127.0.0.1:" + std::to_string(port);
}

inline Connection trusting(std::string server, const std::string& ca_pem = ca().certificate) {
    return {.server = std::move(server), .tls = {.ca_pem = ca_pem}};
}

inline std::unique_ptr<Http> open(Connection connection) {
    auto opened = Http::open(std::move(connection));
    REQUIRE(opened);
    return std::move(*opened);
}

inline base::Result<kube::HttpResponse> ask(Connection connection,
                                            const HttpRequest& request = hello) {
    return open(std::move(connection))->send(request, {});
}

inline std::string outcome(const base::Result<kube::HttpResponse>& answer) {
    return answer ? std::to_string(answer->status) + " " + answer->body : answer.error().message;
}

/// An HTTPS server that says "hello".
struct Hello : LocalServer {
    explicit Hello(const TestCertificate& certificate = for_loopback(),
                   const std::string& client_ca = {})
        : LocalServer(https_server(certificate, client_ca)) {
        (*this)->Get("/hello", [](const httplib::Request&, httplib::Response& answer) {
            answer.set_content("hello", "text/plain");
        });
        start();
    }
};
