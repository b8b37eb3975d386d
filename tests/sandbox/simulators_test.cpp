// What the simulators promise to the tests that stand on them: they do to clusters what the real
// controllers do, in the same order and with the same bugs.
#include <doctest/doctest.h>

#include <algorithm>

#include "kube/kubeconfig.hpp"
#include "kube/rest_cluster.hpp"
#include "mtc/names.hpp"
#include "mtc/workload.hpp"
#include "sandbox/deadline.hpp"
#include "sandbox/quiesce.hpp"
#include "sandbox/world.hpp"

using namespace sandbox;

namespace {

ObjectRef migration(const std::string& name) {
    return {types::migmigrations, mtc::openshift_migration, name};
}

Json new_rollback(const std::string& name, const std::string& plan = "shop-plan") {
    Json body = manifest(types::migmigrations, mtc::openshift_migration, name);
    body["spec"] = {{"migPlanRef", {{"name", plan}, {"namespace", mtc::openshift_migration}}},
                    {"stage", false},
                    {"rollback", true}};
    return body;
}

void create(World& world, const Json& body) {
    const auto made = world.control().create(migration(base::text_or_empty(body, "/metadata/name")),
                                             body, {}, {});
    REQUIRE_MESSAGE(made.has_value(), made.error().message);
}

bool has_condition(const Object& object, const std::string& type) {
    return std::ranges::any_of(
        base::items_at(object.body, "/status/conditions"),
        [&](const Json& c) { return base::text_or_empty(c, "/type") == type; });
}

std::string phase_of(const Object& object) {
    return base::text_or_empty(object.body, "/status/phase");
}

bool await_migration(World& world, const std::string& name, bool (*holds)(const Object&)) {
    return World::await(world.control(), types::migmigrations, [&](const kube::ObjectMap& all) {
        const auto it = all.find(migration(name));
        return it != all.end() && holds(it->second);
    });
}

void set_spec(World& world, const ObjectRef& ref, const char* field, bool value) {
    const auto seen = world.control().get(ref, {});
    REQUIRE(seen);
    const Json operations =
        Json::array({{{"op", "add"}, {"path", std::string("/spec/") + field}, {"value", value}}});
    REQUIRE(world.control().patch(*seen, operations, {}, {}));
}

std::vector<Object> all(kube::Cluster& cluster, const ResourceType& type, const std::string& ns,
                        const std::string& selector = {}) {
    auto found = cluster.list(type, {.ns = ns, .label_selector = selector}, {});
    REQUIRE(found);
    return std::move(found->items);
}

Object get(kube::Cluster& cluster, const ResourceType& type, const std::string& ns,
           const std::string& name) {
    auto found = cluster.get({type, ns, name}, {});
    REQUIRE_MESSAGE(found.has_value(), found.error().message);
    return std::move(*found);
}

std::size_t migrated_objects(World& world, const std::string& ns) {
    const std::string selector = mtc::labels::migrated_by_plan;
    std::size_t count = 0;
    for (const auto& served : support::served_types()) {
        if (served.type.namespaced && served.type.plural != "selfsubjectaccessreviews")
            count += all(world.target(), served.type, ns, selector).size();
    }
    return count;
}

std::vector<std::string> step_messages(const Object& migration) {
    std::vector<std::string> out;
    for (const Json& step : base::items_at(migration.body, "/status/pipeline")) {
        out.push_back(base::text_or_empty(step, "/name") + " " +
                      base::text_or_empty(step, "/message"));
    }
    return out;
}

}  // namespace

