// For every check: what it finds, that no other check finds it, and that it finds nothing where
// nothing is.
#include "rollback/verify.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "unit/rollback/builders.hpp"

namespace verify_test {

using namespace rollback;
using build::contains;
using build::Json;

namespace {

using enum Severity;

struct Scene {
    State state = build::rolled_back();
    Record record = {};
    Flow flow = Flow::Console;

    // the routes are asked only when the operator wants it, and a cluster is compared with the
    // plan's only where a context was named
    Scene() {
        state.source.by_context = true;
        state.source.uid = "uid-of-ocp3";
        state.target.uid = "uid-of-host";
        state.target.by_context = true;
        state.probes.emplace();
        record = record_of(build::halfway(), "rollback-1");
    }
    std::vector<Finding> findings() const { return verify({state, record, "rollback-1", flow}); }
};

RecordedWorkload was(const char* kind, const char* name, const mtc::Wanted& before,
                     bool quiesced = true) {
    return {.ref = {.type = build::row(kind).type, .ns = "shop", .name = name},
            .before = before,
            .quiesced = quiesced};
}

void add(Scene& scene, const build::Thing& workload, const RecordedWorkload& recorded) {
    scene.state.source.workloads.push_back(workload);
    scene.record.workloads.push_back(recorded);
}

const Json elsewhere = {{"template", {{"spec", {{"nodeSelector", {{"zone", "b"}}}}}}}};

struct Row {
    const char* situation;
    void (*damage)(Scene&);
    const char* check;
    Severity severity;
    bool heals;
    std::string says;    // the message
    const char* remedy;  // a part of it
};

Object missed(const char* version) {
    return build::Thing({"batch", version, "cronjobs", "CronJob", true}, "shop", "minutely")
        .spec({{"schedule", "* * * * *"}})
        .status({{"lastScheduleTime", "2025-05-01T10:00:00Z"}});
}

Object restore(const std::string& phase) {
    const base::ResourceType type{"velero.io", "v1", "restores", "Restore", true};
    return build::Thing(type, mtc::openshift_migration, "final-1").status({{"phase", phase}});
}

Probe probe(int status) {
    return {.route = {build::routes, "shop", "web"},
            .url = "https://web.apps.example/",
            .status = status};
}

const Row rows[] = {
    {"the rollback failed, and all is done",
     [](Scene& s) { s.state.migrations[1].conditions[0].type = "Failed"; },
     "control-rollback-ended-well", Warning, false,
     "MigMigration rollback-1 is failed, and yet what it is for was found done",
     "oc describe migmigration rollback-1 -n openshift-migration"},
    {"the rollback ended with warnings, and all is done",
     [](Scene& s) { s.state.migrations[1].conditions[0].type = "SucceededWithWarnings"; },
     "control-rollback-ended-well", Warning, false,
     "MigMigration rollback-1 is succeeded with warnings, and yet what it is for was found done",
     "oc describe migmigration"},
    {"pods of both sides mount the volume that was moved",
     [](Scene& s) {
         s.state.plan.volumes.at(0).action = "move";
         s.state.source.pods = {build::with_claim(build::pod("web-1"), "data")};
         s.state.target.pods = {build::with_claim(build::pod("web-9"), "data")};
     },
     "target-no-double-writer", Failure, false,
     "volume pv-1 (claim data in shop) is mounted on both sides: by pod/web-1 in shop on the "
     "source, by pod/web-9 in shop on the target",
     "oc get pod/web-9 -n shop -o yaml"},
    {"the rollback still runs",
     [](Scene& s) { s.state.migrations[1].phase = "UnQuiesceSrcApplications"; },
     "control-rollback-ended-well", Failure, false, "MigMigration rollback-1 is running",
     "oc describe migmigration"},
    {"the rollback is not to be found", [](Scene& s) { s.state.migrations.pop_back(); },
     "control-rollback-ended-well", Unknown, false, "MigMigration rollback-1 was not found",
     "oc get migmigrations -n openshift-migration"},
    {"the plan is suspended",
     [](Scene& s) { s.state.plan.conditions.push_back({"Suspended", "Advisory", "", ""}); },
     "control-plan-ready", Warning, true,
     "MigPlan shop-plan is suspended: it cannot be migrated again yet",
     "oc describe migplan shop-plan"},
    {"the plan is suspended by a migration after the rollback",
     [](Scene& s) {
         s.state.plan.conditions.push_back({"Suspended", "Advisory", "", ""});
         mtc::Migration later = s.state.migrations[1];
         later.name = "cutover-2";
         later.created = *later.created + std::chrono::hours(1);
         s.state.migrations.push_back(std::move(later));
     },
     "control-plan-ready", Warning, false,
     "MigPlan shop-plan is suspended: it cannot be migrated again yet",
     "oc describe migplan shop-plan"},
    {"the plan is not Ready", [](Scene& s) { s.state.plan.conditions.clear(); },
     "control-plan-ready", Warning, false,
     "MigPlan shop-plan is not Ready: it cannot be migrated again yet", "oc describe migplan"},
    {"the plan is closed", [](Scene& s) { s.state.plan.closed = true; }, "control-plan-ready",
     Warning, false, "MigPlan shop-plan is closed: it cannot be migrated again",
     "oc describe migplan"},
    {"a namespace goes away",
     [](Scene& s) { s.state.source.found_namespaces[0].body["status"]["phase"] = "Terminating"; },
     "source-namespaces-active", Failure, false, "namespace shop is terminating",
     "oc describe namespace shop"},
    {"a namespace is gone", [](Scene& s) { s.state.source.found_namespaces.clear(); },
     "source-namespaces-active", Failure, false, "namespace shop does not exist",
     "oc get namespaces"},
    {"a workload is still stopped",
     [](Scene& s) {
         add(s, build::stopped("StatefulSet", "db", "0"),
             was("StatefulSet", "db", {.replicas = 0}));
     },
     "source-nothing-quiesced", Failure, false, "shop/statefulset/db is still stopped by MTC",
     "run the rollback again"},
    {"a workload runs, but still carries the mark",
     [](Scene& s) {
         s.state.source.workloads = {
             build::running("Deployment", "web", 3).annotation(mtc::annotations::replicas, "3")};
     },
     "source-nothing-quiesced", Warning, false,
     "shop/deployment/web runs, but still carries the mark of having been stopped",
     "oc annotate deployment/web -n shop migration.openshift.io/preQuiesceReplicas-"},
    {"an autoscaler chose another number",
     [](Scene& s) { s.state.source.workloads = {build::running("Deployment", "web", 5)}; },
     "source-workloads-as-before", Warning, false,
     "shop/deployment/web is told to run 5 replicas, before the migration it was 3",
     R"(oc patch deployment/web -n shop --type=merge -p '{"spec":{"replicas":3}}')"},
    {"0 instead of 3",
     [](Scene& s) { s.state.source.workloads = {build::running("Deployment", "web", 0)}; },
     "source-workloads-as-before", Failure, false,
     "shop/deployment/web is told to run 0 replicas, before the migration it was 3",
     R"({"spec":{"replicas":3}})"},
    {"a Job's count is lower",
     [](Scene& s) {
         add(s, build::workload("Job", "import").spec({{"parallelism", 1}}).status({{"active", 1}}),
             was("Job", "import", {.replicas = 4}));
     },
     "source-workloads-as-before", Warning, false,
     "shop/job/import is told to run 1 replica, before the migration it was 4",
     R"({"spec":{"parallelism":4}})"},
    {"a rollout is paused that was not",
     [](Scene& s) {
         s.state.source.workloads[0].body["spec"]["paused"] = true;
         s.record.workloads[0].before.paused = false;
     },
     "source-workloads-as-before", Failure, false,
     "shop/deployment/web is paused, before the migration it was not",
     R"({"spec":{"paused":false}})"},
    {"a rollout is not paused that was",
     [](Scene& s) { s.record.workloads[0].before.paused = true; }, "source-workloads-as-before",
     Failure, false, "shop/deployment/web is not paused, before the migration it was",
     R"({"spec":{"paused":true}})"},
    {"a CronJob is suspended that was not",
     [](Scene& s) {
         add(s, build::workload("CronJob", "nightly").spec({{"suspend", true}}),
             was("CronJob", "nightly", {.suspended = false}));
     },
     "source-workloads-as-before", Failure, false,
     "shop/cronjob/nightly is suspended, before the migration it was not",
     R"({"spec":{"suspend":false}})"},
    {"a CronJob runs that was suspended",
     [](Scene& s) {
         add(s, build::workload("CronJob", "nightly"),
             was("CronJob", "nightly", {.suspended = true}, false));
     },
     "source-workloads-as-before", Failure, false,
     "shop/cronjob/nightly is not suspended, before the migration it was",
     R"({"spec":{"suspend":true}})"},
    {"a DaemonSet runs on other nodes",
     [](Scene& s) {
         add(s, build::workload("DaemonSet", "agent").spec(elsewhere),
             was("DaemonSet", "agent", {.node_selector = Json{{"zone", "a"}}}));
     },
     "source-workloads-as-before", Failure, false,
     R"(shop/daemonset/agent runs on nodes {"zone":"b"}, before the migration it ran on nodes {"zone":"a"})",
     "oc edit daemonset/agent -n shop"},
    {"what a workload ran is not known",
     [](Scene& s) { s.record.workloads[0].before = {.paused = false}; },
     "source-workloads-as-before", Unknown, false,
     "shop/deployment/web: what it ran before the migration is not known",
     "oc get deployment/web -n shop"},
    {"a stopped workload is gone", [](Scene& s) { s.state.source.workloads.clear(); },
     "source-workloads-as-before", Failure, false, "shop/deployment/web is gone",
     "oc get deployment/web -n shop"},
    {"a pod too few",
     [](Scene& s) { s.state.source.workloads[0].body["status"]["readyReplicas"] = 2; },
     "source-workloads-serve", Failure, true, "shop/deployment/web: 2 of 3 pods ready",
     "oc describe deployment/web -n shop"},
    {"a pod that does not start",
     [](Scene& s) { s.state.source.pods.push_back(build::pod("web-2", "Pending", false)); },
     "source-pods-healthy", Failure, true, "shop/pod/web-2: starting",
     "oc describe pod/web-2 -n shop"},
    {"a pod that was evicted",
     [](Scene& s) { s.state.source.pods.push_back(build::pod("web-2", "Failed", false)); },
     "source-pods-healthy", Warning, false, "shop/pod/web-2 has ended: Failed",
     "oc describe pod/web-2 -n shop"},
    {"a claim waits for its volume",
     [](Scene& s) { s.state.source.claims = {build::claim("data", "Pending")}; },
     "source-claims-bound", Failure, true, "shop/persistentvolumeclaim/data is Pending",
     "oc describe persistentvolumeclaim/data -n shop"},
    {"a claim has lost its volume",
     [](Scene& s) { s.state.source.claims = {build::claim("data", "Lost")}; },
     "source-claims-bound", Failure, false, "shop/persistentvolumeclaim/data is Lost",
     "oc describe persistentvolumeclaim/data"},
    {"a claim without a status",
     [](Scene& s) { s.state.source.claims = {build::claim("data", "")}; }, "source-claims-bound",
     Failure, true, "shop/persistentvolumeclaim/data is not bound", "oc describe"},
    {"a claim is gone", [](Scene& s) { s.state.source.claims.clear(); }, "source-claims-bound",
     Failure, false, "shop/persistentvolumeclaim/data does not exist", "oc describe"},
    {"a stage pod on the source",
     [](Scene& s) {
         s.state.source.pods.push_back(build::pod("stage-x").label(mtc::labels::stage_pod));
     },
     "source-no-stage-pods", Failure, false, "shop/pod/stage-x is a stage pod of MTC",
     "oc delete pod/stage-x -n shop"},
    {"a stage pod that goes away",
     [](Scene& s) {
         s.state.source.pods.push_back(
             build::pod("stage-x").label(mtc::labels::stage_pod).terminating());
     },
     "source-no-stage-pods", Failure, true, "shop/pod/stage-x is a stage pod of MTC", "oc delete"},
    {"an application's pod that MTC borrowed",
     [](Scene& s) {
         s.state.source.pods = {
             build::pod("web-1").label(mtc::labels::stage_pod).label(mtc::labels::application_pod)};
     },
     "source-no-stage-pods", Warning, false,
     "shop/pod/web-1 is the application's own pod, still labelled as a stage pod",
     "{plugin} manual shop-plan --only=stage-pods"},
    {"a stage pod on the target, borrowed or not",
     [](Scene& s) {
         s.state.target.pods = {build::pod("web-1")
                                    .label(mtc::labels::stage_pod, "true")
                                    .label(mtc::labels::application_pod)};
     },
     "target-no-stage-pods", Failure, false, "shop/pod/web-1 is a stage pod of MTC",
     "oc delete pod/web-1 -n shop"},
    {"a migrated object on the target",
     [](Scene& s) { s.state.target.labelled = {build::labelled(build::config_maps, "settings")}; },
     "target-no-migrated-objects", Failure, false,
     "shop/configmap/settings carries the plan's label", "oc delete configmap/settings -n shop"},
    {"a migrated object that cannot go",
     [](Scene& s) {
         s.state.target.labelled = {build::labelled(build::claims, "data")
                                        .terminating({"kubernetes.io/pvc-protection", "other"})};
     },
     "target-no-migrated-objects", Failure, true,
     "shop/persistentvolumeclaim/data is terminating, held by kubernetes.io/pvc-protection, other",
     "oc describe persistentvolumeclaim/data -n shop"},
    {"a migrated object that goes",
     [](Scene& s) {
         s.state.target.labelled = {build::labelled(build::claims, "data").terminating()};
     },
     "target-no-migrated-objects", Failure, true, "shop/persistentvolumeclaim/data is terminating",
     "oc describe"},
    {"a workload of the target that was not migrated is left down",
     [](Scene& s) { s.state.target.workloads = {build::stopped("Deployment", "shared", "2")}; },
     "target-nothing-left-down", Warning, false,
     "shop/deployment/shared was not migrated, but MTC stopped it (it ran 2 replicas)",
     R"(oc patch deployment/shared -n shop --type=json -p '[{"op":"test","path":"/metadata/annotations/migration.openshift.io~1preQuiesceReplicas","value":"2"},{"op":"remove","path":"/metadata/annotations/migration.openshift.io~1preQuiesceReplicas"},{"op":"test","path":"/spec/replicas","value":0},{"op":"add","path":"/spec/replicas","value":2}]')"},
    {"one whose number is not known",
     [](Scene& s) { s.state.target.workloads = {build::stopped("Deployment", "shared", "x")}; },
     "target-nothing-left-down", Warning, false,
     "shop/deployment/shared was not migrated, but MTC stopped it (it ran an unknown number)",
     "oc edit deployment/shared -n shop"},
    {"a CronJob that MTC stopped there",
     [](Scene& s) {
         s.state.target.workloads = {build::workload("CronJob", "nightly")
                                         .spec({{"suspend", true}})
                                         .annotation(mtc::annotations::suspend, "true")};
     },
     "target-nothing-left-down", Warning, false,
     "shop/cronjob/nightly was not migrated, but MTC stopped it (whether it was suspended before "
     "is not known)",
     R"(oc patch cronjob/nightly -n shop --type=json -p '[{"op":"test")"},
    {"a restore of Velero goes on",
     [](Scene& s) { s.state.target.velero = {restore("InProgress")}; }, "target-no-restore-running",
     Failure, false,
     "openshift-migration/restore/final-1 is InProgress: Velero goes on creating objects",
     "oc get restore/final-1 -n openshift-migration -w"},
    {"a restore that Velero has not looked at yet",
     [](Scene& s) { s.state.target.velero = {restore("")}; }, "target-no-restore-running", Failure,
     false, "openshift-migration/restore/final-1 is New: Velero goes on creating objects",
     "oc get restore/final-1 -n openshift-migration -w"},
    {"a restore goes on after the manual flow",
     [](Scene& s) {
         s.flow = Flow::Manual;
         s.state.target.velero = {restore("InProgress")};
     },
     "target-no-restore-running", Failure, false,
     "openshift-migration/restore/final-1 is InProgress: Velero goes on creating objects",
     "oc get restore/final-1"},
    {"a moved volume is left, and kept",
     [](Scene& s) {
         s.state.plan.volumes[0].action = "move";
         s.state.target.volumes = {build::volume("Released")};
         s.state.target.volumes[0].body["spec"]["persistentVolumeReclaimPolicy"] = "Retain";
     },
     "target-no-volumes-left", Warning, false,
     "persistentvolume/pv-1 of a claim that was rolled back is left: it is the moved volume that "
     "the source has again",
     "only while its reclaim policy is Retain: oc delete persistentvolume/pv-1"},
    {"a moved volume is left, and not kept",
     [](Scene& s) {
         s.state.plan.volumes[0].action = "move";
         s.state.target.volumes = {build::volume("Released")};
     },
     "target-no-volumes-left", Failure, false,
     "persistentvolume/pv-1 is the moved volume that the source has again, and its reclaim policy "
     "here is Delete",
     "oc patch persistentvolume pv-1 --type=merge -p "},
    {"a pod hangs in Terminating",
     [](Scene& s) {
         // it was to be gone at 12:00:00
         s.state.source.now = base::parse_rfc3339("2025-05-01T12:05:00Z");
         s.state.source.pods.push_back(
             build::pod("old").terminating(build::list("example.com/hold")));
         s.state.source.pods.back().body["spec"]["nodeName"] = "n1";
     },
     "source-pods-healthy", Warning, false,
     "shop/pod/old is terminating, on node n1, held by finalizer example.com/hold, and was to be "
     "gone at 2025-05-01T12:00:00Z",
     "oc describe pod/old -n shop"},
    {"a DeploymentConfig was never deployed",
     [](Scene& s) {
         s.state.source.workloads.push_back(build::workload("DeploymentConfig", "waits")
                                                .spec({{"replicas", 1}})
                                                .status({{"latestVersion", 0}}));
     },
     "source-workloads-serve", Warning, false,
     "shop/deploymentconfig/waits: it has never been deployed, and has no pods (it waits for its "
     "image, or for a rollout)",
     "oc describe deploymentconfig/waits -n shop"},
    {"a Job can make no pod",
     [](Scene& s) {
         s.state.source.workloads.push_back(build::workload("Job", "import"));
         s.state.source.events = {
             build::Thing({"", "v1", "events", "Event", true}, "shop", "e")
                 .holding({{"involvedObject", {{"kind", "Job"}, {"name", "import"}}},
                           {"reason", "FailedCreate"},
                           {"message", "serviceaccount \"gone\" not found"}})};
     },
     "source-workloads-serve", Failure, true,
     "shop/job/import: no pod of it has been made; FailedCreate: serviceaccount \"gone\" not found",
     "oc describe job/import -n shop"},
    {"a CronJob of an old cluster never starts again",
     [](Scene& s) {
         s.state.source.now = base::parse_rfc3339("2025-05-03T12:00:00Z");
         s.state.source.workloads.push_back(missed("v1beta1"));
     },
     "source-workloads-serve", Warning, false,
     "shop/cronjob/minutely never starts again: it missed more than 100 runs while it was "
     "suspended, and a cluster before Kubernetes 1.21 then gives it up",
     R"(oc patch cronjob/minutely -n shop --type=merge -p '{"spec":{"startingDeadlineSeconds":600}}')"},
    {"KEDA keeps a workload at 0",
     [](Scene& s) {
         s.state.source.workloads[0] = build::running("Deployment", "web", 0);
         s.state.source.pods.clear();
         s.state.source.services.clear();
         s.state.source.endpoints.clear();
         s.state.source.autoscalers = {
             build::Thing({"keda.sh", "v1alpha1", "scaledobjects", "ScaledObject", true}, "shop",
                          "web")
                 .spec({{"scaleTargetRef", {{"name", "web"}}}})};
     },
     "source-workloads-as-before", Warning, false,
     "shop/deployment/web is told to run 0 replicas, before the migration it was 3; "
     "scaledobject/web may keep it at 0 while nothing is to do",
     "oc describe scaledobject/web -n shop"},
    {"a Service selects only pods that ended",
     [](Scene& s) {
         s.state.source.services.push_back(build::service("idle"));
         s.state.source.pods.push_back(build::pod("idle-1", "Succeeded").label("app", "idle"));
     },
     "source-services-ready", Warning, false,
     "shop/service/idle selects no pod that runs, only 1 pod that ended or terminates",
     "oc get service/idle -n shop -o wide"},
    {"a volume is gone", [](Scene& s) { s.state.source.volumes.clear(); },
     "source-volumes-as-before", Failure, false,
     "shop/persistentvolumeclaim/data is bound to pv-1, which does not exist",
     "oc describe persistentvolumeclaim/data -n shop"},
    {"a volume was released",
     [](Scene& s) { s.state.source.volumes = {build::volume("Released")}; },
     "source-volumes-as-before", Failure, false,
     "persistentvolume/pv-1 of shop/persistentvolumeclaim/data is Released",
     "oc describe persistentvolume/pv-1"},
    {"a volume is not bound yet",
     [](Scene& s) { s.state.source.volumes = {build::volume("Available")}; },
     "source-volumes-as-before", Failure, true,
     "persistentvolume/pv-1 of shop/persistentvolumeclaim/data is Available", "oc describe"},
    {"a volume is bound to another claim",
     [](Scene& s) { s.state.source.volumes[0].body["spec"]["claimRef"]["uid"] = "older"; },
     "source-volumes-as-before", Failure, false,
     "persistentvolume/pv-1 is bound to another claim than shop/persistentvolumeclaim/data",
     "oc describe persistentvolume/pv-1"},
    {"a volume is kept that was to be deleted with its claim",
     [](Scene& s) {
         s.state.source.volumes[0].body["spec"]["persistentVolumeReclaimPolicy"] = "Retain";
     },
     "source-volumes-as-before", Warning, false,
     "persistentvolume/pv-1 is told to Retain, before the migration it was Delete",
     R"(oc patch persistentvolume/pv-1 -p '{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}')"},
    {"the same, as only an annotation tells",
     [](Scene& s) {
         s.record.volumes.clear();
         s.state.source.volumes[0].body["metadata"]["annotations"] = {
             {mtc::annotations::reclaim_policy, "Retain"}};
     },
     "source-volumes-as-before", Warning, false,
     "persistentvolume/pv-1 is told to Delete, before the migration it was Retain", "oc patch"},
    {"a claim got another volume", [](Scene& s) { s.record.volumes[0].name = "pv-0"; },
     "source-volumes-as-before", Failure, false,
     "shop/persistentvolumeclaim/data is bound to pv-1, before the migration to pv-0",
     "oc describe persistentvolumeclaim/data -n shop"},
    {"a Service has no ready pod",
     [](Scene& s) { s.state.source.endpoints = {build::endpoints("web", false)}; },
     "source-services-ready", Failure, true, "shop/service/web has no ready endpoint",
     "oc describe service/web -n shop"},
    {"a Service has no endpoints", [](Scene& s) { s.state.source.endpoints.clear(); },
     "source-services-ready", Failure, true, "shop/service/web has no ready endpoint",
     "oc describe"},
    {"a Service selects nothing",
     [](Scene& s) { s.state.source.services.push_back(build::service("idle")); },
     "source-services-ready", Warning, false, "shop/service/idle selects no pod of its namespace",
     "oc get service/idle -n shop"},
    {"a Route that no router admits",
     [](Scene& s) { s.state.source.routes = {build::route("web", "False")}; },
     "source-routes-admitted", Failure, true,
     "shop/route/web is not admitted: HostAlreadyClaimed: taken", "oc describe route/web -n shop"},
    {"a Route that no router has seen",
     [](Scene& s) { s.state.source.routes[0].body.erase("status"); }, "source-routes-admitted",
     Failure, true, "shop/route/web is not admitted: no router has looked at it", "oc describe"},
    {"an Ingress that nobody serves",
     [](Scene& s) {
         s.state.source.routes.push_back(build::Thing(build::ingresses, "shop", "web"));
     },
     "source-routes-admitted", Warning, false,
     "shop/ingress/web has no address: no controller serves it", "oc describe ingress/web"},
    {"a Route behind which the router finds nothing",
     [](Scene& s) { s.state.probes = {{probe(503)}}; }, "source-routes-answer", Failure, false,
     "shop/route/web answers 503 at https://web.apps.example/: the router finds nothing behind it",
     "curl -v https://web.apps.example/"},
    {"the named source is the target's cluster",
     [](Scene& s) { s.state.source.server = "https://api.host.example:6443/"; },
     "source-is-the-plans", Failure, false,
     "the source cluster: (https://api.host.example:6443/) is not the plan's source cluster: it is "
     "that of MigCluster "
     "host, the plan's target",
     "--source-context"},
    {"the named target is the source's cluster",
     [](Scene& s) { s.state.target.uid = "uid-of-ocp3"; }, "target-is-the-plans", Failure, false,
     "the target cluster: source (https://api.ocp3.example:6443) and target "
     "(https://api.host.example:6443) are one "
     "cluster, and the plan names two: MigClusters ocp3 and host",
     "--accept=one-cluster"},
    {"it cannot be seen whether they are two", [](Scene& s) { s.state.target.uid.clear(); },
     "target-is-the-plans", Unknown, false,
     "the target cluster: whether source (https://api.ocp3.example:6443) and target "
     "(https://api.host.example:6443) are two clusters could not be seen: the uid of namespace "
     "kube-system cannot be read on both",
     "kube-system"},
    {"the named source has another address than its MigCluster",
     [](Scene& s) { s.state.source.server = "https://10.0.0.1:6443"; }, "source-is-the-plans",
     Warning, false,
     "the source cluster: (https://10.0.0.1:6443) has another address than MigCluster ocp3 "
     "(https://api.ocp3.example:6443): make sure that both are the plan's source cluster",
     ""},
    {"a Route whose application fails", [](Scene& s) { s.state.probes = {{probe(500)}}; },
     "source-routes-answer", Failure, false,
     "shop/route/web answers 500 at https://web.apps.example/", "curl -v"},
    {"a Route that cannot be reached from here",
     [](Scene& s) {
         s.state.probes = {{probe(0)}};
         s.state.probes->front().error = "no such host";
     },
     "source-routes-answer", Unknown, false,
     "shop/route/web could not be asked from here: no such host", "curl -v"},
    {"a Route with a certificate that nobody trusts",
     [](Scene& s) {
         s.state.probes = {{probe(200)}};
         s.state.probes->front().distrust = "it has expired";
     },
     "source-routes-answer", Warning, false,
     "shop/route/web answers 200 at https://web.apps.example/, but its certificate is not "
     "trusted: it has expired",
     "curl -v"},
    {"a pod of the target copies volumes",
     [](Scene& s) {
         s.state.target.pods = {
             build::pod("rsync-server").label("app", "directvolumemigration-rsync-transfer")};
     },
     "target-no-stage-pods", Failure, false, "shop/pod/rsync-server copies volumes for a migration",
     "oc delete pod/rsync-server -n shop"},
    {"a pod of the target copies volumes, and the manual flow does not take it away",
     [](Scene& s) {
         s.flow = Flow::Manual;
         s.state.target.pods = {
             build::pod("rsync-server").label("app", "directvolumemigration-rsync-transfer")};
     },
     "target-no-stage-pods", Warning, false, "shop/pod/rsync-server copies volumes for a migration",
     "oc delete pod/rsync-server -n shop"},
    {"a pod of the source copies volumes",
     [](Scene& s) {
         s.state.source.pods.push_back(
             build::pod("rsync-x").label("app", "directvolumemigration-rsync-transfer-block"));
     },
     "source-no-stage-pods", Warning, false, "shop/pod/rsync-x copies volumes for a migration",
     "oc delete pod/rsync-x -n shop"},
    {"a namespace of the target goes away",
     [](Scene& s) {
         s.state.target.found_namespaces = {
             build::Thing(build::namespaces, "", "shop")
                 .status({{"phase", "Terminating"},
                          {"conditions", build::list(Json{{"type", "NamespaceContentRemaining"},
                                                          {"status", "True"},
                                                          {"message", "pods. has 1"}})}})};
     },
     "target-namespaces-settled", Failure, true, "namespace shop is terminating; pods. has 1",
     "oc describe namespace shop"},
    {"a claim of the target is held by a pod that mounts it",
     [](Scene& s) {
         s.state.target.labelled = {
             build::labelled(build::claims, "data").terminating({"kubernetes.io/pvc-protection"})};
         s.state.target.pods = {build::pod_with("debug", "data")};
     },
     "target-no-migrated-objects", Failure, true,
     "shop/persistentvolumeclaim/data is terminating, held by kubernetes.io/pvc-protection: "
     "pod/debug",
     "oc describe persistentvolumeclaim/data -n shop"},
    {"a pod of the target is held by its node",
     [](Scene& s) {
         s.state.target.labelled = {build::labelled(build::pods, "web-1").terminating()};
         s.state.target.pods = {build::pod("web-1").spec({{"nodeName", "node-7"}}).terminating()};
     },
     "target-no-migrated-objects", Failure, true, "shop/pod/web-1 is terminating: node node-7",
     "oc describe pod/web-1 -n shop"},
    {"objects of a plan that is gone",
     [](Scene& s) {
         for (const char* name : {"a", "b"})
             s.state.target.foreign.push_back(build::Thing(build::config_maps, "shop", name)
                                                  .label(mtc::labels::migrated_by_plan, "gone"));
     },
     "target-no-orphans", Warning, false,
     "shop/configmap/a and 1 more object of a plan that is not on this control cluster (its UID "
     "is gone)",
     "migrated-by-migplan=gone -n shop"},
    {"a volume of the target is left",
     [](Scene& s) { s.state.target.volumes = {build::volume("Released")}; },
     "target-no-volumes-left", Warning, false,
     "persistentvolume/pv-1 of a claim that was rolled back is left, with its data",
     "oc delete persistentvolume/pv-1"},
    {"a volume of the target carries the plan's label",
     [](Scene& s) {
         s.state.target.volumes = {
             build::volume().label(mtc::labels::migrated_by_plan, "uid-of-shop-plan")};
     },
     "target-no-volumes-left", Warning, false, "persistentvolume/pv-1 carries the plan's label",
     "oc delete persistentvolume/pv-1"},
    {"what was migrated runs on the target",
     [](Scene& s) {
         s.flow = Flow::Manual;
         s.state.target.workloads = {build::migrated(build::running("Deployment", "web", 1))};
     },
     "target-at-rest", Failure, false,
     "shop/deployment/web runs, or can run, beside the application on the source",
     "oc get deployment/web -n shop"},
    {"a workload of the target that was not migrated mounts a volume of the plan",
     [](Scene& s) {
         s.flow = Flow::Manual;
         s.state.target.workloads = {
             build::mounting(build::running("Deployment", "tool", 1), "data")};
     },
     "target-at-rest", Failure, false,
     "shop/deployment/tool runs, or can run, beside the application on the source", "oc get"},
    {"what was migrated runs on the target, without a volume",
     [](Scene& s) {
         s.flow = Flow::Manual;
         s.state.plan.volumes.clear();
         s.state.target.workloads = {build::migrated(build::running("Deployment", "web", 1))};
     },
     "target-at-rest", Warning, false,
     "shop/deployment/web runs, or can run, beside the application on the source", "oc get"},
    {"what was migrated runs on the target, its volume was skipped",
     [](Scene& s) {
         s.flow = Flow::Manual;
         s.state.plan.volumes[0].action = "skip";
         s.state.target.workloads = {build::migrated(build::running("Deployment", "web", 1))};
     },
     "target-at-rest", Warning, false,
     "shop/deployment/web runs, or can run, beside the application on the source", "oc get"},
    {"a pod that MTC had borrowed is gone",
     [](Scene& s) { s.record.pods = {{.ns = "shop", .name = "lent", .borrowed = true}}; },
     "source-workloads-as-before", Failure, false,
     "shop/pod/lent is gone: MTC had borrowed it as a stage pod, and deletes these where a plan is "
     "closed; nothing makes it anew",
     "make it again from its manifest"},
    {"a pod that nothing makes anew is gone",
     [](Scene& s) { s.record.pods = {{.ns = "shop", .name = "bare"}}; },
     "source-workloads-as-before", Warning, false,
     "shop/pod/bare ran before and is gone; nothing makes it anew", "from its manifest"},
    {"a DaemonSet has no node to run on",
     [](Scene& s) {
         s.state.source.workloads.push_back(build::workload("DaemonSet", "agent")
                                                .status({{"observedGeneration", 1},
                                                         {"desiredNumberScheduled", 0},
                                                         {"numberReady", 0}}));
     },
     "source-workloads-serve", Warning, false,
     "shop/daemonset/agent: no node is one that it is to run on", "oc describe daemonset/agent"},
    {"a pod of the target mounts a volume of the plan",
     [](Scene& s) {
         s.flow = Flow::Manual;
         s.state.target.pods = {build::pod_with("web-9", "data")};
     },
     "target-at-rest", Failure, true, "shop/pod/web-9 mounts a volume of the plan",
     "oc describe pod/web-9 -n shop"},
};

std::set<std::string> unwell(const std::vector<Finding>& findings) {
    std::set<std::string> ids;
    for (const Finding& f : findings) {
        if (f.severity != Ok) ids.insert(f.check);
    }
    return ids;
}

}  // namespace

TEST_CASE("where all is well every check says so, once") {
    Scene scene;
    std::vector<const char*> checks_of_the_other_flow = {"target-at-rest"};
    SUBCASE("after the console flow") {}
    SUBCASE("after the manual flow, which does not delete what was migrated, nor mend the plan") {
        scene.flow = Flow::Manual;
        checks_of_the_other_flow = {"control-rollback-ended-well", "target-no-migrated-objects",
                                    "target-no-orphans", "target-no-volumes-left",
                                    "control-plan-ready"};
    }
    const auto checks = build::checks_after(scene.flow);
    const auto findings = scene.findings();
    REQUIRE(findings.size() == checks.size());
    for (std::size_t i = 0; i < findings.size(); ++i) {
        CAPTURE(findings[i].message);
        CHECK(findings[i].check == checks[i].id);
        CHECK(findings[i].side == checks[i].side);
        CHECK(findings[i].severity == Ok);
        CHECK_FALSE(findings[i].message.empty());
    }
    CHECK(all_is_well(findings));
    CHECK_FALSE(may_heal(findings));
    for (const char* other : checks_of_the_other_flow)
        CHECK(std::ranges::find(findings, std::string(other), &Finding::check) == findings.end());
}

TEST_CASE("each thing that is wrong is found by its own check and by no other") {
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            Scene scene;
            row.damage(scene);
            const auto findings = scene.findings();
            CHECK(findings.size() == build::checks_after(scene.flow).size());
            CHECK(unwell(findings) == std::set<std::string>{row.check});
            const auto it = std::ranges::find(findings, row.check, &Finding::check);
            REQUIRE(it != findings.end());
            CHECK(it->severity == row.severity);
            CHECK(it->message == row.says);
            CHECK(it->message.starts_with(it->subject));
            CHECK_FALSE(it->subject.empty());
            CAPTURE(it->remedy);
            CHECK(contains(it->remedy, row.remedy));
            CHECK(it->may_heal == row.heals);
            CHECK(may_heal(findings, row.severity) == row.heals);
            CHECK(all_is_well(findings) == (row.severity == Warning));
        }
    }
}

