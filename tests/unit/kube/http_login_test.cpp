// Who a request says is asking, and what happens when the server refuses that.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>
#include <mutex>

#include "base/object.hpp"
#include "hello_server.hpp"

namespace http_login_test {

namespace {

using Headers = std::multimap<std::string, std::string>;

/// Says 401 to every Authorization but `accepted`, and remembers what it was asked.
struct Guarded : LocalServer {
    explicit Guarded(std::string accepted_header)
        : LocalServer(https_server(for_loopback())), accepted(std::move(accepted_header)) {
        const auto handle = [this](const httplib::Request& request, httplib::Response& answer) {
            const std::lock_guard lock(mutex);
            requests.push_back(request);
            answer.status = request.get_header_value("Authorization") == accepted ? 200 : 401;
            answer.set_content(answer.status == 200 ? "hello" : "who are you?", "text/plain");
        };
        (*this)->Get("/hello", handle);
        (*this)->Post("/hello", handle);
        start();
    }
    const std::string& header(std::size_t i, const char* name) {
        const std::lock_guard lock(mutex);
        found = requests.at(i).get_header_value(name);
        return found;
    }

    std::mutex mutex;
    std::string accepted;
    std::string found;
    std::vector<httplib::Request> requests;
};

/// An executable file.
std::string script(const TemporaryFile& file) {
    ::chmod(file.path().c_str(), 0700);
    return file.path();
}

kube::ExecPlugin plugin(const std::string& command) {
    return {.command = command,
            .api_version = "client.authentication.k8s.io/v1",
            .interactive = kube::ExecPlugin::Interactive::Never};
}

const std::string credential_head =
    R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":)";

}  // namespace

TEST_CASE("whom to act as stands in headers") {
    Guarded server("Bearer t");
    Connection connection = trusting(https(server.port()));
    connection.auth = kube::BearerToken{base::Secret("t")};
    connection.impersonation = {.user = "system:serviceaccount:a:b",
                                .uid = "u-1",
                                .groups = {"g 1", "g2"},
                                .extra = {{"a.b/C%", "x"}, {"a.b/C%", "y"}}};
    CHECK(outcome(ask(std::move(connection))) == "200 hello");
    const auto& headers = server.requests.at(0).headers;
    const auto all = [&](const char* name) {
        std::vector<std::string> values;
        const auto [begin, end] = headers.equal_range(name);
        for (auto it = begin; it != end; ++it) values.push_back(it->second);
        return values;
    };
    CHECK(all("Impersonate-User") == std::vector<std::string>{"system:serviceaccount:a:b"});
    CHECK(all("Impersonate-Uid") == std::vector<std::string>{"u-1"});
    CHECK(all("Impersonate-Group") == std::vector<std::string>{"g 1", "g2"});
    CHECK(all("Impersonate-Extra-a.b%2FC%25") == std::vector<std::string>{"x", "y"});
}

TEST_CASE("a name that would add a header is refused") {
    Connection connection = trusting("https://127.0.0.1:1");
    connection.impersonation.user = "me\r\nImpersonate-Group: system:masters";
    CHECK(Http::open(std::move(connection)).error().message ==
          "error: the value for Impersonate-User holds control characters");
}

TEST_CASE("a login that was refused is had anew, and the request sent once more") {
    Guarded server("Bearer second");
    const TemporaryFile counter("");
    const TemporaryFile file("#!/bin/sh\necho x >> " + counter.path() + "\n[ $(wc -l < " +
                             counter.path() +
                             ") -gt 1 ] && t=second || t=first\n"
                             "echo '" +
                             credential_head + "{\"token\":\"'$t'\"}}'\n");
    Connection connection = trusting(https(server.port()));
    connection.auth = plugin(script(file));
    const auto client = open(std::move(connection));
    SUBCASE("a read") {
        CHECK(outcome(client->send(hello, {})) == "200 hello");
    }
    SUBCASE("a write, for a 401 says that nothing was done") {
        CHECK(outcome(client->send(post, {})) == "200 hello");
    }
    SUBCASE("a stream") {
        std::string body;
        const auto answer = client->stream(hello,
                                           [&](std::string_view bytes) {
                                               body += bytes;
                                               return true;
                                           },
                                           {});
        REQUIRE(answer);
        CHECK(body == "hello");
    }
    REQUIRE(server.requests.size() == 2);
    CHECK(server.header(0, "Authorization") == "Bearer first");
    CHECK(server.header(1, "Authorization") == "Bearer second");
}

TEST_CASE("a server that refuses the new login, too, is not asked again and again") {
    Guarded server("Bearer never");
    const TemporaryFile file("#!/bin/sh\necho '" + credential_head + "{\"token\":\"t\"}}'\n");
    Connection connection = trusting(https(server.port()));
    connection.auth = plugin(script(file));
    CHECK(outcome(ask(std::move(connection))) == "401 who are you?");
    CHECK(server.requests.size() == 2);
}

TEST_CASE("an exec plugin's certificate is shown to the server, and replaced by its next one") {
    const TestCertificate first = make_certificate({.common_name = "first", .issuer = &ca()});
    const TestCertificate wrong = make_certificate({.common_name = "wrong", .issuer = &other_ca()});
    const auto as_json = [](const TestCertificate& one) {
        return base::Json{{"clientCertificateData", one.certificate},
                          {"clientKeyData", one.key},
                          {"expirationTimestamp", "2020-01-01T00:00:00Z"}}
            .dump();
    };
    const TemporaryFile now(credential_head + as_json(first) + "}");
    const TemporaryFile file("#!/bin/sh\ncat " + now.path() + "\n");
    const Hello server(for_loopback(), ca().certificate);
    Connection connection = trusting(https(server.port()));
    connection.auth = plugin(script(file));
    const auto client = open(std::move(connection));
    CHECK(outcome(client->send(hello, {})) == "200 hello");
    std::ofstream(now.path()) << credential_head + as_json(wrong) + "}";
    // told as an alert, or, if the server was quick to hang up, as a connection that was lost
    CHECK_FALSE(client->send(hello, {}));
    std::ofstream(now.path()) << credential_head + as_json(first) + "}";
    CHECK(outcome(client->send(hello, {})) == "200 hello");
}

TEST_CASE("over http no plugin is run, but whom to act as is said: it may be a kubectl proxy") {
    httplib::Request seen;
    LocalServer server(std::make_unique<httplib::Server>());
    server->Get("/hello", [&](const httplib::Request& request, httplib::Response& answer) {
        seen = request;
        answer.set_content("hello", "text/plain");
    });
    server.start();
    Connection connection{.server = http(server.port())};
    connection.auth = plugin("/nope");
    connection.impersonation.user = "me";
    CHECK(outcome(ask(std::move(connection))) == "200 hello");
    CHECK_FALSE(seen.has_header("Authorization"));
    CHECK(seen.get_header_value("Impersonate-User") == "me");
}

TEST_CASE("answers are asked for as they are when compression is off") {
    Guarded server("");
    Connection connection = trusting(https(server.port()));
    connection.compression = false;
    CHECK(outcome(ask(std::move(connection))) == "200 hello");
    CHECK_FALSE(server.requests.at(0).has_header("Accept-Encoding"));
}

TEST_CASE("warnings of a server are passed on") {
    LocalServer server(https_server(for_loopback()));
    server->Get("/hello", [](const httplib::Request&, httplib::Response& answer) {
        answer.set_header("Warning", R"(299 - "old API")");
        answer.set_content("hello", "text/plain");
    });
    server.start();
    std::vector<std::string> warnings;
    auto client = Http::open(trusting(https(server.port())),
                             {.warn = [&](const std::string& text) { warnings.push_back(text); }});
    CHECK(outcome((*client)->send(hello, {})) == "200 hello");
    CHECK(warnings == std::vector<std::string>{"old API"});
}

}  // namespace http_login_test
