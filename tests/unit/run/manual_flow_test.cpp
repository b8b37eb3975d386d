#include "run/manual_flow.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "fixture.hpp"
#include "run/observe.hpp"
#include "run/plan_file.hpp"
#include "run/snapshot.hpp"

namespace manual_flow_test {

using namespace run_test;
using namespace std::chrono_literals;
using rollback::Outcome;
using support::Moment;

namespace {

const ObjectRef web{support::types::deployments, "shop", "web"};

/// Pods appear as soon as a Deployment is told to run some.
void serve(World& world) {
    world.source_store.on_change([&world](const auto&) {
        for (const Object& object : world.source_store.all(support::types::deployments)) {
            const auto wanted = base::number_at(object.body, "/spec/replicas").value_or(0);
            if (base::number_at(object.body, "/status/readyReplicas").value_or(0) == wanted)
                continue;
            Json body = object.body;
            body["status"] = {
                {"observedGeneration", base::number_at(body, "/metadata/generation").value_or(1)},
                {"readyReplicas", wanted},
                {"updatedReplicas", wanted}};
            world.source_store.put(body);
        }
    });
}

Json pod(const std::string& name, Json labels, const std::string& claim = "data") {
    return {{"apiVersion", "v1"},
            {"kind", "Pod"},
            {"metadata", {{"name", name}, {"namespace", "shop"}, {"labels", std::move(labels)}}},
            {"spec",
             {{"volumes", {{{"name", "v"}, {"persistentVolumeClaim", {{"claimName", claim}}}}}}}},
            {"status",
             {{"phase", "Running"}, {"conditions", {{{"type", "Ready"}, {"status", "True"}}}}}}};
}

void with_a_volume(World& world) {
    Json plan = World::plan({"shop"});
    plan["spec"]["persistentVolumes"] = {{{"name", "pv-1"},
                                          {"pvc", {{"namespace", "shop"}, {"name", "data"}}},
                                          {"selection", {{"action", "move"}}}}};
    world.target_store.put(plan);
    world.source_store.put(
        {{"apiVersion", "v1"},
         {"kind", "PersistentVolumeClaim"},
         {"metadata", {{"name", "data"}, {"namespace", "shop"}, {"uid", "uid-of-data"}}},
         {"spec", {{"volumeName", "pv-1"}}},
         {"status", {{"phase", "Bound"}}}});
    world.source_store.put(
        {{"apiVersion", "v1"},
         {"kind", "PersistentVolume"},
         {"metadata", {{"name", "pv-1"}}},
         {"spec",
          {{"claimRef", {{"namespace", "shop"}, {"name", "data"}, {"uid", "uid-of-data"}}}}},
         {"status", {{"phase", "Bound"}}}});
}

struct Flow {
    explicit Flow(World& in) : world(in) {
        options.snapshot_folder = folder.path;
        options.consent = [this] {
            ++asked;
            return consent;
        };
        options.execute.follow = {.stall_after = 200ms};
        options.sink = [this](const run::Event& event) {
            if (const auto* wrote = std::get_if<run::Wrote>(&event)) told.push_back(wrote->written);
        };
    }
    rollback::RunReport run(std::stop_token stop = {}) {
        return run::manual_flow(world.session(), options, stop);
    }
    std::int64_t replicas() const {
        return base::number_at(*world.source_store.get(web), "/spec/replicas").value();
    }

