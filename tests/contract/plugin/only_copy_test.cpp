// What only the target runs is not taken from the application, marks that MTC cannot read do not
// lead it into a rollback that fails halfway, and no run says more than what it looked at; with the
// real binary.
#include "base/text.hpp"
#include "program.hpp"

namespace only_copy_test {

using namespace plugin_test;
using base::Json;
namespace types = support::types;

namespace {

constexpr const char* mark = "migration.openshift.io/preQuiesceReplicas";

void put_mark(sandbox::World& world, const char* name, const std::string& value) {
    auto body = world.source_store().peek({types::deployments, "shop", name})->body;
    body["metadata"]["annotations"][mark] = value;
    world.source_store().put(body);
}

Json controller(int replicas, const Json& labels) {
    const Json pod = {{"metadata", {{"labels", {{"app", "db"}}}}},
                      {"spec", {{"containers", Json::array({{{"name", "db"}, {"image", "db"}}})}}}};
    return {{"apiVersion", "v1"},
            {"kind", "ReplicationController"},
            {"metadata", {{"namespace", "shop"}, {"name", "db"}, {"labels", labels}}},
            {"spec", {{"replicas", replicas}, {"selector", {{"app", "db"}}}, {"template", pod}}}};
}

std::size_t pods_of(const support::Store& store, const std::string& prefix) {
    std::size_t n = 0;
    for (const base::Object& pod : store.all(types::pods))
        n += pod.ref.name.starts_with(prefix) ? 1 : 0;
    return n;
}

std::string plan_uid(sandbox::World& world) {
    return world.target_store().peek({types::migplans, mtc::openshift_migration, "shop-plan"})->uid;
}

}  // namespace

TEST_CASE("neither way stops a workload that the source does not have") {
    sandbox::World world("at-rest-without-mark", https());
    const Person person(world.kubeconfig());
    CHECK(world.source_store().remove({types::deployments, "shop", "web"}));
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"shop-plan", "--yes", "--start-as-before"},
          {"manual", "shop-plan", "--yes", "--start-as-before"}}) {
        const auto ended = ends_with(6, person.runs(words));
        CHECK(has(ended.err, "deployment/web in shop (not here, 3 replicas on the target)"));
        CHECK(has(ended.err, "--set shop/deployment/web=0"));
    }
    const auto assessed = ends_with(0, person.runs({"assess", "shop-plan"}));
    CHECK_FALSE(has(assessed.out, "-> oc mtc rollback shop-plan --start-as-before"));
    CHECK(has(assessed.out, "--set shop/deployment/web=0"));
    CHECK(replicas(world.target_store(), "web") == 3);
    CHECK(writes(world) == 0);
    // told to, it does
    ends_with(0, person.runs({"manual", "shop-plan", "--yes", "--start-as-before",
                              "--set=shop/deployment/web=0"}));
    CHECK(replicas(world.target_store(), "web") == 0);
}

TEST_CASE("what MTC does not start is judged by its pods on both clusters") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    world.source_store().put(controller(0, Json::object()));
    world.target_store().put(controller(1, {{mtc::labels::migrated_by_plan, plan_uid(world)}}));
    world.settle();
    const auto refused = ends_with(6, person.runs({"shop-plan", "--yes"}));
    CHECK(has(refused.err,
              "shop/replicationcontroller/db runs on the target, and has no pod on the "
              "source: MTC starts no ReplicationController"));
    CHECK(rollbacks(world.target_store()) == 0);
    const auto verified = ends_with(4, person.runs({"verify", "shop-plan"}));
    CHECK(has(verified.out, "shop/replicationcontroller/db runs on the target"));
    // started as the remedy says, nothing stands in the way
    world.source_store().put(controller(1, Json::object()));
    world.settle();
    ends_with(0, person.runs({"shop-plan", "--yes"}));
    CHECK(pods_of(world.source_store(), "db-") == 1);
    CHECK(pods_of(world.target_store(), "db-") == 0);
}

