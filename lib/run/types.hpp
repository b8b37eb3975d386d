// The resource types that lib/run asks for by name, beside those of MTC and the table of workloads.
#pragma once

#include "kube/cluster.hpp"

namespace run::types {

inline const base::ResourceType namespaces{"", "v1", "namespaces", "Namespace", false};
inline const base::ResourceType pods{"", "v1", "pods", "Pod", true};
inline const base::ResourceType claims{"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim",
                                       true};
/// autoscaling/v1 has the same fields, as far as they are read.
inline const base::ResourceType autoscalers{"autoscaling", "v2", "horizontalpodautoscalers",
                                            "HorizontalPodAutoscaler", true};

/// KEDA's: what it scales may rest at 0.
inline const base::ResourceType scaled_objects{"keda.sh", "v1alpha1", "scaledobjects",
                                               "ScaledObject", true};

inline const base::ResourceType services{"", "v1", "services", "Service", true};
inline const base::ResourceType slices{"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice",
                                       true};
inline const base::ResourceType endpoints{"", "v1", "endpoints", "Endpoints", true};
inline const base::ResourceType routes{"route.openshift.io", "v1", "routes", "Route", true};
inline const base::ResourceType ingresses{"networking.k8s.io", "v1", "ingresses", "Ingress", true};
inline const base::ResourceType volumes{"", "v1", "persistentvolumes", "PersistentVolume", false};
inline const base::ResourceType events{"", "v1", "events", "Event", true};

inline const base::ResourceType backups{"velero.io", "v1", "backups", "Backup", true};
inline const base::ResourceType restores{"velero.io", "v1", "restores", "Restore", true};

/// What of pods and workloads no decision reads: most of their bytes.
inline const kube::FieldNames unread{
    // of a pod's spec, and of a workload's template
    "containers", "initContainers", "ephemeralContainers", "tolerations", "affinity", "projected",
    "securityContext", "restartPolicy", "dnsPolicy", "schedulerName", "enableServiceLinks",
    "preemptionPolicy", "priority", "serviceAccount", "serviceAccountName",
    "terminationGracePeriodSeconds", "topologySpreadConstraints",
    // of a pod's status
    "qosClass", "hostIP", "hostIPs", "podIP", "podIPs", "image", "imageID", "containerID",
    "volumeMounts", "resources", "allocatedResources"};

}  // namespace run::types
