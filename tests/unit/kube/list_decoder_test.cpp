#include "kube/list_decoder.hpp"

#include <doctest/doctest.h>

#include <thread>

namespace list_decoder_test {

using base::ErrorKind;
using base::Json;

namespace {

const kube::ResourceType deployments{
    .group = "apps", .version = "v1", .plural = "deployments", .kind = "Deployment"};

const char* const page_of_two = R"({
  "kind": "DeploymentList", "apiVersion": "apps/v1",
  "metadata": {"resourceVersion": "42", "continue": "more", "remainingItemCount": 3},
  "items": [
    {"metadata": {"name": "web", "namespace": "shop", "uid": "u1", "resourceVersion": "7",
      "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:spec": {}}}],
      "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{\"big\":1}", "kept": "yes"}},
     "spec": {"replicas": 3, "template": {"metadata": {"managedFields": "not ours", "annotations": null}}},
     "status": {"ratio": 0.5, "big": 18446744073709551615, "negative": -9223372036854775808,
                "text": "a\"\\\u00e4\n", "flag": true, "none": null, "list": [1, [], {}]}},
    {"metadata": {"name": "db", "namespace": "shop"}}
  ]})";

}  // namespace

TEST_CASE("a page of a list becomes objects of its type") {
    const auto page = kube::decode_list(deployments, page_of_two);
    REQUIRE(page);
    CHECK(page->resource_version == "42");
    CHECK(page->continue_token == "more");
    REQUIRE(page->items.size() == 2);
    const kube::Object& web = page->items[0];
    CHECK(web.ref == kube::ObjectRef{deployments, "shop", "web"});
    CHECK(web.uid == "u1");
    CHECK(web.resource_version == "7");
    CHECK(page->items[1].ref.name == "db");
}

TEST_CASE("the items say what they are, though the server leaves it out") {
    const auto page = kube::decode_list(deployments, page_of_two);
    CHECK(page->items[0].body["kind"] == "Deployment");
    CHECK(page->items[0].body["apiVersion"] == "apps/v1");
    const auto partial = kube::decode_list(
        deployments,
        R"({"items":[{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{}}]})");
    CHECK(partial->items[0].body["kind"] == "Deployment");
}

TEST_CASE(
    "values arrive as nlohmann reads them, without the bookkeeping of kubectl and the server") {
    Json expected = Json::parse(page_of_two)["items"][0];
    expected["metadata"].erase("managedFields");
    expected["metadata"]["annotations"].erase("kubectl.kubernetes.io/last-applied-configuration");
    expected["kind"] = "Deployment";
    expected["apiVersion"] = "apps/v1";
    CHECK(kube::decode_list(deployments, page_of_two)->items[0].body == expected);
}

TEST_CASE("an empty list is one, however Go writes it") {
    CHECK(kube::decode_list(deployments, R"({"kind":"DeploymentList","items":[]})")->items.empty());
    CHECK(
        kube::decode_list(deployments, R"({"kind":"DeploymentList","items":null})")->items.empty());
}

TEST_CASE("what is no list is an error, never a short list") {
    const std::string good = page_of_two;
    for (std::size_t size = 0; size < good.size(); ++size) {
        CAPTURE(size);
        const auto page = kube::decode_list(deployments, good.substr(0, size));
        REQUIRE_FALSE(page);
        CHECK(page.error().kind == ErrorKind::Malformed);
    }
    for (const char* text : {"<html>", "[]", "1", "{}", R"({"items":{}})", R"({"items":[1]})",
                             R"({"items":[]} x)", R"({"kind":"Status","message":"no"})",
                             R"({"items":[{"a":tru}]})", R"({"items":[{"a":1e999}]})"}) {
        CAPTURE(text);
        CHECK_FALSE(kube::decode_list(deployments, text));
    }
}

TEST_CASE("an answer that is nested too deeply is refused") {
    const std::string deep = std::string(100000, '[') + std::string(100000, ']');
    CHECK_FALSE(kube::decode_list(deployments, R"({"items":[{"a":)" + deep + "}]}"));
    CHECK_FALSE(kube::decode_object(deployments, R"({"a":)" + deep + "}"));
}

TEST_CASE("a single object keeps what it says of itself") {
    const auto scale = kube::decode_object(
        deployments,
        R"({"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"web","uid":"u",
                         "managedFields":[]},"spec":{"replicas":2}})");
    REQUIRE(scale);
    CHECK(scale->body["kind"] == "Scale");
    CHECK(scale->uid == "u");
    CHECK_FALSE(scale->body["metadata"].contains("managedFields"));
}

TEST_CASE("a line of a watch becomes an event") {
    const auto event = kube::decode_watch_line(
        deployments, R"({"type":"MODIFIED","object":{"metadata":{"name":"web","resourceVersion":"9",
                         "managedFields":[1]}}})");
    REQUIRE(event);
    CHECK(event->type == kube::WatchEventType::Modified);
    CHECK(event->object.ref.name == "web");
    CHECK(event->object.resource_version == "9");
    CHECK_FALSE(event->object.body["metadata"].contains("managedFields"));
    const auto bookmark = kube::decode_watch_line(
        deployments, R"({"object":{"metadata":{"resourceVersion":"10"}},"type":"BOOKMARK"})");
    CHECK(bookmark->type == kube::WatchEventType::Bookmark);
    CHECK(bookmark->object.resource_version == "10");
}

TEST_CASE("an ERROR event is the error of its Status") {
    const auto event = kube::decode_watch_line(
        deployments,
        R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}})");
    REQUIRE_FALSE(event);
    CHECK(event.error().kind == ErrorKind::Expired);
    for (const char* line :
         {"", "{}", "x", R"({"type":"NEW","object":{}})", R"({"type":"ADDED"})"}) {
        CAPTURE(line);
        CHECK(kube::decode_watch_line(deployments, line).error().kind == ErrorKind::Malformed);
    }
}

TEST_CASE("every split of a stream gives the same lines") {
    const std::string stream = "one\n\ntwo two\n" + std::string(300, 'x') + "\nlast\nrest";
    const std::vector<std::string> expected{"one", "two two", std::string(300, 'x'), "last"};
    for (std::size_t step = 1; step <= stream.size(); ++step) {
        std::vector<std::string> lines;
        kube::LineSplitter splitter;
        for (std::size_t at = 0; at < stream.size(); at += step) {
            REQUIRE(splitter.feed(std::string_view(stream).substr(at, step), [&](std::string line) {
                lines.push_back(std::move(line));
                return true;
            }));
        }
        CHECK(lines == expected);
    }
}

TEST_CASE("a stream is given up when asked, or when a line has no end") {
    kube::LineSplitter splitter(10);
    int lines = 0;
    CHECK_FALSE(splitter.feed("a\nb\n", [&](const std::string&) { return ++lines < 1; }));
    CHECK(lines == 1);
    kube::LineSplitter other(10);
    const auto any = [](const std::string&) { return true; };
    CHECK(other.feed("12345\n67890", any));
    CHECK_FALSE(other.feed("123456", any));
}

TEST_CASE("pages are decoded on several threads at once") {
    std::vector<std::jthread> threads;
    std::atomic<int> good = 0;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&good] {
            for (int k = 0; k < 50; ++k)
                good += kube::decode_list(deployments, page_of_two) ? 1 : 0;
        });
    }
    threads.clear();
    CHECK(good == 200);
}

}  // namespace list_decoder_test
