#include "run/observe.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "fixture.hpp"

using namespace run_test;
using rollback::Side;

namespace {

std::size_t lists_of(const support::FakeCluster& cluster, const std::string& word) {
    const auto calls = cluster.calls();
    return static_cast<std::size_t>(std::ranges::count_if(calls, [&](const std::string& call) {
        return call.starts_with("LIST") && call.find(word) != std::string::npos;
    }));
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

TEST_CASE("an API group that is broken on the target is a gap") {
    const World world;
    world.target->set_broken(
        {"metrics.k8s.io/v1beta1: the server is currently unable to handle the request"});
    const auto state = run::observe(world.session(), {}, {});
    REQUIRE(state->gaps.size() == 1);
    CHECK(state->gaps[0].resource == "discovery");
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

TEST_CASE("many namespaces cost one list for each type, not one for each namespace") {
    World world;
    std::vector<std::string> namespaces;
    for (int i = 0; i < 20; ++i) namespaces.push_back("ns-" + std::to_string(i));
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
