#include "kube/discovery.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace discovery_test {

using base::Json;

namespace {

std::vector<std::string> names(const kube::Discovery& discovery) {
    std::vector<std::string> all;
    for (const auto& resource : discovery.resources) {
        all.push_back(resource.type.api_version() + " " + resource.type.plural + " " +
                      resource.type.kind + (resource.type.namespaced ? " namespaced" : ""));
    }
    return all;
}

}  // namespace

TEST_CASE("aggregated discovery gives the preferred version of each resource, and what is broken") {
    const Json document = Json::parse(R"({"kind":"APIGroupDiscoveryList","items":[
      {"metadata":{"name":"apps"},"versions":[
        {"version":"v1","freshness":"Current","resources":[
          {"resource":"deployments","responseKind":{"group":"apps","version":"v1","kind":"Deployment"},
           "scope":"Namespaced","verbs":["get","list"],"subresources":[{"subresource":"scale"}]}]},
        {"version":"v1beta1","resources":[
          {"resource":"deployments","responseKind":{"kind":"Deployment"},"scope":"Namespaced","verbs":[]},
          {"resource":"olds","responseKind":{"kind":"Old"},"scope":"Cluster","verbs":["list"]},
          {"resource":"onlysub","responseKind":null,"scope":"Namespaced"}]}]},
      {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale"}]}]})");
    REQUIRE(kube::is_aggregated_discovery(document));
    kube::Discovery discovery;
    kube::add_aggregated(document, discovery);
    CHECK(names(discovery) == std::vector<std::string>{"apps/v1 deployments Deployment namespaced",
                                                       "apps/v1beta1 olds Old"});
    CHECK(discovery.resources[0].verbs == std::vector<std::string>{"get", "list"});
    REQUIRE(discovery.broken.size() == 1);
    CHECK(discovery.broken[0].starts_with("metrics.k8s.io/v1beta1: "));
}

TEST_CASE("classic discovery asks for the preferred version first") {
    kube::Discovery discovery;
    const auto versions = kube::versions_in(Json::parse(R"({"kind":"APIGroupList","groups":[
      {"name":"batch"},{"name":"apps","versions":[{"groupVersion":"apps/v1beta1","version":"v1beta1"},
                                 {"groupVersion":"apps/v1","version":"v1"}],
       "preferredVersion":{"groupVersion":"apps/v1","version":"v1"}}]})"),
                                            discovery);
    CHECK(discovery.broken == std::vector<std::string>{"batch: no version of it is served"});
    REQUIRE(versions.size() == 2);
    CHECK(versions[0].text() == "apps/v1");
    CHECK(versions[1].text() == "apps/v1beta1");
    const auto core =
        kube::versions_in(Json::parse(R"({"kind":"APIVersions","versions":["v1"]})"), discovery);
    REQUIRE(core.size() == 1);
    CHECK(core[0].text() == "v1");
}

TEST_CASE("classic discovery drops subresources and what a preferred version has") {
    kube::Discovery discovery;
    const Json list = Json::parse(R"({"kind":"APIResourceList","groupVersion":"v1","resources":[
      {"name":"pods","kind":"Pod","namespaced":true,"verbs":["list"]},
      {"name":"pods/log","kind":"Pod","namespaced":true,"verbs":["get"]},
      {"name":"nodes","kind":"Node","namespaced":false,"verbs":["list"]}]})");
    kube::add_classic({.group = "", .version = "v1"}, list, discovery);
    kube::add_classic({.group = "", .version = "v2"}, list, discovery);
    CHECK(names(discovery) == std::vector<std::string>{"v1 pods Pod namespaced", "v1 nodes Node"});
}

}  // namespace discovery_test
