#include "sandbox/volume_migration.hpp"

#include <algorithm>
#include <array>

#include "sandbox/marks.hpp"

namespace sandbox {
namespace {

constexpr std::string_view copying = "RunRsyncOperations";

/// A row for each end. `category` of the condition Failed decides what the controller does next: a
/// Critical one blocks the DirectVolumeMigration for good, in the phase in which it failed.
struct CopyEnding {
    std::string_view copy;
    std::string_view phase;
    std::string_view itinerary;
    std::string_view failed;  // the category of the condition
    bool errors;              // are they told
    int attempts;
    const char* operation;  // what the rsync operations say; nullptr: nothing
    const char* pods;       // in which list they are
    const char* percent;
};

// clang-format off
constexpr std::array endings{
    CopyEnding{"running", copying, "VolumeMigration", "", false, 1, nullptr, "runningPods", "43%"},
    CopyEnding{"complete", "Completed", "VolumeMigration", "", false, 1, "succeeded", "successfulPods", "100%"},
    // every rsync pod fails as often as it may: no error is told
    CopyEnding{"rsync", "MigrationFailed", "VolumeMigration", "Critical", false, 2, "failed", "failedPods", "86%"},
    CopyEnding{"fatal", "MigrationFailed", "VolumeMigration", "Critical", true, 1, nullptr, "runningPods", "43%"},
    CopyEnding{"error", "Completed", "VolumeMigrationFailed", "Warn", true, 0, nullptr, nullptr, nullptr},
};
// clang-format on

const CopyEnding& ending_of(const MigrationWords& words) {
    std::string_view copy = words.copy;
    if (copy.empty() && words.state == "running") copy = "running";
    if (copy.empty() && words.state == "failed" &&
        words.phase == "WaitForDirectVolumeMigrationToComplete")
        copy = "fatal";
    const auto it = std::ranges::find(endings, copy, &CopyEnding::copy);
    return it == endings.end() ? endings[1] : *it;
}

struct Claim {
    std::string ns;
    std::string name;
    std::string target = {};  // its name there
};

// "shop/data", or "shop/data:data-new".
Claim claim_of(const std::string& text) {
    const auto slash = text.find('/');
    const std::string names = text.substr(slash + 1);
    const auto colon = names.find(':');
    const std::string name = names.substr(0, colon);
    return {text.substr(0, slash), name,
            colon == std::string::npos ? name : names.substr(colon + 1)};
}

std::vector<Claim> copied_claims(const PlanWords& plan) {
    std::vector<Claim> claims;
    for (const std::string& text : plan.volumes) {
        if (std::ranges::count(plan.moved, text) == 0) claims.push_back(claim_of(text));
    }
    return claims;
}

std::string target_of(const PlanWords& plan, const std::string& ns) {
    for (const std::string& pair : plan.namespaces) {
        if (pair.starts_with(ns + ":")) return pair.substr(ns.size() + 1);
    }
    return ns;
}

Json spec_of(const PlanWords& plan, const Claim& claim) {
    return {{"name", claim.name},
            {"namespace", claim.ns},
            {"targetName", claim.target},
            {"targetNamespace", target_of(plan, claim.ns)},
            {"targetStorageClass", "gp3-csi"},
            {"targetAccessModes", {"ReadWriteOnce"}},
            {"targetVolumeMode", "Filesystem"}};
}

Json reference_to(const Claim& claim) {
    return {{"namespace", claim.ns}, {"name", claim.name}};
}

std::string pod_of(const Claim& claim) {
    return "rsync-" + short_hash(claim.ns + "/" + claim.name);
}

void add_claim(const CopyEnding& ending, const Claim& claim, Json& status) {
    if (ending.attempts > 0) {
        Json operation = {{"pvcReference", reference_to(claim)},
                          {"currentAttempt", ending.attempts}};
        if (ending.operation != nullptr) operation[ending.operation] = true;
        status["rsyncOperations"].push_back(std::move(operation));
    }
    if (ending.pods == nullptr) return;
    status[ending.pods].push_back({{"name", pod_of(claim)},
                                   {"namespace", claim.ns},
                                   {"pvcRef", reference_to(claim)},
                                   {"lastObservedProgressPercent", ending.percent},
                                   {"totalElapsedTime", "1s"}});
}

Json conditions_of(const CopyEnding& ending) {
    ConditionList conditions(nullptr, ConditionList::Keep::Everything);
    if (!ending.failed.empty())
        conditions.set({.type = "Failed",
                        .category = std::string(ending.failed),
                        .message = "The migration has failed.  See: Errors.",
                        .reason = std::string(copying),
                        .durable = true});
    else if (ending.phase == "Completed")
        conditions.set({.type = "Succeeded",
                        .category = "Advisory",
                        .message = "The migration has succeeded",
                        .reason = "Completed",
                        .durable = true});
    return conditions.json();
}

// The MigMigration puts these words before the error.
std::string own_error(const std::string& error) {
    constexpr std::string_view prefix = "DVM failed: ";
    return error.starts_with(prefix) ? error.substr(prefix.size()) : error;
}

Json status_of_copy(const CopyEnding& ending, const MigrationWords& words, const PlanWords& plan) {
    Json status = {
        {"observedDigest", ""},
        {"phase", ending.phase},
        {"phaseDescription", ending.phase == "Completed"
                                 ? "Complete"
                                 : "Running Rsync Pods to migrate Persistent Volume data"},
        {"itinerary", ending.itinerary},
        {"conditions", conditions_of(ending)}};
    if (ending.errors) status["errors"] = Json::array({own_error(words.error)});
    for (const Claim& claim : copied_claims(plan)) add_claim(ending, claim, status);
    return status;
}

// What the MigMigration says of it
// -------------------------------------------------------------------------------------------------

bool is_of_type(const Json& condition, std::string_view type) {
    return base::text_or_empty(condition, "/type") == type;
}

void warn(const MigrationWords& words, Json& status) {
    const Json warning = {{"type", "DirectVolumeMigrationFailed"},
                          {"status", "True"},
                          {"category", "Warn"},
                          {"durable", true},
                          {"message", "DirectVolumeMigration (dvm): openshift-migration/" +
                                          words.name + " failed. See in dvm status.Errors"},
                          {"lastTransitionTime", status["startTimestamp"]}};
    Json kept = Json::array({warning});
    for (const Json& each : status["conditions"]) {
        if (!is_of_type(each, "DirectImageMigrationFailed") &&
            !is_of_type(each, "DirectVolumeMigrationFailed"))
            kept.push_back(each);
    }
    status["conditions"] = std::move(kept);
}

void tell_attempts(const Object& plan, Json& status) {
    for (Json& step : status["pipeline"]) {
        if (base::text_or_empty(step, "/name") != "DirectVolume") continue;
        for (const Json& volume : base::items_at(plan.body, "/spec/persistentVolumes")) {
            if (base::text_or_empty(volume, "/selection/action") != "copy") continue;
            const Claim claim = claim_of(base::text_or_empty(volume, "/pvc/namespace") + "/" +
                                         base::text_or_empty(volume, "/pvc/name"));
            step["progress"].push_back("[" + claim.name + "] " + claim.ns + "/" + pod_of(claim) +
                                       ": Failed - Attempt 2 of 2 86% (1s)");
        }
    }
}

}  // namespace

Json volume_migration_manifest(const MigrationWords& words, const Object& migration,
                               const Scenario& scenario) {
    Json body = manifest(types::directvolumemigrations, openshift_migration,
                         words.name + "-" + short_hash(migration.uid));
    body["metadata"]["labels"] = {{"migmigration", migration.uid},
                                  {"migration-direct-volume", migration.uid},
                                  {"app.kubernetes.io/part-of", openshift_migration}};
    body["metadata"]["ownerReferences"] = Json::array({controller_reference(migration)});
    body["metadata"]["finalizers"] = Json::array({volume_migration_finalizer});
    Json claims = Json::array();
    for (const Claim& claim : copied_claims(scenario.plan))
        claims.push_back(spec_of(scenario.plan, claim));
    const auto cluster = [](const char* name) {
        return Json{{"name", name}, {"namespace", openshift_migration}};
    };
    body["spec"] = {{"createDestinationNamespaces", true},
                    {"migrationType", "CutOver"},
                    {"srcMigClusterRef", cluster("ocp3")},
                    {"destMigClusterRef", cluster("host")},
                    {"persistentVolumeClaims", claims}};
    body["status"] = status_of_copy(ending_of(words), words, scenario.plan);
    return body;
}

Json with_copy(const MigrationWords& words, const Object& plan, Json status) {
    if (words.copy == "error") warn(words, status);
    if (words.copy == "rsync") tell_attempts(plan, status);
    return status;
}

}  // namespace sandbox
