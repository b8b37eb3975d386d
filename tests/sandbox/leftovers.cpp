#include "sandbox/leftovers.hpp"

#include "mtc/names.hpp"

namespace sandbox {
namespace {

Json leftover(const ResourceType& type, const Place& place, const std::string& name) {
    Json body = manifest(type, place.ns, name);
    body["metadata"]["labels"] = {{"app", "directvolumemigration-rsync-transfer"},
                                  {"owner", "directvolumemigration"},
                                  {"purpose", "rsync"},
                                  {"directvolumemigration", "d0d0d0d0-0000-4000-8000-000000000001"},
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

}  // namespace

std::vector<Json> dvm_leftovers(const Place& place) {
    return place.side == Side::Source ? on_source(place) : on_target(place);
}

}  // namespace sandbox
