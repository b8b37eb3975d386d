#include <doctest/doctest.h>

#include "fixture.hpp"
#include "mtc/migration.hpp"
#include "run/execute.hpp"

namespace create_test {

using namespace run_test;
using support::Call;
using support::Moment;

namespace {

rollback::Create create_step(const World& world, const std::string& name = "rollback-abcd1234") {
    const auto plan =
        mtc::decode_plan(*world.target->get({mtc::types::migplans, mtc_ns, "shop-plan"}, {}));
    return {rollback_ref(name), mtc::rollback_manifest(*plan, name)};
}

run::Endpoint control(const World& world) {
    return {.cluster = world.target,
            .described_as = "context hub",
            .user = "admin",
            .reach = "--context=hub"};
}

std::size_t rollbacks(const World& world) {
    std::size_t n = 0;
    for (const Object& o : world.target_store.all(mtc::types::migmigrations)) {
        if (base::bool_at(o.body, "/spec/rollback").value_or(false)) ++n;
    }
    return n;
}

/// The answers of the first `times` creates are lost, before or after the server did its work.
support::Fault lose_create(Moment when, int times) {
    return [=, left = std::make_shared<int>(times)](const Call& call,
                                                    Moment moment) -> std::optional<base::Error> {
        if (call.verb != "CREATE" || moment != when || *left == 0) return std::nullopt;
        --*left;
        return base::Error{.kind = base::ErrorKind::Lost, .message = "connection reset"};
    };
}

}  // namespace

TEST_CASE("a lost answer never makes two rollbacks") {
    const World world;
    SUBCASE("when the server had created it") {
        world.target->set_fault(lose_create(Moment::After, 1));
    }
    SUBCASE("when the server had not") {
        world.target->set_fault(lose_create(Moment::Before, 1));
    }
    SUBCASE("when two answers are lost") {
        world.target->set_fault(lose_create(Moment::Before, 2));
    }
    const auto created = run::create_once(control(world), create_step(world), {});
    REQUIRE(created);
    CHECK(created->object.ref.name == "rollback-abcd1234");
    CHECK(rollbacks(world) == 1);
}

TEST_CASE("a server that never answers is given up, with its error") {
    const World world;
    world.target->set_fault(lose_create(Moment::Before, 100));
    const auto created = run::create_once(control(world), create_step(world), {});
    REQUIRE_FALSE(created);
    CHECK(created.error().kind == base::ErrorKind::Lost);
    CHECK(rollbacks(world) == 0);
}

TEST_CASE("a rollback of that name is ours, from a run that was killed") {
    const World world;
    REQUIRE(run::create_once(control(world), create_step(world), {}));
    const auto again = run::create_once(control(world), create_step(world), {});
    REQUIRE(again);
    CHECK(rollbacks(world) == 1);
}

TEST_CASE("what is called so and is no rollback of this plan is left alone") {
    World world;
    Json other = create_step(world).manifest;
    SUBCASE("a cutover") {
        other["spec"]["rollback"] = false;
    }
    SUBCASE("a rollback of another plan") {
        other["spec"]["migPlanRef"]["name"] = "other-plan";
    }
    other["metadata"]["uid"] = "uid-of-other";
    world.target_store.put(other);
    const auto refused = run::create_once(control(world), create_step(world), {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == base::ErrorKind::AlreadyExists);
    CHECK(refused.error().message ==
          "error: migmigration/rollback-abcd1234 exists already, and is no rollback of this plan");
    CHECK(world.target_store.peek(rollback_ref("rollback-abcd1234"))->uid == "uid-of-other");
}

TEST_CASE("a refusal is final: nothing is sent twice") {
    const World world;
    world.target->set_fault(refuse("CREATE", "migmigrations", base::ErrorKind::Forbidden));
    CHECK(run::create_once(control(world), create_step(world), {}).error().kind ==
          base::ErrorKind::Forbidden);
    CHECK(world.target->writes().size() == 1);
}

TEST_CASE(
    "a migration whose spec.rollback the server dropped is deleted at once, for it would be a "
    "cutover") {
    World world;
    Json crd = World::crd();
    Json& spec = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    spec["properties"].erase("rollback");
    spec.erase("x-kubernetes-preserve-unknown-fields");
    spec["properties"]["migPlanRef"] = {{"type", "object"},
                                        {"x-kubernetes-preserve-unknown-fields", true}};
    world.target_store.put(crd);
    const auto created = run::create_once(control(world), create_step(world), {});
    REQUIRE_FALSE(created);
    CHECK(created.error().message.find("dropped spec.rollback") != std::string::npos);
    CHECK_FALSE(world.target_store.peek(rollback_ref("rollback-abcd1234")));
    SUBCASE("and where that fails, the command to delete it names the cluster") {
        world.target->set_fault([](const Call& call, Moment) -> std::optional<base::Error> {
            if (call.verb != "DELETE") return std::nullopt;
            return base::Error{.kind = base::ErrorKind::Forbidden, .message = "no"};
        });
        const auto kept = run::create_once(control(world), create_step(world), {});
        REQUIRE_FALSE(kept);
        CHECK(kept.error().hint ==
              "delete it now: oc delete migmigration/rollback-abcd1234 -n openshift-migration "
              "--context=hub");
    }
}

}  // namespace create_test
