#include <future>

#include "support/shop.hpp"

namespace watch_test {

using namespace support;  // the whole file is about it

namespace {

constexpr auto at_once = std::chrono::steady_clock::time_point::min();

/// "ADDED a", "DELETED b": everything that a watch has to tell right now.
std::vector<std::string> told(Watcher& watcher) {
    std::vector<std::string> events;
    while (true) {
        const auto event = watcher.next({}, at_once);
        if (!event) events.push_back("ERROR " + text_or_empty(event.error(), "/reason"));
        if (!event || !event->has_value()) return events;
        events.push_back((*event)->type + " " + name_of((*event)->object));
    }
}

}  // namespace

TEST_CASE_FIXTURE(Shop, "selectors choose") {
    const auto labelled = [](Json labels) { return Json{{"metadata", {{"labels", labels}}}}; };
    create("a", labelled({{"app", "web"}, {"tier", "front"}}));
    create("b", labelled({{"app", "db"}}));
    create("c");
    const auto by_label = [&](const char* text) {
        return list(types::configmaps, {.ns = "shop", .label_selector = text});
    };
    CHECK(by_label("app=web") == Names{"a"});
    CHECK(by_label("app==web,tier=front") == Names{"a"});
    CHECK(by_label("app!=web") == Names{"b", "c"});
    CHECK(by_label("app in (web, db),tier") == Names{"a"});
    CHECK(by_label("app notin (web)") == Names{"b", "c"});
    CHECK(by_label("!app") == Names{"c"});
    CHECK(by_label("") == Names{"a", "b", "c"});
    CHECK(message_of(store.list(types::configmaps, {.label_selector = "a b"})) ==
          "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt");
    CHECK(list(types::configmaps, {.field_selector = "metadata.name=b"}) == Names{"b"});
    CHECK(list(types::configmaps, {.field_selector = "metadata.name!=b,metadata.namespace=shop"}) ==
          Names{"a", "c"});
    CHECK(code_of(store.list(types::configmaps, {.field_selector = "spec.nodeName=x"})) == 400);
    CHECK(code_of(store.list(types::pods, {.field_selector = "spec.nodeName=x"})) == 200);
}

TEST_CASE_FIXTURE(Shop, "a list in pages is the list of one moment") {
    for (const char* name : {"a", "b", "c", "d", "e"}) create(name);
    const auto first = *store.list(types::configmaps, {.limit = 2});
    CHECK(first.remaining == 3);
    REQUIRE(store.remove(configmap("c")));
    const Query next{.limit = 2, .continue_token = first.continue_token};
    const auto second = *store.list(types::configmaps, next);
    CHECK(names_of(second) == Names{"c", "d"});
    CHECK(second.resource_version == first.resource_version);
    SUBCASE("a token may be used again") {
        CHECK(names_of(*store.list(types::configmaps, next)) == Names{"c", "d"});
    }
    SUBCASE("a token expires") {
        store.expire_continue_tokens();
        CHECK(code_of(store.list(types::configmaps, next)) == 410);
    }
}

TEST_CASE_FIXTURE(Shop, "a watch tells what happened since, in order") {
    create("old");
    const std::string now = store.resource_version();
    auto watcher = *store.watch(types::configmaps, {.ns = "shop"}, now);
    create("new");
    create(types::secrets, body("other-kind"));
    REQUIRE(patch(configmap("new"), R"([{"op": "add", "path": "/data", "value": {"a": "1"}}])"));
    REQUIRE(store.remove(configmap("new")));
    CHECK(told(watcher) == Names{"ADDED new", "MODIFIED new", "DELETED new"});
    CHECK(told(watcher).empty());
}

TEST_CASE_FIXTURE(Shop, "a watch without a version begins with everything there is") {
    create("old");
    auto watcher = *store.watch(types::configmaps, {}, "");
    create("new");
    CHECK(told(watcher) == Names{"ADDED old", "ADDED new"});
}

TEST_CASE_FIXTURE(Shop, "a watch with a selector sees things come and go") {
    auto watcher =
        *store.watch(types::configmaps, {.label_selector = "app=web"}, store.resource_version());
    create("a");
    const auto labels = [&](const char* value) {
        REQUIRE(store.patch(configmap("a"), PatchKind::MergePatch,
                            {{"metadata", {{"labels", {{"app", value}}}}}}));
    };
    labels("web");
    labels("db");
    CHECK(told(watcher) == Names{"ADDED a", "DELETED a"});
}

TEST_CASE_FIXTURE(Shop, "a watch from a forgotten time is expired") {
    const std::string now = store.resource_version();
    auto open = *store.watch(types::configmaps, {}, now);
    create("a");
    store.forget_history();
    auto late = *store.watch(types::configmaps, {}, now);
    CHECK(told(late) == Names{"ERROR Expired"});
    CHECK(told(open) == Names{"ERROR Expired"});
}

TEST_CASE_FIXTURE(Shop, "a waiting watch wakes up") {
    auto watcher = *store.watch(types::configmaps, {}, store.resource_version());
    std::stop_source stop;
    auto event = std::async(std::launch::async, [&] {
        return watcher.next(stop.get_token(),
                            std::chrono::steady_clock::now() + std::chrono::minutes(1));
    });
    SUBCASE("for an event") {
        create("a");
        CHECK(event.get().value()->type == "ADDED");
    }
    SUBCASE("for a bookmark") {
        store.send_bookmarks();
        CHECK(event.get().value()->type == "BOOKMARK");
    }
    SUBCASE("when it is stopped") {
        stop.request_stop();
        CHECK_FALSE(event.get().value().has_value());
    }
    SUBCASE("when the store closes it") {
        store.close_watches();
        CHECK_FALSE(event.get().value().has_value());
        CHECK(watcher.closed());
    }
}

TEST_CASE_FIXTURE(Shop, "listeners hear of each write and may write themselves") {
    Names heard;
    store.on_change([&](const Change& change) {
        heard.push_back(change.name);
        if (change.name == "a") create("b");
    });
    create("a");
    CHECK(heard == Names{"a", "b"});
}

}  // namespace watch_test
