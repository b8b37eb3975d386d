#include "mtc/migration.hpp"

#include <doctest/doctest.h>

#include "unit/mtc/builders.hpp"

namespace migration_test {

using namespace mtc;
using build::Json;

namespace {

Migration decoded(const Json& spec, const Json& status = Json::object()) {
    return decode_migration(build::mtc_object(types::migmigrations, "m").spec(spec).status(status));
}

}  // namespace

TEST_CASE("a migration is read with all that is shown of it") {
    base::Object object = build::mtc_object(types::migmigrations, "m");
    object.body["metadata"]["creationTimestamp"] = "2025-05-01T10:01:00Z";
    object.body["spec"] = {{"migPlanRef", {{"name", "shop-plan"}}}, {"quiescePods", true}};
    object.body["status"] = {{"itinerary", "Final"},
                             {"phase", "EnsureInitialBackup"},
                             {"startTimestamp", "2025-05-01T10:02:00Z"},
                             {"errors", {"one", 2, "three"}}};
    const Migration m = decode_migration(object);
    CHECK(m.ns == "openshift-migration");
    CHECK(m.name == "m");
    CHECK(m.uid == "uid-of-m");
    CHECK(m.plan == "shop-plan");
    CHECK(m.quiesce);
    CHECK_FALSE(m.canceled);
    CHECK(m.itinerary == "Final");
    CHECK(m.phase == "EnsureInitialBackup");
    CHECK(m.created == build::at(1));
    CHECK(m.started == build::at(2));
    CHECK(m.errors == std::vector<std::string>{"one", "three"});
    CHECK(decoded({{"canceled", true}}).canceled);
}

TEST_CASE("the kind of a migration follows the controller's precedence") {
    struct Row {
        const char* situation;
        Json spec;
        MigrationKind kind;
        const char* word;
    };
    const Row rows[] = {
        {"nothing set", {{"stage", false}}, MigrationKind::Cutover, "cutover"},
        {"stage", {{"stage", true}}, MigrationKind::Stage, "stage"},
        {"migrateState", {{"migrateState", true}}, MigrationKind::State, "state migration"},
        {"rollback", {{"stage", false}, {"rollback", true}}, MigrationKind::Rollback, "rollback"},
        {"rollback wins over stage",
         {{"stage", true}, {"rollback", true}},
         MigrationKind::Rollback,
         "rollback"},
        {"a rollback that is no truth value",
         {{"rollback", "true"}},
         MigrationKind::Cutover,
         "cutover"},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            CHECK(decoded(row.spec).kind == row.kind);
            CHECK(word(row.kind) == row.word);
        }
    }
}

TEST_CASE("the pipeline is read step by step, and an odd step stays empty") {
    const Migration m = decoded({}, {{"pipeline",
                                      {{{"name", "CleanupMigrated"},
                                        {"phase", "EnsureMigratedDeleted"},
                                        {"message", "Rolling back."},
                                        {"progress", {"Pod shop/x: Running", 5}},
                                        {"started", "2025-05-01T10:03:00Z"},
                                        {"completed", "soon"}},
                                       {{"name", "Restore"}, {"skipped", true}},
                                       {{"name", "DirectVolume"}, {"failed", true}},
                                       "odd"}}});
    REQUIRE(m.pipeline.size() == 4);
    CHECK(m.pipeline[0].name == "CleanupMigrated");
    CHECK(m.pipeline[0].phase == "EnsureMigratedDeleted");
    CHECK(m.pipeline[0].message == "Rolling back.");
    CHECK(m.pipeline[0].progress == std::vector<std::string>{"Pod shop/x: Running"});
    CHECK(m.pipeline[0].started == build::at(3));
    CHECK_FALSE(m.pipeline[0].completed);
    CHECK_FALSE(m.pipeline[0].skipped);
    CHECK(m.pipeline[1].skipped);
    CHECK_FALSE(m.pipeline[1].failed);
    CHECK(m.pipeline[2].failed);
    CHECK(m.pipeline[3].name.empty());
}

TEST_CASE("a migration of odd types is read as one that says nothing") {
    const Migration m =
        decoded({{"migPlanRef", "shop-plan"}, {"quiescePods", 1}},
                {{"phase", 3}, {"errors", "none"}, {"pipeline", "none"}, {"startTimestamp", 5}});
    CHECK(m.plan.empty());
    CHECK_FALSE(m.quiesce);
    CHECK(m.errors.empty());
    CHECK(m.pipeline.empty());
    CHECK_FALSE(m.started);
    CHECK(std::holds_alternative<Pending>(m.state()));
}

TEST_CASE("the manifest of a rollback says what the controller and its schema require") {
    const Plan plan = decode_plan(build::plan()).value();
    const Json manifest = rollback_manifest(plan, "rollback-abc");
    CHECK(manifest["apiVersion"] == "migration.openshift.io/v1alpha1");
    CHECK(manifest["kind"] == "MigMigration");
    CHECK(manifest["metadata"]["name"] == "rollback-abc");
    CHECK(manifest["metadata"]["namespace"] == "openshift-migration");
    CHECK(manifest["metadata"]["labels"] == Json{{"controller-tools.k8s.io", "1.0"}});
    const Json& spec = manifest["spec"];
    CHECK(spec["migPlanRef"] == Json{{"name", "shop-plan"}, {"namespace", "openshift-migration"}});
    CHECK(spec["rollback"] == true);
    SUBCASE("stage is there, and false: the schema refuses the object without it") {
        REQUIRE(spec.contains("stage"));
        CHECK(spec["stage"] == false);
    }
    SUBCASE("nothing else that could change what it does") {
        CHECK(spec["quiescePods"] == false);
        CHECK_FALSE(spec.contains("canceled"));
        CHECK_FALSE(spec.contains("migrateState"));
        CHECK_FALSE(manifest["metadata"].contains("ownerReferences"));
        CHECK_FALSE(manifest.contains("status"));
    }
    SUBCASE("it is read back as a rollback of the plan") {
        const Migration m = decode_migration(base::object_of(types::migmigrations, manifest));
        CHECK(m.kind == MigrationKind::Rollback);
        CHECK(m.plan == "shop-plan");
    }
}

}  // namespace migration_test
