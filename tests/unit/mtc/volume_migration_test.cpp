#include "mtc/volume_migration.hpp"

#include <doctest/doctest.h>

#include "builders.hpp"

namespace volume_migration_test {

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
    CHECK(base::find(dvm.seen.body, "/spec") == nullptr);
}

TEST_CASE("only the phase Completed says that a volume migration has ended") {
    for (const char* phase : {"", "RunRsyncOperations", "MigrationFailed", "completed"}) {
        CAPTURE(phase);
        CHECK_FALSE(
            decode_volume_migration(volume_migration().status({{"phase", phase}})).finished());
    }
    CHECK(decode_volume_migration(volume_migration().status({{"phase", "Completed"}})).finished());
    CHECK_FALSE(decode_volume_migration(volume_migration()).finished());
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
