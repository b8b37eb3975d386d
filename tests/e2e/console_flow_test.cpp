// The console flow on two real control planes: real API servers, real workload controllers, real
// garbage collection, with the real binary.
#include <doctest/doctest.h>

#include <csignal>

#include "clusters.hpp"
#include "mtc/names.hpp"

namespace console_flow_test {

using e2e::Stage;
namespace types = support::types;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct Played {
    const char* scenario;
    int code;
    const char* says;  // on stdout
};

}  // namespace

TEST_CASE(
    "a failed cutover in all kinds of workload, for which the console greys out Rollback, is "
    "rolled back") {
    Stage stage("failed-cutover");
    REQUIRE(stage.replicas(types::deployments, "shop", "web") == 0);
    const auto ended = stage.run({stage.plan(), "--yes"});
    CAPTURE(ended.err);
    CAPTURE(ended.out);
    CHECK(ended.code == 0);
    CHECK(ended.out.starts_with("Rollback succeeded\n"));
    CHECK(stage.replicas(types::deployments, "shop", "web") == 3);
    CHECK(stage.replicas(types::deployments, "shop", "admin") == 2);
    CHECK(stage.replicas(types::statefulsets, "shop", "db") == 1);
    CHECK(stage.replicas(types::deployments, "billing", "ledger") == 1);
    const auto cron = stage.source().get({types::cronjobs, stage.ns("shop"), "report"}, {});
    REQUIRE(cron);
    CHECK_FALSE(base::bool_at(cron->body, "/spec/suspend").value_or(false));
    CHECK_FALSE(stage.exists(stage.target(), types::configmaps, "shop", "web-config"));
    CHECK_FALSE(stage.exists(stage.target(), types::persistentvolumeclaims, "shop", "data-db-0"));
    CHECK(stage.exists(stage.target(), types::configmaps, "shop", "cluster-info"));
    CHECK(stage.rollbacks() == 1);

    SUBCASE("and a second run has nothing to do") {
        const auto again = stage.run({stage.plan(), "--yes", "-v6"});
        CHECK(again.code == 0);
        CHECK(stage.rollbacks() == 1);
        CHECK_FALSE(has(again.err, "POST https://127.0.0.1") ==
                    has(again.err, "/migmigrations 201"));
    }
}

TEST_CASE("each scenario ends as it must on real API servers") {
    for (const Played& played : std::vector<Played>{
             {"succeeded-cutover", 0, "Rollback succeeded"},
             {"rollback-running", 0, "Rollback succeeded"},
             {"nothing-stopped", 0, ""},
             {"plan-closed", 6, ""},
             {"plan-not-ready", 6, ""},
             {"cutover-running", 6, ""},
             {"rollback-fails", 3, "still stopped by MTC"},
             {"rollback-with-warnings", 3, ""},
             {"pods-do-not-start", 4, "ImagePullBackOff"},
         }) {
        SUBCASE(played.scenario) {
            Stage stage(played.scenario);
            const auto ended = stage.run({stage.plan(), "--yes", "--stall-after=8s"});
            CAPTURE(ended.err);
            CAPTURE(ended.out);
            CHECK(ended.code == played.code);
            CHECK(has(ended.out, played.says));
        }
    }
}

TEST_CASE("after a rollback that failed, running it again finishes it") {
    Stage stage("rollback-fails");
    REQUIRE(stage.run({stage.plan(), "--yes"}).code == 3);
    const auto again = stage.run({stage.plan(), "--yes"});
    CAPTURE(again.err);
    CHECK(again.code == 0);
    CHECK(stage.rollbacks() == 2);
}

TEST_CASE("a moved volume outlives the rollback: first refused, then with the policy Retain") {
    Stage stage("moved-volume-open");
    const auto claim =
        stage.await_on_target(types::persistentvolumeclaims, "shop", [](const base::Object& each) {
            return base::text_at(each.body, "/status/phase") == "Bound";
        });
    const std::string name = base::text_or_empty(claim.body, "/spec/volumeName");
    const auto refused = stage.run({stage.plan(), "--yes"});
    CAPTURE(refused.err);
    CHECK(refused.code == 6);
    CHECK(has(refused.err, "oc patch persistentvolume " + name));
    CHECK(stage.rollbacks() == 0);
    const base::ObjectRef ref{types::persistentvolumes, "", name};
    const auto volume = stage.target().get(ref, {});
    REQUIRE(volume);
    const base::Json retain = {
        {"op", "replace"}, {"path", "/spec/persistentVolumeReclaimPolicy"}, {"value", "Retain"}};
    REQUIRE(stage.target().patch(*volume, base::Json::array({retain}), {}, {}));
    const auto ended = stage.run({stage.plan(), "--yes"});
    CAPTURE(ended.err);
    CAPTURE(ended.out);
    CHECK(ended.code == 0);
    CHECK(stage.replicas(types::deployments, "shop", "web") == 1);
    CHECK_FALSE(stage.exists(stage.target(), types::persistentvolumeclaims, "shop", "data"));
    const auto kept = stage.target().get(ref, {});
    REQUIRE(kept);
    CHECK(base::text_at(kept->body, "/status/phase") == "Released");
}

