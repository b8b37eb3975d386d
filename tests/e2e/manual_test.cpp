// The manual flow on two real control planes: real API servers decide on its patches, real workload
// controllers answer them.
#include <doctest/doctest.h>

#include <fstream>

#include "base/yaml.hpp"
#include "clusters.hpp"
#include "kubevirt.hpp"
#include "mtc/names.hpp"
#include "mtc/workload.hpp"
#include "sandbox/before.hpp"

namespace manual_test {

using e2e::Stage;
namespace types = support::types;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

base::Object of(kube::Cluster& cluster, const base::ObjectRef& ref) {
    auto object = cluster.get(ref, {});
    CAPTURE(ref.path());
    REQUIRE(object);
    return *object;
}

std::int64_t replicas_of(const base::Object& workload) {
    return base::number_at(workload.body, "/spec/replicas").value_or(-1);
}

// Its status, and with that its resourceVersion, is its controller's.
base::Json what_a_person_writes(const base::Object& workload) {
    base::Json body = workload.body;
    body.erase("status");
    for (const char* field : {"resourceVersion", "managedFields"}) body["metadata"].erase(field);
    return body;
}

/// The workloads of the source: what they were, and what they are.
class Source {
  public:
    Source(Stage& stage, const std::string& scenario) : stage_(stage) {
        for (const auto& each : sandbox::workloads_of(*sandbox::load_scenario(scenario))) {
            const base::ObjectRef ref{each.ref.type, stage.ns(each.ref.ns), each.ref.name};
            before_.emplace_back(ref, sandbox::spec_before(each.item, of(stage.source(), ref)));
        }
        stopped_ = as_it_is();
    }

    void check_as_before(const std::string& ns = {}) const {
        for (const auto& [ref, spec] : before_) {
            if (!ns.empty() && ref.ns != stage_.ns(ns)) continue;
            const auto now = of(stage_.source(), ref);
            CAPTURE(ref.path());
            CHECK(sandbox::spec_of(now.body) == spec);
            CHECK(sandbox::marks_of(now).empty());
        }
    }
    void check_untouched() const {
        for (const auto& [ref, before] : stopped_) {
            CAPTURE(ref.path());
            CHECK(what_a_person_writes(of(stage_.source(), ref)) == before);
        }
    }
    std::map<base::ObjectRef, base::Json> as_it_is() const {
        std::map<base::ObjectRef, base::Json> all;
        for (const auto& [ref, spec] : before_)
            all[ref] = what_a_person_writes(of(stage_.source(), ref));
        return all;
    }

  private:
    Stage& stage_;
    std::vector<std::pair<base::ObjectRef, base::Json>> before_;
    std::map<base::ObjectRef, base::Json> stopped_;
};

support::Ended by_hand(const Stage& stage, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"manual", stage.plan(), "--yes", "--stall-after=8s"};
    words.insert(words.end(), more.begin(), more.end());
    return stage.run(words);
}

support::Ended ends_with(int code, support::Ended ended) {
    CAPTURE(ended.out);
    CAPTURE(ended.err);
    CHECK(ended.code == code);
    return ended;
}

std::string verdict(const Stage& stage, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"assess", stage.plan(), "-o", "json"};
    words.insert(words.end(), more.begin(), more.end());
    const auto ended = stage.run(words);
    CAPTURE(ended.err);
    const auto json = base::Json::parse(ended.out, nullptr, false);
    REQUIRE(json.is_object());
    return base::text_or_empty(json, "/verdict");
}

void check_only_read(const std::string& log) {
    for (const char* verb : {"PATCH https", "DELETE https", "PUT https"}) {
        CAPTURE(verb);
        CHECK_FALSE(has(log, verb));
    }
}

base::Json pod_with_claim(const std::string& name, const std::string& claim) {
    return {
        {"metadata", {{"name", name}}},
        {"spec",
         {{"containers", base::Json::array({{{"name", "sh"}, {"image", "registry.example/sh:1"}}})},
          {"volumes", base::Json::array({{{"name", "data"},
                                          {"persistentVolumeClaim", {{"claimName", claim}}}}})}}}};
}

}  // namespace

TEST_CASE("a failed cutover comes back by hand exactly as it was, in every kind of workload") {
    for (const char* scenario : {"failed-cutover", "by-hand", "plan-not-ready"}) {
        SUBCASE(scenario) {
            Stage stage(scenario);
            const Source source(stage, scenario);
            const auto ended = ends_with(0, by_hand(stage));
            CHECK(ended.out.starts_with("The application is back\n"));
            source.check_as_before();
            CHECK(stage.rollbacks() == 0);
            // what was migrated stays, and is what assess speaks of
            CHECK(verdict(stage) == "Recommended");
            // and a second run has nothing to do
            const auto once = source.as_it_is();
            const auto again = ends_with(0, by_hand(stage, {"-v6"}));
            CHECK(source.as_it_is() == once);
            check_only_read(again.err);
        }
    }
}

