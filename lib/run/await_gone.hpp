// Waits by watch until certain objects are gone.
#pragma once

#include <functional>
#include <set>
#include <stop_token>
#include <vector>

#include "run/event.hpp"
#include "run/follow.hpp"
#include "run/session.hpp"

namespace run {

struct AwaitedPods {
    const Endpoint& endpoint;
    rollback::Side side;
    std::vector<std::string> namespaces;  // in which there are some now
    /// Those of these pods that are still waited for.
    std::function<std::vector<Object>(const std::vector<Object>&)> left;
};

/// TimedOut at the deadline, Interrupted by the token. Says what is left after each change, and
/// when nothing moves what holds it.
Result<void> await_pods_gone(const AwaitedPods& pods, const FollowOptions& options,
                             const EventSink& sink, std::stop_token stop);

/// Objects of one type that one watch shows.
struct AwaitedObjects {
    kube::Cluster& cluster;
    base::ResourceType type;
    kube::ListOptions options;
    std::set<std::string> uids;
};

/// The UIDs of those that are left: none, or, given up, those of which none has gone for
/// `stall_after`. Otherwise as for pods.
Result<std::set<std::string>> await_gone(const std::vector<AwaitedObjects>& objects,
                                         const FollowOptions& options, const EventSink& sink,
                                         std::stop_token stop);

}  // namespace run
