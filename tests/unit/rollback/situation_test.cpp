#include "rollback/situation.hpp"

#include <doctest/doctest.h>

#include "unit/rollback/builders.hpp"

namespace situation_test {

using namespace rollback;
using Names = std::vector<std::string>;

namespace {

/// "shop/deployment/web", in the order of the situation
Names workloads(const State& state) {
    Names names;
    for (const WorkloadSituation& each : situation_of(state).workloads)
        names.push_back(each.workload.path());
    return names;
}

Names names(const std::vector<ObjectRef>& refs) {
    Names out;
    for (const ObjectRef& ref : refs) out.push_back(ref.path());
    return out;
}

VolumeSituation only_volume(const State& state) {
    const Situation situation = situation_of(state);
    REQUIRE(situation.volumes.size() == 1);
    return situation.volumes[0];
}

/// The namespace billing of the source is billing-new on the target.
State mapped() {
    State state = build::well();
    state.plan.namespaces = {{"billing", "billing-new"}};
    state.plan.volumes.at(0).claim_ns = "billing";
    state.source.namespaces = {"billing"};
    state.target.namespaces = {"billing-new"};
    state.source.workloads = {build::running("Deployment", "web", 3, "billing")};
    state.target.workloads = {build::running("Deployment", "web", 1, "billing-new")};
    return state;
}

/// One cluster is both sides, and the namespace keeps its name.
State within_one_namespace() {
    State state = build::well();
    state.target.server = state.source.server;
    state.target.workloads = state.source.workloads;
    return state;
}

}  // namespace

TEST_CASE("a workload is one on both sides when kind and name agree") {
    State state = build::halfway();
    state.target.workloads = {build::running("Deployment", "web", 2),
                              build::running("StatefulSet", "web", 1)};
    const Situation situation = situation_of(state);
    REQUIRE(situation.workloads.size() == 2);
    const WorkloadSituation& web = situation.workloads[0];
    REQUIRE((web.source && web.target));
    CHECK(web.source->told.replicas == 0);
    CHECK(web.source->at_rest);
    CHECK(web.target->told.replicas == 2);
    CHECK(web.target->serves.yes);
    CHECK_FALSE(web.target->at_rest);
    CHECK_FALSE(situation.workloads[1].source);
    CHECK(situation.workloads[1].target);
}

TEST_CASE("a workload that MTC stopped on the source says to what it returns") {
    State state = build::halfway();
    CHECK(situation_of(state).workloads.at(0).stopped);
    CHECK(situation_of(state).workloads.at(0).returns_to.replicas == 3);
    SUBCASE("nothing is known when the record is lost") {
        state.source.workloads = {build::stopped("Deployment", "web", "many")};
        CHECK(situation_of(state).workloads.at(0).stopped);
        CHECK_FALSE(situation_of(state).workloads.at(0).returns_to.known());
    }
    SUBCASE("one that a person stopped is not stopped by MTC") {
        state.source.workloads = {build::running("Deployment", "web", 0)};
        CHECK(situation_of(state).workloads.at(0).source->at_rest);
        CHECK_FALSE(situation_of(state).workloads.at(0).stopped);
    }
    SUBCASE("nor is one that MTC stopped on the target") {
        state.source.workloads.clear();
        state.target.workloads = {build::stopped("Deployment", "web", "3")};
        CHECK_FALSE(situation_of(state).workloads.at(0).stopped);
    }
}

TEST_CASE("workloads are matched through the plan's mapping of namespaces") {
    State state = mapped();
    const Situation situation = situation_of(state);
    REQUIRE(situation.workloads.size() == 1);
    CHECK(situation.workloads[0].workload.path() == "billing/deployment/web");
    CHECK(situation.workloads[0].source);
    CHECK(situation.workloads[0].target);
    SUBCASE("one that is only on the target is called as on the source") {
        state.source.workloads.clear();
        CHECK(workloads(state) == Names{"billing/deployment/web"});
    }
    SUBCASE("two versions of one API are one kind") {
        state.target.workloads[0].ref.type.version = "v1beta1";
        CHECK(workloads(state).size() == 1);
    }
}

TEST_CASE("workloads are sorted by namespace, kind and name") {
    State state = build::well();
    state.source.workloads = {
        build::running("StatefulSet", "db", 1), build::running("Deployment", "web", 1),
        build::running("Deployment", "api", 1), build::running("StatefulSet", "a", 1, "billing")};
    CHECK(workloads(state) == Names{"billing/statefulset/a", "shop/deployment/api",
                                    "shop/deployment/web", "shop/statefulset/db"});
}

TEST_CASE("where both sides are the same objects only the source has them") {
    const State state = within_one_namespace();
    REQUIRE(workloads(state).size() == 1);
    CHECK(situation_of(state).workloads[0].source);
    CHECK_FALSE(situation_of(state).workloads[0].target);
}

TEST_CASE("a volume names the pods that mount its claim on either side") {
    State state = build::written_by_both();
    state.source.pods = {build::pod_with("web-2", "data"), build::pod_with("web-1", "data"),
                         build::pod_with("other", "logs"), build::pod("none"),
                         build::pod_with("stranger", "data", "elsewhere")};
    CHECK(names(only_volume(state).source_pods) == Names{"shop/pod/web-1", "shop/pod/web-2"});
    CHECK(names(only_volume(state).target_pods) == Names{"shop/pod/web-9"});
    SUBCASE("not those that have ended") {
        state.source.pods = {build::pod_with("done", "data", "shop", "Succeeded"),
                             build::pod_with("evicted", "data", "shop", "Failed")};
        CHECK(only_volume(state).source_pods.empty());
    }
    SUBCASE("not MTC's own stage pods, but one that it borrowed") {
        state.source.pods = {build::pod_with("stage", "data").label(mtc::labels::stage_pod),
                             build::pod_with("borrowed", "data")
                                 .label(mtc::labels::stage_pod)
                                 .label(mtc::labels::application_pod)};
        CHECK(names(only_volume(state).source_pods) == Names{"shop/pod/borrowed"});
    }
    SUBCASE("one that terminates may still write") {
        state.source.pods = {build::pod_with("late", "data").terminating()};
        CHECK(only_volume(state).source_pods.size() == 1);
    }
}

TEST_CASE("the claim of the target is looked for under its namespace and name there") {
    State state = mapped();
    state.plan.volumes.at(0).target_claim = "data-new";
    state.source.pods = {build::pod_with("web-1", "data", "billing")};
    state.target.pods = {build::pod_with("web-9", "data-new", "billing-new"),
                         build::pod_with("old-name", "data", "billing-new"),
                         build::pod_with("old-place", "data-new", "billing")};
    CHECK(names(only_volume(state).source_pods) == Names{"billing/pod/web-1"});
    CHECK(names(only_volume(state).target_pods) == Names{"billing-new/pod/web-9"});
}

TEST_CASE("within one namespace the target's pods are those that mount the new claim") {
    State state = within_one_namespace();
    state.source.pods = {build::pod_with("web-1", "data"), build::pod_with("web-2", "data-new")};
    state.target.pods = state.source.pods;
    state.plan.volumes.at(0).target_claim = "data-new";
    CHECK(names(only_volume(state).source_pods) == Names{"shop/pod/web-1"});
    CHECK(names(only_volume(state).target_pods) == Names{"shop/pod/web-2"});
    SUBCASE("one claim for both sides is the source's") {
        state.plan.volumes.at(0).target_claim = "data";
        CHECK(only_volume(state).source_pods.size() == 1);
        CHECK(only_volume(state).target_pods.empty());
    }
}

TEST_CASE("volumes keep the plan's order") {
    State state = build::well();
    mtc::PlanVolume second = state.plan.volumes.at(0);
    second.name = "a-volume";
    state.plan.volumes.push_back(second);
    const Situation situation = situation_of(state);
    REQUIRE(situation.volumes.size() == 2);
    CHECK(situation.volumes[0].volume.name == "pv-1");
    CHECK(situation.volumes[1].volume.name == "a-volume");
}

TEST_CASE("a volume is written by both when it was moved and both sides mount it") {
    State state = build::written_by_both();
    CHECK(is_written_by_both(only_volume(state)));
    SUBCASE("a copy is two volumes") {
        state.plan.volumes[0].action = "copy";
        CHECK_FALSE(only_volume(state).moved);
        CHECK_FALSE(is_written_by_both(only_volume(state)));
    }
    SUBCASE("one side alone does no harm") {
        state.target.pods.clear();
        CHECK_FALSE(is_written_by_both(only_volume(state)));
    }
    SUBCASE("nor does the other") {
        state.source.pods.clear();
        CHECK_FALSE(is_written_by_both(only_volume(state)));
    }
}

}  // namespace situation_test
