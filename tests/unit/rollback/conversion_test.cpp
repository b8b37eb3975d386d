#include "rollback/conversion.hpp"

#include <doctest/doctest.h>

#include "unit/rollback/builders.hpp"

namespace conversion_test {

using namespace rollback;
using build::contains;

namespace {

/// The claim `data` was converted to `data-new`, which `web` mounts since.
State converted() {
    State state = build::within_one_namespace(build::halfway());
    state.plan.volumes.at(0).target_claim = "data-new";
    state.source.workloads = {build::mounting(build::stopped("Deployment", "web", "3"), "data-new"),
                              build::mounting(build::stopped("Deployment", "cache", "1"), "other")};
    return state;
}

}  // namespace

TEST_CASE("a workload that mounts the new claim of a storage conversion is named") {
    const State state = converted();
    const auto workloads = converted_workloads(state);
    REQUIRE(workloads.size() == 1);
    CHECK(workloads[0].path() == "shop/deployment/web");
    CHECK(contains(describe_conversion(state),
                   "a workload mounts the new claims of a storage conversion"));
    CHECK(contains(describe_conversion(state),
                   "`manual` starts it with the new ones: "
                   "shop/deployment/web"));
}

TEST_CASE("one that mounts the old claim, or is of another kind of migration, is not") {
    State state = converted();
    SUBCASE("the references were not switched yet") {
        state.source.workloads = {
            build::mounting(build::stopped("Deployment", "web", "3"), "data")};
    }
    SUBCASE("the plan keeps the claim's name") {
        state.plan.volumes.at(0).target_claim = "data";
        state.source.workloads = {
            build::mounting(build::stopped("Deployment", "web", "3"), "data")};
    }
    SUBCASE("two clusters") {
        state.target.server = "https://another.example:6443";
    }
    SUBCASE("from one namespace to another of one cluster") {
        state.plan.namespaces = {{"shop", "shop-new"}};
        state.target.namespaces = {"shop-new"};
    }
    SUBCASE("the volume is skipped") {
        state.plan.volumes.at(0).action = "skip";
    }
    CHECK(converted_workloads(state).empty());
    CHECK(describe_conversion(state).empty());
}

}  // namespace conversion_test
