#include "sandbox/control_objects.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "sandbox/marks.hpp"
#include "sandbox/mtc_rules.hpp"
#include "sandbox/volume_migration.hpp"

namespace sandbox {
namespace {

constexpr const char* host_name = "host";
constexpr const char* remote_name = "ocp3";
constexpr const char* remote_secret_name = "ocp3-8xk2p";
constexpr const char* openshift_config = "openshift-config";

Json reference(const std::string& name, const std::string& ns = openshift_migration) {
    return {{"name", name}, {"namespace", ns}};
}

Json ready_status(const std::string& message) {
    ConditionList conditions(nullptr, ConditionList::Keep::Everything);
    conditions.set({.type = "Ready", .category = "Required", .message = message});
    return {{"conditions", conditions.json()}, {"operatorVersion", "1.8.4"}};
}

std::string before_slash(const std::string& text) {
    return text.substr(0, text.find('/'));
}
std::string after_slash(const std::string& text) {
    return text.substr(text.find('/') + 1);
}

// Of the scenario's word for a volume, "shop/data:data-new".
Json plan_volume(const std::string& claim, bool moved) {
    const std::string ns = before_slash(claim);
    const std::string name = after_slash(claim);
    return {
        {"name", "pv-" + ns + "-" + name.substr(0, name.find(':'))},
        {"capacity", "1Gi"},
        {"storageClass", "gp3-csi"},
        {"pvc",
         {{"name", name},
          {"namespace", ns},
          {"accessModes", {"ReadWriteOnce"}},
          {"volumeMode", "Filesystem"},
          {"hasReference", true}}},
        {"supported", {{"actions", {"copy", "move"}}, {"copyMethods", {"filesystem", "snapshot"}}}},
        {"selection",
         {{"action", moved ? "move" : "copy"},
          {"copyMethod", "filesystem"},
          {"storageClass", "gp3-csi"}}}};
}

StatusCondition type_identified(const PlanWords& plan) {
    StatusCondition out{.type = "MigrationTypeIdentified",
                        .category = "Advisory",
                        .message =
                            "Indirect migration modes can only be used for full namespace "
                            "migrations.",
                        .reason = "NamespaceMigrationPlan"};
    if (plan.conversion) {
        out.reason = "StorageConversionPlan";
        out.message =
            "The migration plan was previously used for Storage Conversion. It can only be used "
            "for further Storage Conversions. Other migrations will be possible only after a "
            "successful rollback is performed.";
    } else if (plan.direct_images && !plan.indirect_volumes) {
        out.message =
            "This migration plan was previously used for migrating namespaces. This plan can only "
            "be used for further Stage/Final Migration. Other migrations are possible only after a "
            "successful rollback is performed.";
    }
    out.durable = plan.conversion || (plan.direct_images && !plan.indirect_volumes);
    return out;
}

ConditionList plan_conditions(const PlanWords& plan) {
    ConditionList conditions(nullptr, ConditionList::Keep::Everything);
    conditions.set(storage_ensured());
    conditions.set({.type = "PvsDiscovered",
                    .category = "Required",
                    .message = "The `persistentVolumes` list has been updated with discovered PVs.",
                    .reason = "Done"});
    conditions.set(type_identified(plan));
    for (const StatusCondition& condition : plan.conditions) conditions.set(condition);
    return conditions;
}

// Statuses are made by walking the itinerary now; they happened a while ago.
void set_times(Json& json, const std::string& time) {
    for (const auto& [key, value] : json.items()) {
        const bool is_time = key == "started" || key == "completed" || key == "startTimestamp" ||
                             key == "lastTransitionTime";
        if (is_time && value.is_string())
            value = time;
        else if (value.is_structured())
            set_times(value, time);
    }
}

// A migration's words, and what its way depends on.
struct Walk {
    MigrationStatus& status;
    const Object& migration;
    const Object& plan;

