// What the sandbox's server promises beyond the contract of kube::Cluster: TLS, logins, faults,
// streams.
#include "sandbox/server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <fstream>
#include <latch>
#include <thread>

#include "kube/http.hpp"
#include "kube/kubeconfig.hpp"
#include "kube/rest_cluster.hpp"

using namespace sandbox;  // the whole file is about it
using namespace std::chrono_literals;
using base::ErrorKind;
using base::Json;
namespace types = support::types;

namespace {

using Names = std::vector<std::string>;

template <class T>
T must(base::Result<T> result) {
    REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().message));
    return *std::move(result);
}

template <class T>
ErrorKind refusal_of(const base::Result<T>& result) {
    REQUIRE_FALSE(result.has_value());
    return result.error().kind;
}

Json named(const std::string& name) {
    return {{"metadata", {{"name", name}}}};
}

kube::ObjectRef configmap(const std::string& name) {
    return {types::configmaps, "shop", name};
}

/// A server with the namespace "shop", and its administrator.
struct Shop {
    support::Store store;
    ApiServer server{store};
    std::unique_ptr<kube::Cluster> cluster = must(kube::open_cluster(server.connection()));
    Shop() { REQUIRE(store.create({types::namespaces, "", ""}, named("shop"))); }

    auto create(const std::string& name) {
        return cluster->create(configmap(name), named(name), {}, {});
    }
    auto get(const std::string& name) { return cluster->get(configmap(name), {}); }
    std::size_t count(const std::string& request) const {
        const auto requests = server.requests();
        return static_cast<std::size_t>(std::ranges::count_if(
            requests, [&](const std::string& line) { return line.starts_with(request); }));
    }
    kube::HttpResponse ask(kube::HttpRequest request) {
        auto http = must(kube::Http::open(server.connection()));
        return must(http->send(request, {}));
    }
};

/// Watches ConfigMaps on threads of their own until the server ends them.
struct Crowd {
    std::latch open;
    std::atomic<std::size_t> broken = 0;
    std::vector<std::jthread> threads;
    Crowd(kube::Cluster& cluster, std::ptrdiff_t size) : open(size) {
        for (std::ptrdiff_t i = 0; i < size; ++i) {
            threads.emplace_back([this, &cluster] {
                const auto first = [this](const kube::WatchEvent&) {
                    return open.count_down(), true;
                };
                if (!cluster.watch(types::namespaces, {}, "0", first, {})) ++broken;
            });
        }
        open.wait();
    }
    void join() { threads.clear(); }
};

}  // namespace

TEST_CASE_FIXTURE(Shop, "only its own CA vouches for it") {
    ApiServer other(store);
    auto connection = other.connection();
    connection.tls.ca_pem = server.ca_pem();
    const auto stranger = must(kube::open_cluster(std::move(connection)));
    CHECK(refusal_of(stranger->get(configmap("x"), {})) == ErrorKind::Unreachable);
}

TEST_CASE_FIXTURE(Shop, "who has no known token is not let in") {
    const auto stranger = must(kube::open_cluster(server.connection("nobody's")));
    CHECK(refusal_of(stranger->get(configmap("x"), {})) == ErrorKind::Unauthorized);
    server.set_token("nobody's", "somebody");
    CHECK(refusal_of(stranger->get(configmap("x"), {})) == ErrorKind::NotFound);
    server.set_token("nobody's", "");
    CHECK(refusal_of(stranger->get(configmap("x"), {})) == ErrorKind::Unauthorized);
}

TEST_CASE_FIXTURE(Shop, "long lists come in pages, and start over when a page is gone") {
    for (int i = 0; i < 1203; ++i)
        store.put({{"apiVersion", "v1"},
                   {"kind", "ConfigMap"},
                   {"metadata", {{"name", "c" + std::to_string(i)}, {"namespace", "shop"}}}});
    SUBCASE("three pages of at most 500") {
        CHECK(must(cluster->list(types::configmaps, {.ns = "shop"}, {})).items.size() == 1203);
        CHECK(count("GET /api/v1/namespaces/shop/configmaps?limit=500") == 3);
    }
    SUBCASE("five requests when the second page was too late") {
        server.on_request([&](std::size_t, const std::string&, const std::string& target, Phase) {
            if (!target.contains("continue=")) return;
            server.on_request({});
            store.expire_continue_tokens();
        });
        CHECK(must(cluster->list(types::configmaps, {.ns = "shop"}, {})).items.size() == 1203);
        CHECK(count("GET /api/v1/namespaces/shop/configmaps?limit=500") == 5);
    }
}

