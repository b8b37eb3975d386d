// Waits by watch until certain pods of one cluster are gone.
#pragma once

#include <functional>
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

}  // namespace run
