// The resource types that lib/run asks for by name, beside those of MTC and the table of workloads.
#pragma once

#include "base/object.hpp"

namespace run::types {

inline const base::ResourceType namespaces{"", "v1", "namespaces", "Namespace", false};
inline const base::ResourceType pods{"", "v1", "pods", "Pod", true};
inline const base::ResourceType claims{"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim",
                                       true};

}  // namespace run::types