TEST_SUITE("a rollback by the simulated controller") {
    TEST_CASE("brings a failed cutover back and empties the target") {
        World world("failed-cutover");
        create(world, new_rollback("rollback-1"));
        const Object ended = world.await_end("rollback-1");
        CHECK(has_condition(ended, "Succeeded"));
        CHECK_FALSE(has_condition(ended, "Ready"));
        CHECK(base::text_or_empty(ended.body, "/status/itinerary") == "Rollback");
        CHECK(step_messages(ended) ==
              std::vector<std::string>{"CleanupVelero Completed", "CleanupHelpers Completed",
                                       "CleanupMigrated Completed", "CleanupUnquiesce Completed",
                                       "Cleanup Completed"});
        CHECK(base::label_of(ended, mtc::labels::plan_name) == "shop-plan");
        CHECK(migrated_objects(world, "shop") == 0);
        CHECK(migrated_objects(world, "billing-new") == 0);
        get(world.target(), types::configmaps, "shop", "cluster-info");
        get(world.target(), types::serviceaccounts, "shop", "web");

        world.settle();
        for (const auto& kind : mtc::workload_kinds()) {
            for (const Object& workload : all(world.source(), kind.type, "")) {
                CAPTURE(workload.ref.path());
                CHECK_FALSE(mtc::is_marked(workload));
                CHECK(kind.serving(workload).yes);
            }
        }
        const Object admin = get(world.source(), types::deployments, "shop", "admin");
        CHECK(base::number_at(admin.body, "/spec/replicas") == 2);
        CHECK(base::bool_at(admin.body, "/spec/paused") == true);
        const Object probe = get(world.source(), types::daemonsets, "shop", "probe");
        CHECK(*base::find(probe.body, "/spec/template/spec/nodeSelector") == Json{{"zone", "a"}});
        CHECK(base::number_at(probe.body, "/status/numberReady") == 1);
    }

    TEST_CASE("leaves the plan ready for another attempt") {
        World world("small");
        create(world, new_rollback("rollback-1"));
        world.await_end("rollback-1");
        CHECK(World::await(world.control(), types::migplans, [](const kube::ObjectMap& plans) {
            const Object& plan = plans.begin()->second;
            // the type is kept: a plan whose images go by way of the storage has only one
            return has_condition(plan, "Ready") && !has_condition(plan, "Suspended") &&
                   has_condition(plan, "MigrationTypeIdentified");
        }));
    }

    TEST_CASE("waits behind an older migration and then runs") {
        World world("cutover-running");
        create(world, new_rollback("rollback-1"));
        CHECK(await_migration(world, "rollback-1",
                              [](const Object& m) { return has_condition(m, "Postponed"); }));
        set_spec(world, migration("cutover-1"), "canceled", true);
        const Object canceled = world.await_end("cutover-1");
        CHECK(has_condition(canceled, "Canceled"));
        CHECK(has_condition(canceled, "Succeeded"));
        CHECK(base::text_or_empty(canceled.body, "/status/itinerary") == "Cancel");
        CHECK(has_condition(world.await_end("rollback-1"), "Succeeded"));
    }

    TEST_CASE("does not start while the plan is closed, and does when it is opened") {
        World world("plan-closed");
        create(world, new_rollback("rollback-1"));
        CHECK(await_migration(world, "rollback-1", [](const Object& m) {
            return has_condition(m, "PlanClosed") && has_condition(m, "PlanNotReady") &&
                   phase_of(m).empty();
        }));
        set_spec(world, {types::migplans, mtc::openshift_migration, "shop-plan"}, "closed", false);
        CHECK(has_condition(world.await_end("rollback-1"), "Succeeded"));
    }

    TEST_CASE("does not start when the plan is not ready") {
        World world("plan-not-ready");
        create(world, new_rollback("rollback-1"));
        CHECK(await_migration(world, "rollback-1", [](const Object& m) {
            return has_condition(m, "PlanNotReady") && !has_condition(m, "PlanClosed");
        }));
    }

    TEST_CASE("refuses a migration that is two kinds at once") {
        World world("small");
        Json body = new_rollback("rollback-1");
        body["spec"]["stage"] = true;
        create(world, body);
        CHECK(await_migration(world, "rollback-1",
                              [](const Object& m) { return has_condition(m, "InvalidSpec"); }));
    }

    TEST_CASE("fails for good at the first error, and another one succeeds") {
        World world("rollback-fails");
        create(world, new_rollback("rollback-1"));
        const Object failed = world.await_end("rollback-1");
        CHECK(base::text_or_empty(failed.body, "/status/itinerary") == "Failed");
        CHECK(has_condition(failed, "Failed"));
        CHECK_FALSE(has_condition(failed, "Succeeded"));
        CHECK(base::items_at(failed.body, "/status/errors").size() == 1);
        CHECK(step_messages(failed) ==
              std::vector<std::string>{"CleanupVelero Completed", "CleanupHelpers Completed",
                                       "CleanupMigrated Failed", "CleanupUnquiesce Skipped",
                                       "Cleanup Completed"});
        create(world, new_rollback("rollback-2"));
        CHECK(has_condition(world.await_end("rollback-2"), "Succeeded"));
    }

    TEST_CASE("fails when one API group of the target is broken") {
        World world("broken-api-group");
        create(world, new_rollback("rollback-1"));
        CHECK(has_condition(world.await_end("rollback-1"), "Failed"));
    }

    TEST_CASE("ends with warnings instead of success") {
        World world("rollback-with-warnings");
        create(world, new_rollback("rollback-1"));
        const Object ended = world.await_end("rollback-1");
        CHECK(has_condition(ended, "SucceededWithWarnings"));
        CHECK_FALSE(has_condition(ended, "Succeeded"));
    }

    TEST_CASE("waits for a finalizer as long as it takes") {
        World world("rollback-hangs-on-finalizer");
        create(world, new_rollback("rollback-1"));
        CHECK(await_migration(world, "rollback-1", [](const Object& m) {
            return phase_of(m) == "EnsureMigratedDeleted";
        }));
        const ObjectRef held{types::configmaps, "shop", "held"};
        CHECK(World::await(world.target(), types::configmaps, [&](const kube::ObjectMap& all) {
            return all.contains(held) && base::is_terminating(all.at(held));
        }));
        CHECK(base::number_at(get(world.source(), types::deployments, "shop", "web").body,
                              "/spec/replicas") == 0);
        const auto seen = world.target().get(held, {});
        REQUIRE(seen);
        const Json release = Json::array({{{"op", "remove"}, {"path", "/metadata/finalizers"}}});
        REQUIRE(world.target().patch(*seen, release, {}, {}));
        CHECK(has_condition(world.await_end("rollback-1"), "Succeeded"));
    }

    TEST_CASE("goes on where it was when the controller starts") {
        World world("rollback-running");
        const Object running =
            get(world.control(), types::migmigrations, mtc::openshift_migration, "rollback-1");
        CHECK(phase_of(running) == "EnsureMigratedDeleted");
        CHECK(has_condition(running, "Running"));
        world.controller().release();
        CHECK(has_condition(world.await_end("rollback-1"), "Succeeded"));
    }

    TEST_CASE("canceled, starts the application and leaves the target as it is") {
        World world("rollback-hangs-on-finalizer");
        create(world, new_rollback("rollback-1"));
        CHECK(await_migration(world, "rollback-1", [](const Object& m) {
            return phase_of(m) == "EnsureMigratedDeleted";
        }));
        set_spec(world, migration("rollback-1"), "canceled", true);
        const Object ended = world.await_end("rollback-1");
        CHECK(has_condition(ended, "Canceled"));
        CHECK(has_condition(ended, "Succeeded"));
        CHECK(base::number_at(get(world.source(), types::deployments, "shop", "web").body,
                              "/spec/replicas") == 2);
    }

    TEST_CASE("removes stage pods and gives borrowed ones back") {
        World world("stage-pods");
        create(world, new_rollback("rollback-1"));
        CHECK(has_condition(world.await_end("rollback-1"), "Succeeded"));
        world.settle();
        CHECK(all(world.source(), types::pods, "shop", mtc::labels::stage_pod).empty());
        CHECK(all(world.target(), types::pods, "shop", mtc::labels::stage_pod).empty());
        const Object bare = get(world.source(), types::pods, "shop", "bare");
        CHECK_FALSE(base::is_terminating(bare));
        CHECK_FALSE(base::label_of(bare, mtc::labels::application_pod));
    }
}