    World& world;
    Folder folder;
    run::ManualFlowOptions options;
    run::Consent consent = run::Consent::Given;
    int asked = 0;
    std::vector<rollback::Written> told;
};

/// Does something to the cluster once, just before the first call of that verb.
support::Fault once_before(const std::string& verb, std::function<void()> work) {
    return [verb, work = std::move(work), done = std::make_shared<bool>(false)](
               const support::Call& call, Moment moment) -> std::optional<base::Error> {
        if (moment != Moment::Before || call.verb != verb || std::exchange(*done, true))
            return std::nullopt;
        work();
        return std::nullopt;
    };
}

}  // namespace

TEST_CASE("by hand the application comes back, and nothing but it is written") {
    World world;
    serve(world);
    Flow flow(world);
    const auto report = flow.run();
    CAPTURE(report.error);
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(flow.replicas() == 3);
    CHECK(flow.asked == 1);
    CHECK(world.source->writes().size() == 1);
    CHECK(world.target->writes().empty());
    CHECK(report.flow == rollback::Flow::Manual);
    CHECK(rollback::all_is_well(report.findings));
    CHECK((*run::load_snapshot(flow.folder.path, plan_uid))->by_hand_after);
    SUBCASE("a second time nothing is left to do, and nobody is asked") {
        const auto again = flow.run();
        CHECK(again.outcome == Outcome::NothingToDo);
        CHECK(flow.asked == 1);
        CHECK(world.source->writes().size() == 1);
    }
}

TEST_CASE("what is declined or only tried changes nothing") {
    World world;
    serve(world);
    Flow flow(world);
    SUBCASE("declined") {
        flow.consent = run::Consent::Declined;
        CHECK(flow.run().outcome == Outcome::Declined);
    }
    SUBCASE("shown") {
        flow.options.dry_run = run::FlowOptions::DryRun::Client;
        CHECK(flow.run().outcome == Outcome::DryRun);
        CHECK(world.source->writes().empty());
    }
    SUBCASE("tried on the server, and not said to be written") {
        flow.options.dry_run = run::FlowOptions::DryRun::Server;
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::DryRun);
        CHECK(report.written.empty());
        CHECK(flow.told.empty());
        CHECK(world.source->writes().size() == 1);
    }
    SUBCASE("refused by the server in the trial") {
        world.source->set_fault(refuse("PATCH", "deployments", base::ErrorKind::Forbidden));
        flow.options.dry_run = run::FlowOptions::DryRun::Server;
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Error);
        CHECK(report.error == "deployments is refused by the test");
        CHECK(report.written.empty());
    }
    CHECK(flow.replicas() == 0);
}

TEST_CASE("what somebody changes between the look and the write is never written over") {
    World world;
    serve(world);
    Flow flow(world);
    SUBCASE("scaled: the number is kept, the mark goes") {
        world.source->set_fault(once_before("PATCH", [&] {
            Json body = stopped_deployment("shop", "web", "3");
            body["metadata"]["uid"] = world.source_store.all(support::types::deployments)[0].uid;
            body["spec"]["replicas"] = 5;
            world.source_store.put(body);
        }));
        const auto report = flow.run();
        CHECK(flow.replicas() == 5);
        CHECK(report.outcome == Outcome::Succeeded);  // another number than before is a warning
    }
    SUBCASE("started by another rollback: nothing is left to write") {
        world.source->set_fault(once_before("PATCH", [&] {
            Json body = deployment("shop", "web", 3, 3);
            body["metadata"]["uid"] = world.source_store.all(support::types::deployments)[0].uid;
            world.source_store.put(body);
        }));
        const auto report = flow.run();
        CHECK(flow.replicas() == 3);
        REQUIRE(report.written.size() == 1);
        CHECK_FALSE(report.written[0].left.empty());
    }
    SUBCASE("deleted and made anew: it is another one") {
        world.source->set_fault(once_before("PATCH", [&] {
            (void)world.source_store.remove(web);
            world.source_store.put(deployment("shop", "web", 1, 1));
        }));
        const auto report = flow.run();
        CHECK(flow.replicas() == 1);
        REQUIRE(report.written.size() == 1);
        CHECK_FALSE(report.written[0].left.empty());
    }
    SUBCASE("deleted") {
        world.source->set_fault(
            once_before("PATCH", [&] { (void)world.source_store.remove(web); }));
        const auto report = flow.run();
        REQUIRE(report.written.size() == 1);
        CHECK(report.written[0].left == "it does not exist any more");
        CHECK(report.outcome == Outcome::NotVerified);
    }
}

