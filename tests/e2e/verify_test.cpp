// The proof of recovery on two real control planes: all is well after a rollback, and each thing
// that is made wrong is found by its own check and by no other.
#include <doctest/doctest.h>
#include <httplib.h>

#include <algorithm>
#include <map>
#include <thread>

#include "clusters.hpp"
#include "mtc/names.hpp"
#include "mtc/plan.hpp"

namespace verify_test {

using base::Json;
using e2e::Stage;
namespace types = support::types;

namespace {

Json document(const Stage& stage, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"verify", stage.plan(), "-o", "json", "--stall-after=2s"};
    words.insert(words.end(), more.begin(), more.end());
    const auto ended = stage.run(words);
    CAPTURE(ended.err);
    const Json json = Json::parse(ended.out, nullptr, false);
    REQUIRE(json.is_object());
    CHECK(json["kind"] == "Verification");
    CHECK(json["exitCode"] == ended.code);
    return json;
}

using Found = std::map<std::string, std::string>;

/// The checks that found something, and how bad it is at its worst.
Found unwell(const Json& document) {
    Found out;
    for (const Json& finding : document["findings"]) {
        const std::string severity = finding["severity"];
        std::string& worst = out[finding["check"]];
        if (severity == "failure" || worst.empty() || worst == "ok") worst = severity;
    }
    std::erase_if(out, [](const auto& each) { return each.second == "ok"; });
    return out;
}

/// And that nobody knows of the scenario's CronJob whether it was suspended: MTC's mark does not
/// tell, and its copy was never made.
Found and_the_cron_job(Found found) {
    found.emplace("source-workloads-as-before", "warning");
    return found;
}

/// The controller looks at the plan again a moment after the rollback.
void await_plan(Stage& stage) {
    stage.await_on_target(mtc::types::migplans, "", [&](const base::Object& plan) {
        const auto& conditions = base::items_at(plan.body, "/status/conditions");
        return plan.ref.name == stage.plan() &&
               std::ranges::none_of(conditions, [](const Json& condition) {
                   return condition.value("type", "") == "Suspended";
               });
    });
}

/// The volumes behind the claims that were rolled back are deleted a moment after these.
void await_volumes_gone(Stage& stage) {
    for (const char* ns : {"shop", "billing-new"}) {
        const auto gone = stage.shell(
            "for volume in $(oc get persistentvolumes --context=target -o jsonpath='{.items[?"
            "(@.spec.claimRef.namespace==\"" +
            stage.ns(ns) +
            "\")].metadata.name}'); do oc wait --for=delete persistentvolume/$volume "
            "--timeout=60s --context=target || exit 1; done");
        CAPTURE(gone.err);
        REQUIRE(gone.code == 0);
    }
}

void roll_back(Stage& stage) {
    REQUIRE(stage.run({stage.plan(), "--yes"}).code == 0);
    await_plan(stage);
    await_volumes_gone(stage);
}

std::string words(const Json& document) {
    std::string out;
    for (const Json& finding : document["findings"]) {
        if (finding["severity"] != "ok") out += finding["message"].get<std::string>() + "\n";
    }
    return out;
}

base::Object get(kube::Cluster& cluster, const base::ObjectRef& ref) {
    auto found = cluster.get(ref, {});
    CAPTURE(ref.path());
    REQUIRE(found);
    return *found;
}

base::Object create(kube::Cluster& cluster, const base::ObjectRef& ref, Json body) {
    body["apiVersion"] = ref.type.api_version();
    body["kind"] = ref.type.kind;
    body["metadata"]["name"] = ref.name;
    auto created = cluster.create(ref, body, {}, {});
    CAPTURE(created ? "" : created.error().message);
    REQUIRE(created);
    return *created;
}

base::Object patch(kube::Cluster& cluster, const base::Object& seen, const Json& operation,
                   const std::string& subresource = {}) {
    auto patched = cluster.patch(seen, Json::array({operation}), {.subresource = subresource}, {});
    CAPTURE(patched ? "" : patched.error().message);
    REQUIRE(patched);
    return *patched;
}

void remove(kube::Cluster& cluster, const base::Object& object) {
    CHECK(cluster.remove(object, {.grace_period_seconds = 0}, {}));
}

Json add(const std::string& path, const Json& value) {
    return {{"op", "add"}, {"path", path}, {"value", value}};
}

Json labels(const std::string& key, const std::string& value) {
    return {{"metadata", {{"labels", {{key, value}}}}}};
}

const base::ResourceType pods{"", "v1", "pods", "Pod", true};

Json pod_that_nobody_runs() {
    return {{"spec",
             {{"schedulerName", "nobody"},
              {"containers", Json::array({{{"name", "c"}, {"image", "registry.example/c:1"}}})}}}};
}

Json with(Json body, const Json& more) {
    body.merge_patch(more);
    return body;
}

/// One thing that is made wrong; what it returns makes it right again.
using Damage = std::function<std::function<void()>(Stage&)>;

std::function<void()> create_until_removed(kube::Cluster& cluster, const base::ObjectRef& ref,
                                           const Json& body) {
    const auto made = create(cluster, ref, body);
    return [&cluster, made] { remove(cluster, made); };
}

/// Changes a field; afterwards it is as it was.
std::function<void()> change(kube::Cluster& cluster, const base::ObjectRef& ref,
                             const std::string& path, const Json& value,
                             const std::string& subresource = {}) {
    const auto seen = get(cluster, ref);
    const Json* before = base::find(seen.body, path);
    const Json undo =
        before == nullptr ? Json{{"op", "remove"}, {"path", path}} : add(path, *before);
    patch(cluster, seen, add(path, value), subresource);
    return [&cluster, ref, undo, subresource] {
        patch(cluster, get(cluster, ref), undo, subresource);
    };
}

base::ObjectRef the_rollback(Stage& stage) {
    const auto all =
        stage.target().list(mtc::types::migmigrations, {.ns = mtc::openshift_migration}, {});
    REQUIRE(all);
    for (const auto& each : all->items) {
        if (base::text_at(each.body, "/spec/migPlanRef/name") == stage.plan() &&
            base::bool_at(each.body, "/spec/rollback").value_or(false))
            return each.ref;
    }
    FAIL("there is no rollback");
    return {};
}

std::string volume_of(Stage& stage, const std::string& ns, const std::string& claim) {
    return base::text_or_empty(
        get(stage.source(), {types::persistentvolumeclaims, stage.ns(ns), claim}).body,
        "/spec/volumeName");
}

// The controller takes a moment to say whether a plan is Ready.
void await_plan(Stage& s, bool ready) {
    s.await_on_target(mtc::types::migplans, "", [&](const base::Object& each) {
        const auto plan = mtc::decode_plan(each);
        return each.ref.name == s.plan() && plan && plan->ready() == ready;
    });
}

const std::map<std::string, std::pair<std::string, Damage>> damages{
    // all that it is for is done
    {"control-rollback-ended-well",
     {"warning",
      [](Stage& s) {
          return change(s.target(), the_rollback(s), "/status/conditions",
                        Json::array({{{"type", "Failed"},
                                      {"status", "True"},
                                      {"category", "Advisory"},
                                      {"lastTransitionTime", "2025-05-01T11:00:00Z"}}}));
      }}},
    {"control-plan-ready",
     {"warning",
      [](Stage& s) {
          const auto open =
              change(s.target(), {mtc::types::migplans, mtc::openshift_migration, s.plan()},
                     "/spec/closed", true);
          await_plan(s, false);
          return [&s, open] {
              open();
              await_plan(s, true);
          };
      }}},
    {"source-namespaces-active",
     {"failure",
      [](Stage& s) {
          const auto plan =
              get(s.target(), {mtc::types::migplans, mtc::openshift_migration, s.plan()});
          Json namespaces = plan.body["spec"]["namespaces"];
          namespaces.push_back(s.ns("nowhere"));
          return change(s.target(), plan.ref, "/spec/namespaces", namespaces);
      }}},
    {"source-nothing-quiesced",
     {"failure",
      [](Stage& s) {
          return create_until_removed(
              s.source(), {types::deployments, s.ns("shop"), "forgotten"},
              {{"metadata", {{"annotations", {{mtc::annotations::replicas, "0"}}}}},
               {"spec",
                {{"replicas", 0},
                 {"selector", {{"matchLabels", {{"app", "forgotten"}}}}},
                 {"template", with(pod_that_nobody_runs(), labels("app", "forgotten"))}}}});
      }}},
    {"source-workloads-as-before",
     {"failure",
      [](Stage& s) {
          return change(s.source(), {types::deployments, s.ns("shop"), "web"}, "/spec/paused",
                        true);
      }}},
    {"source-workloads-serve",
     {"failure",
      [](Stage& s) {
          // no pod can be made for it, so that none is unhealthy
          Json pod = with(pod_that_nobody_runs(), labels("app", "stuck"));
          pod["spec"]["serviceAccountName"] = "nobody";
          return create_until_removed(s.source(), {types::deployments, s.ns("shop"), "stuck"},
                                      {{"spec",
                                        {{"replicas", 1},
                                         {"selector", {{"matchLabels", {{"app", "stuck"}}}}},
                                         {"template", pod}}}});
      }}},
    {"source-pods-healthy",
     {"failure",
      [](Stage& s) {
          return create_until_removed(s.source(), {pods, s.ns("shop"), "waiting"},
                                      pod_that_nobody_runs());
      }}},
    {"source-claims-bound",
     {"failure",
      [](Stage& s) {
          const auto plan =
              get(s.target(), {mtc::types::migplans, mtc::openshift_migration, s.plan()});
          Json volumes = plan.body["spec"]["persistentVolumes"];
          Json lost = volumes[0];
          lost["name"] = "pv-lost";
          lost["pvc"].merge_patch({{"namespace", s.ns("shop")}, {"name", "lost"}});
          volumes.push_back(lost);
          return change(s.target(), plan.ref, "/spec/persistentVolumes", volumes);
      }}},
    {"source-volumes-as-before",
     {"warning",
      [](Stage& s) {
          return change(s.source(),
                        {types::persistentvolumes, "", volume_of(s, "billing", "ledger")},
                        "/spec/persistentVolumeReclaimPolicy", "Recycle");
      }}},
    {"source-services-ready",
     {"warning",
      [](Stage& s) {
          return create_until_removed(
              s.source(), {types::services, s.ns("shop"), "idle"},
              {{"spec",
                {{"selector", {{"app", "nothing"}}}, {"ports", Json::array({{{"port", 80}}})}}}});
      }}},
    {"source-routes-admitted",
     {"failure",
      [](Stage& s) {
          const auto route = get(s.source(), {types::routes, s.ns("shop"), "web"});
          Json ingress = route.body["status"]["ingress"];
          ingress[0]["conditions"][0]["status"] = "False";
          return change(s.source(), route.ref, "/status/ingress", ingress, "status");
      }}},
    {"source-no-stage-pods",
     {"failure",
      [](Stage& s) {
          return create_until_removed(
              s.source(), {pods, s.ns("shop"), "stage-x"},
              with(pod_that_nobody_runs(), labels(mtc::labels::stage_pod, "True")));
      }}},
    {"target-no-stage-pods",
     {"failure",
      [](Stage& s) {
          return create_until_removed(
              s.target(), {pods, s.ns("shop"), "rsync-server"},
              with(pod_that_nobody_runs(), labels("app", mtc::labels::transfer_apps[0])));
      }}},
    {"target-no-migrated-objects",
     {"failure",
      [](Stage& s) {
          const auto plan =
              get(s.target(), {mtc::types::migplans, mtc::openshift_migration, s.plan()});
          return create_until_removed(s.target(), {types::configmaps, s.ns("shop"), "left"},
                                      labels(mtc::labels::migrated_by_plan, plan.uid));
      }}},
    {"target-nothing-left-down",
     {"warning",
      [](Stage& s) {
          return create_until_removed(
              s.target(), {types::deployments, s.ns("shop"), "shared"},
              {{"metadata", {{"annotations", {{mtc::annotations::replicas, "2"}}}}},
               {"spec",
                {{"replicas", 0},
                 {"selector", {{"matchLabels", {{"app", "shared"}}}}},
                 {"template", with(pod_that_nobody_runs(), labels("app", "shared"))}}}});
      }}},
    {"target-no-orphans",
     {"warning",
      [](Stage& s) {
          return create_until_removed(s.target(), {types::configmaps, s.ns("shop"), "orphan"},
                                      labels(mtc::labels::migrated_by_plan, "gone"));
      }}},
    {"target-no-volumes-left",
     {"warning",
      [](Stage& s) {
          const std::string name = "left-" + s.ns("billing");
          const auto volume = create(s.target(), {types::persistentvolumes, "", name},
                                     {{"spec",
                                       {{"capacity", {{"storage", "1Gi"}}},
                                        {"accessModes", {"ReadWriteOnce"}},
                                        {"persistentVolumeReclaimPolicy", "Retain"},
                                        {"hostPath", {{"path", "/tmp/" + name}}},
                                        {"claimRef",
                                         {{"namespace", s.ns("billing-new")},
                                          {"name", "ledger"},
                                          {"uid", "00000000-0000-4000-8000-000000000009"}}}}}});
          s.await_on_target(types::persistentvolumes, "", [&](const base::Object& each) {
              return each.ref.name == name &&
                     base::text_at(each.body, "/status/phase") == "Released";
          });
          return [&s, volume] { remove(s.target(), volume); };
      }}},
};

/// Answers every request alike, until it goes.
class App {
  public:
    explicit App(int status) {
        server_.Get(".*", [status](const httplib::Request&, httplib::Response& response) {
            response.status = status;
        });
        port = server_.bind_to_any_port("127.0.0.1");
        serving_ = std::jthread([this] { server_.listen_after_bind(); });
    }
    App(const App&) = delete;
    App& operator=(const App&) = delete;
    ~App() { server_.stop(); }
    int port = 0;

