// Objects of a cluster in a few words: what a test does not say is as the API defaults it. For the
// unit tests of mtc and of rollback; it checks nothing.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "mtc/names.hpp"
#include "mtc/plan.hpp"
#include "mtc/workload.hpp"

namespace build {

using base::Json;
using base::Object;
using base::ResourceType;

inline const ResourceType pods{"", "v1", "pods", "Pod", true};
inline const ResourceType claims{"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true};
inline const ResourceType config_maps{"", "v1", "configmaps", "ConfigMap", true};
inline const ResourceType namespaces{"", "v1", "namespaces", "Namespace", false};

/// Minutes after 2025-05-01T10:00:00Z.
inline base::Time at(int minutes) {
    return *base::parse_rfc3339("2025-05-01T10:00:00Z") + std::chrono::minutes(minutes);
}

/// An object in the making; it becomes an Object where one is needed.
class Thing {
  public:
    Thing(const ResourceType& type, const std::string& ns, const std::string& name) : type_(type) {
        body_ = {{"metadata", {{"name", name}, {"uid", "uid-of-" + name}}}};
        if (!ns.empty()) body_["metadata"]["namespace"] = ns;
    }
    Thing&& spec(const Json& spec) && { return std::move(with({{"spec", spec}})); }
    Thing&& status(const Json& status) && { return std::move(with({{"status", status}})); }
    Thing&& annotation(const std::string& key, const Json& value) && {
        return std::move(with({{"metadata", {{"annotations", {{key, value}}}}}}));
    }
    Thing&& label(const std::string& key, const std::string& value = "True") && {
        return std::move(with({{"metadata", {{"labels", {{key, value}}}}}}));
    }
    /// Fields beside metadata, spec and status.
    Thing&& holding(const Json& fields) && { return std::move(with(fields)); }
    Thing&& generation(int generation) && {
        return std::move(with({{"metadata", {{"generation", generation}}}}));
    }
    Thing&& owner(const std::string& kind, bool controller = true) && {
        body_["metadata"]["ownerReferences"].push_back(
            {{"kind", kind}, {"controller", controller}});
        return std::move(*this);
    }
    Thing&& terminating(const Json& finalizers = Json::array()) && {
        return std::move(
            with({{"metadata",
                   {{"deletionTimestamp", "2025-05-01T12:00:00Z"}, {"finalizers", finalizers}}}}));
    }
    operator Object() const { return base::object_of(type_, body_); }

  private:
    Thing& with(const Json& patch) {
        body_.merge_patch(patch);
        return *this;
    }

    ResourceType type_;
    Json body_;
};

/// The row of a kind ("Deployment").
inline const mtc::WorkloadKind& row(std::string_view kind) {
    for (const mtc::WorkloadKind& each : mtc::workload_kinds()) {
        if (each.type.kind == kind) return each;
    }
    throw std::logic_error("no such kind of workload");
}

inline Thing workload(std::string_view kind, const std::string& name,
                      const std::string& ns = "shop") {
    return {row(kind).type, ns, name};
}

/// A workload with a count that runs all of its pods.
inline Thing running(std::string_view kind, const std::string& name, int replicas,
                     const std::string& ns = "shop") {
    return workload(kind, name, ns)
        .spec({{"replicas", replicas}})
        .status({{"readyReplicas", replicas}, {"updatedReplicas", replicas}});
}

/// A Deployment or StatefulSet that MTC stopped, with what it wrote down.
inline Thing stopped(std::string_view kind, const std::string& name, const std::string& recorded,
                     const std::string& ns = "shop") {
    return running(kind, name, 0, ns).annotation(mtc::annotations::replicas, recorded);
}

inline Thing pod(const std::string& name, const std::string& phase = "Running", bool ready = true) {
    const Json conditions = {{{"type", "Ready"}, {"status", ready ? "True" : "False"}}};
    return Thing(pods, "shop", name).status({{"phase", phase}, {"conditions", conditions}});
}

inline Json condition(const std::string& type, const std::string& category,
                      const std::string& reason = "", const std::string& message = "") {
    return {{"type", type},
            {"status", "True"},
            {"category", category},
            {"reason", reason},
            {"message", message}};
}

/// A JSON array of these, also of one: in braces a single value is taken for itself.
template <class... Values>
Json list(const Values&... values) {
    Json array = Json::array();
    (array.push_back(values), ...);
    return array;
}

inline Thing mtc_object(const ResourceType& type, const std::string& name) {
    return {type, mtc::openshift_migration, name};
}

/// A MigPlan that has all it needs; what `spec` names replaces it (null removes it).
inline Object plan(const Json& spec = Json::object()) {
    Json full = {{"namespaces", {"shop"}},
                 {"srcMigClusterRef", {{"name", "ocp3"}, {"namespace", "openshift-migration"}}},
                 {"destMigClusterRef", {{"name", "host"}, {"namespace", "openshift-migration"}}}};
    if (spec.is_object()) full.merge_patch(spec);
    return mtc_object(mtc::types::migplans, "shop-plan").spec(full);
}

/// A remote MigCluster that has all it needs; what `spec` names replaces it.
inline Object cluster(const Json& spec = Json::object(), const std::string& name = "ocp3") {
    Json full = {
        {"url", "https://api.ocp3.example:8443"},
        {"serviceAccountSecretRef", {{"name", "ocp3-8x"}, {"namespace", "openshift-config"}}}};
    if (spec.is_object()) full.merge_patch(spec);
    return mtc_object(mtc::types::migclusters, name).spec(full);
}

}  // namespace build
