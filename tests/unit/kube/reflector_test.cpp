#include "kube/reflector.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <limits>

namespace reflector_test {

using base::Error;
using base::ErrorKind;
using kube::Object;
using kube::ObjectMap;
using kube::WatchEvent;
using kube::WatchEventType;
using namespace std::chrono_literals;

namespace {

const kube::ResourceType pods{.group = "", .version = "v1", .plural = "pods", .kind = "Pod"};

Object pod(const std::string& name, const std::string& resource_version) {
    return base::object_of(
        pods, {{"metadata",
                {{"name", name}, {"namespace", "n"}, {"resourceVersion", resource_version}}}});
}

struct Watch {
    std::vector<WatchEvent> events = {};
    std::optional<ErrorKind> error = {};
};

/// Answers lists and watches from a script, and remembers where each watch began.
class Scripted final : public kube::Cluster {
  public:
    std::deque<kube::Result<kube::ObjectList>> lists;
    std::deque<Watch> watches;
    std::vector<std::string> began_at;
    int listed = 0;

    const std::string& server() const override { return url_; }
    kube::Result<kube::ObjectList> list(const kube::ResourceType&, const kube::ListOptions&,
                                        std::stop_token) override {
        ++listed;
        REQUIRE_FALSE(lists.empty());
        auto next = std::move(lists.front());
        lists.pop_front();
        return next;
    }
    kube::Result<void> watch(const kube::ResourceType&, const kube::ListOptions&,
                             const std::string& from, const kube::WatchHandler& handler,
                             std::stop_token) override {
        began_at.push_back(from);
        REQUIRE_FALSE(watches.empty());
        const Watch next = std::move(watches.front());
        watches.pop_front();
        for (const WatchEvent& event : next.events) {
            if (!handler(event)) return {};
        }
        if (next.error) return base::fail(*next.error, "error: scripted");
        return {};
    }

    kube::Result<Object> get(const kube::ObjectRef&, std::stop_token) override { return unused(); }
    kube::Result<Object> create(const kube::ObjectRef&, const base::Json&,
                                const kube::WriteOptions&, std::stop_token) override {
        return unused();
    }
    kube::Result<void> update(const kube::ObjectRef&, const base::Json&, const kube::WriteOptions&,
                              std::stop_token) override {
        return {};
    }
    kube::Result<Object> patch(const Object&, const base::Json&, const kube::WriteOptions&,
                               std::stop_token) override {
        return unused();
    }
    kube::Result<void> remove(const Object&, const kube::WriteOptions&, std::stop_token) override {
        return unused();
    }
    kube::Result<kube::Discovery> discover(std::stop_token) override { return unused(); }
    kube::Result<bool> can_i(const kube::AccessQuery&, std::stop_token) override {
        return unused();
    }