TEST_CASE("a write whose answer was lost is looked up, not sent blindly again") {
    World world;
    serve(world);
    Flow flow(world);
    int sent = 0;
    world.source->set_fault(
        [&](const support::Call& call, Moment moment) -> std::optional<base::Error> {
            if (call.verb != "PATCH" || moment != Moment::After || ++sent > 1) return std::nullopt;
            return base::Error{.kind = base::ErrorKind::Lost, .message = "no answer"};
        });
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(flow.replicas() == 3);
    CHECK(sent == 1);
    REQUIRE(report.written.size() == 1);
    CHECK(report.written[0].left.empty());
    CHECK(report.written[0].error.empty());
}

namespace {

/// A machine that KubeVirt starts on request only, stopped by MTC; and the request, which does it.
struct Machine {
    explicit Machine(World& in) : world(in) {
        write(false,
              {{mtc::annotations::start_vm, "true"}, {mtc::annotations::run_strategy, "Manual"}});
        world.source->on_update = [this](const ObjectRef&, const kube::WriteOptions&) {
            write(true, world.source_store.get(ref)->at("metadata").at("annotations"));
            return base::Result<void>();
        };
    }
    void write(bool runs, const Json& annotations) {
        world.source_store.put({{"apiVersion", "kubevirt.io/v1"},
                                {"kind", "VirtualMachine"},
                                {"metadata",
                                 {{"name", "vm"},
                                  {"namespace", "shop"},
                                  {"uid", "uid-of-vm"},
                                  {"annotations", annotations}}},
                                {"spec", {{"runStrategy", "Manual"}}},
                                {"status", {{"created", runs}, {"ready", runs}}}});
    }
    bool runs() const { return world.source_store.get(ref)->at("status").at("created"); }
    bool marked() const {
        return mtc::is_marked(
            base::object_of(support::types::virtualmachines, *world.source_store.get(ref)));
    }

    World& world;
    ObjectRef ref{support::types::virtualmachines, "shop", "vm"};
};

}  // namespace

TEST_CASE("a machine that starts on request only is asked before its marks are taken off") {
    World world;
    serve(world);
    Machine machine(world);
    Flow flow(world);
    flow.options.execute.parallel = 1;
    SUBCASE("it starts, and its marks go") {
        const auto report = flow.run();
        CAPTURE(report.error);
        CHECK(report.outcome == Outcome::Succeeded);
        CHECK(machine.runs());
        CHECK_FALSE(machine.marked());
        CHECK(world.source->writes() ==
              std::vector<std::string>{
                  "PATCH shop/deployments.apps/web",
                  "UPDATE shop/virtualmachines.subresources.kubevirt.io/vm/start",
                  "PATCH shop/virtualmachines.kubevirt.io/vm"});
    }
    SUBCASE("one that somebody has started meanwhile keeps running, and its marks go") {
        const auto start = world.source->on_update;
        world.source->on_update = [&](const ObjectRef& ref, const kube::WriteOptions& options) {
            (void)start(ref, options);
            return base::Result<void>(std::unexpected(base::Error{
                .kind = base::ErrorKind::Conflict, .message = "VM is already running"}));
        };
        CHECK(flow.run().outcome == Outcome::Succeeded);
        CHECK(machine.runs());
        CHECK_FALSE(machine.marked());
    }
    SUBCASE("one that refuses to start keeps its marks, and says why") {
        world.source->on_update = [](const ObjectRef&, const kube::WriteOptions&) {
            return base::Result<void>(std::unexpected(base::Error{
                .kind = base::ErrorKind::Conflict, .message = "no start from failed state"}));
        };
        flow.options.verify = false;
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::NotVerified);
        CHECK(machine.marked());
        REQUIRE(report.written.size() == 2);
        CHECK(report.written[1].error == "no start from failed state");
    }
    SUBCASE("who may not ask for it is told before anything is written") {
        world.source_store.access().deny(
            {.verb = "update", .resource = "virtualmachines.subresources.kubevirt.io/start"});
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Refused);
        REQUIRE(report.runbook->blockers.size() == 1);
        CHECK(report.runbook->blockers[0].what.contains(
            "update virtualmachines/start.subresources.kubevirt.io"));
        CHECK(world.source->writes().empty());
    }
}

