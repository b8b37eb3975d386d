#include "mtc/volume_migration.hpp"

#include <doctest/doctest.h>

#include "builders.hpp"

namespace volume_migration_test {

using build::condition;
using build::Json;
using build::list;
using build::Thing;
using mtc::decode_volume_migration;

namespace {

Thing volume_migration() {
    return build::mtc_object(mtc::types::volume_migrations, "dvm-1");
}

base::Json claim(const std::string& ns, const base::Json& target_ns = nullptr) {
    return {{"name", "data"}, {"namespace", ns}, {"targetNamespace", target_ns}};
}

}  // namespace

TEST_CASE("a volume migration says whose it is, and between which namespaces it copies") {
    const auto dvm = decode_volume_migration(
        volume_migration()
            .label("migmigration", "uid-of-cutover")
            .spec({{"persistentVolumeClaims",
                    {claim("shop"), claim("billing", "billing-new"), claim("shop", "shop")}}}));
    CHECK(dvm.seen.ref.name == "dvm-1");
    CHECK(dvm.seen.uid == "uid-of-dvm-1");
    CHECK(dvm.migration_uid == "uid-of-cutover");
    CHECK(dvm.namespaces == std::vector<std::string>{"billing", "billing-new", "shop"});
    CHECK(dvm.target_namespaces == std::vector<std::string>{"billing-new", "shop"});
    CHECK(base::find(dvm.seen.body, "/spec") == nullptr);
}

TEST_CASE("a volume migration has ended, and has failed or succeeded, by more than its phase") {
    struct Row {
        const char* situation;
        Json status;
        bool finished;
        bool failed;
        bool succeeded;
    };
    const Json failed = list(condition("Failed", "Critical", "RunRsyncOperations"));
    const Json warned = list(condition("Failed", "Warn", "RunRsyncOperations"));
    const Json succeeded = list(condition("Succeeded", "Advisory", "Completed"));
    const Json operation = list(Json{{"pvcReference", {{"name", "data"}}}, {"failed", true}});
    const Row rows[] = {
        {"not looked at yet", Json::object(), false, false, false},
        {"running", {{"phase", "RunRsyncOperations"}}, false, false, false},
        {"a phase that is none", {{"phase", "completed"}}, false, false, false},
        {"succeeded", {{"phase", "Completed"}, {"conditions", succeeded}}, true, false, true},
        {"ended without an outcome", {{"phase", "Completed"}}, true, false, false},
        {"succeeded, and not at its end yet",
         {{"phase", "DeleteRsyncResources"}, {"conditions", succeeded}},
         false,
         false,
         false},
        {"all rsync pods failed: it stays in this phase, without an error",
         {{"phase", "MigrationFailed"}, {"itinerary", "VolumeMigration"}, {"conditions", failed}},
         true,
         true,
         false},
        {"a fatal error",
         {{"phase", "MigrationFailed"}, {"conditions", failed}, {"errors", list("no token")}},
         true,
         true,
         false},
        {"another error, which is only a warning",
         {{"phase", "Completed"},
          {"itinerary", "VolumeMigrationFailed"},
          {"conditions", warned},
          {"errors", list("no such key")}},
         true,
         true,
         false},
        {"the condition before the phase",
         {{"phase", "RunRsyncOperations"}, {"conditions", failed}},
         true,
         true,
         false},
        {"the phase alone", {{"phase", "MigrationFailed"}}, true, true, false},
        {"the itinerary alone",
         {{"phase", "Completed"}, {"itinerary", "VolumeMigrationFailed"}},
         true,
         true,
         false},
        {"errors beside Succeeded",
         {{"phase", "Completed"}, {"conditions", succeeded}, {"errors", list("x")}},
         true,
         true,
         false},
        {"an operation that failed beside Succeeded",
         {{"phase", "Completed"}, {"conditions", succeeded}, {"rsyncOperations", operation}},
         true,
         true,
         false},
        {"an operation that failed while others go on",
         {{"phase", "RunRsyncOperations"}, {"rsyncOperations", operation}},
         false,
         true,
         false},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            const auto dvm = decode_volume_migration(volume_migration().status(row.status));
            CHECK(dvm.finished() == row.finished);
            CHECK(dvm.failed() == row.failed);
            CHECK(dvm.succeeded() == row.succeeded);
        }
    }
}