TEST_CASE("a mark that MTC cannot read is mended first, or the manual flow takes a number") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    for (const char* value : {"three", "3000000000"}) {
        put_mark(world, "web", value);
        const auto refused = ends_with(6, person.runs({"shop-plan", "--yes"}));
        CHECK(has(refused.err, "carries a mark of MTC that MTC cannot read"));
        CHECK(has(refused.err, std::string(mark) + " is \"" + value + "\""));
        const auto assessed = ends_with(4, person.runs({"assess", "shop-plan", "--exit-code"}));
        CHECK(has(assessed.out, "manual shop-plan"));
    }
    CHECK(writes(world) == 0);
    const auto told = ends_with(6, person.runs({"shop-plan", "--yes", "--set=deployment/web=2"}));
    CHECK(has(told.err,
              "oc annotate deployment/web -n shop --overwrite " + std::string(mark) + "=2"));
    put_mark(world, "web", "2");
    const auto against =
        ends_with(6, person.runs({"shop-plan", "--yes", "--set=deployment/web=5"}));
    CHECK(has(against.err, "--set shop/deployment/web=5 would not be heeded"));
    ends_with(0, person.runs({"shop-plan", "--yes", "--set=deployment/web=2"}));
    CHECK(replicas(world.source_store(), "web") == 2);
}

TEST_CASE("that both sides write is said by the proof, too") {
    sandbox::World world("both-sides-write", https());
    const Person person(world.kubeconfig());
    const auto ended = ends_with(4, person.runs({"verify", "shop-plan"}));
    CHECK(has(ended.out, "(claim data in shop) is mounted on both sides: by pod/web-"));
    CHECK(has(ended.out, "target-no-double-writer"));
}

TEST_CASE("a rollback that ended with warnings, and did all, is no failure for ever") {
    sandbox::World world("rollback-with-warnings", https());
    const Person person(world.kubeconfig());
    ends_with(3, person.runs({"shop-plan", "--yes"}));
    const auto verified = ends_with(0, person.runs({"verify", "shop-plan"}));
    CHECK(has(verified.out, "is succeeded with warnings, and yet what it is for was found done"));
    ends_with(0, person.runs({"shop-plan", "--yes"}));
    CHECK(rollbacks(world.target_store()) == 1);
    // whatever the status word is, what is not as it was is a failure
    auto web = world.source_store().peek({types::deployments, "shop", "web"})->body;
    web["spec"]["replicas"] = 0;
    world.source_store().put(web);
    const auto stopped = ends_with(4, person.runs({"verify", "shop-plan"}));
    CHECK_FALSE(has(stopped.out, "and yet what it is for was found done"));
}

TEST_CASE("a run for a part of the plan says which part") {
    sandbox::World world("by-hand", https());
    const Person person(world.kubeconfig());
    const auto part =
        ends_with(0, person.runs({"manual", "shop-plan", "--yes", "--source-namespaces=shop"}));
    CHECK(has(part.out, "This part of the application is back; not looked at: billing"));
    CHECK_FALSE(has(part.out, "The application is back\n"));
    // also when the plan has been read again while pods were waited for
    CHECK(has(part.out, "not looked at, as it was asked for: billing"));
    const auto verified =
        ends_with(0, person.runs({"verify", "shop-plan", "--source-namespaces=shop"}));
    CHECK(has(verified.out,
              "Verified: this part of the application is back; not looked at: billing"));
    CHECK(has(verified.out, "not looked at, as it was asked for: billing"));
}

TEST_CASE("what a migration left in a namespace that the plan lists no more is found") {
    sandbox::World world("leftovers", https());
    const Person person(world.kubeconfig());
    const auto before = ends_with(4, person.runs({"leftovers", "shop-plan"}));
    CHECK(has(before.out, "38 leftovers"));
    auto plan =
        world.target_store().peek({types::migplans, mtc::openshift_migration, "shop-plan"})->body;
    plan["spec"]["namespaces"] = Json::array({"shop"});
    world.target_store().put(plan);
    const auto after = ends_with(4, person.runs({"leftovers", "shop-plan"}));
    CHECK(has(after.out, "38 leftovers"));
    // one without an owner may be another plan's by now
    auto orphan = world.target_store().peek({types::services, "billing-new", "dvm"})->body;
    orphan["metadata"]["labels"].erase("directvolumemigration");
    for (const char* key : {"migration.openshift.io/migrated-by-migplan", "migplan"})
        orphan["metadata"]["labels"].erase(key);
    world.target_store().put(orphan);
    CHECK(has(ends_with(4, person.runs({"leftovers", "shop-plan"})).out, "37 leftovers"));
}

}  // namespace only_copy_test
