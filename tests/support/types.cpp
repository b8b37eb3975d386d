#include "support/types.hpp"

#include <algorithm>

namespace support {
namespace {

constexpr bool no_status = false;
constexpr bool custom = true;
constexpr bool builtin = false;
constexpr bool scales = true;

std::vector<ServedType> all_types() {
    using namespace types;
    const std::vector<std::string> pod_fields{"spec.nodeName",      "status.phase",
                                              "spec.restartPolicy", "spec.schedulerName",
                                              "status.podIP",       "spec.serviceAccountName"};
    const std::vector<std::string> event_fields{"involvedObject.kind",
                                                "involvedObject.name",
                                                "involvedObject.namespace",
                                                "involvedObject.uid",
                                                "reason",
                                                "type"};
    return {
        {pods, "pod", {"po"}, true, builtin, false, pod_fields},
        {services, "service", {"svc"}},
        {configmaps, "configmap", {"cm"}, no_status},
        {secrets, "secret", {}, no_status, builtin, false, {"type"}},
        {namespaces, "namespace", {"ns"}, true, builtin, false, {"status.phase"}},
        {nodes, "node", {"no"}, true, builtin, false, {"spec.unschedulable"}},
        {persistentvolumeclaims, "persistentvolumeclaim", {"pvc"}},
        {persistentvolumes, "persistentvolume", {"pv"}},
        {serviceaccounts, "serviceaccount", {"sa"}, no_status},
        {endpoints, "endpoints", {"ep"}, no_status},
        {events, "event", {"ev"}, no_status, builtin, false, event_fields},
        {replicationcontrollers, "replicationcontroller", {"rc"}, true, builtin, scales},
        {deployments, "deployment", {"deploy"}, true, builtin, scales},
        {replicasets, "replicaset", {"rs"}, true, builtin, scales},
        {statefulsets, "statefulset", {"sts"}, true, builtin, scales},
        {daemonsets, "daemonset", {"ds"}},
        {jobs, "job"},
        {cronjobs, "cronjob", {"cj"}},
        {endpointslices, "endpointslice", {}, no_status},
        {ingresses, "ingress", {"ing"}},
        {storageclasses, "storageclass", {"sc"}, no_status},
        {customresourcedefinitions, "customresourcedefinition", {"crd", "crds"}},
        {routes, "route", {}, true, custom},
        {deploymentconfigs, "deploymentconfig", {"dc"}, true, custom, scales},
        {imagestreams, "imagestream", {"is"}, true, custom},
        {migplans, "migplan", {}, no_status, custom},
        {migclusters, "migcluster", {}, no_status, custom},
        {migmigrations, "migmigration", {}, no_status, custom},
        {migstorages, "migstorage", {}, no_status, custom},
        {mighooks, "mighook", {}, no_status, custom},
        {miganalytics, "miganalytic", {}, no_status, custom},
        {directvolumemigrations, "directvolumemigration", {"dvm"}, no_status, custom},
        {directvolumemigrationprogresses,
         "directvolumemigrationprogress",
         {"dvmp"},
         no_status,
         custom},
        {directimagemigrations, "directimagemigration", {"dim"}, no_status, custom},
        {directimagestreammigrations, "directimagestreammigration", {"dism"}, no_status, custom},
        {virtualmachines, "virtualmachine", {"vm"}, true, custom},
        {backups, "backup", {}, no_status, custom},
        {restores, "restore", {}, no_status, custom},
        {deletebackuprequests, "deletebackuprequest", {}, no_status, custom},
    };
}

}  // namespace

const std::vector<ServedType>& served_types() {
    static const std::vector<ServedType> rows = all_types();
    return rows;
}

const ServedType* served_type(const std::string& group, const std::string& version,
                              const std::string& plural) {
    const auto& rows = served_types();
    const auto row = std::ranges::find_if(rows, [&](const ServedType& served) {
        const base::ResourceType& type = served.type;
        return type.group == group && type.version == version && type.plural == plural;
    });
    return row == rows.end() ? nullptr : &*row;
}

const ServedType* served_type_of(const base::Json& object) {
    const std::string api_version = base::text_or_empty(object, "/apiVersion");
    const std::string kind = base::text_or_empty(object, "/kind");
    const auto& rows = served_types();
    const auto row = std::ranges::find_if(rows, [&](const ServedType& served) {
        return served.type.kind == kind && served.type.api_version() == api_version;
    });
    return row == rows.end() ? nullptr : &*row;
}

}  // namespace support
