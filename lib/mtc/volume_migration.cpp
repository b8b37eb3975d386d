#include "mtc/volume_migration.hpp"

#include <algorithm>

#include "mtc/names.hpp"

namespace mtc {
namespace {

using base::Json;
using base::text_or_empty;

std::vector<std::string> copied_namespaces(const Json& body) {
    std::set<std::string> names;
    for (const Json& claim : base::items_at(body, "/spec/persistentVolumeClaims")) {
        names.insert(text_or_empty(claim, "/namespace"));
        names.insert(text_or_empty(claim, "/targetNamespace"));
    }
    names.erase("");
    return {names.begin(), names.end()};
}

std::vector<std::string> namespaces_on_target(const Json& body) {
    std::set<std::string> names;
    for (const Json& claim : base::items_at(body, "/spec/persistentVolumeClaims")) {
        const std::string mapped = text_or_empty(claim, "/targetNamespace");
        names.insert(mapped.empty() ? text_or_empty(claim, "/namespace") : mapped);
    }
    names.erase("");
    return {names.begin(), names.end()};
}

base::Object without_spec(const base::Object& object) {
    base::Object out = object;
    out.body = {{"metadata", object.body.value("metadata", Json::object())}};
    return out;
}

std::string migration_of(const base::Object& object) {
    for (const char* label : {labels::volumes_of_migration, labels::by_migration}) {
        if (auto uid = base::label_of(object, label); uid && !uid->empty()) return *uid;
    }
    for (const Json& owner : base::items_at(object.body, "/metadata/ownerReferences")) {
        if (text_or_empty(owner, "/kind") == types::migmigrations.kind)
            return text_or_empty(owner, "/uid");
    }
    return {};
}

// Copies
// -------------------------------------------------------------------------------------------------

std::vector<VolumeCopy> claims_of_spec(const Json& body) {
    std::vector<VolumeCopy> copies;
    for (const Json& claim : base::items_at(body, "/spec/persistentVolumeClaims"))
        copies.push_back(
            {.ns = text_or_empty(claim, "/namespace"), .claim = text_or_empty(claim, "/name")});
    return copies;
}

/// The copy that `reference` ({namespace, name}) is about; added where the spec does not have it.
VolumeCopy& copy_in(std::vector<VolumeCopy>& copies, const Json& item, const std::string& at) {
    const std::string ns = text_or_empty(item, at + "/namespace");
    const std::string claim = text_or_empty(item, at + "/name");
    const auto it = std::ranges::find_if(
        copies, [&](const VolumeCopy& copy) { return copy.ns == ns && copy.claim == claim; });
    if (it != copies.end()) return *it;
    return copies.emplace_back(VolumeCopy{.ns = ns, .claim = claim});
}

/// A list of rsync pods, or of live migrations of virtual machines, and what it says of their
/// claims.
struct ProgressList {
    const char* at;
    bool VolumeCopy::* says;
};
constexpr ProgressList progress_lists[] = {
    {"/status/pendingPods", nullptr},
    {"/status/runningPods", nullptr},
    {"/status/failedPods", &VolumeCopy::failed},
    {"/status/successfulPods", &VolumeCopy::succeeded},
    {"/status/failedLiveMigration", &VolumeCopy::failed},
    {"/status/successfulLiveMigration", &VolumeCopy::succeeded},
};

void add_progress(const Json& body, const ProgressList& list, std::vector<VolumeCopy>& copies) {
    for (const Json& item : base::items_at(body, list.at)) {
        if (base::find(item, "/pvcRef") == nullptr) continue;
        VolumeCopy& copy = copy_in(copies, item, "/pvcRef");
        copy.reached = text_or_empty(item, "/lastObservedProgressPercent");
        if (list.says != nullptr) copy.*list.says = true;
    }
}

std::vector<VolumeCopy> copies_of(const Json& body) {
    std::vector<VolumeCopy> copies = claims_of_spec(body);
    for (const ProgressList& list : progress_lists) add_progress(body, list, copies);
    for (const Json& item : base::items_at(body, "/status/rsyncOperations")) {
        VolumeCopy& copy = copy_in(copies, item, "/pvcReference");
        copy.attempts = static_cast<int>(base::number_at(item, "/currentAttempt").value_or(0));
        // the operation has the last word: an attempt that failed is followed by another
        copy.succeeded = base::bool_at(item, "/succeeded").value_or(false);
        copy.failed = base::bool_at(item, "/failed").value_or(false);
    }
    return copies;
}

}  // namespace

bool VolumeMigration::failed() const {
    return has(conditions, "Failed") || phase == "MigrationFailed" ||
           itinerary == "VolumeMigrationFailed" || !errors.empty() ||
           std::ranges::any_of(copies, &VolumeCopy::failed);
}

bool VolumeMigration::succeeded() const {
    return phase == "Completed" && has(conditions, "Succeeded") && !failed();
}

bool VolumeMigration::finished() const {
    return phase == "Completed" || phase == "MigrationFailed" || has(conditions, "Failed");
}

bool VolumeMigration::cleans_up() const {
    return !base::is_terminating(seen) &&
           std::ranges::count(base::finalizers_of(seen), volume_migration_finalizer) > 0;
}

VolumeMigration decode_volume_migration(const base::Object& object) {
    const Json& body = object.body;
    return {.seen = without_spec(object),
            .migration_uid = migration_of(object),
            .phase = text_or_empty(body, "/status/phase"),
            .itinerary = text_or_empty(body, "/status/itinerary"),
            .namespaces = copied_namespaces(body),
            .target_namespaces = namespaces_on_target(body),
            .copies = copies_of(body),
            .errors = base::texts_at(body, "/status/errors"),
            .conditions = decode_conditions(body),
            .backwards = text_or_empty(body, "/spec/migrationType") == "Rollback",
            .created = base::parse_rfc3339(text_or_empty(body, "/metadata/creationTimestamp"))};
}

std::set<std::string> namespaces_copied(const std::vector<VolumeMigration>& volume_migrations,
                                        const std::vector<Migration>& migrations) {
    std::set<std::string> names;
    for (const VolumeMigration& dvm : volume_migrations) {
        if (std::ranges::count(migrations, dvm.migration_uid, &Migration::uid) > 0)
            names.insert(dvm.namespaces.begin(), dvm.namespaces.end());
    }
    return names;
}

}  // namespace mtc
