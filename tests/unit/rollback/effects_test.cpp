#include <doctest/doctest.h>

#include <algorithm>

#include "rollback/assess.hpp"
#include "unit/rollback/builders.hpp"

using namespace rollback;
using build::contains;
using build::Json;

namespace {

Return only_return(const build::Thing& workload) {
    State state = build::well();
    state.source.workloads = {workload};
    const auto returns = effects_of(state).returns;
    REQUIRE(returns.size() == 1);
    return returns[0];
}

bool warns(const State& state, const std::string& of) {
    return std::ranges::any_of(effects_of(state).warnings,
                               [&](const std::string& warning) { return contains(warning, of); });
}

}  // namespace

TEST_CASE("nothing comes back and nothing is deleted where nothing was migrated") {
    const Effects effects = effects_of(build::well());
    CHECK(effects.returns.empty());
    CHECK(effects.deleted.empty());
    CHECK(effects.warnings.empty());
}

TEST_CASE("what comes back is what MTC stopped, with what it ran") {
    State state = build::halfway();
    state.source.workloads.push_back(build::running("Deployment", "runs", 2));
    state.source.workloads.push_back(build::running("Deployment", "at-rest", 0));
    const auto returns = effects_of(state).returns;
    REQUIRE(returns.size() == 1);
    CHECK(returns[0].workload.path() == "shop/deployment/web");
    CHECK(returns[0].now.replicas == 0);
    CHECK(returns[0].then.replicas == 3);
    CHECK(returns[0].note.empty());
}

TEST_CASE("what MTC restores wrongly is noted beside it") {
    SUBCASE("a CronJob, whose former state is not recorded") {
        const Return cron_job = only_return(build::workload("CronJob", "nightly")
                                                .spec({{"suspend", true}})
                                                .annotation(mtc::annotations::suspend, "true"));
        CHECK(cron_job.then.suspended == false);
        CHECK(contains(cron_job.note, "even if it was suspended before"));
    }
    SUBCASE("a Job whose count is lost") {
        const Return job = only_return(build::workload("Job", "import")
                                           .spec({{"parallelism", 0}})
                                           .annotation(mtc::annotations::replicas, "0"));
        CHECK_FALSE(job.then.known());
        CHECK(contains(job.note, "its recorded number is lost"));
    }
    SUBCASE("a number that is none, on which the controller fails") {
        const Return web = only_return(build::stopped("Deployment", "web", "three")
                                           .annotation(mtc::annotations::paused, "false"));
        CHECK_FALSE(web.then.known());
        CHECK(contains(web.note, "preQuiesceReplicas cannot be read (three)"));
    }
    SUBCASE("a node selector that is no JSON") {
        const Return agent = only_return(
            build::workload("DaemonSet", "agent")
                .spec({{"template",
                        {{"spec",
                          {{"nodeSelector", {{mtc::annotations::quiesce_daemonset, "true"}}}}}}}})
                .annotation(mtc::annotations::node_selector, "{"));
        CHECK(contains(agent.note, "preQuiesceNodeSelector cannot be read"));
    }
}

TEST_CASE("what is deleted is what carries the plan's label, by resource") {
    State state = build::halfway();
    state.target.labelled.push_back(build::labelled(build::config_maps, "more"));
    state.target.labelled.push_back(build::labelled(build::row("Deployment").type, "web"));
    const auto deleted = effects_of(state).deleted;
    REQUIRE(deleted.size() == 3);
    CHECK(deleted.at("persistentvolumeclaims").size() == 1);
    CHECK(deleted.at("deployments.apps").size() == 1);
    REQUIRE(deleted.at("configmaps").size() == 2);
    CHECK(deleted.at("configmaps")[1].path() == "shop/configmap/more");
}

TEST_CASE("it warns of data that is lost when migrated volumes are deleted") {
    State state = build::halfway();
    CHECK(warns(state, "volumes on the target since 2025-05-01T10:01:00Z is deleted"));
    SUBCASE("without a time when none is known") {
        state.migrations.clear();
        CHECK(warns(state, "volumes on the target is deleted"));
    }
    SUBCASE("not when no volume is among them") {
        state.target.labelled = {build::labelled(build::config_maps, "settings")};
        CHECK_FALSE(warns(state, "is deleted"));
    }
}

TEST_CASE("it warns of workloads on the target that MTC stops and does not start again") {
    State state = build::halfway();
    state.target.workloads = {build::running("Deployment", "shared", 2)};
    CHECK(warns(state, "target: shop/deployment/shared was not migrated, but MTC 1.8 stops it"));
    SUBCASE("not of one that was migrated") {
        state.target.workloads = {build::running("Deployment", "shared", 2)
                                      .label(mtc::labels::migrated_by_plan, "uid-of-shop-plan")};
        CHECK_FALSE(warns(state, "shared"));
    }
    SUBCASE("not of one that runs nothing") {
        state.target.workloads = {build::running("Deployment", "shared", 0)};
        CHECK_FALSE(warns(state, "shared"));
    }
    SUBCASE("not of one that is stopped already") {
        state.target.workloads = {build::stopped("Deployment", "shared", "2")};
        CHECK_FALSE(warns(state, "shared"));
    }
    SUBCASE("not within one cluster and one namespace: the source's start starts it") {
        state.target.server = state.source.server;
        CHECK_FALSE(warns(state, "shared"));
    }
    SUBCASE("within one cluster, but in another namespace, it does") {
        state.target.server = state.source.server;
        state.target.namespaces = {"other"};
        state.target.workloads = {build::running("Deployment", "shared", 2, "other")};
        CHECK(warns(state, "target: other/deployment/shared"));
    }
}

TEST_CASE("it warns of an API group of the target that makes the controller fail") {
    State state = build::halfway();
    state.gaps = {build::gap(Side::Target, "discovery", false)};
    CHECK(warns(state, "the controller fails when an API group cannot be discovered"));
    SUBCASE("not of one of the source, nor of another gap") {
        state.gaps = {build::gap(Side::Source, "discovery", false),
                      build::gap(Side::Target, "pods", false)};
        CHECK_FALSE(warns(state, "the controller fails"));
    }
}
