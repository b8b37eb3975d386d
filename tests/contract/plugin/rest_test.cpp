// The real binary on a source that rests without MTC's mark, and on one that somebody has scaled up
// by hand: nothing is deleted on the target before it is said what is to be started, and no number
// is called the same as before that is not.
#include "base/text.hpp"
#include "program.hpp"

namespace rest_test {

using namespace plugin_test;
namespace types = support::types;

namespace {

constexpr const char* resting = "at-rest-without-mark";

base::ObjectRef workload(const std::string& kind, const char* name) {
    const bool cron_job = kind == "CronJob";
    const bool config = kind == "DeploymentConfig";
    return {{cron_job ? "batch"
             : config ? "apps.openshift.io"
                      : "apps",
             "v1", base::lower(kind) + "s", kind, true},
            "shop",
            name};
}

base::Json spec_of(const support::Store& store, const char* kind, const char* name) {
    const auto object = store.peek(workload(kind, name));
    return object ? object->body.value("spec", base::Json::object()) : base::Json();
}

}  // namespace

TEST_CASE("assess says that the copies are the only ones that run, and what starts the source") {
    sandbox::World world(resting, https());
    const Person person(world.kubeconfig());
    const auto ended = ends_with(4, person.runs({"assess", "shop-plan", "--exit-code"}));
    CHECK(has(ended.out, "a rollback is required"));
    CHECK(has(ended.out, "5 workloads of the source are at rest without MTC's mark"));
    CHECK(has(ended.out, "deployment/web in shop (0 replicas here, 3 replicas on the target)"));
    CHECK(has(ended.out, "-> oc mtc rollback shop-plan --start-as-before\n"));
    CHECK_FALSE(has(ended.out, "the application runs on the source"));
}

TEST_CASE("rollback, creation and manual flow refuse, and nothing is changed") {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"shop-plan", "--yes"},
          {"create", "shop-plan", "--yes"},
          {"manual", "shop-plan", "--yes"},
          {"shop-plan", "--yes", "--set", "deployment/web=3"},
          {"manual", "shop-plan", "--yes", "--set", "deployment/web=3"}}) {
        CAPTURE(words.front());
        sandbox::World world(resting, https());
        const Person person(world.kubeconfig());
        world.source_server().forget_requests();
        world.target_server().forget_requests();
        const auto ended = ends_with(6, person.runs(words));
        CHECK(has(ended.err, "at rest on the source without MTC's mark"));
        CHECK(has(ended.err, "--start-as-before"));
        CHECK(writes(world) == 0);
        CHECK(rollbacks(world.target_store()) == 0);
    }
}

TEST_CASE("told to, the program starts itself what MTC does not, as the copies tell it") {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"shop-plan", "--yes", "--start-as-before"},
          {"manual", "shop-plan", "--yes", "--start-as-before"}}) {
        CAPTURE(words.front());
        sandbox::World world(resting, https());
        const Person person(world.kubeconfig());
        const auto ended = ends_with(0, person.runs(words));
        const support::Store& source = world.source_store();
        CHECK(spec_of(source, "Deployment", "web")["replicas"] == 3);
        CHECK(spec_of(source, "DeploymentConfig", "chat")["replicas"] == 2);
        CHECK(spec_of(source, "StatefulSet", "db")["replicas"] == 1);
        CHECK(spec_of(source, "ReplicaSet", "cache")["replicas"] == 2);
        CHECK(spec_of(source, "CronJob", "report")["suspend"] == false);
        const auto again = ends_with(0, person.runs({"verify", "shop-plan"}));
        CHECK(has(again.out, "the application is back"));
    }
}

TEST_CASE("what is left at rest on request is no fault, the rest runs") {
    sandbox::World world(resting, https());
    const Person person(world.kubeconfig());
    const auto ended =
        ends_with(0, person.runs({"shop-plan", "--yes", "--start-as-before", "--set",
                                  "cronjob/report=0", "--set", "shop/deployment/web=1"}));
    CHECK(spec_of(world.source_store(), "Deployment", "web")["replicas"] == 1);
    CHECK(spec_of(world.source_store(), "CronJob", "report")["suspend"] == true);
    CHECK(spec_of(world.source_store(), "StatefulSet", "db")["replicas"] == 1);
}

TEST_CASE("a rollback that somebody else made is not called well while the source rests") {
    sandbox::World world(resting, https());
    const Person person(world.kubeconfig());
    ends_with(4, person.runs({"verify", "shop-plan"}));
    base::Json rollback = {{"apiVersion", "migration.openshift.io/v1alpha1"},
                           {"kind", "MigMigration"}};
    rollback["metadata"] = {{"name", "z-console"}, {"namespace", mtc::openshift_migration}};
    rollback["spec"] = {{"stage", false}, {"rollback", true}, {"quiescePods", false}};
    rollback["spec"]["migPlanRef"] = {{"name", "shop-plan"},
                                      {"namespace", mtc::openshift_migration}};
    const base::ObjectRef where{mtc::types::migmigrations, mtc::openshift_migration, "z-console"};
    REQUIRE(world.target_store().create(where, rollback));
    ends_with(0, person.runs({"status", "shop-plan", "-w"}));
    const auto ended = ends_with(4, person.runs({"verify", "shop-plan"}));
    CHECK_FALSE(has(ended.out, "the application is back"));
    CHECK(has(ended.out, "nothing runs on the source"));
    const auto run = ends_with(4, person.runs({"shop-plan", "--yes"}));
    CHECK_FALSE(has(run.out, "Rollback succeeded"));
}

TEST_CASE("a mark whose workload runs with another number is shown, before and after") {
    sandbox::World world("scaled-by-hand", https());
    const Person person(world.kubeconfig());
    const auto before = ends_with(0, person.runs({"assess", "shop-plan"}));
    CHECK(has(before.out, "shop/deployment/web (1 replica now, 3 replicas before)"));
    const auto marked = person.runs({"verify", "shop-plan"});
    CHECK(has(marked.out, "it ran 3 replicas then, and now it is told 1"));
    const auto ended = ends_with(0, person.runs({"shop-plan", "--yes"}));
    CHECK(has(ended.out,
              "shop/deployment/web is told to run 1 replica, before the migration it was 3"));
    CHECK(has(ended.out,
              "shop/statefulset/db is told to run 1 replica, before the migration it was 2"));
    CHECK_FALSE(has(ended.out, "told to run the same as before"));
    const auto again = ends_with(0, person.runs({"verify", "shop-plan"}));
    CHECK(has(again.out, "before the migration it was 3"));
}

TEST_CASE("a CronJob that was suspended before is found running, and stays suspended by hand") {
    const std::string resumed = "shop/cronjob/weekly is not suspended, before the migration it was";
    SUBCASE("MTC resumes it") {
        sandbox::World world("suspended-before", https());
        const Person person(world.kubeconfig());
        const auto assessed = ends_with(0, person.runs({"assess", "shop-plan"}));
        CHECK(has(assessed.out, "it was suspended before the migration, and MTC resumes it"));
        CHECK(has(ends_with(4, person.runs({"shop-plan", "--yes"})).out, resumed));
        CHECK(has(ends_with(4, person.runs({"verify", "shop-plan"})).out, resumed));
    }
    SUBCASE("the manual flow does not") {
        sandbox::World world("suspended-before", https());
        const Person person(world.kubeconfig());
        ends_with(0, person.runs({"manual", "shop-plan", "--yes"}));
        CHECK(spec_of(world.source_store(), "CronJob", "weekly")["suspend"] == true);
        CHECK(replicas(world.source_store(), "web") == 2);
    }
}

}  // namespace rest_test
