// Addresses of Routes are asked as a user would: what they answer, and why they do not.
#include "run/probe.hpp"

#include <doctest/doctest.h>
#include <httplib.h>

#include <atomic>
#include <thread>

#include "support/https_server.hpp"
#include "support/types.hpp"

namespace probe_test {

using namespace std::chrono_literals;
using base::Json;

namespace {

base::Object route_to(const std::string& host, const std::string& path) {
    return base::object_of(support::types::routes,
                           {{"metadata", {{"name", "web"}, {"namespace", "shop"}}},
                            {"spec", {{"host", host}, {"path", path}}}});
}

/// On a free port of the loopback, ended with the object; at least one request must be made to it.
class App {
  public:
    App() {
        server_.Get("/well", [this](const httplib::Request&, httplib::Response&) { ++asked; });
        server_.Get("/login", [](const httplib::Request&, httplib::Response& response) {
            response.set_redirect("https://login.example/");
        });
        server_.Get("/late", [this](const httplib::Request&, httplib::Response& response) {
            response.status = ++asked < 3 ? 503 : 200;
        });
        server_.Get("/down", [this](const httplib::Request&, httplib::Response& response) {
            ++asked;
            response.status = 503;
        });
        port = server_.bind_to_any_port("127.0.0.1");
        serving_ = std::jthread([this] { server_.listen_after_bind(); });
    }
    App(const App&) = delete;
    App& operator=(const App&) = delete;
    ~App() { server_.stop(); }

    base::Object route(const std::string& path) const {
        return route_to("127.0.0.1:" + std::to_string(port), path);
    }

    std::atomic<int> asked = 0;
    int port = 0;

  private:
    httplib::Server server_;
    std::jthread serving_;
};

rollback::Probe probe(const base::Object& route) {
    const auto probes = run::probe({route}, {.timeout = 2s, .attempts = 4, .pause = 1ms}, {});
    REQUIRE(probes.size() == 1);
    return probes[0];
}

}  // namespace

TEST_CASE("an address that answers is asked once") {
    App app;
    const auto answer = probe(app.route("/well"));
    CHECK(answer.status == 200);
    CHECK(answer.error.empty());
    CHECK(answer.url == "http://127.0.0.1:" + std::to_string(app.port) + "/well");
    CHECK(app.asked == 1);
}

TEST_CASE("a redirect to a login is an answer, and is not followed") {
    App app;
    const auto answer = probe(app.route("/login"));
    CHECK(answer.status == 302);
    CHECK(answer.location == "https://login.example/");
}

TEST_CASE("a router that has not found the pods yet is given a little time") {
    App app;
    CHECK(probe(app.route("/late")).status == 200);
    CHECK(app.asked == 3);
    SUBCASE("but not for ever") {
        app.asked = 0;
        CHECK(probe(app.route("/down")).status == 503);
        CHECK(app.asked == 4);
    }
}

TEST_CASE("an address that cannot be reached says why") {
    const auto answer = probe(route_to("127.0.0.1:1", "/well"));
    CHECK(answer.status == 0);
    CHECK_FALSE(answer.error.empty());
}

TEST_CASE("a Route for a whole domain, or without a host, has no address to ask") {
    for (const char* host : {"", "*.apps.example"})
        CHECK(run::probe({route_to(host, "/")}, {}, {}).empty());
}

TEST_CASE("a certificate that is not trusted is named, and the application is asked all the same") {
    const auto server = support::https_server("nobody's CA");
    server->Get("/", [](const httplib::Request&, httplib::Response&) {});
    const int port = server->bind_to_any_port("127.0.0.1");
    const std::jthread serving([&] { server->listen_after_bind(); });
    base::Object route = route_to("127.0.0.1:" + std::to_string(port), "/");
    route.body["spec"]["tls"] = {{"termination", "edge"}};
    const auto answer = probe(route);
    server->stop();
    CHECK(answer.status == 200);
    CHECK(answer.distrust.contains("certificate signed by unknown authority"));
    CHECK(answer.error.empty());
}

}  // namespace probe_test
