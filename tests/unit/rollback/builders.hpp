// States of a plan and its two clusters in a few words. `well()` is one in which nothing has
// happened and everything is fine; the others are what a migration makes of it, and a test damages
// one thing.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "rollback/manual.hpp"
#include "rollback/state.hpp"
#include "rollback/verify.hpp"
#include "unit/mtc/builders.hpp"

namespace build {

using rollback::Side;
using rollback::State;

inline mtc::MigCluster ready_cluster(const std::string& name) {
    mtc::MigCluster migcluster = mtc::decode_cluster(cluster({}, name)).value();
    migcluster.url = "https://api." + name + ".example:6443";
    migcluster.conditions = {{"Ready", "Required", "", ""}};
    return migcluster;
}

inline mtc::Migration migration(const std::string& name, mtc::MigrationKind kind, int minute,
                                const std::string& phase = "Completed") {
    mtc::Migration m;
    m.ns = mtc::openshift_migration;
    m.name = name;
    m.uid = "uid-of-" + name;
    m.plan = "shop-plan";
    m.kind = kind;
    m.quiesce = kind != mtc::MigrationKind::Rollback;
    m.phase = phase;
    m.created = at(minute);
    if (!phase.empty()) m.started = at(minute + 1);
    return m;
}

inline mtc::Migration ended(mtc::Migration migration, const std::string& verdict) {
    migration.conditions.push_back({verdict, "Advisory", "", ""});
    return migration;
}

inline mtc::Migration failed_cutover(int minute = 0) {
    auto m = ended(migration("cutover", mtc::MigrationKind::Cutover, minute), "Failed");
    m.errors = {"DVM failed"};
    return m;
}

inline mtc::Migration good_rollback(int minute = 60) {
    return ended(migration("rollback-1", mtc::MigrationKind::Rollback, minute), "Succeeded");
}

inline Object active_namespace(const std::string& name) {
    return Thing(namespaces, "", name).status({{"phase", "Active"}});
}

inline Object claim(const std::string& name, const std::string& phase = "Bound") {
    return Thing(claims, "shop", name).spec({{"volumeName", "pv-1"}}).status({{"phase", phase}});
}

inline const ResourceType volumes{"", "v1", "persistentvolumes", "PersistentVolume", false};
/// The volume of claim `data`.
inline Thing volume(const std::string& phase = "Bound") {
    return Thing(volumes, "", "pv-1")
        .spec({{"persistentVolumeReclaimPolicy", "Delete"},
               {"claimRef", {{"namespace", "shop"}, {"name", "data"}, {"uid", "uid-of-data"}}}})
        .status({{"phase", phase}});
}

inline const ResourceType services{"", "v1", "services", "Service", true};
inline const ResourceType slices{"discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true};
inline const ResourceType routes{"route.openshift.io", "v1", "routes", "Route", true};
inline const ResourceType ingresses{"networking.k8s.io", "v1", "ingresses", "Ingress", true};

/// A Service that selects the pods of `app`, and its endpoints.
inline Thing service(const std::string& app) {
    return Thing(services, "shop", app).spec({{"selector", {{"app", app}}}});
}
inline Thing endpoints(const std::string& app, bool ready = true) {
    return Thing(slices, "shop", app + "-1")
        .label("kubernetes.io/service-name", app)
        .holding({{"endpoints",
                   list(Json{{"addresses", {"10.0.0.1"}}, {"conditions", {{"ready", ready}}}})}});
}
inline Thing route(const std::string& name, const std::string& admitted = "True") {
    return Thing(routes, "shop", name)
        .spec({{"host", name + ".apps.example"}, {"tls", {{"termination", "edge"}}}})
        .status({{"ingress", list(Json{{"conditions", list(Json{{"type", "Admitted"},
                                                                {"status", admitted},
                                                                {"reason", "HostAlreadyClaimed"},
                                                                {"message", "taken"}})}})}});
}

inline Thing labelled(const ResourceType& type, const std::string& name) {
    return Thing(type, "shop", name).label(mtc::labels::migrated_by_plan, "uid-of-shop-plan");
}

inline mtc::Migration good_cutover(int minute = 0) {
    return ended(migration("cutover", mtc::MigrationKind::Cutover, minute), "Succeeded");
}

/// What the cutover's volume migration is in the end: its phase, its itinerary, one condition.
inline mtc::VolumeMigration volumes_of_cutover(const std::string& phase = "Completed",
                                               const Json& ended = condition("Succeeded",
                                                                             "Advisory"),
                                               const Json& status = Json::object()) {
    Json full = {{"phase", phase}, {"itinerary", "VolumeMigration"}, {"conditions", list(ended)}};
    full.update(status);
    return mtc::decode_volume_migration(
        mtc_object(mtc::types::volume_migrations, "cutover-x7kq")
            .label("migration-direct-volume", "uid-of-cutover")
            .spec({{"persistentVolumeClaims", list(Json{{"namespace", "shop"}, {"name", "data"}})}})
            .status(full));
}

/// An rsync operation of the claim `data` that has used up its attempts.
inline Json failed_operation(const std::string& claim = "data") {
    return {{"pvcReference", {{"namespace", "shop"}, {"name", claim}}},
            {"currentAttempt", 2},
            {"failed", true}};
}

/// As the real controller leaves it when all rsync pods have failed: no errors, blocked for good.
inline mtc::VolumeMigration failed_volumes_of_cutover() {
    const Json pod = {{"pvcRef", {{"namespace", "shop"}, {"name", "data"}}},
                      {"lastObservedProgressPercent", "86%"}};
    return volumes_of_cutover(
        "MigrationFailed", condition("Failed", "Critical", "RunRsyncOperations"),
        {{"rsyncOperations", list(failed_operation())}, {"failedPods", list(pod)}});
}

/// A cutover that failed in this phase, with the errors that the controller leaves.
inline mtc::Migration failed_in(const std::string& phase, mtc::MigrationKind kind) {
    mtc::Migration m = migration("cutover", kind, 0);
    m.conditions = {{"Failed", "Advisory", phase, ""}};
    m.errors = {"it failed"};
    return m;
}

/// A pod that mounts a claim.
inline Thing pod_with(const std::string& name, const std::string& claim,
                      const std::string& ns = "shop", const std::string& phase = "Running") {
    const Json mount = {{"name", "data"}, {"persistentVolumeClaim", {{"claimName", claim}}}};
    return Thing(pods, ns, name)
        .spec({{"volumes", list(Json{{"name", "tmp"}, {"emptyDir", Json::object()}}, mount)}})
        .status({{"phase", phase}});
}

/// That pod, as one that mounts a claim.
inline Object with_claim(Object pod, const std::string& claim) {
    pod.body["spec"]["volumes"] =
        list(Json{{"name", "data"}, {"persistentVolumeClaim", {{"claimName", claim}}}});
    return pod;
}

/// A plan of one namespace and one volume; its application runs on the source, the target is empty.
inline State well() {
    const Object object = plan({{"persistentVolumes",
                                 {{{"name", "pv-1"},
                                   {"pvc", {{"namespace", "shop"}, {"name", "data"}}},
                                   {"selection", {{"action", "copy"}}}}}}});
    State state{.plan = mtc::decode_plan(object).value(), .source = {}, .target = {}};
    state.plan.conditions = {{"Ready", "Required", "", ""}};
    state.source_cluster = ready_cluster("ocp3");
    state.target_cluster = ready_cluster("host");
    state.knows_rollback = true;
    state.seen_at = at(90);
    state.volume_migrations = {volumes_of_cutover()};
    state.source.server = "https://api.ocp3.example:6443";
    state.source.namespaces = {"shop"};
    state.source.found_namespaces = {active_namespace("shop")};
    state.source.workloads = {running("Deployment", "web", 3)};
    state.source.pods = {pod("web-1").label("app", "web")};
    state.source.claims = {claim("data")};
    state.source.volumes = {volume()};
    state.source.services = {service("web")};
    state.source.endpoints = {endpoints("web")};
    state.source.routes = {route("web")};
    state.target.server = "https://api.host.example:6443";
    state.target.namespaces = {"shop"};
    // as a look for the proof reads it
    for (rollback::ClusterView* view : {&state.source, &state.target})
        view->namespaces_read = view->traffic_seen = view->volumes_seen = view->velero_seen = true;
    state.target.labels_seen = true;
    return state;
}

/// A cutover stopped the application and failed, with a part of it on the target.
inline State halfway() {
    State state = well();
    state.migrations = {failed_cutover()};
    state.source.workloads = {stopped("Deployment", "web", "3")};
    state.source.pods.clear();
    state.target.labelled = {labelled(claims, "data"), labelled(config_maps, "settings")};
    return state;
}

/// After that, a rollback that succeeded.
inline State rolled_back() {
    State state = well();
    state.migrations = {failed_cutover(), good_rollback()};
    return state;
}

/// The volume was moved, and pods of both sides mount it.
inline State written_by_both() {
    State state = well();
    state.plan.volumes.at(0).action = "move";
    state.source.pods = {pod_with("web-1", "data")};
    state.target.pods = {pod_with("web-9", "data").owner("ReplicaSet")};
    return state;
}

inline rollback::Gap gap(Side side, const std::string& resource, bool forbidden = true) {
    return {.side = side,
            .resource = resource,
            .what = "list " + resource,
            .why = "pods is forbidden",
            .forbidden = forbidden};
}

/// A pod that MTC made to hold a claim, and one of the application's that it labelled instead.
inline Thing stage_pod(const std::string& name, const std::string& ns = "shop") {
    return Thing(pods, ns, name).label(mtc::labels::stage_pod);
}
inline Thing borrowed_pod(const std::string& name, const std::string& ns = "shop") {
    return stage_pod(name, ns).label(mtc::labels::application_pod);
}

/// A workload whose pods mount a claim.
inline Object mounting(Object workload, const std::string& claim) {
    workload.body["spec"]["template"]["spec"]["volumes"] =
        list(Json{{"name", "data"}, {"persistentVolumeClaim", {{"claimName", claim}}}});
    return workload;
}

/// That workload as one that the plan migrated.
inline Object migrated(Object workload) {
    workload.body["metadata"]["labels"][mtc::labels::migrated_by_plan] = "uid-of-shop-plan";
    return workload;
}

/// A DaemonSet that MTC keeps from every node; what it wrote down, unless that is lost.
inline Object stopped_daemon_set(const std::string& name, const char* recorded = nullptr) {
    Thing set =
        workload("DaemonSet", name)
            .spec({{"template",
                    {{"spec",
                      {{"nodeSelector",
                        {{"zone", "a"}, {mtc::annotations::quiesce_daemonset, "true"}}}}}}}});
    if (recorded == nullptr) return set;
    return std::move(set).annotation(mtc::annotations::node_selector, recorded);
}

/// A DeploymentConfig that MTC stopped; it was paused before.
inline Thing stopped_paused(const std::string& name) {
    return stopped("DeploymentConfig", name, "2").annotation(mtc::annotations::paused, "true");
}

/// One cluster is both sides.
inline void into_one_cluster(State& state) {
    state.target.server = state.source.server;
    state.plan.target = state.plan.source;
    state.target_cluster = state.source_cluster;
}

/// That, and the namespace keeps its name.
inline State within_one_namespace(State state) {
    into_one_cluster(state);
    state.target.workloads = state.source.workloads;
    state.target.pods = state.source.pods;
    return state;
}

/// The namespace and the claim have other names on the target.
inline State mapped(State state) {
    state.plan.namespaces = {{"shop", "shop-new"}};
    state.plan.volumes.at(0).target_claim = "data-new";
    state.target.namespaces = {"shop-new"};
    return state;
}

/// "start source shop/deployment/web": what a step does, in words.
inline std::string step_in_words(const rollback::Step& step) {
    using namespace rollback;
    struct Visitor {
        std::string operator()(const Create& c) const { return "create " + c.what.name; }
        std::string operator()(const AwaitMigration& a) const { return "await " + a.what.name; }
        std::string operator()(const AwaitServing&) const { return "await serving"; }
        std::string operator()(const Patch& p) const {
            const char* words[] = {"start ", "stop ", "give back ", "pause ", "cancel "};
            return words[static_cast<int>(p.purpose)] + word(p.side) + " " + p.seen.ref.path();
        }
        std::string operator()(const Delete& d) const {
            return "delete " + word(d.side) + " " + d.seen.ref.path();
        }
        std::string operator()(const AwaitNoStagePods& a) const {
            return "await no stage pods on the " + word(a.side);
        }
        std::string operator()(const AwaitTargetStopped&) const { return "await target stopped"; }
        std::string operator()(const AwaitGone& a) const {
            std::string out = a.by_controller ? "await by controller" : "await gone";
            for (const Delete& each : a.what) out += " " + each.seen.ref.name;
            return out;
        }
    };
    return std::visit(Visitor{}, step.action);
}

inline std::vector<std::string> steps_of(const rollback::Runbook& runbook) {
    std::vector<std::string> steps;
    std::ranges::transform(runbook.steps, std::back_inserter(steps), step_in_words);
    return steps;
}

inline std::vector<std::string> ids_of(const std::vector<rollback::Blocker>& blockers) {
    std::vector<std::string> ids;
    std::ranges::transform(blockers, std::back_inserter(ids), &rollback::Blocker::id);
    return ids;
}

/// The checks that are made after that flow.
inline std::vector<rollback::Check> checks_after(rollback::Flow flow) {
    const auto other =
        flow == rollback::Flow::Manual ? rollback::After::Console : rollback::After::Manual;
    std::vector<rollback::Check> checks;
    std::ranges::copy_if(rollback::checks(), std::back_inserter(checks),
                         [&](const rollback::Check& check) { return check.after != other; });
    return checks;
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace build
