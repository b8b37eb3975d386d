// A part of a plan, and a plan written down so that it can be read again.
#include <doctest/doctest.h>

#include "mtc/plan.hpp"
#include "unit/mtc/builders.hpp"

namespace plan_part_test {

using namespace mtc;
using build::Json;
using Names = std::vector<std::string>;

namespace {

Json volume(const char* name, const char* ns, const char* claim, const char* action) {
    return {{"name", name},
            {"pvc", {{"namespace", ns}, {"name", claim}}},
            {"selection", {{"action", action}, {"copyMethod", "filesystem"}}}};
}

base::Object object() {
    return build::plan(
        {{"namespaces", {"shop", "billing:billing-new", "old:shop"}},
         {"srcMigClusterRef", {{"name", "ocp3"}, {"namespace", "elsewhere"}}},
         {"closed", true},
         {"liveMigrate", true},
         {"hooks",
          build::list(Json{{"executionNamespace", "tools"}}, Json{{"executionNamespace", "shop"}},
                      Json{{"executionNamespace", "tools"}}, Json::object())},
         {"persistentVolumes", build::list(volume("pv-1", "shop", "data", "copy"),
                                           volume("pv-2", "billing", "books:books-new", "move"),
                                           volume("pv-3", "shop", "logs", "skip"))}});
}

Names volumes_of(const Plan& plan) {
    Names names;
    for (const PlanVolume& each : plan.volumes) names.push_back(each.name);
    return names;
}

void check_same(const Plan& a, const Plan& b) {
    CHECK(a.ns == b.ns);
    CHECK(a.name == b.name);
    CHECK(a.uid == b.uid);
    CHECK(a.source.ns == b.source.ns);
    CHECK(a.source.name == b.source.name);
    CHECK(a.target.ns == b.target.ns);
    CHECK(a.target.name == b.target.name);
    CHECK(a.closed == b.closed);
    CHECK(a.live_migrate == b.live_migrate);
    CHECK(a.hook_namespaces == b.hook_namespaces);
    REQUIRE(a.namespaces.size() == b.namespaces.size());
    for (std::size_t i = 0; i < a.namespaces.size(); ++i) {
        CHECK(a.namespaces[i].source == b.namespaces[i].source);
        CHECK(a.namespaces[i].target == b.namespaces[i].target);
    }
    REQUIRE(a.volumes.size() == b.volumes.size());
    for (std::size_t i = 0; i < a.volumes.size(); ++i) {
        CHECK(a.volumes[i].name == b.volumes[i].name);
        CHECK(a.volumes[i].claim_ns == b.volumes[i].claim_ns);
        CHECK(a.volumes[i].claim == b.volumes[i].claim);
        CHECK(a.volumes[i].target_claim == b.volumes[i].target_claim);
        CHECK(a.volumes[i].action == b.volumes[i].action);
        CHECK(a.volumes[i].copy_method == b.volumes[i].copy_method);
    }
}

}  // namespace

TEST_CASE("a namespace of one side is found on the other through the plan's mapping") {
    const Plan plan = decode_plan(object()).value();
    CHECK(plan.target_of("shop") == "shop");
    CHECK(plan.target_of("billing") == "billing-new");
    CHECK(plan.target_of("old") == "shop");
    CHECK(plan.source_of("billing-new") == "billing");
    SUBCASE("one that is not of the plan has the same name there") {
        CHECK(plan.target_of("billing-new") == "billing-new");
        CHECK(plan.source_of("billing") == "billing");
        CHECK(plan.target_of("other") == "other");
    }
    SUBCASE("of two that are mapped to one, the first is taken") {
        CHECK(plan.source_of("shop") == "shop");
    }
}

TEST_CASE("a part of a plan has only the namespaces that are named, and their volumes") {
    const Plan plan = decode_plan(object()).value();
    SUBCASE("one namespace") {
        const auto part = part_of(plan, {"shop"});
        REQUIRE(part);
        CHECK(part->source_namespaces() == Names{"shop"});
        CHECK(part->target_namespaces() == Names{"shop"});
        CHECK(volumes_of(*part) == Names{"pv-1", "pv-3"});
    }
    SUBCASE("one that is mapped, by its name on the source") {
        const auto part = part_of(plan, {"billing"});
        REQUIRE(part);
        CHECK(part->target_namespaces() == Names{"billing-new"});
        CHECK(volumes_of(*part) == Names{"pv-2"});
    }
    SUBCASE("all of them, in whatever order, are the whole plan") {
        check_same(part_of(plan, {"old", "billing", "shop", "shop"}).value(), plan);
    }
    SUBCASE("whose plan it is stays") {
        const Plan part = part_of(plan, {"old"}).value();
        CHECK(part.uid == plan.uid);
        CHECK(part.source.name == "ocp3");
        CHECK(part.closed);
        CHECK(part.volumes.empty());
    }
}

TEST_CASE("a namespace that the plan does not have is told, with those that it has") {
    const Plan plan = decode_plan(object()).value();
    for (const char* unknown : {"web", "billing-new", ""}) {
        CAPTURE(unknown);
        const auto part = part_of(plan, {"shop", unknown});
        REQUIRE_FALSE(part);
        CHECK(part.error().kind == base::ErrorKind::NotFound);
        CHECK(part.error().message ==
              "MigPlan openshift-migration/shop-plan has no source "
              "namespace " +
                  std::string(unknown) + ": it has billing, old, shop");
    }
}

TEST_CASE("a plan that was written down is read again as the same plan") {
    const auto again = [](const Plan& plan) {
        return decode_plan(base::object_of(types::migplans, plan_manifest(plan)));
    };
    SUBCASE("with mapped namespaces and claims") {
        const Plan plan = decode_plan(object()).value();
        const auto read = again(plan);
        REQUIRE(read);
        check_same(*read, plan);
        CHECK(read->volumes[1].target_claim == "books-new");
        CHECK(read->hook_namespaces == Names{"shop", "tools"});
    }
    SUBCASE("one without volumes") {
        const Plan plan = decode_plan(build::plan()).value();
        const auto read = again(plan);
        REQUIRE(read);
        check_same(*read, plan);
    }
    SUBCASE("a part of one, as the whole") {
        const Plan plan = decode_plan(object()).value();
        const Plan part = part_of(plan, {"billing"}).value();
        CHECK(part.left_out_namespaces() == Names{"old", "shop"});
        const Plan read = again(part).value();
        CHECK(read.source_namespaces() == plan.source_namespaces());
        CHECK(read.target_namespaces() == plan.target_namespaces());
        CHECK(volumes_of(read) == Names{"pv-2", "pv-1", "pv-3"});
        CHECK(read.left_out.empty());
    }
}

TEST_CASE("a plan that was written down is a MigPlan, and says nothing of how it stood") {
    base::Object stood = object();
    stood.body["status"]["conditions"] = build::list(build::condition("Ready", "Required"));
    const Json manifest = plan_manifest(decode_plan(stood).value());
    CHECK(manifest["apiVersion"] == "migration.openshift.io/v1alpha1");
    CHECK(manifest["kind"] == "MigPlan");
    CHECK_FALSE(manifest.contains("status"));
    CHECK(manifest["spec"]["namespaces"] == Json{"shop", "billing:billing-new", "old:shop"});
}

}  // namespace plan_part_test