TEST_CASE("a volume migration tells of each claim how far it has come") {
    const auto reference = [](const char* claim) {
        return Json{{"namespace", "shop"}, {"name", claim}};
    };
    const auto pod = [&](const char* claim, const char* percent) {
        return Json{{"pvcRef", reference(claim)}, {"lastObservedProgressPercent", percent}};
    };
    const auto operation = [&](const char* claim, int attempt, const char* ended = nullptr) {
        Json json = {{"pvcReference", reference(claim)}, {"currentAttempt", attempt}};
        if (ended != nullptr) json[ended] = true;
        return json;
    };
    Json claims = Json::array();
    for (const char* name : {"a", "b", "c", "d", "e", "vm"}) claims.push_back(reference(name));
    const auto dvm = decode_volume_migration(
        volume_migration()
            .spec({{"persistentVolumeClaims", claims}})
            .status({{"rsyncOperations",
                      list(operation("a", 1, "succeeded"), operation("b", 2, "failed"),
                           operation("c", 2), operation("x", 1, "failed"))},
                     {"successfulPods", list(pod("a", "100%"), pod("e", "100%"))},
                     {"failedPods", list(pod("b", "86%"), pod("c", "12%"), pod("d", "7%"))},
                     {"failedLiveMigration", list(pod("vm", ""))}}));
    struct Row {
        const char* claim;
        bool succeeded;
        bool failed;
        int attempts;
        const char* reached;
    };
    const Row rows[] = {
        {"a", true, false, 1, "100%"}, {"b", false, true, 2, "86%"},
        {"c", false, false, 2, "12%"},  // an attempt failed, another one runs
        {"d", false, true, 0, "7%"},    // of an MTC that has no rsyncOperations
        {"e", true, false, 0, "100%"}, {"vm", false, true, 0, ""},
        {"x", false, true, 1, ""},  // not in the spec
    };
    REQUIRE(dvm.copies.size() == std::size(rows));
    for (std::size_t i = 0; i < std::size(rows); ++i) {
        CAPTURE(rows[i].claim);
        CHECK(dvm.copies[i].claim == rows[i].claim);
        CHECK(dvm.copies[i].ns == "shop");
        CHECK(dvm.copies[i].succeeded == rows[i].succeeded);
        CHECK(dvm.copies[i].failed == rows[i].failed);
        CHECK(dvm.copies[i].attempts == rows[i].attempts);
        CHECK(dvm.copies[i].reached == rows[i].reached);
    }
}

TEST_CASE("a volume migration is its migration's by label, or by owner") {
    const Json owner = list(Json{{"kind", "MigMigration"}, {"uid", "by-owner"}});
    const Json plan = list(Json{{"kind", "MigPlan"}, {"uid", "p"}});
    CHECK(decode_volume_migration(volume_migration().label("migration-direct-volume", "by-label"))
              .migration_uid == "by-label");
    CHECK(decode_volume_migration(volume_migration().label("migmigration", "by-older-label"))
              .migration_uid == "by-older-label");
    CHECK(decode_volume_migration(
              volume_migration().holding({{"metadata", {{"ownerReferences", owner}}}}))
              .migration_uid == "by-owner");
    CHECK(decode_volume_migration(
              volume_migration().holding({{"metadata", {{"ownerReferences", plan}}}}))
              .migration_uid.empty());
    CHECK(decode_volume_migration(volume_migration().spec({{"migrationType", "Rollback"}}))
              .backwards);
    CHECK_FALSE(
        decode_volume_migration(volume_migration().spec({{"migrationType", "CutOver"}})).backwards);
}

TEST_CASE("a volume migration cleans up by MTC's finalizer, unless it is being deleted already") {
    const auto held_by = [](const base::Json& finalizers) {
        base::Object object = volume_migration();
        object.body["metadata"]["finalizers"] = finalizers;
        return object;
    };
    CHECK(decode_volume_migration(held_by({mtc::volume_migration_finalizer})).cleans_up());
    CHECK_FALSE(decode_volume_migration(held_by({"foregroundDeletion"})).cleans_up());
    CHECK_FALSE(decode_volume_migration(volume_migration()).cleans_up());
    CHECK_FALSE(
        decode_volume_migration(volume_migration().terminating({mtc::volume_migration_finalizer}))
            .cleans_up());
}

}  // namespace volume_migration_test
