#include "run/leftovers_flow.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>

#include "fixture.hpp"

namespace leftovers_flow_test {

using namespace run_test;
using namespace std::chrono_literals;
using rollback::LeftoversReport;
using rollback::Outcome;
using support::Moment;
using support::Store;
namespace types = support::types;

namespace {

const Json rsync = {{"app", "directvolumemigration-rsync-transfer"}};
const ObjectRef dvm_ref{types::directvolumemigrations, mtc_ns, "dvm"};

Json object(const base::ResourceType& type, const std::string& name, const Json& labels,
            const std::string& ns = "shop") {
    return {{"apiVersion", type.api_version()},
            {"kind", type.kind},
            {"metadata", {{"name", name}, {"namespace", ns}, {"labels", labels}}}};
}

Json rsync_pod(const std::string& name, const std::string& ns = "shop") {
    Json pod = object(types::pods, name, rsync, ns);
    pod["status"] = {{"phase", "Failed"}};
    return pod;
}

Object put_volume_migration(World& world, const std::string& phase = "Completed",
                            bool finalizer = false, const std::string& ns = "shop") {
    const auto cutover = world.target_store.peek(rollback_ref("cutover-1"));
    Json dvm =
        object(types::directvolumemigrations, "dvm", {{"migmigration", cutover->uid}}, mtc_ns);
    if (finalizer) dvm["metadata"]["finalizers"] = {mtc::volume_migration_finalizer};
    dvm["spec"] = {{"persistentVolumeClaims", {{{"name", "data"}, {"namespace", ns}}}}};
    dvm["status"] = {{"phase", phase}};
    return world.target_store.put(dvm);
}

/// A pod and a Secret on the source, a ConfigMap and a Route on the target; and the application's.
struct Left : World {
    Left() {
        source_store.put(rsync_pod("rsync-1"));
        Json secret = object(types::secrets, "stunnel", rsync);
        secret["data"] = {{"key", "c2VjcmV0"}};
        source_store.put(secret);
        source_store.put(configmap("shop", "web-config"));
        target_store.put(object(types::configmaps, "rsyncd", rsync));
        target_store.put(object(types::routes, "dvm", rsync));
    }
    std::size_t left() const {
        std::size_t n = 0;
        for (const Store* store : {&source_store, &target_store}) {
            for (const auto& type : {types::pods, types::secrets, types::configmaps, types::routes})
                n += static_cast<std::size_t>(
                    std::ranges::count_if(store->all(type), [](const Object& each) {
                        return base::label_of(each, "app") == rsync["app"].get<std::string>();
                    }));
        }
        return n;
    }
};

struct Flow {
    explicit Flow(World& in) : world(in) {
        options.remove = true;
        options.consent = [this] {
            if (while_asked) while_asked();
            ++asked;
            return consent;
        };
        options.execute.follow = {.stall_after = 200ms};
    }
    LeftoversReport run(std::stop_token stop = {}) {
        auto report = run::leftovers_flow(world.session(), options, stop);
        CAPTURE(report.error);
        return report;
    }
    std::vector<std::string> writes() const {
        auto all = world.source->writes();
        std::ranges::move(world.target->writes(), std::back_inserter(all));
        return all;
    }