  private:
    httplib::Server server_;
    std::jthread serving_;
};

}  // namespace

TEST_CASE("after a rollback all is well; and each thing that is wrong is found by its own check") {
    Stage stage("failed-cutover");
    roll_back(stage);
    const Json well = document(stage);
    CHECK(unwell(well) == and_the_cron_job({}));
    CHECK(well["exitCode"] == 0);
    for (const auto& [check, made] : damages) {
        CAPTURE(check);
        const auto mend = made.second(stage);
        const Json found = document(stage);
        CAPTURE(words(found));
        CHECK(unwell(found) == and_the_cron_job({{check, made.first}}));
        CHECK(found["exitCode"] == (made.first == "warning" ? 0 : 4));
        mend();
    }
    // what was mended is well again
    const Json again = document(stage);
    CAPTURE(words(again));
    CHECK(unwell(again) == and_the_cron_job({}));
    for (const int status : {200, 503}) {
        App app(status);
        const auto mend = change(stage.source(), {types::routes, stage.ns("shop"), "web"},
                                 "/spec/host", "127.0.0.1:" + std::to_string(app.port));
        const Json probed = document(stage, {"--probe-routes"});
        CHECK(
            unwell(probed) ==
            and_the_cron_job(status == 200 ? Found{} : Found{{"source-routes-answer", "failure"}}));
        mend();
    }
}