TEST_CASE("one that may not be written does not keep the others from it") {
    World world;
    serve(world);
    world.source_store.put(stopped_deployment("shop", "api", "2"));
    Flow flow(world);
    world.source->set_fault(
        [](const support::Call& call, Moment moment) -> std::optional<base::Error> {
            if (moment != Moment::Before || call.verb != "PATCH" || call.name != "api")
                return std::nullopt;
            return base::Error{.kind = base::ErrorKind::Forbidden, .message = "you may not"};
        });
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::NotVerified);
    CHECK(flow.replicas() == 3);
    CHECK(std::ranges::count(report.written, "you may not", &rollback::Written::error) == 1);
}

TEST_CASE("a cluster that is lost on the way ends it, and the same command goes on") {
    World world;
    serve(world);
    Flow flow(world);
    world.source->set_fault(refuse("PATCH", "deployments", base::ErrorKind::Unreachable));
    CHECK(flow.run().outcome == Outcome::Error);
    CHECK(flow.replicas() == 0);
    world.source->set_fault({});
    CHECK(flow.run().outcome == Outcome::Succeeded);
    CHECK(flow.replicas() == 3);
}

TEST_CASE("what was paused is paused again, and its controller has time to look at it") {
    World world;
    const ObjectRef front{support::types::deploymentconfigs, "shop", "front"};
    Json config = stopped_deployment("shop", "front", "2");
    config["apiVersion"] = "apps.openshift.io/v1";
    config["kind"] = "DeploymentConfig";
    config["metadata"]["annotations"][mtc::annotations::paused] = "true";
    world.source_store.put(config);
    const auto looked_at = [&world, front](int ready) {
        Json body = *world.source_store.get(front);
        body["status"] = {
            {"observedGeneration", base::number_at(body, "/metadata/generation").value()},
            {"readyReplicas", ready}};
        world.source_store.put(body);
    };
    // the controller looks when somebody watches, not before
    world.source->set_fault(
        [&](const support::Call& call, Moment moment) -> std::optional<base::Error> {
            if (moment == Moment::Before && call.verb == "WATCH" &&
                call.type.plural == "deploymentconfigs")
                looked_at(2);
            return std::nullopt;
        });
    serve(world);
    Flow flow(world);
    const auto report = flow.run();
    CAPTURE(report.error);
    CHECK(report.outcome == Outcome::Succeeded);
    const Json after = *world.source_store.get(front);
    CHECK(base::bool_at(after, "/spec/paused") == true);
    CHECK(base::number_at(after, "/spec/replicas") == 2);
    CHECK(after["metadata"].value("annotations", Json::object()).empty());
    CHECK(std::ranges::count(stages(report), "pause DeploymentConfigs of the source again") == 1);
}

TEST_CASE("only the deadline means that it is not finished, not a request that took too long") {
    World world;
    with_a_volume(world);
    Flow flow(world);
    SUBCASE("a request") {
        world.source->set_fault(refuse("LIST", "deployments", base::ErrorKind::TimedOut));
        CHECK(flow.run().outcome == Outcome::Error);
    }
    SUBCASE("the deadline") {
        Json held = pod("stage-1", {{mtc::labels::stage_pod, "True"}});
        held["metadata"]["finalizers"] = {"example.com/held"};
        world.target_store.put(held);
        flow.options.timeout = 300ms;
        CHECK(flow.run().outcome == Outcome::TimedOut);
    }
    CHECK(flow.replicas() == 0);
}