TEST_SUITE("quiescing") {
    TEST_CASE("by the controller's own code leaves what the scenario seeds") {
        World seeded("failed-cutover", {.controller = false});
        World live("failed-cutover", {.quiesce_live = true, .controller = false});
        for (const auto& kind : mtc::workload_kinds()) {
            for (const Object& workload : all(seeded.source(), kind.type, "")) {
                if (mtc::is_managed(workload)) continue;
                CAPTURE(workload.ref.path());
                const Object other =
                    get(live.source(), kind.type, workload.ref.ns, workload.ref.name);
                CHECK(mtc::is_quiesced(workload));
                CHECK(workload.body.at("spec") == other.body.at("spec"));
                CHECK(*base::find(workload.body, "/metadata/annotations") ==
                      *base::find(other.body, "/metadata/annotations"));
            }
        }
    }

    TEST_CASE("forgets that a CronJob was suspended before, as the real one does") {
        const Json before = {{"metadata", Json::object()}, {"spec", {{"suspend", true}}}};
        const Json stopped = quiesced(types::cronjobs, before);
        CHECK(base::text_at(stopped, "/metadata/annotations/" +
                                         base::pointer_segment(mtc::annotations::suspend)) ==
              "true");
    }

    TEST_CASE("a second time overwrites the parallelism of a Job, as the real one does") {
        const Json before = {{"metadata", Json::object()}, {"spec", {{"parallelism", 3}}}};
        const Json twice = quiesced(types::jobs, quiesced(types::jobs, before));
        CHECK(base::text_at(twice, "/metadata/annotations/" +
                                       base::pointer_segment(mtc::annotations::replicas)) == "0");
    }
}

