#include <doctest/doctest.h>

#include <algorithm>

#include "rollback/assess.hpp"
#include "unit/rollback/builders.hpp"

namespace effects_test {

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
        CHECK(contains(
            cron_job.note,
            R"(oc patch cronjob/nightly -n shop --type=merge -p '{"spec":{"suspend":true}}')"));
    }
    SUBCASE("a Job whose count is lost") {
        const Return job = only_return(build::workload("Job", "import")
                                           .spec({{"parallelism", 0}})
                                           .annotation(mtc::annotations::replicas, "0"));
        CHECK_FALSE(job.then.known());
        CHECK(contains(job.note, "its recorded number is lost"));
        CHECK(contains(
            job.note,
            R"(oc patch job/import -n shop --type=merge -p '{"spec":{"parallelism":N}}')"));
    }
    SUBCASE("a number that is none, on which the controller fails") {
        const Return web = only_return(build::stopped("Deployment", "web", "three")
                                           .annotation(mtc::annotations::paused, "false"));
        CHECK_FALSE(web.then.known());
        CHECK(contains(web.note, "preQuiesceReplicas cannot be read (three)"));
        CHECK(contains(web.note,
                       "oc annotate --overwrite deployment/web -n shop "
                       "migration.openshift.io/preQuiesceReplicas=VALUE"));
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
    CHECK(warns(
        state,
        "target: shop/deployment/shared was not migrated by this plan, but MTC 1.8 stops it"));
    SUBCASE("not of one that was migrated") {
        state.target.workloads = {build::running("Deployment", "shared", 2)
                                      .label(mtc::labels::migrated_by_plan, "uid-of-shop-plan")};
        CHECK_FALSE(warns(state, "was not migrated by this plan"));
        CHECK(warns(state, "deployment/shared in shop (not here, 2 replicas on the target)"));
    }
    SUBCASE("but of one that another plan migrated: it is stopped, and not deleted") {
        state.target.workloads = {build::running("Deployment", "shared", 2)
                                      .label(mtc::labels::migrated_by_plan, "uid-of-another")};
        CHECK(warns(state, "target: shop/deployment/shared"));
    }
    SUBCASE("of many in one line, which names three") {
        state.target.workloads.clear();
        for (const char* name : {"a", "b", "c", "d", "e"})
            state.target.workloads.push_back(build::running("Deployment", name, 1));
        CHECK(warns(state,
                    "target: shop/deployment/a, shop/deployment/b, shop/deployment/c and 2 more "
                    "were not migrated by this plan, but MTC 1.8 stops them and does not start "
                    "them again"));
    }
    SUBCASE("not when no volume goes from cluster to cluster: then MTC stops nothing there") {
        const auto with = [&](const char* action, const char* method, bool indirect) {
            state.plan.volumes.front().action = action;
            state.plan.volumes.front().copy_method = method;
            state.plan.indirect_volumes = indirect;
            return warns(state, "shared was not migrated");
        };
        CHECK(with("copy", "filesystem", false));
        CHECK(with("copy", "block", false));
        CHECK_FALSE(with("copy", "filesystem", true));
        CHECK_FALSE(with("copy", "snapshot", false));
        CHECK_FALSE(with("move", "filesystem", false));
        CHECK_FALSE(with("skip", "filesystem", false));
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

namespace {

mtc::Plan another_plan(const std::string& name, const std::vector<mtc::NamespacePair>& namespaces) {
    mtc::Plan plan = build::well().plan;
    plan.name = name;
    plan.uid = "uid-of-" + name;
    plan.namespaces = namespaces;
    return plan;
}

Object mounting(const std::string& name, const std::string& claim) {
    Object object = build::stopped("Deployment", name, "2");
    object.body["spec"]["template"]["spec"]["volumes"] =
        build::list(Json{{"persistentVolumeClaim", {{"claimName", claim}}}});
    return object;
}

Object with_claim_templates(const std::string& name) {
    Object object = build::stopped("StatefulSet", name, "2");
    object.body["spec"]["volumeClaimTemplates"] =
        build::list(Json{{"metadata", {{"name", "data"}}}});
    return object;
}

Object autoscaler(const std::string& name, const std::string& kind, const std::string& of,
                  const std::string& ns = "shop") {
    const base::ResourceType type{"autoscaling", "v2", "horizontalpodautoscalers",
                                  "HorizontalPodAutoscaler", true};
    return build::Thing(type, ns, name)
        .spec({{"scaleTargetRef", {{"kind", kind}, {"name", of}}},
               {"minReplicas", 2},
               {"maxReplicas", 10}});
}

Object foreign(const std::string& name, const std::string& plan_uid) {
    return build::Thing(build::config_maps, "shop", name)
        .label(mtc::labels::migrated_by_plan, plan_uid);
}

struct SharingRow {
    const char* situation;
    mtc::Plan other;
    const char* warning;  // "": none
};

}  // namespace

TEST_CASE("it warns of other plans that list a namespace of this one") {
    mtc::Plan closed = another_plan("old", {{"shop", "shop"}});
    closed.closed = true;
    mtc::Plan elsewhere = another_plan("elsewhere", {{"shop", "shop"}});
    elsewhere.source.name = "ocp4";
    elsewhere.target.name = "ocp5";
    const SharingRow rows[] = {
        {"on both sides", another_plan("retry", {{"shop", "shop"}}),
         "1 other plan lists namespaces of this plan too, retry [source: shop; target: shop]: this "
         "rollback also starts what they stopped"},
        {"on the source", another_plan("retry", {{"shop", "shop-new"}, {"b", "b"}}),
         "retry [source: shop]: this rollback also starts"},
        {"on the target", another_plan("merge", {{"b", "shop"}}),
         "merge [target: shop]: MTC 1.8 also stops what they run on the target"},
        {"also when it is closed", closed, "old (closed) [source: shop; target: shop]"},
        {"not of one with other namespaces", another_plan("b-plan", {{"b", "b"}}), ""},
        {"not of one with other clusters", elsewhere, ""},
    };
    for (const SharingRow& row : rows) {
        SUBCASE(row.situation) {
            State state = build::halfway();
            state.other_plans = {row.other};
            const std::string warning = row.warning;
            if (warning.empty()) {
                CHECK_FALSE(warns(state, "PlanConflict"));
            } else {
                CHECK(warns(state, warning));
                CHECK(
                    warns(state, "may report PlanConflict on the newer plan while both are open"));
            }
        }
    }
}

TEST_CASE("it names what stays stopped where the controller sees several plans") {
    State state = build::halfway();
    state.other_plans = {another_plan("retry", {{"shop", "shop"}})};
    state.source_cluster.host = true;
    state.source.workloads = {build::stopped("Deployment", "web", "3"), mounting("db", "data"),
                              with_claim_templates("queue")};
    CHECK(warns(state, "only what mounts a volume that this plan copies; these stay stopped"));
    CHECK(warns(state, "before: shop/deployment/web, shop/statefulset/queue"));
    const auto returns = effects_of(state).returns;
    REQUIRE(returns.size() == 3);
    CHECK(returns[0].note.empty());
    CHECK(contains(returns[2].note, "volumeClaimTemplates"));
    CHECK(contains(returns[2].note, "oc scale statefulset/queue -n shop --replicas=2"));
    SUBCASE("not when the source is no cluster of the controller: it sees no plans there") {
        state.source_cluster.host = false;
        CHECK_FALSE(warns(state, "stay stopped"));
        CHECK(effects_of(state).returns[2].note.empty());
    }
    SUBCASE("not with one plan") {
        state.other_plans.clear();
        CHECK_FALSE(warns(state, "stay stopped"));
        CHECK(effects_of(state).returns[2].note.empty());
    }
}

TEST_CASE("it warns of autoscalers of what comes back") {
    State state = build::halfway();
    state.source.autoscalers = {autoscaler("web-hpa", "Deployment", "web")};
    CHECK(warns(state, "it does not scale up from 0"));
    CHECK(warns(state, "shop/deployment/web (3, then 2..10 by horizontalpodautoscaler/web-hpa)"));
    SUBCASE("not of one for something else") {
        state.source.autoscalers = {autoscaler("a", "StatefulSet", "web"),
                                    autoscaler("b", "Deployment", "api"),
                                    autoscaler("c", "Deployment", "web", "elsewhere")};
        CHECK_FALSE(warns(state, "HorizontalPodAutoscaler"));
    }
    SUBCASE("not of one for what runs") {
        state.source.workloads = {build::running("Deployment", "web", 3)};
        CHECK_FALSE(warns(state, "HorizontalPodAutoscaler"));
    }
    SUBCASE("minReplicas is 1 where it is not given") {
        state.source.autoscalers[0].body["spec"].erase("minReplicas");
        CHECK(warns(state, "then 1..10"));
    }
}

TEST_CASE("it warns of objects that carry the label of another plan, by plan") {
    State state = build::halfway();
    state.other_plans = {another_plan("retry", {{"b", "b"}})};
    state.target.foreign = {foreign("a", "uid-of-retry"), foreign("b", "gone"),
                            foreign("c", "gone"), foreign("d", "gone"), foreign("e", "gone")};
    CHECK(warns(state,
                "1 object on the target carries the label of plan retry (uid uid-of-retry), which "
                "this rollback does not delete: shop/configmap/a"));
    CHECK(
        warns(state,
              "4 objects on the target carry the label of another plan (uid gone), one that no "
              "longer exists (perhaps this plan before it was re-created), which this rollback "
              "does not delete: shop/configmap/b, shop/configmap/c, shop/configmap/d and 1 more"));
    SUBCASE("that a plan is gone is not said where the plans could not be seen") {
        state.gaps = {build::gap(Side::Control, "migplans.migration.openshift.io")};
        CHECK_FALSE(warns(state, "no longer exists"));
        CHECK(warns(state, "the label of another plan (uid gone), which"));
    }
}

TEST_CASE("it says what a rollback leaves on the target, when it deletes something") {
    State state = build::halfway();
    CHECK(warns(state, "MTC leaves behind: the namespaces (shop), ServiceAccounts"));
    CHECK(warns(state, "Velero backups and restores (the"));
    state.source.velero = {
        build::labelled(base::ResourceType{"velero.io", "v1", "backups", "Backup"}, "b-1")};
    state.target.velero = state.source.velero;
    CHECK(warns(state, "Velero's 2 backups and 0 restores of the plan on both clusters (the"));
    state.target.labelled.clear();
    CHECK_FALSE(warns(state, "leaves behind"));
}

TEST_CASE("it says which CronJobs start at once when they are resumed, and which never again") {
    const auto cron_job = [](const char* version, const char* schedule, const char* last) {
        return build::Thing({"batch", version, "cronjobs", "CronJob", true}, "shop", "nightly")
            .spec({{"schedule", schedule}, {"suspend", true}})
            .annotation(mtc::annotations::suspend, "true")
            .status({{"lastScheduleTime", last}});
    };
    struct Row {
        const char* situation;
        Object cron_job;
        const char* says;  // "": nothing
    };
    // now is 2025-05-01T11:30:00Z
    const Row rows[] = {
        {"it missed nothing", cron_job("v1", "0 3 * * *", "2025-05-01T03:00:00Z"), ""},
        {"it missed a run", cron_job("v1", "0 3 * * *", "2025-04-30T03:00:00Z"),
         "start once as soon as they are resumed, for the runs that they missed: "
         "shop/cronjob/nightly (1)"},
        {"it missed many", cron_job("v1", "* * * * *", "2025-04-30T03:00:00Z"),
         "for the runs that they missed: shop/cronjob/nightly (more than 100)"},
        {"it missed many, on an old cluster",
         cron_job("v1beta1", "* * * * *", "2025-04-30T03:00:00Z"),
         "never start again by themselves, because they missed more than 100 runs and the cluster "
         "is older than Kubernetes 1.21; afterwards set their spec.startingDeadlineSeconds to 600: "
         "shop/cronjob/nightly"},
        {"its schedule cannot be understood", cron_job("v1", "sometimes", "2025-04-30T03:00:00Z"),
         "of which it is not known whether they start as soon as they are resumed: "
         "shop/cronjob/nightly"},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = build::halfway();
            state.source.workloads = {row.cron_job};
            if (*row.says == 0) {
                CHECK_FALSE(warns(state, "CronJobs"));
            } else {
                CHECK(warns(state, row.says));
            }
        }
    }
}

TEST_CASE("it warns of what Velero still works on") {
    State state = build::halfway();
    const auto in_phase = [](const char* plural, const char* kind, const char* phase) {
        return Object(
            build::Thing({"velero.io", "v1", plural, kind, true}, "openshift-migration", "final-1")
                .status({{"phase", phase}}));
    };
    state.target.velero = {in_phase("restores", "Restore", "InProgress")};
    CHECK(
        warns(state,
              "target: restore/final-1 is InProgress: Velero goes on creating objects, also after "
              "a rollback has deleted what is there; wait until it has ended: oc get "
              "restore/final-1 -n openshift-migration -w --server=https://api.host.example:6443"));
    state.target.velero = {in_phase("restores", "Restore", "Completed")};
    CHECK_FALSE(warns(state, "Velero goes on"));
    state.source.velero = {in_phase("backups", "Backup", "InProgress")};
    CHECK(warns(state, "source: backup/final-1 is InProgress: Velero goes on with this backup"));
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

TEST_CASE("it warns of a storage conversion, which it takes back") {
    State state = build::within_one_namespace(build::halfway());
    state.source.workloads = {
        build::mounting(build::stopped("Deployment", "web", "3"), "data-new")};
    CHECK_FALSE(warns(state, "storage conversion"));
    state.plan.volumes.at(0).target_claim = "data-new";
    CHECK(warns(state, "MTC's own rollback switches back"));
}

}  // namespace effects_test