TEST_CASE("stage pods go on both clusters; a pod of the application stays, without MTC's labels") {
    Stage stage("by-hand");
    const Source source(stage, "by-hand");
    const base::ObjectRef bare{types::pods, stage.ns("shop"), "bare"};
    const auto before = of(stage.source(), bare);
    REQUIRE(base::label_of(before, mtc::labels::stage_pod));
    ends_with(0, by_hand(stage, {"--only=stage-pods"}));
    CHECK_FALSE(stage.exists(stage.source(), types::pods, "shop", "stage-data-1"));
    CHECK_FALSE(stage.exists(stage.target(), types::pods, "shop", "stage-data-1"));
    const auto after = of(stage.source(), bare);
    CHECK(after.uid == before.uid);
    CHECK(base::labels_of(after) == std::map<std::string, std::string>{{"app", "bare"}});
    source.check_untouched();

    // the snapshot of that run has the plan, for when its cluster has none any more
    const auto plan = of(stage.target(), {types::migplans, mtc::openshift_migration, stage.plan()});
    const auto snapshot =
        stage.home() / ".local/state/oc-mtc-rollback" / ("plan-" + plan.uid + ".json");
    const auto file = stage.home() / "plan.yaml";
    std::ofstream(file) << base::to_yaml(plan.body);
    REQUIRE(stage.target().remove(plan, {}, {}));
    ends_with(1, by_hand(stage));
    const auto from = [&](const std::filesystem::path& path) {
        return by_hand(stage, {"--plan-file=" + path.string(), "--source-context=source",
                               "--target-context=target"});
    };
    ends_with(0, from(snapshot));
    source.check_as_before();
    ends_with(0, from(file));
}

TEST_CASE("while a bare pod of the target mounts the moved volume nothing is written anywhere") {
    Stage stage("moved-volume");
    const Source source(stage, "moved-volume");
    const base::ObjectRef debug{types::pods, stage.ns("shop"), "debug"};
    REQUIRE(stage.target().create(debug, pod_with_claim("debug", "data"), {}, {}));
    const auto refused = ends_with(6, by_hand(stage));
    CHECK(has(refused.err, debug.path() + " on the target mounts a volume of the plan"));
    CHECK(has(refused.err, "see that it can be made on the source"));
    source.check_untouched();
    CHECK(replicas_of(of(stage.target(), {types::deployments, stage.ns("shop"), "web"})) == 1);
}

TEST_CASE("the source is started only when the pods of the target are gone") {
    Stage stage("moved-volume");
    const Source source(stage, "moved-volume");
    const auto of_web = [](const base::Object& pod) {
        return base::label_of(pod, "app") == "web" && !base::is_terminating(pod);
    };
    const auto pod = stage.await_on_target(types::pods, "shop", of_web);
    const base::Json hold = {
        {"op", "add"}, {"path", "/metadata/finalizers"}, {"value", {"example.com/hold"}}};
    REQUIRE(stage.target().patch(pod, base::Json::array({hold}), {}, {}));
    const auto process = stage.start({"manual", stage.plan(), "--yes", "--stall-after=1s"});
    REQUIRE(process->await_err("held by finalizer example.com/hold", std::chrono::seconds(30)));
    const auto web = of(stage.target(), {types::deployments, stage.ns("shop"), "web"});
    CHECK(replicas_of(web) == 0);
    CHECK(base::annotation_of(web, mtc::annotations::replicas) == "1");
    source.check_untouched();
    stage.remove_finalizers(types::pods, "shop");
    ends_with(0, process->wait());
    source.check_as_before();
}

TEST_CASE("who may only read hears of every verb that is missing, and nothing is written") {
    Stage stage("by-hand");
    const Source source(stage, "by-hand");
    const auto kubeconfig = stage.reader_kubeconfig();
    const auto refused =
        ends_with(6, by_hand(stage, {"--kubeconfig=" + kubeconfig.string(),
                                     "--source-context=source", "--target-context=target"}));
    CAPTURE(refused.err);
    const std::string in_shop = " in namespace " + stage.ns("shop");
    for (const std::string what :
         {"source: patch deployments.apps", "source: patch statefulsets.apps",
          "source: patch daemonsets.apps", "source: patch cronjobs.batch",
          "source: patch jobs.batch", "source: delete pods", "source: patch pods",
          "target: delete pods", "target: patch deployments.apps"}) {
        CAPTURE(what);
        CHECK(has(refused.err, what + in_shop));
    }
    source.check_untouched();
}

TEST_CASE("a running migration is in the way") {
    Stage stage("cutover-running");
    const Source source(stage, "cutover-running");
    const auto refused = ends_with(6, by_hand(stage));
    CHECK(has(refused.err, "has not ended"));
    source.check_untouched();
}

