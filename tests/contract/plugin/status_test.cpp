// `status [PLAN] [-w]`, played with the real binary.
#include "program.hpp"

namespace status_test {

using namespace plugin_test;

namespace {

base::Json document(const support::Ended& ended) {
    auto json = base::Json::parse(ended.out, nullptr, false);
    REQUIRE(json.is_object());
    CHECK(json["apiVersion"] == "mtc-rollback/v1");
    CHECK(json["kind"] == "Status");
    CHECK(json["exitCode"] == ended.code);
    return json;
}

}  // namespace

TEST_CASE("status shows each migration, how it ended, and its errors in full") {
    sandbox::World world("rollback-running", https());
    const Person person(world.kubeconfig());
    const auto ended = ends_with(0, person.runs({"status", "shop-plan"}));
    CHECK(has(ended.out, "Plan openshift-migration/shop-plan: nothing blocks it\n"));
    CHECK(has(ended.out, "NAME"));
    CHECK(has(ended.out, "cutover-1"));
    CHECK(has(ended.out, "the restore failed"));
    // the newest first
    CHECK(ended.out.find("rollback-1") < ended.out.find("cutover-1"));
    CHECK(writes(world) == 0);

    const auto json = document(ends_with(0, person.runs({"status", "-ojson"})));
    REQUIRE(json["migrations"].size() == 2);
    CHECK(json["migrations"][0]["kind"] == "rollback");
    CHECK(json["migrations"][1]["state"] == "Failed");
    CHECK(json["migrations"][1]["errors"][0]["message"] == "the restore failed");
    CHECK(json["migrations"][0]["ended"].is_null());

    const auto names = ends_with(0, person.runs({"status", "-oname"}));
    CHECK(names.out == "migmigration.migration.openshift.io/rollback-1\n");
}

TEST_CASE("status -w follows to the end, and its exit code tells which end it was") {
    SUBCASE("well") {
        sandbox::World world("small", https());
        const Person person(world.kubeconfig());
        ends_with(0, person.runs({"create", "shop-plan", "--yes", "--name=back"}));
        const auto ended = ends_with(0, person.runs({"status", "shop-plan", "--watch"}));
        CHECK(has(ended.out, "succeeded"));
    }
    SUBCASE("not well") {
        sandbox::World world("rollback-fails", https());
        const Person person(world.kubeconfig());
        ends_with(0, person.runs({"create", "shop-plan", "--yes"}));
        // it may have ended by now: then there is nothing to follow
        const auto ended = person.runs({"status", "shop-plan", "-w", "-ojson"});
        const auto json = document(ended);
        CHECK(json["migrations"][0]["state"] == "Failed");
        CHECK((ended.code == 0 || ended.code == 3));
    }
    SUBCASE("not in time") {
        sandbox::World world("cutover-running", https());
        const auto ended = ends_with(
            5, Person(world.kubeconfig()).runs({"status", "-w", "--timeout=1s", "-ojson"}));
        CHECK(document(ended)["migrations"][0]["state"] == "Running");
    }
    SUBCASE("nothing runs") {
        sandbox::World world("failed-cutover", https());
        ends_with(0, Person(world.kubeconfig()).runs({"status", "-w"}));
    }
}

TEST_CASE("status says what one waits for that does not go on") {
    sandbox::World world("cutover-running", {.https = true, .controller = false});
    const Person person(world.kubeconfig());
    world.target_store().put(
        {{"apiVersion", "migration.openshift.io/v1alpha1"},
         {"kind", "MigMigration"},
         {"metadata", {{"name", "later"}, {"namespace", "openshift-migration"}}},
         {"spec",
          {{"migPlanRef", {{"name", "shop-plan"}, {"namespace", "openshift-migration"}}},
           {"stage", false}}},
         {"status",
          {{"conditions",
            {{{"type", "Postponed"},
              {"status", "True"},
              {"category", "Critical"},
              {"message", "Postponed, another one runs."}}}}}}});
    const auto ended = ends_with(0, person.runs({"status", "shop-plan"}));
    CHECK(has(ended.out, "Postponed: Postponed, another one runs."));
    CHECK(has(ended.out, "cutover-1 is running and goes first"));
}

TEST_CASE("a rollback that has failed, and is blocked, is failed: nobody waits for it") {
    sandbox::World world("failed-cutover", {.https = true, .controller = false});
    const Person person(world.kubeconfig());
    const auto condition = [](const char* type, const char* category, const char* reason) {
        return base::Json{{"type", type},
                          {"status", "True"},
                          {"category", category},
                          {"reason", reason},
                          {"message", std::string(type) + " it is"},
                          {"lastTransitionTime", "2025-05-01T11:00:00Z"}};
    };
    base::Json status = {{"phase", "DeleteBackups"},
                         {"itinerary", "Rollback"},
                         {"errors", base::Json::array({"no credentials"})}};
    status["conditions"] = base::Json::array({condition("PlanNotReady", "Critical", ""),
                                              condition("Failed", "Advisory", "DeleteBackups")});
    base::Json rollback = {{"apiVersion", "migration.openshift.io/v1alpha1"},
                           {"kind", "MigMigration"},
                           {"metadata", {{"name", "back"}, {"namespace", "openshift-migration"}}},
                           {"status", status}};
    rollback["spec"] = {
        {"migPlanRef", {{"name", "shop-plan"}, {"namespace", "openshift-migration"}}},
        {"stage", false},
        {"rollback", true}};
    world.target_store().put(rollback);
    base::Json plan = world.target_store().all(mtc::types::migplans).at(0).body;
    plan["status"]["conditions"] =
        base::Json::array({condition("SourceClusterNotReady", "Critical", "")});
    world.target_store().put(plan);

    const auto shown = ends_with(0, person.runs({"status", "shop-plan"}));
    CHECK(has(shown.out, "failed"));
    CHECK(has(shown.out, "it has failed and does no more"));
    CHECK(has(shown.out, "PlanNotReady: PlanNotReady it is"));
    const auto status_document = document(person.runs({"status", "-ojson"}));
    const base::Json& migrations = status_document["migrations"];
    const auto back = std::ranges::find_if(
        migrations, [](const base::Json& each) { return each["name"] == "back"; });
    REQUIRE(back != migrations.end());
    CHECK((*back)["state"] == "Failed");
    ends_with(3, person.runs({"status", "shop-plan", "--watch", "--timeout=20s"}));
    const auto assessed = ends_with(4, person.runs({"assess", "shop-plan", "--exit-code"}));
    CHECK(has(assessed.out, ": a rollback is required, by hand\n"));
    CHECK(
        has(assessed.out,
            "rollback back is failed (phase DeleteBackups), but the controller has not ended it"));
    ends_with(6, person.runs({"shop-plan", "--yes", "--timeout=20s"}));
    CHECK(rollbacks(world.target_store()) == 1);
}

TEST_CASE("a cutover that is turned into a rollback while it runs is followed as one") {
    sandbox::World world("cutover-running", https());
    const Person person(world.kubeconfig());
    base::Json cutover = world.target_store().all(mtc::types::migmigrations).at(0).body;
    cutover["spec"]["rollback"] = true;
    world.target_store().put(cutover);
    ends_with(0, person.runs({"shop-plan", "--yes"}));
    CHECK(rollbacks(world.target_store()) == 1);  // itself: none was made beside it
    CHECK(replicas(world.source_store(), "web") == 2);
    const auto shown = ends_with(0, person.runs({"status", "shop-plan"}));
    CHECK(has(shown.out, "rollback, began as a cutover"));
    const auto json = document(ends_with(0, person.runs({"status", "-ojson"})));
    CHECK(json["migrations"][0]["kind"] == "rollback");
    CHECK(json["migrations"][0]["state"] == "Succeeded");
}

TEST_CASE("status needs the control cluster only, and names what is not there") {
    sandbox::World world("failed-cutover", https());
    const Person person(world.kubeconfig());
    world.source_server().inject({.match = ".*", .effect = sandbox::DropBefore{}, .times = 0});
    ends_with(0, person.runs({"status", "shop-plan"}));

    const auto missing = ends_with(1, person.runs({"status", "no-plan", "-ojson"}));
    CHECK(has(document(missing)["error"].get<std::string>(), "no-plan"));
}

}  // namespace status_test