    Needs needs() const { return needs_of(migration, plan, status.conditions()); }
    std::size_t copied_claims() const { return facts_of(plan).source_claims.size(); }
};

// What running a phase leaves in the status, where other phases depend on it.
void leave(const Walk& walk, std::string_view phase) {
    if (phase == "EnsureStagePodsFromOrphanedPVCs" && walk.copied_claims() > 0)
        walk.status.conditions().set(
            {.type = "StagePodsCreated",
             .category = "Advisory",
             .message = "[" + std::to_string(walk.copied_claims()) + "] Stage pods created.",
             .durable = true});
    if (phase == "EnsureStagePodsTerminated") walk.status.conditions().drop("StagePodsCreated");
}

void walk_to(const Walk& walk, const Itinerary& itinerary, const std::string& last) {
    walk.status.begin(itinerary, walk.needs());
    for (const ItineraryPhase& phase : itinerary.phases) {
        if (phase.wanted(walk.needs())) {
            walk.status.enter(itinerary, phase);
            if (phase.name != last) leave(walk, phase.name);
        }
        if (phase.name == last) return;
    }
    throw std::invalid_argument("no phase " + last + " in " + std::string(itinerary.name));
}

void end_failed(const Walk& walk, const ItineraryPhase& phase, const std::string& error) {
    MigrationStatus& status = walk.status;
    if (phase.name == "WaitForDirectVolumeMigrationToComplete")
        status.conditions().set({.type = "DirectVolumeMigrationFailed",
                                 .category = "Warn",
                                 .message = "DirectVolumeMigration (dvm): openshift-migration/" +
                                            walk.migration.ref.name +
                                            " failed. See in dvm status.Errors",
                                 .durable = true});
    status.fail(phase, {error});
    status.begin(failed_itinerary(), walk.needs());
    status.start(failed_itinerary().first());
    status.enter(failed_itinerary(), failed_itinerary().phases.back());
    status.complete();
}

void end_canceled(const Walk& walk) {
    walk_to(walk, cancel_itinerary(), "Completed");
    walk.status.conditions().set({.type = "Canceled",
                                  .category = "Advisory",
                                  .message = "The migration has been canceled.",
                                  .reason = "Cancel",
                                  .durable = true});
    walk.status.complete();
}

void end_with_warnings(MigrationStatus& status) {
    status.conditions().set({.type = "DirectImageMigrationFailed",
                             .category = "Warn",
                             .message = "DirectImageMigration (dim) failed. See in dim "
                                        "status.Errors",
                             .durable = true});
    status.complete();
}

Json status_of(const MigrationWords& words, const Object& migration, const Object& plan) {
    if (words.state == "pending") return nullptr;
    MigrationStatus status(nullptr);
    const Walk walk{status, migration, plan};
    // one that was canceled went its own way until then
    Object before = migration;
    if (words.state == "canceled") before.body["spec"].erase("canceled");
    const Itinerary& itinerary = choose_itinerary(before, status);
    const std::string last = words.phase.empty() ? "Completed" : words.phase;
    walk_to(walk, itinerary, last);
    if (words.state == "failed") end_failed(walk, *itinerary.find(last), words.error);
    if (words.state == "canceled") end_canceled(walk);
    if (words.state == "warnings") end_with_warnings(status);
    if (words.state == "succeeded") status.complete();
    if (words.state == "running")
        status.conditions().set(
            {.type = "Ready", .category = "Required", .message = "The migration is ready."});
    Json json = status.json();
    set_times(json, base::rfc3339(base::now() - duration_cast<std::chrono::seconds>(words.ago)));
    return json;
}

}  // namespace

Json host_cluster() {
    Json body = manifest(types::migclusters, openshift_migration, host_name);
    body["spec"] = {{"isHostCluster", true}};
    body["status"] = ready_status("The cluster is ready.");
    return body;
}

Json remote_cluster(const SourceAccess& access) {
    Json body = manifest(types::migclusters, openshift_migration, remote_name);
    body["spec"] = {{"isHostCluster", false},
                    {"url", access.url},
                    {"insecure", access.insecure},
                    {"serviceAccountSecretRef", reference(remote_secret_name, openshift_config)}};
    if (!access.ca_pem.empty()) body["spec"]["caBundle"] = base::encode_base64(access.ca_pem);
    body["status"] = ready_status("The cluster is ready.");
    return body;
}

Json remote_secret(const SourceAccess& access) {
    Json body = manifest(types::secrets, openshift_config, remote_secret_name);
    body["type"] = "Opaque";
    body["data"] = {{"saToken", base::encode_base64(access.token)}};
    return body;
}

Json plan_manifest(const Scenario& scenario) {
    const PlanWords& plan = scenario.plan;
    Json body = manifest(types::migplans, openshift_migration, plan.name);
    Json volumes = Json::array();
    for (const std::string& claim : plan.volumes) {
        volumes.push_back(plan_volume(claim, std::ranges::count(plan.moved, claim) > 0));
    }
    body["spec"] = {{"namespaces", plan.namespaces},
                    {"srcMigClusterRef", reference(plan.conversion ? host_name : remote_name)},
                    {"destMigClusterRef", reference(host_name)},
                    {"migStorageRef", reference("s3")},
                    {"persistentVolumes", volumes}};
    if (!plan.direct_images && !plan.conversion) body["spec"]["indirectImageMigration"] = true;
    if (plan.indirect_volumes) body["spec"]["indirectVolumeMigration"] = true;
    if (plan.closed) body["spec"]["closed"] = true;
    body["status"] = {{"suffix", "x7kq"}, {"conditions", plan_conditions(plan).json()}};
    const Object made = base::object_of(types::migplans, body);
    return plan.closed ? closed_plan(made) : judged_plan(made, {});
}

Json migration_manifest(const MigrationWords& words, const Object& plan) {
    Json body = manifest(types::migmigrations, openshift_migration, words.name);
    body["spec"] = {{"migPlanRef", reference(plan.ref.name)},
                    {"stage", words.kind == "stage"},
                    {"quiescePods", words.quiesce}};
    if (words.kind == "rollback") body["spec"]["rollback"] = true;
    if (words.kind == "state") body["spec"]["migrateState"] = true;
    if (words.canceled || words.state == "canceled") body["spec"]["canceled"] = true;
    const Json status = status_of(words, base::object_of(types::migmigrations, body), plan);
    if (!status.is_null()) body["status"] = with_copy(words, plan, status);
    body["metadata"]["ownerReferences"] = Json::array({{{"apiVersion", plan.ref.type.api_version()},
                                                        {"kind", plan.ref.type.kind},
                                                        {"name", plan.ref.name},
                                                        {"uid", plan.uid}}});
    return body;
}

}  // namespace sandbox
