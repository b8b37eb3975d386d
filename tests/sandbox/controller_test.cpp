// What the simulated controller does while it is at it, where the recordings show only the end.
#include <doctest/doctest.h>

#include <algorithm>

#include "sandbox/quiesce.hpp"
#include "sandbox/world.hpp"

using namespace sandbox;

namespace sandbox_controller_test {
namespace {

constexpr const char* mtc_namespace = "openshift-migration";

Json migration_of(const std::string& name, const Json& spec) {
    Json body = manifest(types::migmigrations, mtc_namespace, name);
    body["spec"] = {{"migPlanRef", {{"name", "shop-plan"}, {"namespace", mtc_namespace}}},
                    {"stage", false}};
    body["spec"].update(spec);
    return body;
}

Json rollback_of_plan() {
    return migration_of("rollback-1", {{"rollback", true}});
}
Json cutover_of_plan() {
    return migration_of("cutover-9", {{"quiescePods", true}});
}

void start(World& world, const Json& body) {
    const ObjectRef ref = base::object_of(types::migmigrations, body).ref;
    REQUIRE(world.control().create(ref, body, {}, {}));
}

const Json* condition_in(const Object& object, const std::string& type) {
    for (const Json& condition : base::items_at(object.body, "/status/conditions")) {
        if (base::text_or_empty(condition, "/type") == type) return &condition;
    }
    return nullptr;
}

std::string message_of(const Object& object, const std::string& type) {
    const Json* condition = condition_in(object, type);
    return condition == nullptr ? "no " + type : base::text_or_empty(*condition, "/message");
}

std::string phase_in(const Object& object) {
    return base::text_or_empty(object.body, "/status/phase");
}

/// The migration as it is when that holds for the first time.
Object seen_when(World& world, const std::string& name,
                 const std::function<bool(const Object&)>& holds) {
    Object seen;
    const bool came =
        World::await(world.control(), types::migmigrations, [&](const kube::ObjectMap& all) {
            const auto it = all.find({types::migmigrations, mtc_namespace, name});
            if (it == all.end() || !holds(it->second)) return false;
            seen = it->second;
            return true;
        });
    REQUIRE(came);
    return seen;
}

Scenario scenario_from(const std::string& yaml) {
    auto scenario = parse_scenario("inline", yaml);
    REQUIRE_MESSAGE(scenario.has_value(), scenario.error().message);
    return std::move(*scenario);
}

std::optional<Object> found(kube::Cluster& cluster, const ObjectRef& ref) {
    auto object = cluster.get(ref, {});
    return object ? std::optional(std::move(*object)) : std::nullopt;
}

std::int64_t replicas_of(kube::Cluster& cluster, const ResourceType& type, const std::string& ns,
                         const std::string& name) {
    const auto object = found(cluster, {type, ns, name});
    return object ? base::number_at(object->body, "/spec/replicas").value_or(-1) : -2;
}

void close_plan(World& world, bool closed) {
    const ObjectRef ref{types::migplans, mtc_namespace, "shop-plan"};
    const auto seen = world.control().get(ref, {});
    REQUIRE(seen);
    const Json operations =
        Json::array({{{"op", "add"}, {"path", "/spec/closed"}, {"value", closed}}});
    REQUIRE(world.control().patch(*seen, operations, {}, {}));
}

Object plan_when(World& world, bool (*holds)(const Object&)) {
    Object seen;
    REQUIRE(World::await(world.control(), types::migplans, [&](const kube::ObjectMap& all) {
        if (all.empty() || !holds(all.begin()->second)) return false;
        seen = all.begin()->second;
        return true;
    }));
    return seen;
}

// Two of every kind, where one of them mounts the claim that the plan copies.
constexpr const char* two_namespaces = R"(
plan: {namespaces: [shop, billing], volumes: [shop/data]}
migrations:
- {name: cutover-1, state: failed, phase: FinalRestoreCreated, error: failed}
stopped: true
source:
  shop:
  - {kind: Deployment, name: web, replicas: 2}
  - {kind: Deployment, name: files, replicas: 2, claims: [data]}
  - {kind: StatefulSet, name: db, replicas: 2, claimTemplate: data}
  billing:
  - {kind: Deployment, name: ledger, replicas: 2}
target:
  shop: {migrated: [ConfigMap/web], existing: []}
  billing: {migrated: [], existing: []}
)";

void add_plan(kube::Cluster& cluster, const std::string& name, const Json& namespaces) {
    Json body = manifest(types::migplans, mtc_namespace, name);
    body["spec"] = {{"namespaces", namespaces}, {"closed", true}};
    REQUIRE(cluster.create({types::migplans, mtc_namespace, name}, body, {}, {}));
}

}  // namespace

