// The pages that say what an API server serves, in the aggregated form (v2) and in the classic one,
// made from the table of served types. Groups can be broken, as an APIService without endpoints is.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/object.hpp"

namespace sandbox {

struct DiscoveryOptions {
    bool aggregated = true;             // false: only the classic pages, as before Kubernetes 1.26
    std::set<std::string> broken = {};  // "metrics.k8s.io/v1beta1"
};

struct DiscoveryPage {
    int status = 200;
    std::string content_type = "application/json";
    base::Json body;
};

/// The page at /api, /api/v1, /apis, /apis/GROUP or /apis/GROUP/VERSION; nothing for other paths
/// and for groups that do not exist.
std::optional<DiscoveryPage> discovery_page(const std::string& path, const std::string& accept,
                                            const DiscoveryOptions& options);

}  // namespace sandbox