TEST_CASE_FIXTURE(Shop, "classic discovery tells the same as aggregated discovery") {
    const auto sorted = [](kube::Discovery discovery) {
        std::ranges::sort(discovery.resources, {}, &kube::DiscoveredResource::type);
        Names lines;
        for (const auto& row : discovery.resources) {
            lines.push_back(row.type.resource() + " " + row.type.version + " " + row.type.kind);
        }
        return lines;
    };
    const Names aggregated = sorted(must(cluster->discover({})));
    CHECK(server.requests().size() == 2);
    server.set_discovery({.aggregated = false});
    CHECK(sorted(must(cluster->discover({}))) == aggregated);
    CHECK(count("GET /apis/apps/v1") == 1);
}

TEST_CASE_FIXTURE(Shop, "a broken API group is reported, and the others are there") {
    for (const bool aggregated : {true, false}) {
        CAPTURE(aggregated);
        server.set_discovery({.aggregated = aggregated, .broken = {"metrics.k8s.io/v1beta1"}});
        const auto discovery = must(cluster->discover({}));
        REQUIRE(discovery.broken.size() == 1);
        CHECK(discovery.broken[0].starts_with("metrics.k8s.io/v1beta1: "));
        CHECK(discovery.resources.size() > 20);
    }
}

TEST_CASE_FIXTURE(Shop, "a connection that breaks before the request is processed") {
    server.inject({.match = "^POST ", .effect = DropBefore{}});
    CHECK(refusal_of(create("a")) == ErrorKind::Lost);
    CHECK_FALSE(store.peek(configmap("a")));
    CHECK(create("a"));
}

TEST_CASE_FIXTURE(Shop, "a connection that breaks after the request was processed") {
    server.inject({.match = "^POST ", .effect = DropAfter{}});
    CHECK(refusal_of(create("a")) == ErrorKind::Lost);
    CHECK(store.peek(configmap("a")));
    CHECK(count("POST") == 1);
}

TEST_CASE_FIXTURE(Shop, "a request that is never answered ends when the server stops") {
    server.inject({.match = "^POST ", .effect = Hang{}, .times = 0});
    std::latch asked(1);
    server.on_request([&](std::size_t, const std::string&, const std::string&, Phase) {
        server.on_request({});
        asked.count_down();
    });
    std::jthread client([&] { CHECK_FALSE(create("a")); });
    asked.wait();
    server.stop();
}

TEST_CASE_FIXTURE(Shop, "an answer instead of processing, with Retry-After if one likes") {
    server.inject({.match = "^POST ",
                   .effect = answer_with(support::refusal::too_many_requests(0), 0),
                   .times = 2});
    CHECK(create("a"));
    CHECK(count("POST") == 3);
    server.inject(
        {.match = "configmaps/a", .effect = AnswerWith{200, "<html>log in</html>", "text/html"}});
    CHECK(refusal_of(get("a")) == ErrorKind::Malformed);
}

TEST_CASE_FIXTURE(Shop, "an answer that comes late") {
    server.inject({.match = "namespaces/shop", .effect = Delay{50ms}});
    const auto began = std::chrono::steady_clock::now();
    CHECK(cluster->get({types::namespaces, "", "shop"}, {}));
    CHECK(std::chrono::steady_clock::now() - began >= 50ms);
}

TEST_CASE_FIXTURE(Shop, "an observer hears of each request before and after it is processed") {
    Names heard;
    server.on_request(
        [&](std::size_t n, const std::string& method, const std::string& target, Phase phase) {
            heard.push_back(std::to_string(n) + " " + method + " " +
                            target.substr(0, target.find('?')) +
                            (phase == Phase::Before ? " before" : " after") +
                            (store.peek(configmap("a")) ? " there" : ""));
        });
    CHECK(create("a"));
    CHECK(heard == Names{"1 POST /api/v1/namespaces/shop/configmaps before",
                         "1 POST /api/v1/namespaces/shop/configmaps after there"});
}