TEST_CASE("a dry run writes nothing, and its commands do the same by hand") {
    Stage stage("by-hand");
    const Source source(stage, "by-hand");
    ends_with(0, stage.run({"manual", stage.plan(), "--dry-run=client"}));
    ends_with(0, stage.run({"manual", stage.plan(), "--dry-run=server"}));
    source.check_untouched();
    const auto printed =
        ends_with(0, stage.run({"manual", stage.plan(), "--dry-run=client", "-o", "commands",
                                "--source-context=source", "--target-context=target"}));
    const auto script = stage.home() / "by-hand.sh";
    std::ofstream(script) << printed.out;
    SUBCASE("whoever says no starts nothing") {
        const auto ended = stage.shell("echo n | sh '" + script.string() + "'");
        CAPTURE(ended.err);
        CHECK(ended.code != 0);
        for (const auto& [ref, now] : source.as_it_is()) {
            CAPTURE(ref.path());
            CHECK_FALSE(sandbox::marks_of(of(stage.source(), ref)).empty());
        }
    }
    SUBCASE("whoever says yes has the application back") {
        const auto ended = stage.shell("echo y | sh '" + script.string() + "'");
        CAPTURE(ended.out);
        CAPTURE(ended.err);
        CHECK(ended.code == 0);
        source.check_as_before();
        CHECK_FALSE(stage.exists(stage.source(), types::pods, "shop", "stage-data-1"));
        CHECK_FALSE(stage.exists(stage.target(), types::pods, "shop", "stage-data-1"));
        CHECK(replicas_of(of(stage.target(), {types::deployments, stage.ns("shop"), "web"})) == 0);
        // the proof: it is all as a run would have left it
        ends_with(0, by_hand(stage));
    }
}

TEST_CASE("KubeVirt's machines start: those that may only be asked to, and those that just run") {
    Stage stage("by-hand");
    const e2e::KubeVirt kubevirt(stage.source());
    const auto make = [&](const std::string& name, const char* strategy, const char* now) {
        const base::ObjectRef ref{types::virtualmachines, stage.ns("shop"), name};
        const auto made = stage.source().create(ref,
                                                {{"apiVersion", "kubevirt.io/v1"},
                                                 {"kind", "VirtualMachine"},
                                                 {"metadata",
                                                  {{"name", name},
                                                   {"annotations",
                                                    {{mtc::annotations::start_vm, "true"},
                                                     {mtc::annotations::run_strategy, strategy}}}}},
                                                 {"spec", {{"runStrategy", now}}}},
                                                {}, {});
        CAPTURE(made ? "" : made.error().message);
        REQUIRE(made);
        return ref;
    };
    const auto asked = make("asked", "Manual", "Manual");
    const auto always = make("always", "Always", "Halted");
    const auto shown = ends_with(0, by_hand(stage, {"-o", "commands", "--dry-run"}));
    CHECK(has(shown.out, "/virtualmachines/asked/start"));
    ends_with(0, by_hand(stage));
    CHECK(kubevirt.starts() == std::vector<std::string>{stage.ns("shop") + "/asked"});
    for (const auto& [ref, strategy] : {std::pair(asked, "Manual"), std::pair(always, "Always")}) {
        const auto machine = of(stage.source(), ref);
        CAPTURE(ref.path());
        CHECK(base::text_or_empty(machine.body, "/spec/runStrategy") == strategy);
        CHECK(base::bool_at(machine.body, "/status/ready") == true);
        CHECK_FALSE(mtc::is_marked(machine));
    }
    CHECK(has(ends_with(0, by_hand(stage)).out, "Nothing to do"));
}

TEST_CASE("a part of the plan is restored by --source-namespaces, and the rest by another run") {
    Stage stage("by-hand");
    const Source source(stage, "by-hand");
    ends_with(0, by_hand(stage, {"--source-namespaces=" + stage.ns("billing")}));
    source.check_as_before("billing");
    CHECK(stage.replicas(types::deployments, "shop", "web") == 0);
    CHECK(replicas_of(of(stage.target(), {types::deployments, stage.ns("shop"), "web"})) == 3);
    ends_with(0, by_hand(stage));
    source.check_as_before();
}

TEST_CASE(
    "where a part of the target may not be searched the verdict is Unknown, and no all-clear") {
    Stage stage("nothing-stopped");
    CHECK(verdict(stage) == "NotNeeded");
    const auto kubeconfig = stage.namespaced_kubeconfig("shop", {"", "apps", "batch"});
    CHECK(verdict(stage, {"--kubeconfig=" + kubeconfig.string(), "--source-context=source",
                          "--target-context=target"}) == "Unknown");
}

}  // namespace manual_test
