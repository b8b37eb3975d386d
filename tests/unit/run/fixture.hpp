// Two clusters in memory with a plan that failed after it stopped the application, and the session
// that a connected program would hold. The target is the control cluster, as it mostly is.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>

#include "mtc/names.hpp"
#include "rollback/report.hpp"
#include "run/session.hpp"
#include "support/fake_cluster.hpp"
#include "support/folder.hpp"
#include "support/store.hpp"
#include "support/types.hpp"

namespace run_test {

using base::Json;
using base::Object;
using base::ObjectRef;

inline constexpr const char* plan_uid = "11111111-0000-4000-8000-000000000001";
inline constexpr const char* mtc_ns = "openshift-migration";

inline Json condition(const std::string& type, const std::string& category,
                      const std::string& message = "") {
    return {{"type", type},
            {"status", "True"},
            {"category", category},
            {"message", message},
            {"lastTransitionTime", "2025-05-01T11:00:00Z"}};
}

inline Json migration(const std::string& name, Json spec, Json status,
                      const std::string& created = "2025-05-01T11:00:00Z") {
    spec["migPlanRef"] = {{"name", "shop-plan"}, {"namespace", mtc_ns}};
    spec.emplace("stage", false);
    return {{"apiVersion", "migration.openshift.io/v1alpha1"},
            {"kind", "MigMigration"},
            {"metadata", {{"name", name}, {"namespace", mtc_ns}, {"creationTimestamp", created}}},
            {"spec", std::move(spec)},
            {"status", std::move(status)}};
}

inline Json succeeded() {
    return {{"phase", "Completed"},
            {"itinerary", "Rollback"},
            {"conditions", {condition("Succeeded", "Advisory")}}};
}

inline Json running(const std::string& phase, int step) {
    Json is_running = condition("Running", "Advisory", "Step: " + std::to_string(step) + "/15");
    is_running["reason"] = phase;
    return {{"phase", phase}, {"itinerary", "Rollback"}, {"conditions", {is_running}}};
}

inline Json deployment(const std::string& ns, const std::string& name, int replicas, int ready) {
    return {{"apiVersion", "apps/v1"},
            {"kind", "Deployment"},
            {"metadata", {{"name", name}, {"namespace", ns}, {"generation", 1}}},
            {"spec", {{"replicas", replicas}}},
            {"status",
             {{"observedGeneration", 1}, {"readyReplicas", ready}, {"updatedReplicas", ready}}}};
}

inline Json stopped_deployment(const std::string& ns, const std::string& name,
                               const std::string& before) {
    Json object = deployment(ns, name, 0, 0);
    object["metadata"]["annotations"] = {{mtc::annotations::replicas, before},
                                         {mtc::annotations::paused, "false"}};
    return object;
}

inline Json labelled(Json object) {
    object["metadata"]["labels"][mtc::labels::migrated_by_plan] = plan_uid;
    return object;
}

inline Json configmap(const std::string& ns, const std::string& name) {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", name}, {"namespace", ns}}}};
}

class World {
  public:
    World() : source_store({.name = "source"}), target_store({.name = "target"}) {
        source = std::make_shared<support::FakeCluster>(
            source_store, support::FakeOptions{.server = "https://source.example:6443"});
        target = std::make_shared<support::FakeCluster>(
            target_store, support::FakeOptions{.server = "https://target.example:6443"});
        target_store.put(plan({"shop"}));
        target_store.put(crd());
        target_store.put(migration("cutover-1", {{"quiescePods", true}},
                                   {{"phase", "Completed"},
                                    {"itinerary", "Failed"},
                                    {"errors", {"DVM failed"}},
                                    {"startTimestamp", "2025-05-01T11:00:05Z"},
                                    {"conditions", {condition("Failed", "Advisory")}}}));
        source_store.put(stopped_deployment("shop", "web", "3"));
        target_store.put(labelled(configmap("shop", "settings")));
    }

    run::Session session() const {
        run::Session s{.control = {target, "context control", "admin"},
                       .source = {source, "MigCluster ocp3", "token"},
                       .target = {target, "MigCluster host", "admin"},
                       .plan = {mtc::types::migplans, mtc_ns, "shop-plan"},
                       .source_cluster = {},
                       .target_cluster = {}};
        s.source_cluster.name = "ocp3";
        s.source_cluster.conditions = {
            {.type = "Ready", .category = "Required", .reason = {}, .message = {}}};
        s.target_cluster.name = "host";
        s.target_cluster.host = true;
        s.target_cluster.conditions = s.source_cluster.conditions;
        return s;
    }

    static Json plan(const std::vector<std::string>& namespaces) {
        return {{"apiVersion", "migration.openshift.io/v1alpha1"},
                {"kind", "MigPlan"},
                {"metadata", {{"name", "shop-plan"}, {"namespace", mtc_ns}, {"uid", plan_uid}}},
                {"spec",
                 {{"namespaces", namespaces},
                  {"srcMigClusterRef", {{"name", "ocp3"}, {"namespace", mtc_ns}}},
                  {"destMigClusterRef", {{"name", "host"}, {"namespace", mtc_ns}}}}},
                {"status", {{"conditions", {condition("Ready", "Required")}}}}};
    }

    // The real schema knows more; this is what the decisions read of it.
    static Json crd() {
        const Json anything = {{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}};
        Json spec = anything;
        spec["required"] = {"stage"};
        spec["properties"] = {{"stage", {{"type", "boolean"}}},
                              {"rollback", {{"type", "boolean"}}}};
        const Json schema = {{"type", "object"},
                             {"properties", {{"spec", spec}, {"status", anything}}}};
        return {{"apiVersion", "apiextensions.k8s.io/v1"},
                {"kind", "CustomResourceDefinition"},
                {"metadata", {{"name", "migmigrations.migration.openshift.io"}}},
                {"spec",
                 {{"group", "migration.openshift.io"},
                  {"names", {{"plural", "migmigrations"}, {"kind", "MigMigration"}}},
                  {"scope", "Namespaced"},
                  {"versions",
                   {{{"name", "v1alpha1"},
                     {"served", true},
                     {"storage", true},
                     {"schema", {{"openAPIV3Schema", schema}}}}}}}}};
    }

    support::Store source_store;
    support::Store target_store;
    std::shared_ptr<support::FakeCluster> source;
    std::shared_ptr<support::FakeCluster> target;
};

inline ObjectRef rollback_ref(const std::string& name) {
    return {mtc::types::migmigrations, mtc_ns, name};
}

/// Refuses the calls of one verb and resource with an error of that kind.
inline support::Fault refuse(const std::string& verb, const std::string& plural,
                             base::ErrorKind kind) {
    return [=](const support::Call& call, support::Moment moment) -> std::optional<base::Error> {
        if (moment != support::Moment::Before || call.verb != verb || call.type.plural != plural)
            return std::nullopt;
        return base::Error{.kind = kind, .message = plural + " is refused by the test"};
    };
}

/// The stages of a run, in their order; each begins when the one before has ended.
inline std::vector<std::string> stages(const rollback::RunReport& report) {
    std::vector<std::string> names;
    base::Time end = report.began;
    for (const rollback::Stage& stage : report.stages) {
        names.push_back(stage.name);
        CHECK(stage.began >= end);
        CHECK(stage.ended >= stage.began);
        end = stage.ended;
    }
    CHECK(end >= report.ended);
    return names;
}

using support::Folder;

}  // namespace run_test
