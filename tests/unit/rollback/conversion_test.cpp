#include "rollback/conversion.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "rollback/manual.hpp"
#include "unit/rollback/builders.hpp"

namespace conversion_test {

using namespace rollback;
using build::contains;
using build::Json;

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

TEST_CASE("a Job that has not completed fails the rollback of a storage conversion") {
    const auto ids = [](const State& state) { return build::ids_of(assess(state).blockers); };
    const auto refuses = [&](const State& state) {
        const auto all = ids(state);
        return std::ranges::count(all, "conversion-copies-job") == 1;
    };
    State state = converted();
    CHECK_FALSE(refuses(state));
    state.source.workloads.push_back(build::workload("Job", "import").spec({{"parallelism", 1}}));
    REQUIRE(refuses(state));
    const Assessment assessment = assess(state);
    const auto blocker =
        std::ranges::find(assessment.blockers, "conversion-copies-job", &Blocker::id);
    CHECK(contains(blocker->what, "shop/job/import has not completed"));
    CHECK(contains(blocker->remedy, "oc delete job/import -n shop"));
    CHECK(console_flow(state, assessment, "rb").steps.empty());
    // by hand nothing is switched
    CHECK(std::ranges::count(build::ids_of(manual_flow(state, record_of(state, ""), {}).blockers),
                             "conversion-copies-job") == 0);
    const auto ends_with = [&](const char* type) {
        state.source.workloads.back().body["status"] = {
            {"conditions", build::list(Json{{"type", type}, {"status", "True"}})}};
    };
    SUBCASE("one that failed is copied, too") {
        ends_with("Failed");
        CHECK(refuses(state));
    }
    SUBCASE("one that has completed is not") {
        ends_with("Complete");
        CHECK_FALSE(refuses(state));
    }
    SUBCASE("an older cluster takes the copy") {
        state.accepted = {"conversion-copies-job=shop/job/import"};
        CHECK_FALSE(refuses(state));
    }
    SUBCASE("two clusters") {
        state.target.server = "https://another.example:6443";
        state.target.uid = "another";
        CHECK_FALSE(refuses(state));
    }
    SUBCASE("into another namespace") {
        state.plan.namespaces = {{"shop", "shop-new"}};
        CHECK_FALSE(refuses(state));
    }
}

TEST_CASE("a StatefulSet on claims that the conversion made is not led back unasked") {
    State state = converted();
    state.source.workloads = {build::running("StatefulSet", "db", 1)};
    state.source.workloads[0].body["spec"]["volumeClaimTemplates"] =
        build::list(Json{{"metadata", {{"name", "store-mig-x1"}}}});
    // a refresh of the plan has renamed it since: the label tells
    state.target.claims = {build::claim("store-mig-x1-db-0")};
    CHECK(converted_workloads(state).empty());
    state.target.claims[0].body["metadata"]["labels"][mtc::labels::migrated_by_plan] =
        "uid-of-shop-plan";
    REQUIRE(converted_workloads(state).size() == 1);
    const auto refused = [&] {
        const auto all = build::ids_of(assess(state).blockers);
        return std::ranges::count(all, "conversion-moves-set") == 1;
    };
    CHECK(refused());
    state.accepted = {"conversion-moves-set=shop/statefulset/db"};
    CHECK_FALSE(refused());
}

}  // namespace conversion_test
