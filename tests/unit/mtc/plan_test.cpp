#include "mtc/plan.hpp"

#include <doctest/doctest.h>

#include "unit/mtc/builders.hpp"

namespace plan_test {

using namespace mtc;
using build::Json;
using Names = std::vector<std::string>;

TEST_CASE("a plan is read with its namespaces on both sides") {
    const auto plan =
        decode_plan(build::plan({{"namespaces", {"shop", "billing:billing-new", "abc:shop"}}}));
    REQUIRE(plan);
    CHECK(plan->name == "shop-plan");
    CHECK(plan->ns == "openshift-migration");
    CHECK(plan->uid == "uid-of-shop-plan");
    CHECK(plan->source.name == "ocp3");
    CHECK(plan->target.name == "host");
    CHECK(plan->source_namespaces() == Names{"abc", "billing", "shop"});
    SUBCASE("two that are mapped to one are named once") {
        CHECK(plan->target_namespaces() == Names{"billing-new", "shop"});
    }
}

TEST_CASE("a second colon in a namespace ends its target, as the controller splits it") {
    CHECK(decode_plan(build::plan({{"namespaces", {"a:b:c"}}}))->target_namespaces() == Names{"b"});
}

TEST_CASE("a plan without what a rollback cannot do without is refused by its name") {
    struct Row {
        const char* situation;
        Json spec;
        const char* says;
    };
    const Row rows[] = {
        {"no namespaces", {{"namespaces", nullptr}}, "names no namespaces"},
        {"an empty list of namespaces", {{"namespaces", Json::array()}}, "names no namespaces"},
        {"namespaces that are no list", {{"namespaces", "shop"}}, "names no namespaces"},
        {"an empty namespace", {{"namespaces", {"shop", ""}}}, "an entry that names no namespace"},
        {"a namespace that is a number", {{"namespaces", {"shop", 7}}}, "an entry that names no"},
        {"a mapping to nowhere", {{"namespaces", {"shop:"}}}, "an entry that names no namespace"},
        {"a mapping from nowhere", {{"namespaces", {":shop"}}}, "an entry that names no namespace"},
        {"no source", {{"srcMigClusterRef", nullptr}}, "names no source cluster"},
        {"a source of another type", {{"srcMigClusterRef", "ocp3"}}, "names no source cluster"},
        {"a target without a name", {{"destMigClusterRef", {{"name", nullptr}}}}, "no target"},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            const auto plan = decode_plan(build::plan(row.spec));
            REQUIRE_FALSE(plan);
            CHECK(plan.error().kind == base::ErrorKind::Malformed);
            CHECK(plan.error().message.starts_with("MigPlan openshift-migration/shop-plan"));
            CHECK(plan.error().message.find(row.says) != std::string::npos);
        }
    }
}

TEST_CASE("a reference without a namespace means the controller's own") {
    const auto plan = decode_plan(build::plan({{"srcMigClusterRef", {{"namespace", nullptr}}}}));
    CHECK(plan->source.ns == "openshift-migration");
}

TEST_CASE("the volumes of a plan are read with the claim's name on both sides") {
    const auto plan = decode_plan(
        build::plan({{"persistentVolumes",
                      {{{"name", "pv-1"},
                        {"pvc", {{"namespace", "shop"}, {"name", "data:data-new"}}},
                        {"selection", {{"action", "copy"}}}},
                       {{"name", "pv-2"}, {"pvc", {{"namespace", "shop"}, {"name", "logs"}}}},
                       {{"name", 3}, {"pvc", "odd"}},
                       "odd"}}}));
    REQUIRE(plan);
    REQUIRE(plan->volumes.size() == 4);
    CHECK(plan->volumes[0].name == "pv-1");
    CHECK(plan->volumes[0].claim_ns == "shop");
    CHECK(plan->volumes[0].claim == "data");
    CHECK(plan->volumes[0].target_claim == "data-new");
    CHECK(plan->volumes[0].action == "copy");
    CHECK(plan->volumes[1].target_claim == "logs");
    CHECK(plan->volumes[1].action.empty());
    CHECK(plan->volumes[2].claim.empty());
    CHECK(plan->volumes[3].claim.empty());
}

TEST_CASE("a plan is closed, or migrates live, only when it says so") {
    CHECK_FALSE(decode_plan(build::plan())->closed);
    CHECK_FALSE(decode_plan(build::plan({{"closed", "true"}}))->closed);
    CHECK(decode_plan(build::plan({{"closed", true}}))->closed);
    CHECK_FALSE(decode_plan(build::plan())->live_migrate);
    CHECK(decode_plan(build::plan({{"liveMigrate", true}}))->live_migrate);
}

TEST_CASE("a plan is ready while it carries the condition Ready") {
    auto object = build::plan();
    CHECK_FALSE(decode_plan(object)->ready());
    object.body["status"]["conditions"] = build::list(build::condition("Ready", "Required"));
    CHECK(decode_plan(object)->ready());
    object.body["status"]["conditions"][0]["status"] = "False";
    CHECK_FALSE(decode_plan(object)->ready());
}

}  // namespace plan_test
