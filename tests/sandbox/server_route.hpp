// What the path of a Kubernetes request means: which type, which object, which subresource, or
// which page of discovery. It looks at nothing but the path.
#pragma once

#include <optional>
#include <string>

#include "base/object.hpp"

namespace sandbox {

struct Route {
    base::ObjectRef ref;  // the name is empty for collections
    std::string subresource = {};
};

/// The route below /api/v1 or /apis/GROUP/VERSION; nothing when the path is none of a resource. The
/// type is complete when it is served, otherwise it has only what the path says.
std::optional<Route> route_of(const std::string& path);

}  // namespace sandbox
