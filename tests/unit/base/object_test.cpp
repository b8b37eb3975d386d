#include "base/object.hpp"

#include <doctest/doctest.h>

namespace object_test {

using namespace base;

namespace {

const ResourceType deployments{"apps", "v1", "deployments", "Deployment", true};

}  // namespace

TEST_CASE("an object's identity is read from its metadata") {
    const Object object = object_of(
        deployments,
        {{"metadata",
          {{"name", "web"}, {"namespace", "shop"}, {"uid", "u-1"}, {"resourceVersion", "7"}}}});
    CHECK(object.ref.name == "web");
    CHECK(object.ref.ns == "shop");
    CHECK(object.uid == "u-1");
    CHECK(object.resource_version == "7");
    CHECK(object.ref.label() == "deployment/web");
    CHECK(object.ref.path() == "shop/deployment/web");
}

TEST_CASE("a resource is named as kubectl names it") {
    CHECK(deployments.resource() == "deployments.apps");
    CHECK(deployments.api_version() == "apps/v1");
    const ResourceType pods{"", "v1", "pods", "Pod", true};
    CHECK(pods.resource() == "pods");
    CHECK(pods.api_version() == "v1");
}

TEST_CASE("reading a field that is missing or odd gives nothing, never a crash") {
    const Json json = {{"spec", {{"replicas", 3}, {"paused", nullptr}, {"name", 5}}},
                       {"list", "none"}};
    CHECK(number_at(json, "/spec/replicas") == 3);
    CHECK_FALSE(bool_at(json, "/spec/paused"));
    CHECK_FALSE(text_at(json, "/spec/name"));
    CHECK_FALSE(number_at(json, "/status/replicas"));
    CHECK_FALSE(number_at(json, "/spec/replicas/deeper"));
    CHECK(items_at(json, "/list").empty());
    CHECK(items_at(Json(), "/a/b").empty());
}

TEST_CASE("keys with slashes are reached by an escaped pointer, labels by their plain name") {
    const Json json = {
        {"metadata", {{"annotations", {{"a.b/c~d", "x"}}}, {"labels", {{"app/kind", "y"}}}}}};
    CHECK(text_at(json, "/metadata/annotations/" + pointer_segment("a.b/c~d")) == "x");
    const Object object = object_of(deployments, json);
    CHECK(annotation_of(object, "a.b/c~d") == "x");
    CHECK(label_of(object, "app/kind") == "y");
    CHECK_FALSE(label_of(object, "app"));
    CHECK(labels_of(object).size() == 1);
}

TEST_CASE("an object with a deletion timestamp is terminating") {
    const Object object = object_of(
        deployments,
        {{"metadata", {{"deletionTimestamp", "2025-05-01T11:00:00Z"}, {"finalizers", {"x/y"}}}}});
    CHECK(is_terminating(object));
    CHECK(finalizers_of(object) == std::vector<std::string>{"x/y"});
    CHECK_FALSE(is_terminating(object_of(deployments, Json::object())));
}

}  // namespace object_test