  private:
    static std::unexpected<Error> unused() {
        return base::fail(ErrorKind::Invalid, "not in this test");
    }
    std::string url_ = "scripted";
};

/// What the handler saw: the names of each view, as "a b".
struct Seen {
    std::vector<std::string> views;
    std::vector<ErrorKind> troubles;
};

std::string names(const ObjectMap& objects) {
    std::string all;
    for (const auto& [ref, object] : objects)
        all += (all.empty() ? "" : " ") + ref.name + "@" + object.resource_version;
    return all;
}

kube::Result<void> reflect(Scripted& cluster, Seen& seen, std::size_t until,
                           std::chrono::milliseconds shortest_good_watch = 0ms,
                           std::stop_token stop = {}) {
    const kube::ReflectorHandler handler{
        .changed =
            [&](const ObjectMap& objects) {
                seen.views.push_back(names(objects));
                return seen.views.size() < until;
            },
        .trouble = [&](const Error& error) { seen.troubles.push_back(error.kind); },
        .first_pause = 1ms,
        .shortest_good_watch = shortest_good_watch};
    return kube::reflect(cluster, pods, {}, handler, stop);
}

}  // namespace

TEST_CASE("a reflector shows the list, then each change, without a gap") {
    Scripted cluster;
    cluster.lists.push_back(kube::ObjectList{{pod("a", "1")}, "5"});
    cluster.watches.push_back({.events = {{WatchEventType::Added, pod("b", "6")},
                                          {WatchEventType::Modified, pod("a", "7")},
                                          {WatchEventType::Bookmark, pod("", "8")},
                                          {WatchEventType::Deleted, pod("b", "9")}}});
    Seen seen;
    CHECK(reflect(cluster, seen, 4));
    CHECK(seen.views == std::vector<std::string>{"a@1", "a@1 b@6", "a@7 b@6", "a@7"});
    CHECK(cluster.began_at == std::vector<std::string>{"5"});
}

TEST_CASE("a watch that ends is taken up where it stood") {
    Scripted cluster;
    cluster.lists.push_back(kube::ObjectList{{}, "5"});
    cluster.watches.push_back({.events = {{WatchEventType::Bookmark, pod("", "8")}}});
    cluster.watches.push_back(
        {.events = {{WatchEventType::Added, pod("a", "9")}}, .error = ErrorKind::Lost});
    cluster.watches.push_back({.events = {{WatchEventType::Deleted, pod("a", "10")}}});
    Seen seen;
    CHECK(reflect(cluster, seen, 3));
    CHECK(cluster.began_at == std::vector<std::string>{"5", "8", "9"});
    CHECK(cluster.listed == 1);
    CHECK(seen.troubles == std::vector{ErrorKind::Lost});
}

TEST_CASE("an expired watch leads to a new list, which shows what was missed") {
    Scripted cluster;
    cluster.lists.push_back(kube::ObjectList{{pod("a", "1")}, "5"});
    cluster.lists.push_back(kube::ObjectList{{pod("b", "20")}, "21"});
    SUBCASE("at once, when it had worked") {
        cluster.watches.push_back(
            {.events = {{WatchEventType::Bookmark, pod("", "6")}}, .error = ErrorKind::Expired});
        Seen seen;
        CHECK(reflect(cluster, seen, 2));
        CHECK(seen.views == std::vector<std::string>{"a@1", "b@20"});
        CHECK(seen.troubles.empty());
    }
    SUBCASE("with a pause, when it had ended at once, whatever it gave") {
        cluster.watches.push_back(
            {.events = {{WatchEventType::Bookmark, pod("", "6")}}, .error = ErrorKind::Expired});
        Seen seen;
        CHECK(reflect(cluster, seen, 2, 1h));
        CHECK(seen.troubles == std::vector{ErrorKind::Expired});
    }
}

TEST_CASE("trouble is reported and outlived") {
    Scripted cluster;
    cluster.lists.push_back(base::fail(ErrorKind::Unreachable, "error: down"));
    cluster.lists.push_back(base::fail(ErrorKind::Unavailable, "error: starting"));
    cluster.lists.push_back(kube::ObjectList{{}, "5"});
    Seen seen;
    CHECK(reflect(cluster, seen, 1));
    CHECK(seen.troubles == std::vector{ErrorKind::Unreachable, ErrorKind::Unavailable});
}

TEST_CASE("a server that ends watches at once is trouble, not a busy loop") {
    Scripted cluster;
    cluster.lists.push_back(kube::ObjectList{{}, "5"});
    cluster.watches.push_back({});
    cluster.watches.push_back({.events = {{WatchEventType::Bookmark, pod("", "6")}}});
    cluster.watches.push_back({.events = {{WatchEventType::Added, pod("a", "7")}}});
    Seen seen;
    CHECK(reflect(cluster, seen, 2, 1h));
    CHECK(seen.troubles == std::vector{ErrorKind::Lost, ErrorKind::Lost});
}

TEST_CASE("a Retry-After of years is not obeyed, nor does it overflow") {
    Scripted cluster;
    std::stop_source source;
    Error error{.kind = ErrorKind::Unavailable, .message = "error: busy"};
    error.retry_after = std::chrono::seconds(std::numeric_limits<std::int64_t>::max());
    cluster.lists.push_back(std::unexpected(error));
    const kube::ReflectorHandler handler{.changed = [](const ObjectMap&) { return true; },
                                         .trouble = [&](const Error&) { source.request_stop(); },
                                         .first_pause = 1ms};
    const auto end = kube::reflect(cluster, pods, {}, handler, source.get_token());
    REQUIRE_FALSE(end);
    CHECK(end.error().kind == ErrorKind::Interrupted);
}

TEST_CASE("what no repetition cures ends a reflector") {
    for (const ErrorKind kind :
         {ErrorKind::Unauthorized, ErrorKind::Forbidden, ErrorKind::NotFound, ErrorKind::Invalid,
          ErrorKind::Malformed, ErrorKind::Interrupted}) {
        Scripted cluster;
        cluster.lists.push_back(kube::ObjectList{{}, "5"});
        cluster.watches.push_back({.error = kind});
        Seen seen;
        const auto end = reflect(cluster, seen, 9);
        REQUIRE_FALSE(end);
        CHECK(end.error().kind == kind);
        CHECK(seen.troubles.empty());
    }
}

TEST_CASE("a reflector in a pause stops when asked") {
    Scripted cluster;
    std::stop_source source;
    cluster.lists.push_back(base::fail(ErrorKind::Unreachable, "error: down"));
    const kube::ReflectorHandler handler{.changed = [](const ObjectMap&) { return true; },
                                         .trouble = [&](const Error&) { source.request_stop(); },
                                         .first_pause = 1h};
    const auto end = kube::reflect(cluster, pods, {}, handler, source.get_token());
    REQUIRE_FALSE(end);
    CHECK(end.error().kind == ErrorKind::Interrupted);
}

}  // namespace reflector_test