TEST_CASE("an object that is held by a finalizer, and a namespace that cannot go, are named") {
    Stage stage("failed-cutover");
    roll_back(stage);
    const base::ObjectRef ref{types::configmaps, stage.ns("shop"), "held"};
    const auto plan =
        get(stage.target(), {mtc::types::migplans, mtc::openshift_migration, stage.plan()});
    Json body = labels(mtc::labels::migrated_by_plan, plan.uid);
    body["metadata"]["finalizers"] = {"example.com/holds"};
    const auto held = create(stage.target(), ref, body);
    remove(stage.target(), held);
    const auto found = stage.run({"verify", stage.plan(), "--stall-after=2s"});
    CAPTURE(found.out);
    CHECK(found.code == 4);
    CHECK(found.out.contains("configmap/held is terminating, held by example.com/holds"));
    SUBCASE("one without a label keeps its namespace") {
        stage.remove_finalizers(types::configmaps, "shop");
        Json plain = {{"metadata", {{"finalizers", {"example.com/holds"}}}}};
        create(stage.target(), {types::configmaps, stage.ns("shop"), "plain"}, plain);
        remove(stage.target(), get(stage.target(), {types::namespaces, "", stage.ns("shop")}));
        stage.await_on_target(types::namespaces, "", [&](const base::Object& ns) {
            return ns.ref.name == stage.ns("shop") &&
                   base::find(ns.body, "/status/conditions") != nullptr;
        });
        const Json going = document(stage);
        CHECK(unwell(going) == and_the_cron_job({{"target-namespaces-settled", "failure"}}));
        CHECK(going.dump().contains("example.com/holds"));
        stage.remove_finalizers(types::configmaps, "shop");
    }
}

