#include "support/fake_cluster.hpp"

#include "support/shop.hpp"

namespace fake_cluster_test {

using namespace support;  // the whole file is about it

TEST_CASE("a denial covers what its fields say") {
    Access access;
    const auto allowed = [&](const char* verb, const ResourceType& type, const char* ns) {
        return access.allows({"jane", verb, {type, ns, ""}});
    };
    SUBCASE("in one namespace, and then also across all") {
        access.deny({.user = "jane", .verb = "list", .resource = "pods", .ns = "shop"});
        CHECK_FALSE(allowed("list", types::pods, "shop"));
        CHECK_FALSE(allowed("list", types::pods, ""));
        CHECK(allowed("list", types::pods, "other"));
        CHECK(allowed("get", types::pods, "shop"));
        CHECK(allowed("list", types::nodes, ""));
    }
    SUBCASE("only across all namespaces") {
        access.deny({.ns = ""});
        CHECK_FALSE(allowed("list", types::pods, ""));
        CHECK(allowed("list", types::pods, "shop"));
    }
    SUBCASE("only somebody else") {
        access.deny({.user = "joe"});
        CHECK(allowed("list", types::pods, ""));
    }
}

TEST_CASE_FIXTURE(Shop, "the fake cluster records calls and fails on demand") {
    FakeCluster cluster(store);
    create("prices");
    const auto got = cluster.get(configmap("prices"), {});
    REQUIRE(got);
    SUBCASE("before anything happened") {
        cluster.set_fault([](const Call& call, Moment moment) -> std::optional<base::Error> {
            if (call.verb != "DELETE" || moment != Moment::Before) return std::nullopt;
            return base::Error{.kind = base::ErrorKind::Unreachable, .message = "no route"};
        });
        CHECK(cluster.remove(*got, {}, {}).error().kind == base::ErrorKind::Unreachable);
        CHECK(store.peek(configmap("prices")));
    }
    SUBCASE("after it happened") {
        cluster.set_fault([](const Call&, Moment moment) -> std::optional<base::Error> {
            if (moment != Moment::After) return std::nullopt;
            return base::Error{.kind = base::ErrorKind::Lost, .message = "EOF"};
        });
        CHECK(cluster.remove(*got, {}, {}).error().kind == base::ErrorKind::Lost);
        CHECK_FALSE(store.peek(configmap("prices")));
    }
    CHECK(cluster.calls() == Names{"GET shop/configmaps/prices", "DELETE shop/configmaps/prices"});
    CHECK(cluster.writes() == Names{"DELETE shop/configmaps/prices"});
}

}  // namespace fake_cluster_test
