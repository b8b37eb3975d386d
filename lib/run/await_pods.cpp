#include "run/await_pods.hpp"

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

struct Seen {
    std::size_t scope;
    std::vector<Object> pods;
};
struct WatchEnded {
    base::Error error;
};
using Message = std::variant<Seen, Trouble, WatchEnded>;

std::string why_it_stays(const Object& pod) {
    std::string why = pod.ref.path();
    if (!base::is_terminating(pod)) return why + " is not terminating";
    const auto finalizers = base::finalizers_of(pod);
    why += " is terminating";
    if (!finalizers.empty()) return why + ", held by finalizer " + base::join(finalizers);
    const std::string node = base::text_or_empty(pod.body, "/spec/nodeName");
    return node.empty() ? why : why + " on node " + node + ", which may not answer";
}

class PodWait {
  public:
    PodWait(const AwaitedPods& pods, const FollowOptions& options, const EventSink& sink)
        : pods_(pods), patience_(options), sink_(sink), scopes_(pods.namespaces) {
        if (scopes_.size() > few_namespaces) scopes_ = {""};
    }

    Result<void> run(std::stop_token stop) {
        Watchers watchers(stop);
        for (std::size_t i = 0; i < scopes_.size(); ++i)
            watchers.start([this, i](const std::stop_token& own) { watch(i, own); });
        return wait(stop);
    }

  private:
    void watch(std::size_t scope, const std::stop_token& stop) {
        const auto changed = [&](const kube::ObjectMap& all) {
            std::vector<Object> pods;
            for (const auto& [ref, pod] : all) pods.push_back(pod);
            mailbox_.put(Seen{scope, pods_.left(pods)});
            return true;
        };
        const auto result = kube::reflect(
            *pods_.endpoint.cluster, types::pods, {.ns = scopes_[scope], .without = types::unread},
            {.changed = changed, .trouble = [this](const auto& e) { mailbox_.put(Trouble{e}); }},
            stop);
        if (!result && !stop.stop_requested()) mailbox_.put(WatchEnded{result.error()});
    }

    Result<void> wait(std::stop_token stop) {
        while (true) {
            auto message = mailbox_.take(patience_.next(), stop);
            if (stop.stop_requested()) return base::fail(ErrorKind::Interrupted, "interrupted");
            if (message) {
                auto received =
                    std::visit([this](auto& m) { return receive(std::move(m)); }, *message);
                if (!received) return received;
            }
            if (left_.size() == scopes_.size() && remaining().empty()) return {};
            if (patience_.over())
                return base::fail(ErrorKind::TimedOut, "timed out waiting for pods to go");
            if (patience_.stall_due()) sink_(Stalled{patience_.quiet(), reasons()});
            if (patience_.tick_due()) sink_(Tick{});
        }
    }

    Result<void> receive(Seen seen) {
        const std::size_t before = left_.contains(seen.scope) ? left_[seen.scope].size() : 0;
        if (seen.pods.size() != before) patience_.moved();
        left_[seen.scope] = std::move(seen.pods);
        sink_(AwaitingPods{pods_.side, remaining().size()});
        return {};
    }
    Result<void> receive(const Trouble& trouble) {
        sink_(trouble);
        return {};
    }
    Result<void> receive(const WatchEnded& ended) { return std::unexpected(ended.error); }

    std::vector<Object> remaining() const {
        std::vector<Object> all;
        for (const auto& [scope, pods] : left_) all.insert(all.end(), pods.begin(), pods.end());
        return all;
    }

    std::vector<std::string> reasons() const {
        std::vector<std::string> why;
        for (const Object& pod : remaining()) why.push_back(why_it_stays(pod));
        return why;
    }

    const AwaitedPods& pods_;
    Patience patience_;
    const EventSink& sink_;
    std::vector<std::string> scopes_;
    Mailbox<Message> mailbox_;
    std::map<std::size_t, std::vector<Object>> left_;
};

}  // namespace

Result<void> await_pods_gone(const AwaitedPods& pods, const FollowOptions& options,
                             const EventSink& sink, std::stop_token stop) {
    if (pods.namespaces.empty()) return {};
    return PodWait(pods, options, sink).run(std::move(stop));
}

}  // namespace run