TEST_CASE("how a rollback ended counts where what it is for is not done, or not seen") {
    for (const char* ending : {"Failed", "Canceled", "SucceededWithWarnings"}) {
        CAPTURE(std::string(ending));
        const auto severity = [&](auto damage, bool before_is_known = true) {
            Scene scene;
            scene.state.migrations[1].conditions[0].type = ending;
            damage(scene);
            const auto all =
                verify({scene.state, scene.record, "rollback-1", scene.flow, before_is_known});
            return std::ranges::find(all, "control-rollback-ended-well", &Finding::check)->severity;
        };
        CHECK(severity([](Scene&) {}) == Warning);
        CHECK(severity([](Scene& s) {
                  s.state.source.workloads = {build::stopped("Deployment", "web", "3")};
              }) == Failure);
        CHECK(severity([](Scene& s) {
                  s.state.target.labelled = {build::labelled(build::claims, "data")};
              }) == Failure);
        CHECK(severity([](Scene& s) { s.state.gaps = {build::gap(Side::Target, "pods")}; }) ==
              Failure);
        const bool went_through = std::string(ending) == "SucceededWithWarnings";
        CHECK(severity([](Scene&) {}, false) == (went_through ? Warning : Failure));
    }
}

TEST_CASE("every check is one that can fail") {
    std::set<std::string> failing;
    for (const Row& row : rows) failing.insert(row.check);
    std::set<std::string> all;
    for (const Check& check : checks()) all.insert(check.id);
    CHECK(failing == all);
    CHECK(all.size() == checks().size());
}

}  // namespace verify_test
