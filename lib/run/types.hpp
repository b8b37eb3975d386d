// The resource types that lib/run asks for by name, beside those of MTC and the table of workloads.
#pragma once

#include "base/object.hpp"

namespace run::types {

inline const base::ResourceType namespaces{"", "v1", "namespaces", "Namespace", false};
inline const base::ResourceType pods{"", "v1", "pods", "Pod", true};
inline const base::ResourceType claims{"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim",
                                       true};
/// autoscaling/v1 has the same fields, as far as they are read.
inline const base::ResourceType autoscalers{"autoscaling", "v2", "horizontalpodautoscalers",
                                            "HorizontalPodAutoscaler", true};

}  // namespace run::types
