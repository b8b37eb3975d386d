// What a proof must not claim, and advice that must not harm, with the real binary.
#include "program.hpp"

namespace proof_test {

using namespace plugin_test;
namespace types = support::types;

namespace {

sandbox::Scenario scenario(const std::string& name, const std::string& source,
                           const std::string& more = "") {
    return *sandbox::parse_scenario(name, R"(
plan: {namespaces: [shop], volumes: [shop/data]}
migrations:
- {name: cutover-1, state: failed, phase: EnsureFinalRestore, error: "the restore failed"}
stopped: true
source:
  shop:
  - {kind: Deployment, name: web, replicas: 1, claims: [data]}
)" + source + R"(
target:
  shop:
    migrated:
    - {kind: Deployment, name: web, replicas: 1}
)" + more);
}

void put(support::Store& store, const base::ObjectRef& ref, base::Json body) {
    body["apiVersion"] = ref.type.api_version();
    body["kind"] = ref.type.kind;
    body["metadata"]["name"] = ref.name;
    body["metadata"]["namespace"] = ref.ns;
    store.put(std::move(body));
}

std::string plan_uid(sandbox::World& world) {
    const auto plan =
        world.target_store().peek({mtc::types::migplans, mtc::openshift_migration, "shop-plan"});
    REQUIRE(plan);
    return plan->uid;
}

}  // namespace

TEST_CASE("a rollback that failed says nothing of what it did not read, and reads the rest") {
    sandbox::World world(scenario("fails-with-volumes",
                                  "  - {kind: Service, name: web}\n  - {kind: Route, name: web}",
                                  R"(
controller:
  fail:
  - {phase: DeleteMigrated, error: "routes is forbidden", times: 1}
)"),
                         https());
    const Person person(world.kubeconfig());
    const auto ended = ends_with(3, person.runs({"shop-plan", "--yes", "--stall-after=4s"}));
    CHECK_FALSE(has(ended.out, "which does not exist"));
    CHECK_FALSE(has(ended.out, "0 services with ready endpoints"));
    CHECK_FALSE(has(ended.out, "0 routes admitted"));
    CHECK_FALSE(has(ended.out, "were not looked at"));
    ends_with(0, person.runs({"shop-plan", "--yes", "--stall-after=4s"}));
}

TEST_CASE("a rollback is not praised once another cutover has failed after it") {
    sandbox::World world(*sandbox::parse_scenario("failed-again", R"(
plan: {namespaces: [shop]}
migrations:
- {name: cutover-1, state: failed, phase: EnsureFinalRestore, error: "the restore failed", ago: 50m}
- {name: rollback-1, kind: rollback, state: succeeded, ago: 40m}
- {name: second-cutover, state: failed, phase: EnsureFinalRestore, error: "again", ago: 30m}
source:
  shop:
  - {kind: Deployment, name: web, replicas: 1}
target:
  shop: {existing: [ServiceAccount/web]}
)"),
                         https());
    const Person person(world.kubeconfig());
    // the store gives all the same second
    auto later = world.target_store()
                     .peek({mtc::types::migmigrations, mtc::openshift_migration, "second-cutover"})
                     ->body;
    later["metadata"]["creationTimestamp"] = base::rfc3339(base::now() + std::chrono::minutes(1));
    world.target_store().put(later);
    const auto ended = person.runs({"verify", "shop-plan", "--stall-after=1s"});
    CAPTURE(ended.out);
    CHECK_FALSE(has(ended.out, "rollback-1, succeeded"));
    CHECK_FALSE(has(ended.out, "MigMigration rollback-1 succeeded"));
    CHECK(has(ended.out,
              "second-cutover (cutover, failed) came after rollback rollback-1: nothing "
              "has been rolled back since"));
    CHECK(has(ended.out, "-> oc mtc rollback assess shop-plan"));
}

TEST_CASE("an idle Service whose only pod ended long ago is no failure") {
    sandbox::World world(
        scenario("idle-service", R"(  - {kind: Deployment, name: idle, replicas: 0, stopped: false}
  - {kind: Service, name: idle})"),
        https());
    const Person person(world.kubeconfig());
    put(world.source_store(), {types::pods, "shop", "idle-1"},
        {{"metadata", {{"labels", {{"app", "idle"}}}}},
         {"spec", {{"containers", {{{"name", "idle"}, {"image", "idle:1"}}}}}},
         {"status", {{"phase", "Failed"}, {"reason", "Evicted"}}}});
    const auto ended = ends_with(0, person.runs({"shop-plan", "--yes", "--stall-after=4s"}));
    CHECK(has(ended.out, "shop/service/idle selects no pod that runs"));
}

TEST_CASE("CronJobs that start at once when they are resumed are told before") {
    sandbox::World world(
        scenario(
            "cron-missed",
            R"(  - {kind: CronJob, name: tick, body: {spec: {schedule: "* * * * *"}, status: {lastScheduleTime: "2020-01-01T10:00:00Z"}}})"),
        https());
    const Person person(world.kubeconfig());
    const auto ended = ends_with(0, person.runs({"assess", "shop-plan"}));
    CHECK(has(ended.out, "for the runs that they missed: shop/cronjob/tick (more than 100)"));
}

TEST_CASE("a restore that Velero has not ended is in the way, warned of, and looked at again") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    const base::ObjectRef restore{types::restores, mtc::openshift_migration, "final-1"};
    put(world.target_store(), restore,
        {{"metadata", {{"labels", {{mtc::labels::migrated_by_plan, plan_uid(world)}}}}},
         {"status", {{"phase", "InProgress"}}}});
    const auto listed = ends_with(4, person.runs({"leftovers", "shop-plan"}));
    CHECK(has(listed.out, "goes on creating objects"));
    CHECK(has(ends_with(0, person.runs({"assess", "shop-plan"})).out,
              "restore/final-1 is InProgress: Velero goes on creating objects, also after a "
              "rollback"));
    const auto ended = ends_with(4, person.runs({"shop-plan", "--yes", "--stall-after=2s"}));
    CHECK(has(ended.out, "openshift-migration/restore/final-1 is InProgress: Velero goes on"));
    put(world.target_store(), restore,
        {{"metadata", {{"labels", {{mtc::labels::migrated_by_plan, plan_uid(world)}}}}},
         {"status", {{"phase", "Completed"}}}});
    ends_with(0, person.runs({"verify", "shop-plan", "--stall-after=1s"}));
}

