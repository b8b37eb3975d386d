#include "sandbox/expand.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/text.hpp"
#include "sandbox/leftovers.hpp"
#include "sandbox/marks.hpp"

namespace sandbox {
namespace {

constexpr const char* protection = "kubernetes.io/pvc-protection";

Json claim_spec(const std::string& size) {
    return {{"accessModes", {"ReadWriteOnce"}},
            {"volumeMode", "Filesystem"},
            {"storageClassName", "gp3-csi"},
            {"resources", {{"requests", {{"storage", size}}}}}};
}

Json pod_spec(const Item& item) {
    Json spec = {
        {"containers",
         Json::array({{{"name", item.name}, {"image", "registry.example/" + item.name + ":1"}}})}};
    if (item.has("nodeSelector")) spec["nodeSelector"] = item.fields.at("nodeSelector");
    if (!item.has("claims")) return spec;
    for (const Json& claim : item.fields.at("claims")) {
        spec["volumes"].push_back(
            {{"name", claim}, {"persistentVolumeClaim", {{"claimName", claim}}}});
    }
    return spec;
}

Json pod_template(const Item& item) {
    return {{"metadata", {{"labels", {{"app", item.text("app", item.name)}}}}},
            {"spec", pod_spec(item)}};
}

Json job_template(const Item& item) {
    Json pods = pod_template(item);
    pods["spec"]["restartPolicy"] = "Never";
    return pods;
}

void fill_replicas(const Item& item, Json& spec) {
    spec["replicas"] = item.number("replicas", 1);
    spec["selector"]["matchLabels"] = {{"app", item.text("app", item.name)}};
    spec["template"] = pod_template(item);
}

void fill_deployment(const Item& item, Json& body) {
    fill_replicas(item, body["spec"]);
    if (item.has("paused")) body["spec"]["paused"] = item.flag("paused", false);
}

void fill_config(const Item& item, Json& body) {
    fill_deployment(item, body);
    body["spec"]["selector"] = {{"app", item.text("app", item.name)}};
}

void fill_stateful_set(const Item& item, Json& body) {
    fill_replicas(item, body["spec"]);
    body["spec"]["serviceName"] = item.name;
    if (!item.has("claimTemplate")) return;
    body["spec"]["volumeClaimTemplates"] =
        Json::array({{{"metadata", {{"name", item.text("claimTemplate", "")}}},
                      {"spec", claim_spec(item.text("size", "1Gi"))}}});
}

void fill_daemon_set(const Item& item, Json& body) {
    fill_replicas(item, body["spec"]);
    body["spec"].erase("replicas");
}

void fill_cron_job(const Item& item, Json& body) {
    body["spec"] = {{"schedule", "0 3 * * *"},
                    {"suspend", item.flag("suspend", false)},
                    {"jobTemplate", {{"spec", {{"template", job_template(item)}}}}}};
}

void fill_job(const Item& item, Json& body) {
    body["spec"] = {{"parallelism", item.number("parallelism", 1)},
                    {"template", job_template(item)}};
}

void fill_service(const Item& item, Json& body) {
    body["spec"] = {{"selector", {{"app", item.text("app", item.name)}}},
                    {"ports", Json::array({{{"port", 8080}, {"protocol", "TCP"}}})}};
}

void fill_route(const Item& item, Json& body) {
    const std::string host = item.text("host", item.name + ".apps.example");
    const Json admitted = {{"type", "Admitted"}, {"status", "True"}};
    body["spec"] = {{"host", host},
                    {"to", {{"kind", "Service"}, {"name", item.text("app", item.name)}}}};
    body["status"]["ingress"] = Json::array(
        {{{"host", host}, {"routerName", "default"}, {"conditions", Json::array({admitted})}}});
}

void fill_claim(const Item& item, Json& body) {
    body["metadata"]["finalizers"] = Json::array({protection});
    body["spec"] = claim_spec(item.text("size", "1Gi"));
}

void fill_config_map(const Item& item, Json& body) {
    body["data"] = {{"about", item.name}};
}

void fill_secret(const Item& item, Json& body) {
    body["type"] = "Opaque";
    body["data"] = {{"about", base::encode_base64(item.name)}};
}

void fill_pod(const Item& item, Json& body) {
    body["spec"] = pod_spec(item);
    body["metadata"]["labels"]["app"] = item.text("app", item.name);
}

void fill_nothing(const Item&, Json&) {}

struct Filler {
    std::string_view kind;
    void (*fill)(const Item&, Json&);
};

constexpr std::array<Filler, 14> fillers{{
    {"Deployment", fill_deployment},
    {"DeploymentConfig", fill_config},
    {"StatefulSet", fill_stateful_set},
    {"ReplicaSet", fill_deployment},
    {"DaemonSet", fill_daemon_set},
    {"CronJob", fill_cron_job},
    {"Job", fill_job},
    {"Service", fill_service},
    {"Route", fill_route},
    {"PersistentVolumeClaim", fill_claim},
    {"ConfigMap", fill_config_map},
    {"Secret", fill_secret},
    {"Pod", fill_pod},
    {"ServiceAccount", fill_nothing},
}};

// What says "stage pod" on both sides; an application's own pod is borrowed for it.
void mark_stage_pod(const Place& place, bool borrowed, Json& body) {
    Json& known = body["metadata"]["labels"];
    known[labels::stage_pod] = "True";
    known["migmigration"] = place.migration_uid;
    known["migplan"] = place.plan_uid;
    known["migration-included-stage-backup"] = place.migration_uid;
    known["app.kubernetes.io/part-of"] = openshift_migration;
    if (borrowed) known[labels::application_pod] = "True";
}

void mark_migrated(const Place& place, Json& body) {
    Json& known = body["metadata"]["labels"];
    known[labels::migrated_by_plan] = place.plan_uid;
    known[labels::migrated_by_migration] = place.migration_uid;
    known["velero.io/restore-name"] = "final";
}

// A claim on the target is made by the DirectVolumeMigration, not restored by Velero.
void mark_copied_claim(const Place& place, Json& body) {
    Json& known = body["metadata"]["labels"];
    known.erase("velero.io/restore-name");
    known[labels::by_volume_migration] = place.volume_migration_uid;
    known[part_of] = openshift_migration;
}

void add_words(const Item& item, Json& body) {
    for (const char* part : {"labels", "annotations", "finalizers"}) {
        if (!item.has(part)) continue;
        Json& known = body["metadata"][part];
        for (const auto& [key, value] : item.fields.at(part).items()) {
            if (known.is_array() || item.fields.at(part).is_array())
                known.push_back(value);
            else
                known[key] = value;
        }
    }
    if (item.has("body")) body.merge_patch(item.fields.at("body"));
}

Json stage_pod(const Item& item, const Place& place) {
    Json body = manifest(types::pods, place.ns, item.name);
    body["spec"] = {{"containers", Json::array({{{"name", "sleep"},
                                                 {"image", "registry.example/stage:1"},
                                                 {"command", {"sleep", "infinity"}}}})}};
    mark_stage_pod(place, false, body);
    return body;
}

Json object_of_kind(const Item& item, const Place& place) {
    if (item.kind == "StagePod") return stage_pod(item, place);
    const ResourceType* type = type_of_kind(item.kind);
    if (type == nullptr) throw std::invalid_argument("no such kind: " + item.kind);
    Json body = manifest(*type, place.ns, item.name);
    const auto filler = std::ranges::find(fillers, item.kind, &Filler::kind);
    if (filler != fillers.end()) filler->fill(item, body);
    if (item.flag("borrowed", false)) mark_stage_pod(place, true, body);
    return body;
}

}  // namespace

std::vector<Json> expand(const Item& item, const Place& place) {
    if (item.kind == "DvmLeftovers") return dvm_leftovers(place);
    Json body = object_of_kind(item, place);
    if (place.migrated) mark_migrated(place, body);
    const bool copied = item.kind == "PersistentVolumeClaim" && !place.volume_migration_uid.empty();
    if (place.migrated && copied) mark_copied_claim(place, body);
    add_words(item, body);
    return {body};
}

Json source_volume(const std::string& ns, const std::string& claim) {
    Json volume = manifest(types::persistentvolumes, {}, "pv-" + ns + "-" + claim);
    volume["spec"] = {{"capacity", {{"storage", "1Gi"}}},
                      {"accessModes", {"ReadWriteOnce"}},
                      {"volumeMode", "Filesystem"},
                      {"storageClassName", "gp3-csi"},
                      {"persistentVolumeReclaimPolicy", "Retain"},
                      {"claimRef",
                       {{"apiVersion", "v1"},
                        {"kind", "PersistentVolumeClaim"},
                        {"namespace", ns},
                        {"name", claim}}},
                      {"csi", {{"driver", "sandbox.csi"}, {"volumeHandle", ns + "-" + claim}}}};
    return volume;
}

Json source_claim(const std::string& ns, const std::string& claim) {
    Json body = manifest(types::persistentvolumeclaims, ns, claim);
    body["metadata"]["finalizers"] = Json::array({protection});
    body["spec"] = claim_spec("1Gi");
    body["spec"]["volumeName"] = "pv-" + ns + "-" + claim;
    return body;
}

}  // namespace sandbox