    World& world;
    run::LeftoversOptions options;
    run::Consent consent = run::Consent::Given;
    std::function<void()> while_asked;
    int asked = 0;
};

std::vector<std::string> names_of(const LeftoversReport& report) {
    std::vector<std::string> names;
    for (const auto& each : report.leftovers) names.push_back(each.object.ref.name);
    return names;
}

/// MTC's controller: an object of a volume migration goes when that is deleted.
void run_controller(Left& world) {
    world.target_store.on_change([&world](const auto&) {
        const auto dvm = world.target_store.peek(dvm_ref);
        if (!dvm || !base::is_terminating(*dvm)) return;
        for (Store* store : {&world.source_store, &world.target_store}) {
            for (const auto& type : {types::pods, types::secrets, types::configmaps, types::routes})
                for (const Object& each : store->all(type)) {
                    if (base::label_of(each, "directvolumemigration") == dvm->uid)
                        (void)store->remove(each.ref, {.grace_seconds = 0});
                }
        }
        (void)world.target_store.patch(
            dvm_ref, support::PatchKind::JsonPatch,
            Json::array({{{"op", "remove"}, {"path", "/metadata/finalizers"}}}));
    });
}

/// Gives the leftovers the label of that volume migration.
void made_by(Left& world, const Object& dvm) {
    for (Store* store : {&world.source_store, &world.target_store}) {
        for (const auto& type : {types::pods, types::secrets, types::configmaps, types::routes})
            for (const Object& each : store->all(type)) {
                if (base::label_of(each, "app") != rsync["app"].get<std::string>()) continue;
                Json body = each.body;
                body["metadata"]["labels"]["directvolumemigration"] = dvm.uid;
                store->put(body);
            }
    }
}

support::Fault forbid(const std::string& verb, const std::string& plural) {
    return refuse(verb, plural, base::ErrorKind::Forbidden);
}

}  // namespace

TEST_CASE("a look finds what is left on both clusters, and writes nothing") {
    Left world;
    Flow flow(world);
    flow.options.remove = false;
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(names_of(report) == std::vector<std::string>{"rsync-1", "stunnel", "dvm", "rsyncd"});
    CHECK(report.gaps.empty());
    CHECK_FALSE(report.runbook);
    CHECK(report.source.server == "https://source.example:6443");
    CHECK(report.plan_uid == plan_uid);
    CHECK(flow.asked == 0);
    CHECK(flow.writes().empty());
}

TEST_CASE("what still runs is told, and the look is not well") {
    Left world;
    Json pod = rsync_pod("rsync-2");
    pod["status"]["phase"] = "Running";
    world.source_store.put(pod);
    Flow flow(world);
    flow.options.remove = false;
    CHECK(flow.run().outcome == Outcome::NotVerified);
}

TEST_CASE("what is found is deleted on both clusters, and nothing else") {
    Left world;
    put_volume_migration(world);
    Flow flow(world);
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(report.leftovers.empty());
    CHECK(report.written.size() == 5);
    CHECK(world.left() == 0);
    CHECK_FALSE(world.target_store.peek(dvm_ref));
    CHECK(flow.asked == 1);
    CHECK(world.source_store.peek({types::configmaps, "shop", "web-config"}));
    CHECK(world.source_store.peek({types::deployments, "shop", "web"}));
    CHECK(world.target_store.peek({types::configmaps, "shop", "settings"}));
    SUBCASE("a second time there is nothing to delete, and nobody is asked") {
        const auto again = flow.run();
        CHECK(again.outcome == Outcome::NothingToDo);
        CHECK(flow.asked == 1);
        CHECK(flow.writes().size() == 5);
    }
}

TEST_CASE("what is declined or only tried deletes nothing") {
    Left world;
    Flow flow(world);
    SUBCASE("declined") {
        flow.consent = run::Consent::Declined;
        CHECK(flow.run().outcome == Outcome::Declined);
        CHECK(flow.writes().empty());
    }
    SUBCASE("shown") {
        flow.options.dry_run = run::FlowOptions::DryRun::Client;
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::DryRun);
        CHECK(report.runbook->steps.size() == 5);
        CHECK(flow.writes().empty());
        CHECK(flow.asked == 0);
    }
    SUBCASE("tried on the server") {
        flow.options.dry_run = run::FlowOptions::DryRun::Server;
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::DryRun);
        CHECK(report.written.empty());
        CHECK(flow.writes().size() == 4);
    }
    CHECK(world.left() == 4);
}

TEST_CASE("nothing is deleted while a volume migration runs, or has begun since the question") {
    Left world;
    Flow flow(world);
    SUBCASE("before") {
        put_volume_migration(world, "RunRsyncOperations");
        CHECK(flow.run().outcome == Outcome::Refused);
        CHECK(flow.asked == 0);
    }
    SUBCASE("meanwhile") {
        flow.while_asked = [&] { put_volume_migration(world, "CleanStaleRsyncResources"); };
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Refused);
        CHECK(report.runbook->blockers.front().id == "volume-migration-running");
    }
    CHECK(flow.writes().empty());
    CHECK(world.left() == 4);
}