TEST_CASE_FIXTURE(Shop, "stopping ends a hundred idle watches at once") {
    Crowd crowd(*cluster, 100);
    const auto asked = std::chrono::steady_clock::now();
    server.stop();
    CHECK(std::chrono::steady_clock::now() - asked < 2s);
    crowd.join();
    CHECK(crowd.broken == 100);
}

TEST_CASE_FIXTURE(Shop, "connections can be broken while the server goes on") {
    Crowd crowd(*cluster, 3);
    server.drop_connections();
    crowd.join();
    CHECK(crowd.broken == 3);
    CHECK(create("a"));
}

TEST_CASE_FIXTURE(Shop, "a watch that the store closes ends well") {
    Crowd crowd(*cluster, 3);
    store.close_watches();
    crowd.join();
    CHECK(crowd.broken == 0);
}

TEST_CASE_FIXTURE(Shop, "a watch gets bookmarks") {
    bool marked = false;
    const auto handler = [&](const kube::WatchEvent& event) {
        if (event.type != kube::WatchEventType::Bookmark) store.send_bookmarks();
        marked = event.type == kube::WatchEventType::Bookmark;
        return !marked;
    };
    CHECK(cluster->watch(types::namespaces, {}, "0", handler, {}));
    CHECK(marked);
}

TEST_CASE_FIXTURE(Shop, "what is no API request is refused as a real server refuses it") {
    const std::string maps = "/api/v1/namespaces/shop/configmaps";
    const auto status = [&](const std::string& method, const std::string& target) {
        return ask({.method = method, .target = target, .body = "{}"}).status;
    };
    CHECK(status("GET", "/nosuch") == 404);
    CHECK(status("GET", "/api/v1/nosuch") == 404);
    CHECK(status("POST", maps + "/x") == 405);
    CHECK(status("PATCH", maps) == 405);
    CHECK(status("PATCH", maps + "/x") == 415);
    CHECK(status("GET", maps + "?limit=1&continue=abc") == 400);
    CHECK(status("GET", maps + "?watch=1&resourceVersion=x") == 500);
    CHECK(ask({.method = "POST", .target = maps, .body = "{broken"}).status == 400);
    CHECK(ask({.method = "GET", .target = "/version"}).body.contains("gitVersion"));
}

TEST_CASE_FIXTURE(Shop, "items of built-in types do not say their kind, those of custom types do") {
    store.put({{"apiVersion", "migration.openshift.io/v1alpha1"},
               {"kind", "MigPlan"},
               {"metadata", {{"name", "p"}, {"namespace", "shop"}}}});
    const auto first = [&](const std::string& target) {
        return Json::parse(ask({.method = "GET", .target = target}).body)["items"][0];
    };
    CHECK_FALSE(first("/api/v1/namespaces").contains("kind"));
    CHECK(first("/apis/migration.openshift.io/v1alpha1/migplans")["kind"] == "MigPlan");
}

TEST_CASE_FIXTURE(Shop, "its kubeconfig is one") {
    ApiServer other(store, {.name = "other"});
    const std::string path = "/tmp/sandbox-server-test-" + std::to_string(getpid());
    std::ofstream(path) << kubeconfig({{"source", server}, {"target", other, "t", "openshift"}});
    const kube::KubeconfigOptions options{.kubeconfig = path};
    const auto config = must(kube::load_kubeconfig(options));
    CHECK(config.current_context == "source");
    const auto opened = must(kube::open_cluster(must(kube::connection_of(config, options))));
    CHECK(opened->get({types::namespaces, "", "shop"}, {}));
    const auto target =
        must(kube::connection_of(config, {.kubeconfig = path, .context = "target"}));
    CHECK(target.server == other.url());
    CHECK(target.ns == "openshift");
    std::remove(path.c_str());
}