TEST_SUITE("a failing phase of the simulated controller") {
    TEST_CASE("is seen once more with the error, before the Failed itinerary begins") {
        World world("rollback-fails");
        start(world, rollback_of_plan());
        const Object seen = seen_when(world, "rollback-1", [](const Object& m) {
            return condition_in(m, "Failed") != nullptr;
        });
        CHECK(phase_in(seen) == "DeleteMigrated");
        CHECK(base::text_or_empty(seen.body, "/status/itinerary") == "Rollback");
        CHECK(base::items_at(seen.body, "/status/errors").size() == 1);
        CHECK(condition_in(seen, "Running") == nullptr);
        CHECK(condition_in(seen, "Ready") != nullptr);
        const Object ended = world.await_end("rollback-1");
        CHECK(base::text_or_empty(ended.body, "/status/itinerary") == "Failed");
    }

    TEST_CASE("that names its reason itself is seen in a phase of no itinerary") {
        World world(scenario_from(R"(
plan: {namespaces: [shop], volumes: [shop/data]}
source: {shop: [{kind: Deployment, name: web, claims: [data]}]}
controller: {fail: [{phase: FinalRestoreCreated, error: "Restore x: Failed."}]}
)"));
        start(world, cutover_of_plan());
        const Object seen = seen_when(world, "cutover-9", [](const Object& m) {
            return condition_in(m, "Failed") != nullptr;
        });
        CHECK(phase_in(seen) == "FinalRestoreFailed");
        CHECK(message_of(seen, "Running") == "Step: 0/50");
        CHECK(base::text_or_empty(*condition_in(seen, "Failed"), "/reason") ==
              "FinalRestoreCreated");
        CHECK(phase_in(world.await_end("cutover-9")) == "Completed");
    }
}

TEST_CASE("a simulated cutover with volumes by way of the storage borrows pods and keeps them") {
    World world(scenario_from(R"(
plan: {namespaces: [shop], volumes: [shop/data, shop/orphan], indirectVolumes: true}
source:
  shop:
  - {kind: Pod, name: bare, claims: [data]}
controller: {fail: [{phase: StageRestoreCreated, error: "Restore x: Failed."}]}
)"));
    start(world, cutover_of_plan());
    const Object ended = world.await_end("cutover-9");
    CHECK(message_of(ended, "StagePodsCreated") == "[1] Stage pods created.");
    const auto pods = world.source().list(
        types::pods, {.ns = "shop", .label_selector = "migration.openshift.io/is-stage-pod=True"},
        {});
    REQUIRE(pods);
    CHECK(pods->items.size() == 2);
    const auto bare = found(world.source(), {types::pods, "shop", "bare"});
    REQUIRE(bare);
    CHECK(base::label_of(*bare, "migration.openshift.io/is-application-pod") == "True");
}

TEST_SUITE("closing a plan") {
    TEST_CASE("deletes what is labelled as made for it, also a borrowed pod") {
        World world("stage-pods");
        REQUIRE(found(world.source(), {types::pods, "shop", "bare"}));
        close_plan(world, true);
        const Object plan =
            plan_when(world, [](const Object& p) { return condition_in(p, "Closed") != nullptr; });
        CHECK(message_of(plan, "Closed") == "The migration plan is closed.");
        CHECK(condition_in(plan, "Ready") == nullptr);
        CHECK(condition_in(plan, "StorageEnsured") == nullptr);
        CHECK(World::await(world.source(), types::pods, [](const kube::ObjectMap& pods) {
            return !pods.contains({types::pods, "shop", "bare"});
        }));
        close_plan(world, false);
        plan_when(world, [](const Object& p) {
            return condition_in(p, "Ready") != nullptr && condition_in(p, "Closed") == nullptr;
        });
    }
}

TEST_SUITE("a simulated rollback where several plans cover a namespace") {
    struct Row {
        const char* what;
        std::vector<Json> others;  // namespaces of other plans on the source's own API
        bool filtered;
    };

    TEST_CASE("starts only what mounts a copied claim, as one switch for the whole plan") {
        const std::vector<Row> rows{
            {"no other plan", {}, false},
            {"one other plan: only plans of that cluster's API count", {{"shop"}}, false},
            {"two over one of the namespaces", {{"shop"}, {"shop"}}, true},
            {"two over the namespace without a claim", {{"billing"}, {"billing"}}, true},
            {"two that map it to another name", {{"shop:x"}, {"shop:x"}}, false},
            {"one that lists it twice", {{"shop", "shop"}}, true},
        };
        for (const Row& row : rows) {
            CAPTURE(row.what);
            World world(scenario_from(two_namespaces));
            for (std::size_t i = 0; i < row.others.size(); ++i)
                add_plan(world.source(), "other-" + std::to_string(i), row.others[i]);
            start(world, rollback_of_plan());
            CHECK(condition_in(world.await_end("rollback-1"), "Succeeded") != nullptr);
            const std::int64_t started = row.filtered ? 0 : 2;
            CHECK(replicas_of(world.source(), types::deployments, "shop", "files") == 2);
            CHECK(replicas_of(world.source(), types::deployments, "shop", "web") == started);
            CHECK(replicas_of(world.source(), types::statefulsets, "shop", "db") == started);
            CHECK(replicas_of(world.source(), types::deployments, "billing", "ledger") == started);
        }
    }

    TEST_CASE("stops a StatefulSet for its templates' claims") {
        World world(scenario_from(R"(
plan: {namespaces: [shop], volumes: [shop/data-db-0]}
source: {shop: [{kind: StatefulSet, name: db, replicas: 1, claimTemplate: data}]}
)"));
        const QuiesceScope scope{
            .namespaces = {"shop"}, .several_plans = true, .claims = {"shop/data-db-0"}};
        REQUIRE(quiesce(world.source(), scope, {}));
        CHECK(replicas_of(world.source(), types::statefulsets, "shop", "db") == 0);
        REQUIRE(unquiesce(world.source(), scope, {}));
        CHECK(replicas_of(world.source(), types::statefulsets, "shop", "db") == 0);
    }
}

TEST_CASE("a canceled rollback leaves the temporary annotations, as the real one does") {
    World world(scenario_from(R"(
plan: {namespaces: [shop], volumes: [shop/data]}
migrations:
- {name: cutover-1, state: failed, phase: FinalRestoreCreated, error: failed}
- {name: rollback-1, kind: rollback, state: running, phase: EnsureMigratedDeleted}
controller: {hang: [{phase: EnsureMigratedDeleted}]}
source:
  shop:
  - {kind: ConfigMap, name: x}
  - {kind: PersistentVolumeClaim, name: spare, annotations: {openshift.io/migrate-type: final}}
)"));
    const ObjectRef ref{types::migmigrations, mtc_namespace, "rollback-1"};
    const auto seen = world.control().get(ref, {});
    REQUIRE(seen);
    REQUIRE(world.control().patch(
        *seen, Json::array({{{"op", "add"}, {"path", "/spec/canceled"}, {"value", true}}}), {},
        {}));
    CHECK(condition_in(world.await_end("rollback-1"), "Canceled") != nullptr);
    const auto claim = found(world.source(), {types::persistentvolumeclaims, "shop", "spare"});
    REQUIRE(claim);
    CHECK(base::annotation_of(*claim, "openshift.io/migrate-type") == "final");
}

TEST_SUITE("a simulated rollback that has stopped the target") {
    TEST_CASE("waits for a workload's pod, not for a bare one or one with a claim of its own") {
        World world(scenario_from(R"(
plan: {namespaces: [shop], volumes: [shop/data]}
migrations:
- {name: cutover-1, state: failed, phase: FinalRestoreCreated, error: failed}
stopped: true
source: {shop: [{kind: Deployment, name: web, claims: [data]}]}
target:
  shop:
    migrated: [ConfigMap/web]
    existing:
    - {kind: PersistentVolumeClaim, name: other}
    - {kind: Pod, name: lonely}
    - {kind: Pod, name: owned-elsewhere, claims: [other], body: {metadata: {ownerReferences: [
        {apiVersion: apps/v1, kind: ReplicaSet, name: gone, uid: "1", controller: true}]}}}
)"));
        start(world, rollback_of_plan());
        CHECK(condition_in(world.await_end("rollback-1"), "Succeeded") != nullptr);
        CHECK(found(world.target(), {types::pods, "shop", "lonely"}));
    }
}

// A storage conversion
// -----------------------------------------------------------------------------

namespace {

constexpr const char* conversion = R"(
plan:
  namespaces: [shop]
  volumes: ["shop/data:data-mig-x7kq", "shop/store-db-0:store-mig-x7kq-db-0"]
  conversion: true
source:
  shop:
  - {kind: Deployment, name: web, replicas: 2, claims: [data]}
  - {kind: StatefulSet, name: db, replicas: 1, claimTemplate: store, annotations: {about: db}}
target:
  shop:
    migrated:
    - {kind: PersistentVolumeClaim, name: data-mig-x7kq}
    - {kind: PersistentVolumeClaim, name: store-mig-x7kq-db-0}
)";

Json conversion_of_plan() {
    return migration_of("conv-1", {{"migrateState", true}, {"quiescePods", true}});
}

std::string claim_of_web(World& world) {
    const auto web = found(world.target(), {types::deployments, "shop", "web"});
    const auto claims =
        web ? claims_of(web->body, "/spec/template/spec") : std::vector<std::string>{};
    return claims.size() == 1 ? claims.front() : "";
}

std::string template_of_db(World& world) {
    const auto db = found(world.target(), {types::statefulsets, "shop", "db"});
    return db ? base::text_or_empty(first_at(db->body, "/spec/volumeClaimTemplates"),
                                    "/metadata/name")
              : "";
}

}  // namespace

TEST_SUITE("a simulated storage conversion") {
    TEST_CASE("switches the claims, starts what it stopped and leaves its marks") {
        World world(scenario_from(conversion));
        start(world, conversion_of_plan());
        const Object ended = world.await_end("conv-1", std::chrono::seconds(15));
        CHECK(condition_in(ended, "Succeeded") != nullptr);
        CHECK(claim_of_web(world) == "data-mig-x7kq");
        const auto web = found(world.target(), {types::deployments, "shop", "web"});
        REQUIRE(web);
        CHECK(base::number_at(web->body, "/spec/replicas") == 2);
        CHECK(base::annotation_of(*web, "migration.openshift.io/preQuiesceReplicas") == "2");
        const auto db = found(world.target(), {types::statefulsets, "shop", "db"});
        REQUIRE(db);
        CHECK(template_of_db(world) == "store-mig-x7kq");
        CHECK(base::annotation_of(*db, "migration.openshift.io/statefulset-update") == "True");
        CHECK_FALSE(base::annotation_of(*db, "migration.openshift.io/preQuiesceReplicas"));
        const auto old = found(world.target(), {types::persistentvolumeclaims, "shop", "data"});
        REQUIRE(old);
        CHECK(base::label_of(*old, "migration.openshift.io/source-for-directvolumemigration"));

        start(world, rollback_of_plan());
        CHECK(condition_in(world.await_end("rollback-1", std::chrono::seconds(15)), "Succeeded") !=
              nullptr);
        CHECK(claim_of_web(world) == "data");
        CHECK(template_of_db(world) == "store");
    }

    TEST_CASE("fails at a Job that has not ended, when it has swapped the others") {
        Scenario scenario = scenario_from(conversion);
        scenario.source["shop"].push_back(
            {.kind = "Job", .name = "import", .fields = {{"parallelism", 2}}});
        World world(scenario);
        start(world, conversion_of_plan());
        const Object ended = world.await_end("conv-1", std::chrono::seconds(15));
        CHECK(base::texts_at(ended.body, "/status/errors") ==
              std::vector<std::string>{"Failed updating PVC references on Jobs [shop/import]"});
        CHECK(claim_of_web(world) == "data-mig-x7kq");
        CHECK(template_of_db(world) == "store-mig-x7kq");
    }
}

TEST_CASE("a DirectVolumeMigration that is deleted takes along what it made, on both clusters") {
    World world("leftovers");
    const auto all = world.control().list(types::directvolumemigrations, {}, {});
    REQUIRE(all);
    REQUIRE(all->items.size() == 1);
    const Object& copy = all->items.front();
    const std::string selector = "directvolumemigration=" + copy.uid;
    const auto left = [&](kube::Cluster& cluster, const ResourceType& type) {
        const auto found = cluster.list(type, {.ns = "shop", .label_selector = selector}, {});
        return found ? found->items.size() : 99;
    };
    CHECK(left(world.source(), types::secrets) == 2);
    CHECK(left(world.target(), types::routes) == 2);
    REQUIRE(world.control().remove(copy, {}, {}));
    CHECK(World::await(world.control(), types::directvolumemigrations,
                       [](const kube::ObjectMap& now) { return now.empty(); }));
    CHECK(left(world.source(), types::secrets) == 0);
    CHECK(left(world.target(), types::routes) == 0);
}

}  // namespace sandbox_controller_test