TEST_CASE("the plan in the way is not closed before its borrowed pods are given back") {
    sandbox::World world(*sandbox::parse_scenario("plan-conflict", R"(
plan:
  namespaces: [shop]
  conditions:
  - {type: PlanConflict, category: Error, message: "subject: retry"}
migrations:
- {name: cutover-1, state: failed, phase: EnsureFinalRestore, error: "the restore failed"}
stopped: true
source:
  shop:
  - {kind: Deployment, name: web, replicas: 1}
  - {kind: Pod, name: bare, borrowed: true}
target:
  shop: {migrated: [ConfigMap/web-config]}
)"),
                         https());
    const Person person(world.kubeconfig());
    const base::ObjectRef own{mtc::types::migplans, mtc::openshift_migration, "shop-plan"};
    auto other = world.target_store().peek(own)->body;
    other["metadata"] = {{"uid", "uid-of-retry"}};
    put(world.target_store(), {own.type, own.ns, "retry"}, other);
    CHECK(world.source_store().patch({types::pods, "shop", "bare"}, support::PatchKind::MergePatch,
                                     {{"metadata", {{"labels", {{"migplan", "uid-of-retry"}}}}}}));
    const auto refused = ends_with(6, person.runs({"shop-plan", "--yes"}));
    CHECK(has(refused.err,
              "closing a plan deletes the pods that MTC borrowed for it from the "
              "application: shop/pod/bare; give them back first: oc mtc rollback "
              "manual retry --only=stage-pods; then oc patch migplan retry"));
    CHECK_FALSE(has(refused.err, "{plugin}"));
    const auto json = ends_with(6, person.runs({"shop-plan", "--yes", "-o", "json"}));
    CHECK(has(json.out, "manual retry --only=stage-pods"));
    CHECK_FALSE(has(json.out, "{plugin}"));
}

}  // namespace proof_test
