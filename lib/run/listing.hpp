// Lists many resource types of one cluster at once: with one request for the whole cluster where
// the plan has many namespaces and that is allowed, otherwise namespace by namespace. What may not
// be listed becomes a gap.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <stop_token>
#include <string>
#include <vector>

#include "kube/cluster.hpp"
#include "run/notes.hpp"

namespace run {

// More namespaces than this are listed with one request for the whole cluster, and filtered here.
inline constexpr std::size_t few_namespaces = 3;

/// Where to look: a cluster, as one side of the plan.
struct Place {
    kube::Cluster& cluster;
    rollback::Side side;
    std::vector<std::string> namespaces;
    Notes& notes;
    std::size_t parallel;
    std::stop_token stop;
};

/// One resource type to list, and where its objects go.
struct Look {
    base::ResourceType type;
    std::string label_selector = {};
    bool metadata_only = false;
    std::string gap_prefix = {};
    /// All namespaces, not those of the place. Where that is forbidden `refused` is told, and says
    /// whether the place's are looked at instead.
    bool everywhere = false;
    std::function<bool()> refused = {};
    std::function<void(std::vector<base::Object>)> keep;  // called under the notes' lock
};

/// The keep() of a Look whose objects go behind those of `all`.
inline auto append_to(std::vector<base::Object>& all) {
    return [&all](std::vector<base::Object> items) {
        std::ranges::move(items, std::back_inserter(all));
    };
}

void look_at(const Place& place, const std::vector<Look>& looks);

/// The groups that are broken are noted as gaps.
base::Result<kube::Discovery> discover(const Place& place);

/// The type as this cluster serves it (an old one has CronJobs in batch/v1beta1 only, DaemonSets in
/// extensions/v1beta1), or nullptr.
const base::ResourceType* served(const kube::Discovery& discovery, const base::ResourceType& type);

}  // namespace run