TEST_CASE("who may not see volumes and Secrets hears so, and the rest is proved") {
    Stage stage("failed-cutover");
    roll_back(stage);
    const auto kubeconfig = stage.namespaced_kubeconfig("shop");
    // this one may do nothing across namespaces, and nothing in the other one
    const Json found =
        document(stage, {"--kubeconfig=" + kubeconfig.string(), "--source-context=source",
                         "--target-context=target", "--source-namespaces=" + stage.ns("shop")});
    CHECK(found["exitCode"] == 4);
    const auto checks = unwell(found);
    CHECK(checks.at("source-volumes-as-before") == "unknown");
    CHECK(checks.at("target-no-volumes-left") == "unknown");
    for (const auto& [check, severity] : checks) {
        CAPTURE(check);
        // that a part was asked for is told, too
        const bool told =
            check == "source-namespaces-active" || check == "source-workloads-as-before";
        CHECK(severity == (told ? "warning" : "unknown"));
    }
    CHECK_FALSE(checks.contains("source-workloads-serve"));
    CHECK_FALSE(checks.contains("target-no-migrated-objects"));
}

TEST_CASE("pods of both sides that mount one volume are found") {
    Stage stage("both-sides-write");
    const Json found = document(stage);
    CAPTURE(words(found));
    CHECK(unwell(found).at("target-no-double-writer") == "failure");
    CHECK(words(found).contains(") is mounted on both sides: by pod/web-"));
}

TEST_CASE("after the manual flow the proof is that nothing migrated runs on the target") {
    Stage stage("by-hand");
    REQUIRE(stage.run({"manual", stage.plan(), "--yes", "--stall-after=8s"}).code == 0);
    const Json well = document(stage);
    CAPTURE(well["findings"].dump());
    CHECK(well["exitCode"] == 0);
    CHECK(well["flow"] == "manual");
    const auto mend =
        change(stage.target(), {types::deployments, stage.ns("shop"), "web"}, "/spec/replicas", 1);
    const Json runs = document(stage);
    CHECK(unwell(runs).at("target-at-rest") == "failure");
    mend();
}

}  // namespace verify_test
