#include "sandbox/leftovers.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"
#include "sandbox/marks.hpp"

namespace sandbox {
namespace {

enum class Mode { Filesystem, Block };

// Of these only the claims on the target say which migration made them (expand.cpp).
Json helper(const ResourceType& type, const Place& place, const std::string& name, Mode mode) {
    Json body = manifest(type, place.ns, name);
    const char* suffix = mode == Mode::Block ? "-block" : "";
    body["metadata"]["labels"] = {
        {"app", std::string("directvolumemigration-rsync-transfer") + suffix},
        {"owner", "directvolumemigration"},
        {"purpose", "rsync"},
        {labels::by_volume_migration, place.volume_migration_uid},
        {part_of, openshift_migration},
        {labels::migrated_by_plan, place.plan_uid}};
    return body;
}

// No scheduler of the sandbox takes it: it stays in the phase that it is given.
Json rsync_pod(const Place& place, const std::string& name, const std::string& phase) {
    Json pod = helper(types::pods, place, name, Mode::Filesystem);
    pod["spec"] = {
        {"schedulerName", "nobody"},
        {"restartPolicy", "Never"},
        {"containers", Json::array({{{"name", "rsync"}, {"image", "registry.example/rsync:1"}}})}};
    pod["status"] = {{"phase", phase}};
    return pod;
}

Json client_pod(const Place& place) {
    Json pod = rsync_pod(place, "rsync-x2v4q", "Failed");
    Json& known = pod["metadata"]["labels"];
    known.erase("purpose");
    known["migration.openshift.io/created-for-pvc"] = "8d777f385d3dfec8815d20f7496026dc";
    known["migration.openshift.io/dvmp-done"] = "True";
    known["migration.openshift.io/rsync-attempt"] = "2";
    return pod;
}

// Both ways are prepared, whatever the volumes are.
constexpr std::array modes{std::pair{Mode::Filesystem, "fs-"}, std::pair{Mode::Block, "block-"}};

std::vector<Json> on_source(const Place& place) {
    std::vector<Json> out;
    for (const auto& [mode, prefix] : modes) {
        const std::string client = std::string(prefix) + "crane2-stunnel-client-";
        out.push_back(helper(types::configmaps, place, client + "config", mode));
        out.push_back(helper(types::secrets, place, client + "secret", mode));
    }
    out.push_back(client_pod(place));
    return out;
}

Json entrance(const Place& place, const std::string& name, Mode mode) {
    Json service = helper(types::services, place, name, mode);
    service["spec"] = {{"ports", Json::array({{{"port", 2222}}})}};
    return service;
}

Json way_in(const Place& place, const std::string& name, Mode mode) {
    Json route = helper(types::routes, place, name, mode);
    route["spec"] = {{"host", name + "-" + place.ns + ".apps.example"},
                     {"to", {{"kind", "Service"}, {"name", name}}}};
    return route;
}

std::vector<Json> on_target(const Place& place) {
    std::vector<Json> out;
    for (const auto& [mode, prefix] : modes) {
        const std::string server = std::string(prefix) + "crane2-stunnel-server-";
        const std::string name = mode == Mode::Block ? "dvm-block" : "dvm";
        out.push_back(helper(types::configmaps, place, server + "config", mode));
        out.push_back(helper(types::secrets, place, server + "secret", mode));
        out.push_back(entrance(place, name, mode));
        out.push_back(way_in(place, name, mode));
    }
    for (const ResourceType* type : {&types::configmaps, &types::secrets}) {
        const char* what = type == &types::secrets ? "secret" : "config";
        out.push_back(
            helper(*type, place, std::string("crane2-rsync-server-") + what, Mode::Filesystem));
    }
    out.push_back(rsync_pod(place, "rsync-server", "Pending"));
    return out;
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
                                      {labels::by_volume_migration, volume_migration.uid}};
    password["data"] = {{"username", base::encode_base64("root")},
                        {"password", base::encode_base64("rsync-secret-of-mtc")}};
    std::vector<Json> out{password};
    for (const Json& claim :
         base::items_at(volume_migration.body, "/spec/persistentVolumeClaims")) {
        const std::string claim_name = base::text_or_empty(claim, "/name");
        const std::string ns = base::text_or_empty(claim, "/namespace");
        Json progress = manifest(types::directvolumemigrationprogresses, place.ns,
                                 hashed(name + claim_name + ns));
        progress["metadata"]["labels"] = {{labels::by_volume_migration, volume_migration.uid}};
        progress["spec"] = {{"podNamespace", ns}};
        out.push_back(progress);
    }
    return out;
}

std::vector<Json> dvm_leftovers(const Place& place) {
    return place.side == Side::Source ? on_source(place) : on_target(place);
}

}  // namespace sandbox