TEST_CASE("what was made anew since it was seen is not deleted") {
    Left world;
    Flow flow(world);
    const ObjectRef config{types::configmaps, "shop", "rsyncd"};
    flow.while_asked = [&] {
        REQUIRE(world.target_store.remove(config));
        world.target_store.put(object(types::configmaps, "rsyncd", rsync));
    };
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::NotVerified);
    CHECK(names_of(report) == std::vector<std::string>{"rsyncd"});
    const auto it = std::ranges::find(report.written, config, &rollback::Written::object);
    REQUIRE(it != report.written.end());
    CHECK(it->left == "it was deleted and made anew meanwhile");
    CHECK(world.left() == 1);
}

TEST_CASE("the controller is left to do what it does for a volume migration with its finalizer") {
    Left world;
    made_by(world, put_volume_migration(world, "Completed", true));
    Flow flow(world);
    SUBCASE("it does") {
        run_controller(world);
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Succeeded);
        CHECK(flow.writes() ==
              std::vector<std::string>{"DELETE openshift-migration/"
                                       "directvolumemigrations.migration.openshift.io/dvm"});
        CHECK(report.written.size() == 5);
        CHECK(report.written.back().change == "deleted by MTC's controller");
    }
    SUBCASE("it is not there: then they are deleted one by one, and the finalizer is told of") {
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::NotVerified);
        CHECK(world.left() == 0);
        CHECK(world.target_store.peek(dvm_ref));
        flow.options.remove = false;
        const auto again = flow.run();
        REQUIRE(again.leftovers.size() == 1);
        CHECK(again.leftovers.front().in_the_way.find(mtc::volume_migration_finalizer) !=
              std::string::npos);
        CHECK(again.outcome == Outcome::NotVerified);
    }
}

TEST_CASE("at --timeout it ends, with what is left as it is then") {
    Left world;
    Json pod = rsync_pod("rsync-1");
    pod["metadata"]["finalizers"] = {"example.com/hold"};
    world.source_store.put(pod);
    Flow flow(world);
    flow.options.execute.follow.stall_after = 1min;
    flow.options.timeout = 200ms;
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::TimedOut);
    CHECK(names_of(report) == std::vector<std::string>{"rsync-1"});
    CHECK(world.left() == 1);
}

TEST_CASE("what may not be seen is a gap, and never nothing there") {
    Left world;
    Flow flow(world);
    flow.options.remove = false;
    world.source->set_fault(forbid("LIST", "secrets"));
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::NotVerified);
    REQUIRE(report.gaps.size() == 2);
    CHECK(report.gaps.front().forbidden);
    CHECK(report.gaps.front().what.starts_with("list secrets"));
    CHECK(names_of(report) == std::vector<std::string>{"rsync-1", "dvm", "rsyncd"});
}

TEST_CASE("owners are looked for last, so that what is made while it looks is nobody's garbage") {
    Left world;
    Flow flow(world);
    flow.options.remove = false;
    world.target->set_fault([&](const support::Call& call, Moment when) {
        if (call.verb == "LIST" && call.type.plural == "secrets" && when == Moment::After)
            put_volume_migration(world, "Created");
        return std::optional<base::Error>();
    });
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::NotVerified);
    CHECK(report.leftovers.front().in_the_way == "it has not ended (Created)");
}

TEST_CASE("whether something runs must be seen before anything is deleted") {
    for (const char* plural : {"directvolumemigrations", "migmigrations", "migplans"}) {
        CAPTURE(plural);
        Left world;
        Flow flow(world);
        world.target->set_fault(forbid("LIST", plural));
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Refused);
        CHECK(report.runbook->blockers.front().id == "owners-unseen");
        CHECK(flow.writes().empty());
    }
}

TEST_CASE("who may not delete is told so before anything is begun") {
    Left world;
    Flow flow(world);
    world.source_store.access().deny({.verb = "delete", .resource = "pods"});
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Refused);
    CHECK(report.runbook->blockers.front().what ==
          "you may not: source: delete pods in namespace shop");
    CHECK(flow.asked == 0);
    CHECK(world.left() == 4);
}

TEST_CASE("a deletion that is refused is an error, and the rest is deleted") {
    Left world;
    Flow flow(world);
    world.target->set_fault(refuse("DELETE", "routes", base::ErrorKind::Invalid));
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Error);
    CHECK(report.error == "routes is refused by the test");
    CHECK(names_of(report) == std::vector<std::string>{"dvm"});
}

