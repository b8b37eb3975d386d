// An unbroken view of a set of objects: list, then watch, reconnect from the last resourceVersion,
// list again after a 410. Written on the port, so that the fake and a real server go through the
// same code. After client-go's tools/cache/reflector.go.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <stop_token>

#include "kube/cluster.hpp"

namespace kube {

using ObjectMap = std::map<ObjectRef, Object>;

struct ReflectorHandler {
    /// Called after the first list and after each change, on the calling thread; false ends
    /// reflect().
    std::function<bool(const ObjectMap&)> changed;
    /// Called when the connection is in trouble, before each new attempt. May be empty.
    std::function<void(const base::Error&)> trouble = {};
    /// The pause after the first trouble; it doubles up to 30 s. Tests make it short.
    std::chrono::milliseconds first_pause{1000};
    /// A server that ends a watch sooner is in trouble, even if it does so politely.
    std::chrono::milliseconds shortest_good_watch{1000};
};

/// Runs until `handler.changed` says false (success), the token asks (Interrupted), or an error
/// that no repetition cures (Unauthorized, Forbidden, NotFound, Invalid). Trouble is retried with a
/// growing pause of 1 to 30 seconds, and the server's Retry-After counts.
Result<void> reflect(Cluster& cluster, const ResourceType& type, const ListOptions& options,
                     const ReflectorHandler& handler, std::stop_token stop);

}  // namespace kube
