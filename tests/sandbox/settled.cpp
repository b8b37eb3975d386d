#include "sandbox/settled.hpp"

#include <algorithm>

namespace sandbox {
namespace {

std::int64_t number(const Object& object, const char* pointer) {
    return base::number_at(object.body, pointer).value_or(0);
}

bool is_observed(const Object& workload) {
    return number(workload, "/status/observedGeneration") >=
           number(workload, "/metadata/generation");
}

bool has_its_pods(const Object& set) {
    return is_observed(set) && number(set, "/status/replicas") ==
                                   base::number_at(set.body, "/spec/replicas").value_or(1);
}

bool has_its_daemons(const Object& set) {
    return is_observed(set) && number(set, "/status/currentNumberScheduled") ==
                                   number(set, "/status/desiredNumberScheduled");
}

// Somebody who schedules it has said how it is.
bool is_spoken_of(const Object& pod) {
    if (base::text_or_empty(pod.body, "/spec/schedulerName") == "nobody") return true;
    return !base::is_terminating(pod) &&
           !base::items_at(pod.body, "/status/containerStatuses").empty();
}

bool is_bound(const Object& claim) {
    return base::is_terminating(claim) ||
           base::text_or_empty(claim.body, "/status/phase") == "Bound";
}

// The first that does not hold it, or "".
std::string odd_one(const View& view, const ResourceType& type, bool (*holds)(const Object&)) {
    for (const ObjectPtr& object : view.of(type)) {
        if (!holds(*object)) return object->ref.path();
    }
    return {};
}

using Counts = std::map<std::string, std::int64_t>;

// A status may lag behind what it counts: it is counted again here.
std::string stale_one(const View& view, const ResourceType& type, const char* pointer,
                      const Counts& counts) {
    for (const ObjectPtr& object : view.of(type)) {
        const auto counted = counts.find(object->uid);
        if (number(*object, pointer) != (counted == counts.end() ? 0 : counted->second))
            return object->ref.path();
    }
    return {};
}

Counts ready_pods(const View& view) {
    Counts ready;
    for (const ObjectPtr& pod : view.of(types::pods)) {
        if (is_ready(*pod)) ++ready[controller_uid(*pod)];
    }
    return ready;
}

Counts ready_through_sets(const View& view) {
    Counts ready;
    for (const ObjectPtr& set : view.of(types::replicasets)) {
        ready[controller_uid(*set)] += number(*set, "/status/readyReplicas");
    }
    return ready;
}

}  // namespace

std::string unsettled(const View& view) {
    const Counts pods = ready_pods(view);
    for (const std::string& odd :
         {odd_one(view, types::deployments, has_its_pods),
          odd_one(view, types::replicasets, has_its_pods),
          odd_one(view, types::statefulsets, has_its_pods),
          odd_one(view, types::daemonsets, has_its_daemons),
          odd_one(view, types::pods, is_spoken_of),
          odd_one(view, types::persistentvolumeclaims, is_bound),
          stale_one(view, types::replicasets, "/status/readyReplicas", pods),
          stale_one(view, types::statefulsets, "/status/readyReplicas", pods),
          stale_one(view, types::daemonsets, "/status/numberReady", pods),
          stale_one(view, types::deployments, "/status/readyReplicas", ready_through_sets(view))}) {
        if (!odd.empty()) return odd;
    }
    return {};
}

Result<void> await_settled(kube::Cluster& cluster, std::stop_token stop) {
    Bell bell;
    const Mirror mirror(cluster,
                        {{types::deployments},
                         {types::replicasets},
                         {types::statefulsets},
                         {types::daemonsets},
                         {types::pods},
                         {types::persistentvolumeclaims}},
                        bell);
    std::string odd = "nothing was seen of it";
    while (bell.wait(stop)) {
        const auto view = mirror.view();
        if (view) odd = unsettled(*view);
        if (odd.empty()) return {};
    }
    return base::fail(base::ErrorKind::Interrupted,
                      cluster.server() + " did not come to rest: " + odd);
}

}  // namespace sandbox