TEST_CASE("nothing is started on the source while a pod of the target mounts a volume") {
    World world;
    serve(world);
    with_a_volume(world);
    Flow flow(world);
    SUBCASE("one that nobody manages is in the way") {
        world.target_store.put(pod("lone", {{"app", "web"}}));
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Refused);
        REQUIRE(report.runbook->blockers.size() == 1);
        CHECK(report.runbook->blockers[0].remedy.find("oc get pod/lone -n shop -o yaml") !=
              std::string::npos);
        CHECK(world.source->writes().empty());
    }
    SUBCASE("one that came while the question was asked is told before anything is written") {
        flow.options.consent = [&] {
            world.target_store.put(pod("lone", {{"app", "web"}}));
            return run::Consent::Given;
        };
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Refused);
        REQUIRE(report.runbook->blockers.size() == 1);
        CHECK(report.runbook->blockers[0].id == "changed-since-shown");
        CHECK(report.runbook->blockers[0].what.contains("pod/lone on the target mounts a volume"));
        CHECK(world.source->writes().empty());
        CHECK(world.target->writes().empty());
    }
    SUBCASE("somebody else has started it meanwhile") {
        flow.options.consent = [&] {
            world.source_store.put(deployment("shop", "web", 3, 3));
            return run::Consent::Given;
        };
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Refused);
        CHECK(report.runbook->blockers[0].what.contains("is not needed any more"));
        CHECK(world.source->writes().empty());
        CHECK(world.target->writes().empty());
    }
    SUBCASE("a cutover has moved it meanwhile, and stopped it as before") {
        flow.options.consent = [&] {
            world.target_store.put(migration("cutover-2", Json::object(), succeeded()));
            return run::Consent::Given;
        };
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Refused);
        CHECK(report.runbook->blockers[0].what.contains(
            "MigMigration cutover-2 (cutover, succeeded) is new"));
        CHECK(world.source->writes().empty());
    }
    SUBCASE("one that came after the yes is found by the second look") {
        flow.options.asks = false;
        flow.options.consent = [&] {
            world.target_store.put(pod("lone", {{"app", "web"}}));
            return run::Consent::Given;
        };
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Error);
        CHECK(report.error.find("nothing was started on the source") != std::string::npos);
        CHECK(world.source->writes().empty());
    }
    SUBCASE("a target that the second look cannot see any more is none that is stopped") {
        flow.options.asks = false;
        flow.options.consent = [&] {
            world.target->set_fault(refuse("LIST", "pods", base::ErrorKind::Forbidden));
            return run::Consent::Given;
        };
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Error);
        CHECK(report.error.find("nothing was started on the source") != std::string::npos);
        CHECK(world.source->writes().empty());
    }
    SUBCASE("a stage pod goes first, and is waited for") {
        world.target_store.put(pod("stage-1", {{mtc::labels::stage_pod, "True"}}));
        const auto report = flow.run();
        CAPTURE(report.error);
        CHECK(report.outcome == Outcome::Succeeded);
        CHECK(world.target_store.all(support::types::pods).empty());
        CHECK(flow.replicas() == 3);
        CHECK(stages(report) ==
              std::vector<std::string>{
                  "look at both clusters", "decide what to do",
                  "wait for an answer to the question", "see that nothing has changed since",
                  "write down what is known", "write on the target",
                  "wait until the stage pods of the target are gone",
                  "wait until nothing on the target can write", "write on the source",
                  "wait until the application serves, and verify it"});
    }
    SUBCASE("a target that cannot be seen is in the way, unless it is said to be stopped") {
        world.target->set_fault(refuse("LIST", "pods", base::ErrorKind::Forbidden));
        CHECK(flow.run().outcome == Outcome::Refused);
        CHECK(flow.replicas() == 0);
        flow.options.manual.assume_target_stopped = true;
        CHECK(flow.run().outcome == Outcome::NotVerified);  // it has not been seen
        CHECK(flow.replicas() == 3);
    }
    SUBCASE("that it is said to be stopped does not count against what is seen") {
        world.target_store.put(pod("lone", {{"app", "web"}}));
        flow.options.manual.assume_target_stopped = true;
        CHECK(flow.run().outcome == Outcome::Refused);
    }
}

