#include "sandbox/leftovers.hpp"

#include "base/text.hpp"
#include "mtc/names.hpp"

namespace sandbox {
namespace {

Json leftover(const ResourceType& type, const Place& place, const std::string& name) {
    Json body = manifest(type, place.ns, name);
    body["metadata"]["labels"] = {{"app", "directvolumemigration-rsync-transfer"},
                                  {"owner", "directvolumemigration"},
                                  {"purpose", "rsync"},
                                  {mtc::labels::by_volume_migration, place.volume_migration_uid},
                                  {"app.kubernetes.io/part-of", mtc::openshift_migration},
                                  {mtc::labels::migrated_by_plan, place.plan_uid},
                                  {mtc::labels::migrated_by_migration, place.migration_uid}};
    return body;
}

// No scheduler of the sandbox takes it: it stays in the phase that it is given.
Json rsync_pod(const Place& place, const std::string& name, const std::string& phase) {
    Json pod = leftover(types::pods, place, name);
    pod["spec"] = {
        {"schedulerName", "nobody"},
        {"restartPolicy", "Never"},
        {"containers", Json::array({{{"name", "rsync"}, {"image", "registry.example/rsync:1"}}})}};
    pod["status"] = {{"phase", phase}};
    return pod;
}

std::vector<Json> on_source(const Place& place) {
    return {leftover(types::configmaps, place, "fs-crane2-stunnel-client-config"),
            leftover(types::secrets, place, "fs-crane2-stunnel-client-secret"),
            rsync_pod(place, "rsync-x2v4q", "Failed")};
}

std::vector<Json> on_target(const Place& place) {
    Json service = leftover(types::services, place, "dvm");
    service["spec"] = {{"ports", Json::array({{{"port", 2222}}})}};
    Json route = leftover(types::routes, place, "dvm");
    route["spec"] = {{"host", "dvm-" + place.ns + ".apps.example"},
                     {"to", {{"kind", "Service"}, {"name", "dvm"}}}};
    return {leftover(types::configmaps, place, "fs-crane2-stunnel-server-config"),
            leftover(types::configmaps, place, "crane2-rsync-server-config"),
            leftover(types::secrets, place, "fs-crane2-stunnel-server-secret"),
            leftover(types::secrets, place, "crane2-rsync-server-secret"),
            rsync_pod(place, "rsync-server", "Pending"),
            service,
            route};
}

// MTC's names of these are MD5 sums of the same (dvm/rsync.go).
std::string hashed(const std::string& text) {
    return short_hash(text, 12) + short_hash("2" + text, 12);
}

}  // namespace

std::vector<Json> dvm_leftovers_on_control(const Object& volume_migration) {
    const Place place{.side = Side::Target,
                      .ns = volume_migration.ref.ns,
                      .volume_migration_uid = volume_migration.uid};
    const std::string& name = volume_migration.ref.name;
    Json password =
        manifest(types::secrets, place.ns, hashed("directvolumemigration-rsync-pass-" + name));
    password["type"] = "kubernetes.io/basic-auth";
    password["metadata"]["labels"] = {{"app", "directvolumemigration-rsync-transfer"},
                                      {mtc::labels::by_volume_migration, volume_migration.uid}};
    password["data"] = {{"username", base::encode_base64("root")},
                        {"password", base::encode_base64("rsync-secret-of-mtc")}};
    std::vector<Json> out{password};
    for (const Json& claim :
         base::items_at(volume_migration.body, "/spec/persistentVolumeClaims")) {
        const std::string claim_name = base::text_or_empty(claim, "/name");
        const std::string ns = base::text_or_empty(claim, "/namespace");
        Json progress = manifest(types::directvolumemigrationprogresses, place.ns,
                                 hashed(name + claim_name + ns));
        progress["metadata"]["labels"] = {{mtc::labels::by_volume_migration, volume_migration.uid}};
        progress["spec"] = {{"podNamespace", ns}};
        out.push_back(progress);
    }
    return out;
}

std::vector<Json> dvm_leftovers(const Place& place) {
    return place.side == Side::Source ? on_source(place) : on_target(place);
}

}  // namespace sandbox
