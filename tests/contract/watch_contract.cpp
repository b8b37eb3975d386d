// The promises of kube::Cluster about watches, tried in every world.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "contract/promises.hpp"

namespace watch_contract {

using namespace contract;  // the whole file is written in its words

namespace {

using namespace std::chrono_literals;
constexpr auto patience = 20s;  // a machine may be busy; a promise that holds never waits so long

std::string told(const kube::WatchEvent& event) {
    switch (event.type) {
        case kube::WatchEventType::Added:
            return "added " + event.object.ref.name;
        case kube::WatchEventType::Modified:
            return "modified " + event.object.ref.name;
        case kube::WatchEventType::Deleted:
            return "deleted " + event.object.ref.name;
        case kube::WatchEventType::Bookmark:
            break;
    }
    return "";
}

/// A watch of our ConfigMaps on a thread of its own, from now on. It hears only of objects whose
/// names begin with `prefix`: controllers of a real cluster write into every namespace.
class Watching {
  public:
    Watching(World& world, std::string prefix, kube::ListOptions options = {})
        : prefix_(std::move(prefix)) {
        options.ns = world.ns();
        const auto list = must(world.cluster().list(types::configmaps, options, {}));
        thread_ = std::jthread([this, &world, options, from = list.resource_version] {
            const auto outcome = world.cluster().watch(
                types::configmaps, options, from,
                [this](const kube::WatchEvent& event) { return hear(event); }, stop_.get_token());
            const std::lock_guard lock(mutex_);
            outcome_ = outcome;
            ended_ = true;
            changed_.notify_all();
        });
    }
    ~Watching() { stop_.request_stop(); }

    /// What was heard, once an event about `name` is the last of it.
    Names heard_until(const std::string& last) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, patience,
                          [&] { return ended_ || (!heard_.empty() && heard_.back() == last); });
        return heard_;
    }
    base::Result<void> outcome() {
        std::unique_lock lock(mutex_);
        REQUIRE(changed_.wait_for(lock, patience, [&] { return ended_; }));
        return outcome_;
    }
    void stop() { stop_.request_stop(); }
    /// The watch ends itself when it hears this.
    void end_at(const std::string& text) {
        const std::lock_guard lock(mutex_);
        end_at_ = text;
    }

  private:
    bool hear(const kube::WatchEvent& event) {
        const std::string text = told(event);
        if (text.empty() || !event.object.ref.name.starts_with(prefix_)) return true;
        const std::lock_guard lock(mutex_);
        heard_.push_back(text);
        changed_.notify_all();
        return text != end_at_;
    }

    std::string prefix_;
    std::stop_source stop_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Names heard_;
    std::string end_at_;
    bool ended_ = false;
    base::Result<void> outcome_;
    std::jthread thread_;  // last: it uses everything above
};

Json label_operation(const std::string& value) {
    return {{{"op", "add"}, {"path", "/metadata/labels"}, {"value", {{"watched", value}}}}};
}

}  // namespace

TEST_CASE("a watch from a list on tells what happened since, in order, and nothing else") {
    in_every_world([](World& world) {
        create(world, "order-before");
        Watching watching(world, "order");
        const Object one = create(world, "order-one");
        const Object written = must(world.cluster().patch(one, replace_key("new"), {}, {}));
        create(world, "order-two");
        must(world.cluster().remove(written, {}, {}));
        create(world, "order-last");
        CHECK(watching.heard_until("added order-last") ==
              Names{"added order-one", "modified order-one", "added order-two", "deleted order-one",
                    "added order-last"});
    });
}

TEST_CASE("a watch with a selector sees what stops matching as deleted") {
    in_every_world([](World& world) {
        const Object object = create(world, "match");
        Watching watching(world, "match", {.label_selector = "watched=yes"});
        must(world.cluster().patch(object, label_operation("yes"), {}, {}));
        must(world.cluster().patch(object, label_operation("no"), {}, {}));
        must(world.cluster().patch(object, label_operation("never"), {}, {}));
        create(world, "match-last", labelled("watched", "yes"));
        CHECK(watching.heard_until("added match-last") ==
              Names{"added match", "deleted match", "added match-last"});
    });
}

TEST_CASE("a watch of one name hears only of it") {
    in_every_world([](World& world) {
        Watching watching(world, "name", {.field_selector = "metadata.name=name-b"});
        create(world, "name-a");
        create(world, "name-b");
        CHECK(watching.heard_until("added name-b") == Names{"added name-b"});
    });
}

TEST_CASE("an object that a finalizer holds is modified first and deleted at the end") {
    in_every_world([](World& world) {
        const Json finalizers{{"metadata", {{"finalizers", {"example.com/hold"}}}}};
        const Object seen = create(world, "slow", finalizers);
        Watching watching(world, "slow");
        must(world.cluster().remove(seen, {}, {}));
        const Json release{{{"op", "remove"}, {"path", "/metadata/finalizers"}}};
        must(world.cluster().patch(seen, release, {}, {}));
        CHECK(watching.heard_until("deleted slow") == Names{"modified slow", "deleted slow"});
    });
}

TEST_CASE("a watch of metadata has labels and no data") {
    in_every_world([](World& world) {
        const auto list = must(world.cluster().list(types::configmaps, {.ns = world.ns()}, {}));
        create(world, "bare", labelled("promise", "bare"));
        Object seen;
        const kube::ListOptions options{
            .ns = world.ns(), .field_selector = "metadata.name=bare", .metadata_only = true};
        must(world.cluster().watch(types::configmaps, options, list.resource_version,
                                   [&](const kube::WatchEvent& event) {
                                       seen = event.object;
                                       return event.type == kube::WatchEventType::Bookmark;
                                   },
                                   {}));
        CHECK(base::label_of(seen, "promise") == "bare");
        CHECK_FALSE(seen.body.contains("data"));
    });
}

TEST_CASE("a handler that has seen enough ends the watch well") {
    in_every_world([](World& world) {
        Watching watching(world, "enough");
        watching.end_at("added enough-one");
        create(world, "enough-one");
        CHECK(watching.outcome());
    });
}

TEST_CASE("the stop token ends an idle watch within a second") {
    in_every_world([](World& world) {
        Watching watching(world, "idle");
        create(world, "idle-one");
        watching.heard_until("added idle-one");  // now it is open, and has nothing more to tell
        const auto asked = std::chrono::steady_clock::now();
        watching.stop();
        CHECK(refusal_of(watching.outcome()) == ErrorKind::Interrupted);
        CHECK(std::chrono::steady_clock::now() - asked < 1s);
    });
}

TEST_CASE("a watch from a time that is forgotten is Expired") {
    in_every_world([](World& world) {
        // A server remembers a CRD's objects from the CRD's creation on, and that was not its first
        // write.
        const auto outcome =
            world.cluster().watch(types::migplans, {.ns = world.ns()}, "1",
                                  [](const kube::WatchEvent&) { return true; }, {});
        CHECK(refusal_of(outcome) == ErrorKind::Expired);
    });
}

TEST_CASE("a watch of what one may not see is Forbidden") {
    in_every_world([](World& world) {
        const auto outcome =
            world.restricted().watch(types::secrets, {.ns = world.ns()}, "0",
                                     [](const kube::WatchEvent&) { return true; }, {});
        CHECK(refusal_of(outcome) == ErrorKind::Forbidden);
    });
}

}  // namespace watch_contract
