// The resource types that the store serves, as rows of a table, and names for those that tests
// speak of. What a row says is what tells types apart in the API machinery; what a kind means is
// not known here.
#pragma once

#include <string>
#include <vector>

#include "base/object.hpp"

namespace support {

struct ServedType {
    base::ResourceType type;
    std::string singular;
    std::vector<std::string> short_names = {};
    bool status_subresource = true;  // main-resource writes then leave the status alone
    bool custom = false;             // from a CRD: other list items, other rules for updates
    bool scale_subresource = false;
    std::vector<std::string> fields = {};  // field selectors besides metadata.name and .namespace
};

/// All rows, in the order of discovery: grouped by API group, the core group first.
const std::vector<ServedType>& served_types();
/// The row of a type that may be known only by group, version and plural; nullptr when it is not
/// served.
const ServedType* served_type(const std::string& group, const std::string& version,
                              const std::string& plural);
/// The row of an object's apiVersion and kind; nullptr when it is not served.
const ServedType* served_type_of(const base::Json& object);

namespace types {

inline const base::ResourceType pods{"", "v1", "pods", "Pod", true};
inline const base::ResourceType services{"", "v1", "services", "Service", true};
inline const base::ResourceType configmaps{"", "v1", "configmaps", "ConfigMap", true};
inline const base::ResourceType secrets{"", "v1", "secrets", "Secret", true};
inline const base::ResourceType namespaces{"", "v1", "namespaces", "Namespace", false};
inline const base::ResourceType nodes{"", "v1", "nodes", "Node", false};
inline const base::ResourceType persistentvolumeclaims{"", "v1", "persistentvolumeclaims",
                                                       "PersistentVolumeClaim", true};
inline const base::ResourceType persistentvolumes{"", "v1", "persistentvolumes", "PersistentVolume",
                                                  false};
inline const base::ResourceType serviceaccounts{"", "v1", "serviceaccounts", "ServiceAccount",
                                                true};
inline const base::ResourceType endpoints{"", "v1", "endpoints", "Endpoints", true};
inline const base::ResourceType events{"", "v1", "events", "Event", true};
inline const base::ResourceType replicationcontrollers{"", "v1", "replicationcontrollers",
                                                       "ReplicationController", true};
inline const base::ResourceType deployments{"apps", "v1", "deployments", "Deployment", true};
inline const base::ResourceType replicasets{"apps", "v1", "replicasets", "ReplicaSet", true};
inline const base::ResourceType statefulsets{"apps", "v1", "statefulsets", "StatefulSet", true};
inline const base::ResourceType daemonsets{"apps", "v1", "daemonsets", "DaemonSet", true};
inline const base::ResourceType jobs{"batch", "v1", "jobs", "Job", true};
inline const base::ResourceType cronjobs{"batch", "v1", "cronjobs", "CronJob", true};
inline const base::ResourceType endpointslices{"discovery.k8s.io", "v1", "endpointslices",
                                               "EndpointSlice", true};
inline const base::ResourceType ingresses{"networking.k8s.io", "v1", "ingresses", "Ingress", true};
inline const base::ResourceType storageclasses{"storage.k8s.io", "v1", "storageclasses",
                                               "StorageClass", false};
inline const base::ResourceType customresourcedefinitions{
    "apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition", false};
inline const base::ResourceType selfsubjectaccessreviews{
    "authorization.k8s.io", "v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", false};
inline const base::ResourceType routes{"route.openshift.io", "v1", "routes", "Route", true};
inline const base::ResourceType deploymentconfigs{"apps.openshift.io", "v1", "deploymentconfigs",
                                                  "DeploymentConfig", true};
inline const base::ResourceType imagestreams{"image.openshift.io", "v1", "imagestreams",
                                             "ImageStream", true};
inline const base::ResourceType migplans{"migration.openshift.io", "v1alpha1", "migplans",
                                         "MigPlan", true};
inline const base::ResourceType migclusters{"migration.openshift.io", "v1alpha1", "migclusters",
                                            "MigCluster", true};
inline const base::ResourceType migmigrations{"migration.openshift.io", "v1alpha1", "migmigrations",
                                              "MigMigration", true};
inline const base::ResourceType migstorages{"migration.openshift.io", "v1alpha1", "migstorages",
                                            "MigStorage", true};
inline const base::ResourceType mighooks{"migration.openshift.io", "v1alpha1", "mighooks",
                                         "MigHook", true};
inline const base::ResourceType miganalytics{"migration.openshift.io", "v1alpha1", "miganalytics",
                                             "MigAnalytic", true};
inline const base::ResourceType directvolumemigrations{
    "migration.openshift.io", "v1alpha1", "directvolumemigrations", "DirectVolumeMigration", true};
inline const base::ResourceType directvolumemigrationprogresses{
    "migration.openshift.io", "v1alpha1", "directvolumemigrationprogresses",
    "DirectVolumeMigrationProgress", true};
inline const base::ResourceType directimagemigrations{
    "migration.openshift.io", "v1alpha1", "directimagemigrations", "DirectImageMigration", true};
inline const base::ResourceType directimagestreammigrations{"migration.openshift.io", "v1alpha1",
                                                            "directimagestreammigrations",
                                                            "DirectImageStreamMigration", true};
inline const base::ResourceType virtualmachines{"kubevirt.io", "v1", "virtualmachines",
                                                "VirtualMachine", true};
inline const base::ResourceType backups{"velero.io", "v1", "backups", "Backup", true};
inline const base::ResourceType restores{"velero.io", "v1", "restores", "Restore", true};
inline const base::ResourceType deletebackuprequests{"velero.io", "v1", "deletebackuprequests",
                                                     "DeleteBackupRequest", true};

}  // namespace types
}  // namespace support
