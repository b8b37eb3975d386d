// `cancel PLAN`, played with the real binary.
#include "program.hpp"

namespace cancel_test {

using namespace plugin_test;

namespace {

base::ObjectRef migration(const std::string& name) {
    return {mtc::types::migmigrations, "openshift-migration", name};
}

bool is_told_to_cancel(sandbox::World& world, const std::string& name) {
    const auto now = world.target_store().peek(migration(name));
    return now && base::bool_at(now->body, "/spec/canceled").value_or(false);
}

sandbox::WorldOptions nobody_acts() {
    return {.https = true, .controller = false};
}

/// A migration that waits behind a condition, as the controller writes it down.
void block(sandbox::World& world, const std::string& name) {
    auto now = world.target_store().peek(migration(name));
    REQUIRE(now);
    now->body["status"]["conditions"] = {{{"type", "PlanNotReady"},
                                          {"status", "True"},
                                          {"category", "Critical"},
                                          {"message", "The plan is not ready."}}};
    world.target_store().put(now->body);
}

}  // namespace

TEST_CASE("cancel ends the cutover that runs, and says what that leaves") {
    sandbox::World world("cutover-running", https());
    const Person person(world.kubeconfig());
    const auto ended = ends_with(0, person.runs({"cancel", "shop-plan", "--yes"}));
    CHECK(has(ended.err, "cancel cutover cutover-1 (running"));
    CHECK(ended.out.starts_with("Canceled: cutover cutover-1\n"));
    CHECK(has(ended.out, "Now: "));
    CHECK(is_told_to_cancel(world, "cutover-1"));

    world.target_server().forget_requests();
    const auto again = ends_with(0, person.runs({"cancel", "shop-plan", "--yes"}));
    CHECK(again.out == "Nothing to do: no migration of this plan runs\n");
    CHECK(writes(world) == 0);
}

TEST_CASE("nothing is canceled by a dry run, or where nobody can be asked") {
    sandbox::World world("cutover-running", https());
    const Person person(world.kubeconfig());
    for (const std::string mode : {"client", "server"}) {
        const auto shown = ends_with(0, person.runs({"cancel", "shop-plan", "--dry-run=" + mode}));
        CHECK(has(shown.out, "Patch migmigration/cutover-1"));
    }
    const auto asked = ends_with(6, person.runs({"cancel", "shop-plan"}));
    CHECK(has(asked.err, "pass --yes to cancel it"));
    CHECK_FALSE(is_told_to_cancel(world, "cutover-1"));
}

TEST_CASE("a rollback is canceled only when that is said in words of its own") {
    sandbox::World world("rollback-hangs-on-finalizer", https());
    const Person person(world.kubeconfig());
    ends_with(0, person.runs({"create", "shop-plan", "--yes", "--name=back"}));
    const auto refused = ends_with(6, person.runs({"cancel", "shop-plan", "--yes"}));
    CHECK(has(refused.err, "back is a rollback"));
    CHECK(has(refused.err, "--cancel-rollback"));
    CHECK_FALSE(is_told_to_cancel(world, "back"));

    const auto ended =
        ends_with(0, person.runs({"cancel", "shop-plan", "--yes", "--cancel-rollback"}));
    CHECK(has(ended.out, "Canceled: rollback back"));
    CHECK(is_told_to_cancel(world, "back"));
}

TEST_CASE("a blocked migration, which would not heed it, is deleted instead") {
    sandbox::World world("cutover-running", nobody_acts());
    block(world, "cutover-1");
    const Person person(world.kubeconfig());
    const auto ended = ends_with(0, person.runs({"cancel", "shop-plan", "--yes"}));
    CHECK(has(ended.err, "delete cutover cutover-1 (blocked"));
    CHECK(has(ended.err, "a blocked one does not heed a cancellation"));
    CHECK(ended.out.starts_with("Deleted: the migration is gone\n"));
    CHECK_FALSE(world.target_store().peek(migration("cutover-1")));
}

TEST_CASE("an end that does not come is waited for as long as is said, and goes on") {
    sandbox::World world("cutover-running", nobody_acts());
    const Person person(world.kubeconfig());
    const auto ended = ends_with(5, person.runs({"cancel", "shop-plan", "--yes", "--timeout=1s"}));
    CHECK(has(ended.out, "Not finished in time; the cancellation goes on in the cluster"));
    CHECK(is_told_to_cancel(world, "cutover-1"));

    // told already: it is only waited for
    world.target_server().forget_requests();
    ends_with(5, person.runs({"cancel", "shop-plan", "--yes", "--timeout=1s"}));
    CHECK(writes(world) == 0);
}

TEST_CASE("cancel needs the control cluster only") {
    sandbox::World world("cutover-running", https());
    world.source_server().inject({.match = ".*", .effect = sandbox::DropBefore{}, .times = 0});
    const auto ended =
        ends_with(0, Person(world.kubeconfig()).runs({"cancel", "shop-plan", "--yes"}));
    CHECK(has(ended.out, "Canceled: cutover cutover-1"));
    CHECK(has(ended.out, "could not be looked at"));
}

TEST_CASE("with -o json cancel prints one document") {
    sandbox::World world("cutover-running", https());
    const auto ended =
        ends_with(0, Person(world.kubeconfig()).runs({"cancel", "shop-plan", "--yes", "-ojson"}));
    const auto json = base::Json::parse(ended.out, nullptr, false);
    REQUIRE(json.is_object());
    CHECK(json["kind"] == "RunReport");
    CHECK(json["task"] == "Cancel");
    CHECK(json["outcome"] == "Succeeded");
    REQUIRE(json["canceled"].size() == 1);
    CHECK(json["canceled"][0]["state"] == "Canceled");
    CHECK(json["written"].size() == 1);
}

}  // namespace cancel_test