TEST_CASE("Velero is asked for a backup's deletion, once, and restores go by themselves") {
    Left world;
    const Json of_plan = {{mtc::labels::migrated_by_plan, plan_uid}};
    const auto ended = [&](const base::ResourceType& type, const char* name) {
        Json body = object(type, name, of_plan, mtc_ns);
        body["status"] = {{"phase", "Completed"}};
        return body;
    };
    world.source_store.put(ended(types::backups, "final"));
    world.target_store.put(ended(types::backups, "final"));  // synced by Velero
    world.target_store.put(ended(types::restores, "final-1"));
    Flow flow(world);
    flow.options.deletion.backups = true;
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(names_of(report) == std::vector<std::string>{"final"});
    CHECK(world.source_store.peek({types::backups, mtc_ns, "final"}));
    CHECK(world.target_store.peek({types::backups, mtc_ns, "final"}));
    CHECK_FALSE(world.target_store.peek({types::restores, mtc_ns, "final-1"}));
    const auto asked = world.source_store.all(types::deletebackuprequests);
    REQUIRE(asked.size() == 1);
    CHECK(base::text_or_empty(asked[0].body, "/spec/backupName") == "final");
    const auto again = flow.run();
    CHECK(again.written.back().left == "it was asked for before");
    CHECK(world.source_store.all(types::deletebackuprequests).size() == 1);
}

TEST_CASE("only metadata of Secrets is ever asked for") {
    Left world;
    std::atomic<int> asked = 0;
    const auto watch_lists = [&](const support::Call& call, Moment) -> std::optional<base::Error> {
        if (call.type.plural == "secrets" && call.verb == "LIST") {
            ++asked;
            CHECK_FALSE(call.detail.empty());  // a selector
        }
        CHECK_FALSE((call.type.plural == "secrets" && call.verb == "GET"));
        return std::nullopt;
    };
    world.source->set_fault(watch_lists);
    Flow flow(world);
    flow.options.remove = false;
    for (const auto& each : flow.run().leftovers) CHECK(each.object.body.is_null());
    CHECK(asked > 0);
}

TEST_CASE("with a plan from a file the control cluster is a gap, and the rsync pods decide") {
    Left world;
    auto session = world.session();
    session.plan_from_file =
        mtc::decode_plan(base::object_of(types::migplans, World::plan({"shop"}))).value();
    session.control.absent = "--plan-file is used instead";
    Flow flow(world);
    const auto run = [&] { return run::leftovers_flow(session, flow.options, {}); };
    SUBCASE("they have ended") {
        const auto report = run();
        CHECK(report.outcome == Outcome::NotVerified);
        CHECK(world.left() == 0);
        REQUIRE(report.gaps.size() == 1);
        CHECK(report.gaps.front().what == "look at the control cluster");
    }
    SUBCASE("one runs") {
        Json pod = rsync_pod("rsync-2");
        pod["status"]["phase"] = "Running";
        world.source_store.put(pod);
        const auto report = run();
        CHECK(report.outcome == Outcome::Refused);
        CHECK(report.runbook->blockers.front().id == "rsync-running");
        CHECK(world.left() == 5);
    }
}

TEST_CASE("an interrupt ends it, and what was begun is told") {
    Left world;
    Flow flow(world);
    std::stop_source stop;
    SUBCASE("at the question") {
        flow.while_asked = [&] { stop.request_stop(); };
        CHECK(flow.run(stop.get_token()).outcome == Outcome::Detached);
        CHECK(world.left() == 4);
    }
    SUBCASE("after the first deletion") {
        flow.options.sink = [&](const run::Event&) { stop.request_stop(); };
        const auto report = flow.run(stop.get_token());
        CHECK(report.outcome == Outcome::Detached);
        CHECK(report.written.size() == 1);
        CHECK(names_of(report) == std::vector<std::string>{"stunnel", "dvm", "rsyncd"});
        // and again it goes on with what is left
        flow.options.sink = [](const run::Event&) {};
        CHECK(flow.run().outcome == Outcome::Succeeded);
        CHECK(world.left() == 0);
    }
}

}  // namespace leftovers_flow_test
