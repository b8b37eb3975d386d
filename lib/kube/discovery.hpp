// What discovery documents say: the aggregated ones of Kubernetes 1.26 and later, and the classic
// ones of everything before. Pure; rest_cluster.cpp fetches them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kube/cluster.hpp"

namespace kube {

/// The Accept header that asks for aggregated discovery and takes the classic one.
extern const std::string_view discovery_accept;

/// A version of a group that must be asked for its resources.
struct GroupVersion {
    std::string group;  // empty: core
    std::string version;
    /// "v1", "apps/v1"
    std::string text() const;
};

bool is_aggregated_discovery(const Json& document);
/// Adds what an APIGroupDiscoveryList says; of each resource the most preferred version that has
/// it.
void add_aggregated(const Json& document, Discovery& discovery);

/// The versions that an APIVersions or an APIGroupList names, the preferred one of each group
/// first. A group without any is broken.
std::vector<GroupVersion> versions_in(const Json& document, Discovery& discovery);
/// Adds the resources of an APIResourceList, unless a version that was added before has them.
void add_classic(const GroupVersion& version, const Json& document, Discovery& discovery);

}  // namespace kube