TEST_SUITE("simulated clusters") {
    TEST_CASE("run the pods that workloads want, with endpoints for their Services") {
        World world("nothing-stopped");
        CHECK(all(world.source(), types::pods, "shop").size() == 2);
        CHECK(World::await(world.source(), types::endpoints, [](const kube::ObjectMap& all) {
            if (all.empty()) return false;
            const Json& subset = first_at(all.begin()->second.body, "/subsets");
            return base::items_at(subset, "/addresses").size() == 2;
        }));
        const Object claim = get(world.source(), types::persistentvolumeclaims, "shop", "data");
        CHECK(phase_of(claim) == "Bound");
        CHECK(phase_of(get(world.source(), types::persistentvolumes, "",
                           base::text_or_empty(claim.body, "/spec/volumeName"))) == "Bound");
    }

    TEST_CASE("delete a volume whose claim is gone, also where the cluster has released it first") {
        World world("nothing-stopped");
        Json volume = manifest(types::persistentvolumes, {}, "pv-of-gone");
        volume["spec"] = {
            {"persistentVolumeReclaimPolicy", "Delete"},
            {"claimRef", {{"namespace", "shop"}, {"name", "gone"}, {"uid", "uid-of-gone"}}}};
        volume["status"] = {{"phase", "Released"}};
        world.source_store().put(volume);
        CHECK(
            World::await(world.source(), types::persistentvolumes, [](const kube::ObjectMap& all) {
                return std::ranges::none_of(
                    all, [](const auto& entry) { return entry.first.name == "pv-of-gone"; });
            }));
    }

    TEST_CASE("keep pods unready for the reason that the scenario gives") {
        World world("pods-do-not-start");
        create(world, new_rollback("rollback-1"));
        CHECK(has_condition(world.await_end("rollback-1"), "Succeeded"));
        world.settle();
        const auto pods = all(world.source(), types::pods, "shop", "app=web");
        REQUIRE(pods.size() == 2);
        CHECK(base::text_or_empty(first_at(pods.front().body, "/status/containerStatuses"),
                                  "/state/waiting/reason") == "ImagePullBackOff");
        world.source_kubelet().keep_unready({});
        CHECK(World::await(world.source(), types::deployments, [](const kube::ObjectMap& all) {
            return std::ranges::all_of(all, [](const auto& entry) {
                return mtc::workload_kind(types::deployments)->serving(entry.second).yes;
            });
        }));
    }
}

TEST_CASE("over HTTPS there is a kubeconfig with a context for every restricted user") {
    const World world("restricted-user", {.https = true});
    const auto open = [&](const std::string& context) {
        kube::KubeconfigOptions options;
        options.kubeconfig = world.kubeconfig();
        options.context = context;
        auto connection = kube::connection_of(*kube::load_kubeconfig(options), options);
        REQUIRE(connection);
        return std::move(*kube::open_cluster(std::move(*connection)));
    };
    const auto viewer = open("viewer@target");
    const ObjectRef plan{types::migplans, mtc::openshift_migration, "shop-plan"};
    CHECK(viewer->get(plan, {}));
    const auto refused =
        viewer->create(migration("rollback-1"), new_rollback("rollback-1"), {}, {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == base::ErrorKind::Forbidden);
    const auto admin = open("");
    CHECK(admin->create(migration("rollback-1"), new_rollback("rollback-1"), {}, {}));
}

TEST_SUITE("scenarios") {
    TEST_CASE("all load, and their clusters come to rest") {
        for (const std::string& name : scenario_names()) {
            CAPTURE(name);
            const World world(name);
            CHECK_FALSE(world.scenario().title.empty());
        }
    }

    TEST_CASE("with a wrong word are refused by its name") {
        const auto wrong = parse_scenario("x", "plan: {nam: shop}");
        REQUIRE_FALSE(wrong);
        CHECK(wrong.error().message == "scenario x: plan has no word 'nam'");
    }
}

TEST_CASE("a World stops without delay, even amid a rollback") {
    const auto before = std::chrono::steady_clock::now();
    {
        World world("rollback-running");
    }
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(2));
}