TEST_CASE("what MTC does not start is judged by its pods, and goes through once it runs") {
    Stage stage("small");
    const auto create = [&](kube::Cluster& cluster, int replicas, const base::Json& labels) {
        const base::Json manifest = {
            {"apiVersion", "v1"},
            {"kind", "ReplicationController"},
            {"metadata", {{"name", "db"}, {"labels", labels}}},
            {"spec",
             {{"replicas", replicas},
              {"selector", {{"app", "db"}}},
              {"template",
               {{"metadata", {{"labels", {{"app", "db"}}}}},
                {"spec",
                 {{"containers", base::Json::array({{{"name", "db"},
                                                     {"image", "registry.example/db:1"}}})}}}}}}}};
        const base::ObjectRef ref{types::replicationcontrollers, stage.ns("shop"), "db"};
        REQUIRE(cluster.create(ref, manifest, {}, {}));
    };
    const auto plan =
        stage.target().get({types::migplans, mtc::openshift_migration, stage.plan()}, {});
    REQUIRE(plan);
    create(stage.source(), 0, base::Json::object());
    create(stage.target(), 1, {{"migration.openshift.io/migrated-by-migplan", plan->uid}});
    const std::string on = "replicationcontroller/db -n " + stage.ns("shop");
    const auto await_one = [&](const std::string& context) {
        CHECK(stage
                  .shell("oc wait --timeout=60s --for=jsonpath='{.status.readyReplicas}'=1 " + on +
                         " --context=" + context)
                  .code == 0);
    };
    await_one("target");
    const auto refused = stage.run({stage.plan(), "--yes"});
    CAPTURE(refused.err);
    CHECK(refused.code == 6);
    CHECK(has(refused.err,
              "/replicationcontroller/db runs on the target, and has no pod on the source"));
    CHECK(has(refused.err, "oc scale " + on + " --replicas=N"));
    CHECK(stage.rollbacks() == 0);
    CHECK(stage.shell("oc scale " + on + " --replicas=1 --context=source").code == 0);
    await_one("source");
    const auto ended = stage.run({stage.plan(), "--yes"});
    CAPTURE(ended.err);
    CAPTURE(ended.out);
    CHECK(ended.code == 0);
    CHECK(stage.exists(stage.source(), types::replicationcontrollers, "shop", "db"));
    CHECK_FALSE(stage.exists(stage.target(), types::replicationcontrollers, "shop", "db"));
}

TEST_CASE("a mark that MTC cannot read is refused, and the printed command mends it") {
    Stage stage("small");
    const std::string web = "deployment/web -n " + stage.ns("shop");
    const std::string mark = "migration.openshift.io/preQuiesceReplicas=";
    REQUIRE(
        stage.shell("oc annotate " + web + " --overwrite " + mark + "3000000000 --context=source")
            .code == 0);
    const auto refused = stage.run({stage.plan(), "--yes"});
    CAPTURE(refused.err);
    CHECK(refused.code == 6);
    // the copy on the target tells the number
    const std::string remedy = "oc annotate " + web + " --overwrite " + mark + "1";
    CHECK(has(refused.err, remedy));
    CHECK(stage.rollbacks() == 0);
    CHECK(stage.shell(remedy + " --context=source").code == 0);
    CHECK(stage.run({stage.plan(), "--yes"}).code == 0);
    CHECK(stage.replicas(types::deployments, "shop", "web") == 1);
}

TEST_CASE(
    "a rollback that hangs on a finalizer is explained by name, and goes on when the finalizer "
    "goes") {
    Stage stage("rollback-hangs-on-finalizer");
    const auto process = stage.start({stage.plan(), "--yes", "--stall-after=2s"});
    REQUIRE(process->await_err("held by finalizer", std::chrono::seconds(60)));
    stage.remove_finalizers(types::configmaps, "shop");
    const auto ended = process->wait();
    CAPTURE(ended.err);
    CHECK(ended.code == 0);
}

TEST_CASE("killed with SIGKILL at any request and run again, it finishes, with one rollback") {
    auto stage = std::make_unique<Stage>("small");
    // a line of -v6 on stderr is a request that has been answered
    for (std::size_t line = 1; line < 400; line = line < 12 ? line + 1 : line + 12) {
        CAPTURE(line);
        const auto process = stage->start({stage->plan(), "--yes", "-v6", "--progress=plain"});
        const bool killed = process->await_err_lines(line);
        if (killed) process->signal(SIGKILL);
        const auto ended = process->wait();
        if (ended.code != 128 + SIGKILL) {
            CHECK(ended.code == 0);
            break;
        }
        if (stage->rollbacks() == 0) continue;
        const auto again = stage->run({stage->plan(), "--yes"});
        CAPTURE(again.err);
        CHECK(again.code == 0);
        CHECK(stage->rollbacks() == 1);
        CHECK(stage->replicas(types::deployments, "shop", "web") == 1);
        stage = std::make_unique<Stage>("small");
    }
}

TEST_CASE("Ctrl-C detaches, and running it again attaches to the same rollback") {
    Stage stage("rollback-hangs-on-finalizer");
    const auto process = stage.start({stage.plan(), "--yes"});
    REQUIRE(process->await_err("EnsureMigratedDeleted", std::chrono::seconds(60)));
    process->signal(SIGINT);
    CHECK(process->wait().code == 130);
    const auto again = stage.run({stage.plan(), "--yes", "--timeout=2s"});
    CHECK(again.code == 5);
    CHECK(stage.rollbacks() == 1);
}

TEST_CASE("who may read everything and create nothing is refused, and nothing is changed") {
    Stage stage("small");
    const auto kubeconfig = stage.reader_kubeconfig();
    const auto ended = stage.run({stage.plan(), "--yes", "--kubeconfig=" + kubeconfig.string()});
    CAPTURE(ended.err);
    CHECK(ended.code == 6);
    CHECK(has(ended.err, "may not create migmigrations.migration.openshift.io"));
    CHECK(stage.rollbacks() == 0);
    CHECK(stage.replicas(types::deployments, "shop", "web") == 0);
}

}  // namespace console_flow_test
