#include "run/observe.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "fixture.hpp"
#include "mtc/workload.hpp"
#include "rollback/manual.hpp"
#include "run/listing.hpp"
#include "run/parts.hpp"

namespace observe_test {

using namespace run_test;
using rollback::Side;

namespace {

std::size_t lists_of(const support::FakeCluster& cluster, const std::string& word) {
    const auto calls = cluster.calls();
    return static_cast<std::size_t>(std::ranges::count_if(calls, [&](const std::string& call) {
        return call.starts_with("LIST") && call.find(word) != std::string::npos;
    }));
}

std::size_t reviews_of(const support::FakeCluster& cluster) {
    const auto calls = cluster.calls();
    return static_cast<std::size_t>(std::ranges::count_if(
        calls, [](const std::string& call) { return call.starts_with("CAN-I"); }));
}

Json labelled_by(const std::string& uid, Json object) {
    object["metadata"]["labels"][mtc::labels::migrated_by_plan] = uid;
    return object;
}

Json other_plan(const std::string& name) {
    Json plan = World::plan({"shop"});
    plan["metadata"]["name"] = name;
    plan["metadata"]["uid"] = "22222222-0000-4000-8000-000000000002";
    return plan;
}

std::vector<std::string> words(const std::vector<rollback::Denied>& denied) {
    std::vector<std::string> out;
    for (const auto& d : denied)
        out.push_back(rollback::word(d.side) + ": " + d.verb + " " + d.resource + " in " + d.ns);
    return out;
}

/// A source that also serves one object of a type which the store does not know.
class Serving : public support::FakeCluster {
  public:
    Serving(support::Store& store, base::ResourceType type, Json body)
        : FakeCluster(store), type_(std::move(type)), body_(std::move(body)) {}

    base::Result<kube::Discovery> discover(std::stop_token stop) override {
        auto discovery = FakeCluster::discover(std::move(stop));
        discovery->resources.push_back({type_, {"list", "watch"}});
        return discovery;
    }
    base::Result<kube::ObjectList> list(const base::ResourceType& type,
                                        const kube::ListOptions& options,
                                        std::stop_token stop) override {
        if (type != type_) return FakeCluster::list(type, options, std::move(stop));
        return kube::ObjectList{.items = {base::object_of(type, body_)}, .resource_version = "1"};
    }

