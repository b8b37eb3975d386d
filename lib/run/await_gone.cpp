#include "run/await_gone.hpp"

#include <map>

#include "base/text.hpp"
#include "kube/reflector.hpp"
#include "run/listing.hpp"
#include "run/mailbox.hpp"
#include "run/patience.hpp"
#include "run/types.hpp"
#include "run/watchers.hpp"

namespace run {
namespace {

using base::ErrorKind;

/// One watch, and those of its objects that are waited for.
struct Scope {
    kube::Cluster& cluster;
    base::ResourceType type;
    kube::ListOptions options;
    std::function<std::vector<Object>(const std::vector<Object>&)> left;
};

struct Seen {
    std::size_t scope;
    std::vector<Object> left;
};
struct WatchOfGoneEnded {
    base::Error error;
};
using GoneMessage = std::variant<Seen, Trouble, WatchOfGoneEnded>;

std::string why_it_stays(const Object& object) {
    std::string why = object.ref.path();
    if (!base::is_terminating(object)) return why + " is not terminating";
    const auto finalizers = base::finalizers_of(object);
    why += " is terminating";
    if (!finalizers.empty()) return why + ", held by finalizer " + base::join(finalizers);
    const std::string node = base::text_or_empty(object.body, "/spec/nodeName");
    return node.empty() ? why : why + " on node " + node + ", which may not answer";
}

class GoneWait {
  public:
    /// What is told after each change.
    using Tell = std::function<Event(std::size_t left)>;

    GoneWait(std::vector<Scope> scopes, const FollowOptions& options, const EventSink& sink,
             Tell tell)
        : scopes_(std::move(scopes)), patience_(options), sink_(sink), tell_(std::move(tell)) {}

    bool gives_up = false;  // when nothing has moved for a while

    /// What is left: nothing, unless it gave up.
    Result<std::vector<Object>> run(std::stop_token stop) {
        Watchers watchers(stop);
        for (std::size_t i = 0; i < scopes_.size(); ++i)
            watchers.start([this, i](const std::stop_token& own) { watch(i, own); });
        return wait(stop);
    }

  private:
    void watch(std::size_t i, const std::stop_token& stop) {
        const Scope& scope = scopes_[i];
        const auto changed = [&](const kube::ObjectMap& all) {
            std::vector<Object> objects;
            for (const auto& [ref, object] : all) objects.push_back(object);
            mailbox_.put(Seen{i, scope.left(objects)});
            return true;
        };
        const auto result = kube::reflect(
            scope.cluster, scope.type, scope.options,
            {.changed = changed, .trouble = [this](const auto& e) { mailbox_.put(Trouble{e}); }},
            stop);
        if (!result && !stop.stop_requested()) mailbox_.put(WatchOfGoneEnded{result.error()});
    }

    Result<std::vector<Object>> wait(std::stop_token stop) {
        while (true) {
            auto message = mailbox_.take(patience_.next(), stop);
            if (stop.stop_requested()) return base::fail(ErrorKind::Interrupted, "interrupted");
            if (message) {
                auto received =
                    std::visit([this](auto& m) { return receive(std::move(m)); }, *message);
                if (!received) return std::unexpected(received.error());
            }
            if (left_.size() == scopes_.size() && remaining().empty()) return remaining();
            if (patience_.over())
                return base::fail(ErrorKind::TimedOut, "timed out waiting for objects to go");
            if (patience_.stall_due()) {
                sink_(Stalled{patience_.quiet(), reasons()});
                if (gives_up) return remaining();
            }
            if (patience_.tick_due()) sink_(Tick{});
        }
    }

    Result<void> receive(Seen seen) {
        const std::size_t before = left_.contains(seen.scope) ? left_[seen.scope].size() : 0;
        if (seen.left.size() != before) patience_.moved();
        left_[seen.scope] = std::move(seen.left);
        sink_(tell_(remaining().size()));
        return {};
    }
    Result<void> receive(const Trouble& trouble) {
        sink_(trouble);
        return {};
    }
    Result<void> receive(const WatchOfGoneEnded& ended) { return std::unexpected(ended.error); }

    std::vector<Object> remaining() const {
        std::vector<Object> all;
        for (const auto& [scope, left] : left_) all.insert(all.end(), left.begin(), left.end());
        return all;
    }

    std::vector<std::string> reasons() const {
        std::vector<std::string> why;
        for (const Object& object : remaining()) why.push_back(why_it_stays(object));
        return why;
    }

    std::vector<Scope> scopes_;
    Patience patience_;
    const EventSink& sink_;
    Tell tell_;
    Mailbox<GoneMessage> mailbox_;
    std::map<std::size_t, std::vector<Object>> left_;
};

}  // namespace

Result<void> await_pods_gone(const AwaitedPods& pods, const FollowOptions& options,
                             const EventSink& sink, std::stop_token stop) {
    auto namespaces = pods.namespaces;
    if (namespaces.empty()) return {};
    if (namespaces.size() > few_namespaces) namespaces = {""};
    std::vector<Scope> scopes;
    for (const std::string& ns : namespaces)
        scopes.push_back(
            {*pods.endpoint.cluster, types::pods, {.ns = ns, .without = types::unread}, pods.left});
    const auto tell = [&](std::size_t left) { return AwaitingPods{pods.side, left}; };
    const auto gone = GoneWait(std::move(scopes), options, sink, tell).run(std::move(stop));
    if (!gone) return std::unexpected(gone.error());
    return {};
}

Result<std::set<std::string>> await_gone(const std::vector<AwaitedObjects>& objects,
                                         const FollowOptions& options, const EventSink& sink,
                                         std::stop_token stop) {
    std::set<std::string> uids;
    if (objects.empty()) return uids;
    std::vector<Scope> scopes;
    for (const AwaitedObjects& each : objects) {
        const auto left = [&each](std::vector<Object> seen) {
            std::erase_if(seen, [&](const Object& o) { return !each.uids.contains(o.uid); });
            return seen;
        };
        scopes.push_back({each.cluster, each.type, each.options, left});
    }
    GoneWait wait(std::move(scopes), options, sink,
                  [](std::size_t left) { return AwaitingGone{left}; });
    wait.gives_up = true;
    const auto left = wait.run(std::move(stop));
    if (!left) return std::unexpected(left.error());
    for (const Object& each : *left) uids.insert(each.uid);
    return uids;
}

}  // namespace run