TEST_CASE("what may not be done is told before anything is begun") {
    World world;
    world.source_store.access().deny({.verb = "patch", .resource = "deployments.apps"});
    Flow flow(world);
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Refused);
    REQUIRE(report.runbook->blockers.size() == 1);
    CHECK(report.runbook->blockers[0].what ==
          "you may not: source: patch deployments.apps in namespace shop");
    CHECK(flow.asked == 0);
}

TEST_CASE("what may not be done in one of many namespaces is found before anything is written") {
    World world;
    const std::vector<std::string> namespaces{"a", "b", "c", "d", "shop"};
    world.target_store.put(World::plan(namespaces));
    for (const std::string& ns : namespaces)
        world.source_store.put(stopped_deployment(ns, "web", "1"));
    world.source_store.access().deny({.verb = "patch", .resource = "deployments.apps", .ns = "c"});
    Flow flow(world);
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Refused);
    REQUIRE(report.runbook->blockers.size() == 1);
    CHECK(report.runbook->blockers[0].what ==
          "you may not: source: patch deployments.apps in namespace c");
    CHECK(world.source->writes().empty());
}

TEST_CASE("a count that is lost is said, and proved against") {
    World world;
    serve(world);
    world.source_store.put(stopped_deployment("shop", "api", "many"));
    Flow flow(world);
    SUBCASE("without it that workload alone is left") {
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::NotVerified);
        CHECK(flow.replicas() == 3);
        REQUIRE(report.runbook->skipped.size() == 1);
        CHECK(report.runbook->skipped[0].workload.name == "api");
    }
    SUBCASE("with it all is well") {
        flow.options.manual.set = {{.ns = {}, .kind = "deployment", .name = "api", .count = 2}};
        CHECK(flow.run().outcome == Outcome::Succeeded);
    }
}

TEST_CASE("without the control cluster the plan comes from a file, or from an earlier snapshot") {
    World world;
    serve(world);
    Flow flow(world);
    const auto state = run::observe(world.session(), {}, {});
    REQUIRE(state);
    const auto saved = run::save_snapshot(flow.folder.path, rollback::record_of(*state, ""));
    REQUIRE(saved);
    auto plan = run::plan_in_file(saved->string(), "shop-plan");
    REQUIRE(plan);
    auto session = world.session();
    session.control.absent = "--plan-file is used instead";
    session.plan_from_file = *plan;
    const auto report = run::manual_flow(session, flow.options, {});
    CAPTURE(report.error);
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(flow.replicas() == 3);
    CHECK(report.gaps.size() == 1);
    SUBCASE("which names the plans that it has") {
        const auto other = run::plan_in_file(saved->string(), "other");
        REQUIRE_FALSE(other);
        CHECK(other.error().hint == "it has: shop-plan");
    }
}

TEST_CASE("a part of the plan is looked at, and written") {
    World world;
    serve(world);
    world.target_store.put(World::plan({"shop", "bank"}));
    world.source_store.put(stopped_deployment("bank", "ledger", "1"));
    Flow flow(world);
    auto session = world.session();
    session.only = {"bank"};
    CHECK(run::manual_flow(session, flow.options, {}).written.size() == 1);
    CHECK(flow.replicas() == 0);
    session.only = {"nowhere"};
    const auto report = run::manual_flow(session, flow.options, {});
    CHECK(report.outcome == Outcome::Error);
    CHECK(report.error.find("has no source namespace nowhere: it has bank, shop") !=
          std::string::npos);
}

}  // namespace manual_flow_test