  private:
    base::ResourceType type_;
    Json body_;
};

std::shared_ptr<Serving> autoscaled(support::Store& store, const std::string& version) {
    return std::make_shared<Serving>(
        store,
        base::ResourceType{"autoscaling", version, "horizontalpodautoscalers",
                           "HorizontalPodAutoscaler", true},
        Json{{"metadata", {{"name", "web"}, {"namespace", "shop"}}},
             {"spec", {{"maxReplicas", 10}}}});
}

}  // namespace

TEST_CASE(
    "an observation holds the plan, its migrations, the stopped workloads and the migrated "
    "objects") {
    const World world;
    const auto state = run::observe(world.session(), {}, {});
    REQUIRE(state);
    CHECK(state->plan.uid == plan_uid);
    REQUIRE(state->migrations.size() == 1);
    CHECK(state->migrations[0].name == "cutover-1");
    REQUIRE(state->source.workloads.size() == 1);
    CHECK(state->source.workloads[0].ref.path() == "shop/deployment/web");
    REQUIRE(state->target.labelled.size() == 1);
    CHECK(state->target.labelled[0].ref.path() == "shop/configmap/settings");
    CHECK(state->knows_rollback == true);
    CHECK(state->may_create);
    CHECK(state->gaps.empty());
}

TEST_CASE("migrations of other plans are not this plan's") {
    World world;
    Json other = migration("other", Json::object(), Json::object());
    other["spec"]["migPlanRef"]["name"] = "another-plan";
    world.target_store.put(other);
    CHECK(run::observe(world.session(), {}, {})->migrations.size() == 1);
}

TEST_CASE("objects of other namespaces are not seen, whatever their label") {
    World world;
    world.target_store.put(labelled(configmap("openshift-migration", "backup")));
    world.source_store.put(stopped_deployment("elsewhere", "web", "2"));
    const auto state = run::observe(world.session(), {}, {});
    CHECK(state->target.labelled.size() == 1);
    CHECK(state->source.workloads.size() == 1);
}

TEST_CASE("what one may not list is a gap, and everything else is still seen") {
    const World world;
    world.source->set_fault(refuse("LIST", "statefulsets", base::ErrorKind::Forbidden));
    const auto state = run::observe(world.session(), {}, {});
    REQUIRE(state);
    REQUIRE(state->gaps.size() == 1);
    CHECK(state->gaps[0].side == Side::Source);
    CHECK(state->gaps[0].resource == "statefulsets.apps");
    CHECK(state->gaps[0].forbidden);
    CHECK(state->gaps[0].what == "list statefulsets.apps in namespace shop");
    CHECK(state->source.workloads.size() == 1);
}

TEST_CASE("a type of the target that cannot be searched for the label is a gap of the search") {
    const World world;
    world.target->set_fault(refuse("LIST", "routes", base::ErrorKind::Unavailable));
    const auto state = run::observe(world.session(), {}, {});
    REQUIRE(state->gaps.size() == 1);
    CHECK(state->gaps[0].resource ==
          std::string(rollback::label_scan) + "routes.route.openshift.io");
    CHECK_FALSE(state->gaps[0].forbidden);
}

TEST_CASE("an API group that is broken is a gap in what could be in it") {
    const World world;
    SUBCASE("a group with workloads hides them") {
        world.target->set_broken({"batch/v1: the server does not answer"});
        const auto state = run::observe(world.session(), {}, {});
        REQUIRE(state->gaps.size() == 1);
        CHECK(state->gaps[0].resource == "discovery");
    }
    SUBCASE("any other hides an object with the plan's label, and no workload") {
        world.target->set_broken({"metrics.k8s.io/v1beta1: the server does not answer"});
        const auto state = run::observe(world.session(), {}, {});
        REQUIRE(state->gaps.size() == 1);
        CHECK(state->gaps[0].resource ==
              std::string(rollback::label_scan) + "API group metrics.k8s.io");
        // MTC's own controller fails for any of them
        CHECK(std::ranges::any_of(
            rollback::assess(*state).effects.warnings,
            [](const std::string& warning) { return warning.contains("metrics.k8s.io"); }));
    }
}

TEST_CASE("by hand an API group without workloads is in nobody's way") {
    World world;
    world.source->set_broken({"metrics.k8s.io/v1beta1: the server does not answer"});
    const auto state = run::observe(world.session(), {.labelled = false, .reviews = false}, {});
    REQUIRE(state);
    CHECK(rollback::manual_flow(*state, rollback::record_of(*state, ""), {}).blockers.empty());
}

TEST_CASE("a cluster that cannot be reached is an error that says which one") {
    const World world;
    world.source->set_fault(refuse("LIST", "pods", base::ErrorKind::Unreachable));
    const auto state = run::observe(world.session(), {}, {});
    REQUIRE_FALSE(state);
    CHECK(state.error().kind == base::ErrorKind::Unreachable);
    CHECK(state.error().message.starts_with("the source cluster: "));
}

TEST_CASE("an expired login is an error, not a gap") {
    const World world;
    world.target->set_fault(refuse("LIST", "configmaps", base::ErrorKind::Unauthorized));
    CHECK(run::observe(world.session(), {}, {}).error().kind == base::ErrorKind::Unauthorized);
}

TEST_CASE("a plan that is read again while it is waited stays the part that was asked for") {
    World world;
    world.target_store.put(World::plan({"shop", "billing"}));
    auto session = world.session();
    session.only = {"shop"};
    auto state = run::observe(session, {}, {});
    REQUIRE(state);
    CHECK(state->plan.left_out_namespaces() == std::vector<std::string>{"billing"});
    const auto parts = run::parts_of(session, *state);
    const auto plan = std::ranges::find_if(parts, &run::Part::is_plan);
    REQUIRE(plan != parts.end());
    const base::ObjectRef ref{mtc::types::migplans, mtc_ns, "shop-plan"};
    run::replace(*state, *plan, {{ref, *world.target_store.peek(ref)}});
    CHECK(state->plan.source_namespaces() == std::vector<std::string>{"shop"});
    CHECK(state->plan.left_out_namespaces() == std::vector<std::string>{"billing"});
}

TEST_CASE("what MTC has stopped where the plan looks no more is looked for, and only there") {
    World world;
    world.target_store.put(World::plan({"billing"}));
    world.source_store.put(stopped_deployment("elsewhere", "web", "2"));
    const auto names = [&] {
        std::vector<std::string> paths;
        for (const Object& each : run::observe(world.session(), {}, {})->source.elsewhere)
            paths.push_back(each.ref.path());
        return paths;
    };
    // the copies on the target tell that shop was the plan's
    CHECK(names() == std::vector<std::string>{"shop/deployment/web"});
    SUBCASE("not where another plan lists it now") {
        auto other = World::plan({"shop"});
        other["metadata"]["name"] = "other-plan";
        other["metadata"]["uid"] = "uid-of-other-plan";
        world.target_store.put(other);
        CHECK(names().empty());
    }
    SUBCASE("not what runs without a mark") {
        auto web = world.source_store
                       .peek({{"apps", "v1", "deployments", "Deployment", true}, "shop", "web"})
                       ->body;
        web["metadata"].erase("annotations");
        world.source_store.put(web);
        CHECK(names().empty());
    }
    SUBCASE("where it may not be looked at, that is a gap") {
        world.source->set_fault(
            [](const support::Call& call, support::Moment) -> std::optional<base::Error> {
                if (call.verb != "LIST" || call.ns != "shop") return std::nullopt;
                return base::Error{.kind = base::ErrorKind::Forbidden, .message = "no"};
            });
        const auto state = run::observe(world.session(), {}, {});
        CHECK(std::ranges::any_of(state->gaps, [](const rollback::Gap& gap) {
            return gap.side == rollback::Side::Source &&
                   gap.what == "list deployments.apps in namespace shop";
        }));
    }
}

TEST_CASE("a plan's former namespaces are also those that an earlier run has written down") {
    World world;
    (void)world.target_store.remove({support::types::configmaps, "shop", "settings"});
    world.target_store.put(World::plan({"billing"}));
    auto session = world.session();
    CHECK(run::observe(session, {}, {})->source.elsewhere.empty());
    session.plan_as_it_was = [](const std::string& uid) {
        CHECK(uid == plan_uid);
        return std::optional(
            *mtc::decode_plan(base::object_of(mtc::types::migplans, World::plan({"shop"}))));
    };
    const auto state = run::observe(session, {}, {});
    REQUIRE(state->source.elsewhere.size() == 1);
    CHECK(state->source.elsewhere[0].ref.path() == "shop/deployment/web");
}

TEST_CASE("many namespaces cost one list for each type, not one for each namespace") {
    World world;
    std::vector<std::string> namespaces{"shop"};
    for (int i = 1; i < 20; ++i) namespaces.push_back("ns-" + std::to_string(i));
    world.target_store.put(World::plan(namespaces));
    for (const auto& ns : namespaces) world.source_store.put(stopped_deployment(ns, "web", "1"));
    const auto session = world.session();

    SUBCASE("when that is allowed") {
        const auto state = run::observe(session, {}, {});
        CHECK(state->source.workloads.size() == 20);
        CHECK(lists_of(*world.source, "deployments") == 1);
    }
    SUBCASE("and one for each namespace when it is not") {
        world.source->set_fault(
            [](const support::Call& call, support::Moment) -> std::optional<base::Error> {
                if (call.verb != "LIST" || !call.ns.empty()) return std::nullopt;
                return base::Error{.kind = base::ErrorKind::Forbidden,
                                   .message = "at the cluster scope"};
            });
        const auto state = run::observe(session, {}, {});
        CHECK(state->source.workloads.size() == 20);
        CHECK(state->gaps.empty());
        CHECK(lists_of(*world.source, "deployments") == 21);
    }
}

TEST_CASE("a schema without spec.rollback, and a schema that may not be read, are told apart") {
    World world;
    SUBCASE("without") {
        Json crd = World::crd();
        crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
            .erase("rollback");
        world.target_store.put(crd);
        CHECK(run::observe(world.session(), {}, {})->knows_rollback == false);
    }
    SUBCASE("unreadable") {
        world.target->set_fault(
            refuse("GET", "customresourcedefinitions", base::ErrorKind::Forbidden));
        CHECK_FALSE(run::observe(world.session(), {}, {})->knows_rollback);
    }
}

TEST_CASE("one search of the target finds the plan's objects and those of other plans apart") {
    World world;
    world.target_store.put(labelled_by("another", configmap("shop", "foreign")));
    world.target_store.put(configmap("shop", "of-nobody"));
    const auto state = run::observe(world.session(), {}, {});
    REQUIRE(state);
    REQUIRE(state->target.labelled.size() == 1);
    CHECK(state->target.labelled[0].ref.name == "settings");
    REQUIRE(state->target.foreign.size() == 1);
    CHECK(state->target.foreign[0].ref.name == "foreign");
    CHECK(lists_of(*world.target, "configmaps") == 1);
    SUBCASE("which verification does not see") {
        std::vector<rollback::Gap> gaps;
        const auto labelled = run::labelled_objects(*world.target, state->plan, 8, gaps, {});
        REQUIRE(labelled);
        REQUIRE(labelled->size() == 1);
        CHECK(labelled->front().ref.name == "settings");
    }
}

TEST_CASE("an observation holds the autoscalers of the source, in the version that it serves") {
    for (const char* version : {"v2", "v1"}) {
        const World world;
        auto session = world.session();
        support::Store store({.name = "source"});
        session.source.cluster = autoscaled(store, version);
        const auto state = run::observe(session, {}, {});
        REQUIRE(state);
        REQUIRE(state->source.autoscalers.size() == 1);
        CHECK(state->source.autoscalers[0].ref.type.version == version);
        CHECK(state->target.autoscalers.empty());
    }
}

TEST_CASE("an observation holds the other plans, of those that can be read") {
    World world;
    world.target_store.put(other_plan("retry"));
    Json broken = other_plan("broken");
    broken["spec"].erase("namespaces");
    world.target_store.put(broken);
    const auto state = run::observe(world.session(), {}, {});
    REQUIRE(state);
    REQUIRE(state->other_plans.size() == 1);
    CHECK(state->other_plans[0].name == "retry");
    CHECK(state->gaps.empty());
    SUBCASE("and what one may not list is a gap") {
        world.target->set_fault(refuse("LIST", "migplans", base::ErrorKind::Forbidden));
        const auto less = run::observe(world.session(), {}, {});
        REQUIRE(less);
        CHECK(less->other_plans.empty());
        // the search of the target lists them too, in the plan's namespaces
        const auto gap = std::ranges::find(less->gaps, Side::Control, &rollback::Gap::side);
        REQUIRE(gap != less->gaps.end());
        CHECK(gap->resource == "migplans.migration.openshift.io");
        CHECK(gap->forbidden);
    }
}

TEST_CASE("who may everything is denied nothing") {
    const World world;
    const auto state = run::observe(world.session(), {}, {});
    CHECK(state->denied.empty());
    CHECK(reviews_of(*world.target) == 5);
    CHECK(reviews_of(*world.source) <= 20);
    SUBCASE("and is not asked when that is of no interest") {
        world.source->forget_calls();
        CHECK(run::observe(world.session(), {.reviews = false}, {})->may_create);
        CHECK(reviews_of(*world.source) == 0);
    }
}

TEST_CASE("the plan's backups and restores are seen where the cluster has Velero") {
    World world;
    Json backup = labelled(configmap(mtc_ns, "backup-1"));
    backup["apiVersion"] = "velero.io/v1";
    backup["kind"] = "Backup";
    world.source_store.put(backup);
    const auto state = run::observe(world.session(), {}, {});
    REQUIRE(state);
    CHECK(state->source.velero.size() == 1);
    CHECK(state->target.velero.empty());
}

TEST_CASE("an old cluster's DaemonSets are found in the group in which it serves them") {
    World world;
    const base::ResourceType old{"extensions", "v1beta1", "daemonsets", "DaemonSet", true};
    const kube::Discovery discovery{.resources = {{old, {"list"}}}, .broken = {}};
    const auto* found = run::served(discovery, support::types::daemonsets);
    REQUIRE(found != nullptr);
    CHECK(found->api_version() == "extensions/v1beta1");
    CHECK(run::served(discovery, support::types::deployments) == nullptr);
    REQUIRE(mtc::workload_kind(*found) != nullptr);
    CHECK(mtc::workload_kind(*found)->type.kind == "DaemonSet");
}

TEST_CASE("what the flow may not do is written down, by cluster") {
    World world;
    world.target_store.access().deny(
        {.verb = "create", .resource = "migmigrations.migration.openshift.io", .ns = mtc_ns});
    world.target_store.access().deny(
        {.verb = "watch", .resource = "migmigrations.migration.openshift.io", .ns = mtc_ns});
    world.source_store.access().deny({.verb = "watch", .resource = "deployments.apps"});
    const auto state = run::observe(world.session(), {}, {});
    REQUIRE(state);
    CHECK_FALSE(state->may_create);
    CHECK(words(state->denied) ==
          std::vector<std::string>{
              "control: create migmigrations.migration.openshift.io in openshift-migration",
              "control: watch migmigrations.migration.openshift.io in openshift-migration",
              "source: watch deployments.apps in shop"});
}

TEST_CASE("a reviewer that does not answer is one gap, and denies nothing") {
    const World world;
    world.source->set_fault(
        [](const support::Call& call, support::Moment) -> std::optional<base::Error> {
            if (call.verb != "CAN-I") return std::nullopt;
            return base::Error{.kind = base::ErrorKind::Forbidden, .message = "no reviews"};
        });
    const auto state = run::observe(world.session(), {}, {});
    REQUIRE(state);
    CHECK(state->denied.empty());
    REQUIRE(state->gaps.size() == 1);
    CHECK(state->gaps[0].side == Side::Source);
    CHECK(state->gaps[0].resource == "selfsubjectaccessreviews");
}

TEST_CASE("in many namespaces the whole cluster is asked about, and then the first few") {
    World world;
    std::vector<std::string> namespaces;
    for (const char* ns : {"a", "b", "c", "d", "e"}) namespaces.emplace_back(ns);
    world.target_store.put(World::plan(namespaces));
    const auto observed = [&] { return run::observe(world.session(), {}, {}).value(); };

    SUBCASE("who may everywhere is asked no more") {
        CHECK(observed().denied.empty());
        CHECK(reviews_of(*world.source) <= 20);
    }
    SUBCASE("a no across the cluster is none where each namespace is allowed") {
        world.source_store.access().deny({.ns = ""});
        CHECK(observed().denied.empty());
        CHECK(reviews_of(*world.source) <= 24);
    }
    SUBCASE("what is refused in a namespace is") {
        world.source_store.access().deny({.verb = "watch", .resource = "pods", .ns = "b"});
        CHECK(words(observed().denied) == std::vector<std::string>{"source: watch pods in b"});
    }
}

}  // namespace observe_test
