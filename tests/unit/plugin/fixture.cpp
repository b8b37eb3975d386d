#include "fixture.hpp"

#include <array>

#include "mtc/names.hpp"

namespace fixture {

using rollback::Finding;
using rollback::Severity;
using rollback::Side;

base::Time noon(int seconds) {
    return *base::parse_rfc3339("2025-05-01T11:20:00Z") + std::chrono::seconds(seconds);
}

plugin::Style plain_style(int width) {
    return {.color = false, .unicode = false, .width = width};
}

plugin::Style rich_style(int width) {
    return {.color = true, .unicode = true, .width = width};
}

plugin::RenderContext context(int width, bool wide) {
    return {.style = plain_style(width), .wide = wide};
}

base::ObjectRef object(const std::string& plural, const std::string& kind, const std::string& ns,
                       const std::string& name) {
    return {.type = {"", "v1", plural, kind, true}, .ns = ns, .name = name};
}

base::ObjectRef deployment(const std::string& ns, const std::string& name) {
    return {.type = {"apps", "v1", "deployments", "Deployment", true}, .ns = ns, .name = name};
}

// Before
// -----------------------------------------------------------------------------------------------------

rollback::State state() {
    rollback::State state;
    state.plan.ns = "openshift-migration";
    state.plan.name = "shop-plan";
    state.plan.uid = "1b9c0e6e-0000-4000-8000-00000000aa01";
    state.source.server = "https://api.ocp3.example.com:8443";
    state.source.described_as = "MigCluster openshift-migration/ocp3";
    state.source.user = "Secret openshift-config/ocp3-8xk2p";
    state.target.server = "https://api.ocp4.example.com:6443";
    state.target.described_as = "context prod";
    state.target.user = "kube:admin";
    state.gaps = {{.side = Side::Target,
                   .resource = "with the plan's label: widgets.example.com",
                   .what = "list widgets.example.com in namespace shop",
                   .why = "widgets.example.com is forbidden: User \"kube:admin\" cannot list "
                          "resource \"widgets\"",
                   .forbidden = true}};
    state.seen_at = noon();
    return state;
}

namespace {

base::ObjectRef workload(const std::string& kind, const std::string& ns, const std::string& name) {
    return {.type = {"apps", "v1", "", kind, true}, .ns = ns, .name = name};
}

std::vector<base::ObjectRef> several(int n, const std::string& plural, const std::string& kind) {
    std::vector<base::ObjectRef> refs;
    for (int i = 0; i < n; ++i)
        refs.push_back(object(plural, kind, "shop", "web-" + std::to_string(i)));
    return refs;
}

}  // namespace

rollback::Assessment assessment() {
    rollback::Assessment out;
    out.verdict = rollback::Verdict::Required;
    out.reasons = {"4 workloads of the source are stopped by MTC"};
    out.stopped_since = noon(-1334);
    out.stopped_for = std::chrono::seconds(1334);
    out.effects.returns = {
        {workload("Deployment", "shop", "web"), {.replicas = 0}, {.replicas = 3}},
        {workload("StatefulSet", "shop", "database"), {.replicas = 0}, {.replicas = 1}},
        {workload("CronJob", "shop", "nightly-report"),
         {.suspended = true},
         {.suspended = false},
         "MTC resumes it even if it was suspended before the migration"},
        {workload("Job", "billing", "import"),
         {.replicas = 0},
         {},
         "its recorded number is lost; MTC may leave it at 0"}};
    out.effects.deleted["configmaps"] = several(12, "configmaps", "ConfigMap");
    out.effects.deleted["deployments.apps"] = {deployment("shop", "web")};
    out.effects.deleted["persistentvolumeclaims"] = {
        object("persistentvolumeclaims", "PersistentVolumeClaim", "shop", "data"),
        object("persistentvolumeclaims", "PersistentVolumeClaim", "billing-new", "data")};
    out.effects.warnings = {
        "data written to the migrated volumes on the target since 2025-05-01T10:57:46Z is "
        "deleted with them; nothing is copied back to the source"};
    out.situation = situation();
    out.advice = {
        .flow = rollback::Flow::Console,
        .why = "the controller deletes what was migrated and starts the application again",
        .commands = {"{plugin} shop-plan"}};
    return out;
}

namespace {

rollback::Presence told(std::int64_t replicas, const std::string& why = {}) {
    return {.told = {.replicas = replicas},
            .serves = {.yes = why.empty(), .why = why},
            .at_rest = replicas == 0};
}

rollback::Presence told_suspended(bool suspended) {
    return {.told = {.suspended = suspended}, .serves = {.yes = true}, .at_rest = suspended};
}

rollback::VolumeSituation volume(const std::string& claim, const std::string& action,
                                 const std::string& copy_method) {
    return {.volume = {.name = "pv-" + claim,
                       .claim_ns = "shop",
                       .claim = claim,
                       .target_claim = claim,
                       .action = action,
                       .copy_method = copy_method}};
}

base::ObjectRef pod(const std::string& ns, const std::string& name) {
    return object("pods", "Pod", ns, name);
}

}  // namespace

rollback::Situation situation() {
    rollback::Situation out;
    out.workloads = {
        {.workload = workload("Job", "billing", "import"),
         .source = told(0),
         .target = std::nullopt,
         .stopped = true},
        {.workload = workload("CronJob", "shop", "nightly-report"),
         .source = told_suspended(true),
         .target = told_suspended(false),
         .stopped = true,
         .returns_to = {.suspended = false}},
        {.workload = deployment("shop", "metrics"), .source = told(1), .target = std::nullopt},
        {.workload = deployment("shop", "web"),
         .source = told(0),
         .target = told(3, "1 of 3 pods are ready"),
         .stopped = true,
         .returns_to = {.replicas = 3}},
        {.workload = workload("StatefulSet", "shop", "database"),
         .source = told(0),
         .target = told(0),
         .stopped = true,
         .returns_to = {.replicas = 1}}};
    auto shared = volume("assets", "move", "");
    shared.moved = true;
    shared.source_pods = {pod("shop", "metrics-7d9f8-x2v4q")};
    for (const char* name : {"web-1", "web-2", "web-3", "web-4", "web-5"})
        shared.target_pods.push_back(pod("shop", name));
    auto renamed = volume("data", "copy", "filesystem");
    renamed.volume.target_claim = "data-mig";
    renamed.target_pods = {pod("shop", "database-0")};
    out.volumes = {renamed, shared, volume("cache", "skip", "")};
    return out;
}

plugin::AssessmentReport assessment_report() {
    return {.ns = "openshift-migration",
            .plan = "shop-plan",
            .plan_uid = state().plan.uid,
            .control = control(),
            .source = {state().source.server, state().source.described_as, state().source.user},
            .target = {state().target.server, state().target.described_as, state().target.user},
            .assessment = assessment(),
            .gaps = state().gaps,
            .seen_at = noon()};
}

plugin::SurveyReport survey_report() {
    return {
        .ns = "openshift-migration",
        .lines = {{.ns = "openshift-migration",
                   .plan = "bank-plan",
                   .error = "the source cluster (MigCluster ocp3, Secret openshift-config/ocp3): "
                            "Unable to connect to the server: connection refused"},
                  {.ns = "openshift-migration",
                   .plan = "blog-plan",
                   .verdict = rollback::Verdict::NotNeeded,
                   .reason = "nothing is stopped on the source",
                   .namespaces = {"blog", "blog-db", "blog-cache", "blog-mail", "blog-test"}},
                  {.ns = "openshift-migration",
                   .plan = "forum-plan",
                   .verdict = rollback::Verdict::Unknown,
                   .reason = "not all workloads of the source could be seen",
                   .namespaces = {"forum"},
                   .last_migration = "cutover cutover-7: failed",
                   .gaps = 2},
                  {.ns = "openshift-migration",
                   .plan = "shop-plan",
                   .verdict = rollback::Verdict::Required,
                   .reason = "4 workloads of the source are stopped by MTC",
                   .namespaces = {"shop", "billing:billing-new"},
                   .last_migration = "cutover cutover-1: failed",
                   .stopped = 4,
                   .stopped_since = noon(-1334),
                   .stopped_for = std::chrono::seconds(1334)}},
        .seen_at = noon()};
}

rollback::ClusterName control() {
    return {.server = "https://api.ocp4.example.com:6443",
            .described_as = "context prod",
            .user = "kube:admin"};
}

rollback::Runbook runbook() {
    mtc::Plan plan;
    plan.ns = "openshift-migration";
    plan.name = "shop-plan";
    const base::ObjectRef migration{
        .type = mtc::types::migmigrations, .ns = plan.ns, .name = "rollback-7f3kq2xa"};
    return {
        .steps = {{rollback::Create{migration, mtc::rollback_manifest(plan, migration.name)},
                   "the controller rolls back when it finds a MigMigration with rollback: true"},
                  {rollback::AwaitMigration{migration},
                   "the controller deletes what was migrated on the target, then starts the "
                   "application on "
                   "the source"},
                  {rollback::AwaitServing{},
                   "pods take a while to start after the controller is done"}},
        .blockers = {}};
}

std::vector<rollback::Blocker> blockers() {
    return {
        {.id = "plan-not-ready",
         .what = "MigPlan shop-plan is not Ready, and the controller waits until it is: "
                 "SourceClusterNotReady: The source cluster is not ready.",
         .remedy = "oc describe migplan shop-plan -n openshift-migration"},
        {.id = "migration-ahead",
         .what =
             "cutover cutover-x is running (phase StageBackup); the controller would postpone the "
             "rollback until it ends",
         .remedy = "oc patch migmigration cutover-x -n openshift-migration --type=merge "
                   "-p '{\"spec\":{\"canceled\":true}}'"}};
}

// After
// ------------------------------------------------------------------------------------------------------

Finding finding(const std::string& check, Severity severity, const std::string& message,
                const std::string& remedy) {
    const Side side = check.starts_with("source")   ? Side::Source
                      : check.starts_with("target") ? Side::Target
                                                    : Side::Control;
    return {.check = check,
            .side = side,
            .severity = severity,
            .subject = message.substr(0, message.find_first_of(" :")),
            .message = message,
            .remedy = remedy,
            .may_heal = severity == Severity::Failure};
}

std::vector<Finding> all_well() {
    return {finding("control-rollback-ended-well", Severity::Ok,
                    "MigMigration rollback-7f3kq2xa succeeded"),
            finding("source-namespaces-active", Severity::Ok, "2 namespaces are active"),
            finding("source-workloads-serve", Severity::Ok, "4 workloads serve"),
            finding("source-pods-healthy", Severity::Ok,
                    "9 pods are running and ready, or have succeeded"),
            finding("target-no-migrated-objects", Severity::Ok, "nothing carries the plan's label"),
            finding("control-plan-ready", Severity::Ok,
                    "MigPlan shop-plan is ready to be migrated again")};
}

std::vector<Finding> some_unwell() {
    auto findings = all_well();
    findings[2] =
        finding("source-workloads-serve", Severity::Failure,
                "shop/deployment/web: 1 of 3 pods are ready", "oc describe deployment/web -n shop");
    findings[3] = finding(
        "source-pods-healthy", Severity::Failure,
        "shop/pod/web-6d4cf56db6-x2v4q is not ready: ImagePullBackOff: Back-off pulling image "
        "\"registry.example.com/shop/web:1.2\"",
        "oc describe pod/web-6d4cf56db6-x2v4q -n shop");
    findings[4] = finding("target-no-migrated-objects", Severity::Unknown,
                          "could not list widgets.example.com in namespace shop: forbidden",
                          "name a context that may with --target-context");
    findings[5] = finding("control-plan-ready", Severity::Warning,
                          "MigPlan shop-plan is suspended: it cannot be migrated again yet",
                          "oc describe migplan shop-plan -n openshift-migration");
    return findings;
}

namespace {

struct Phase {
    const char* step;
    const char* name;
};

// mm/task.go, RollbackItinerary, as a cluster without virtual machines walks it
constexpr std::array<Phase, 10> itinerary{{{"CleanupVelero", "DeleteBackups"},
                                           {"CleanupVelero", "DeleteRestores"},
                                           {"CleanupHelpers", "DeleteRegistries"},
                                           {"CleanupHelpers", "EnsureStagePodsDeleted"},
                                           {"CleanupHelpers", "EnsureAnnotationsDeleted"},
                                           {"CleanupMigrated", "QuiesceDestinationApplications"},
                                           {"CleanupMigrated", "DeleteMigrated"},
                                           {"CleanupMigrated", "EnsureMigratedDeleted"},
                                           {"CleanupUnquiesce", "UnQuiesceSrcApplications"},
                                           {"Cleanup", "Completed"}}};

// A phase begins three seconds after the one before.
mtc::PipelineStep step_at(const std::string& name, int phase) {
    mtc::PipelineStep step;
    step.name = name;
    step.message = "Not started";
    for (int i = 0; i < static_cast<int>(itinerary.size()); ++i) {
        if (itinerary[static_cast<std::size_t>(i)].step != name) continue;
        if (i > phase) break;
        if (!step.started) step.started = noon(3 * i);
        step.phase = itinerary[static_cast<std::size_t>(i)].name;
        step.completed = noon(3 * (i + 1));
        step.message = "Completed";
    }
    const bool current = phase >= 0 && phase < static_cast<int>(itinerary.size()) &&
                         itinerary[static_cast<std::size_t>(phase)].step == name;
    if (current)
        step.completed.reset();
    else
        step.phase.clear();
    return step;
}

mtc::Migration at_phase(int phase) {
    mtc::Migration migration;
    migration.ns = "openshift-migration";
    migration.name = "rollback-7f3kq2xa";
    migration.uid = "5d1e7c52-0000-4000-8000-00000000bb01";
    migration.plan = "shop-plan";
    migration.kind = mtc::MigrationKind::Rollback;
    migration.itinerary = "Rollback";
    migration.created = noon();
    migration.started = noon();
    for (const char* name :
         {"CleanupVelero", "CleanupHelpers", "CleanupMigrated", "CleanupUnquiesce", "Cleanup"})
        migration.pipeline.push_back(step_at(name, phase));
    return migration;
}

mtc::Condition condition(const std::string& type, const std::string& category,
                         const std::string& reason, const std::string& message) {
    return {.type = type, .category = category, .reason = reason, .message = message};
}

}  // namespace

mtc::Migration running(int phase) {
    mtc::Migration migration = at_phase(phase);
    migration.phase = itinerary.at(static_cast<std::size_t>(phase)).name;
    migration.conditions = {condition("Running", "Advisory", migration.phase,
                                      "Step: " + std::to_string(phase + 1) + "/10")};
    return migration;
}

mtc::Migration ended(const std::string& type) {
    mtc::Migration migration = at_phase(10);
    migration.phase = "Completed";
    migration.conditions = {condition(type, "Advisory", "Completed", "The migration has ended.")};
    if (type == "SucceededWithWarnings") {
        migration.conditions.push_back(condition(
            "StageNoOp", "Warn", "", "Stage migration was run without any PVs or ImageStreams."));
    }
    return migration;
}

mtc::Migration failed() {
    mtc::Migration migration = at_phase(6);
    migration.phase = "Completed";
    migration.itinerary = "Failed";
    migration.errors = {"deployments.apps \"web\" is forbidden: cannot delete"};
    migration.conditions = {
        condition("Failed", "Advisory", "DeleteMigrated", "The migration has failed.")};
    migration.pipeline[2].failed = true;
    migration.pipeline[2].message = "Failed";
    migration.pipeline[2].phase.clear();
    migration.pipeline[2].completed = noon(40);
    for (std::size_t i = 3; i < migration.pipeline.size(); ++i)
        migration.pipeline[i].skipped = true;
    return migration;
}

mtc::Migration blocked() {
    mtc::Migration migration = at_phase(-1);
    migration.pipeline.clear();
    migration.started.reset();
    migration.conditions = {
        condition("PlanNotReady", "Critical", "",
                  "The referenced `migPlanRef` does not have a `Ready` condition.")};
    return migration;
}

namespace {

std::vector<rollback::Stage> stages(rollback::Outcome outcome) {
    std::vector<rollback::Stage> all{
        {"look at both clusters", noon(-20), noon(-18)},
        {"decide what to do", noon(-18), noon(-18)},
        {"wait for an answer to the question", noon(-18), noon(-1)},
        {"write down what is known", noon(-1), noon(-1)},
        {"create the rollback", noon(-1), noon()},
        {"follow the rollback until it ends", noon(), noon(31)},
        {"wait until the application serves, and verify it", noon(31), noon(95)}};
    const bool begun =
        outcome != rollback::Outcome::DryRun && outcome != rollback::Outcome::Refused;
    if (!begun) all.resize(2);
    return all;
}

}  // namespace

rollback::RunReport report(rollback::Outcome outcome) {
    rollback::RunReport out;
    out.outcome = outcome;
    out.ns = "openshift-migration";
    out.plan = "shop-plan";
    out.plan_uid = state().plan.uid;
    out.control = control();
    out.source = {state().source.server, state().source.described_as, state().source.user};
    out.target = {state().target.server, state().target.described_as, state().target.user};
    out.assessment = assessment();
    out.runbook = runbook();
    out.stages = stages(outcome);
    out.began = noon(-20);
    out.ended = noon(95);
    out.clock_ahead = std::chrono::seconds(0);
    return out;
}

// The story
// --------------------------------------------------------------------------------------------------

namespace {

mtc::Migration with_progress(mtc::Migration migration, std::size_t step, const std::string& line) {
    migration.pipeline[step].progress = {"an older line", line};
    return migration;
}

std::vector<Finding> starting(int ready) {
    std::vector<Finding> out;
    if (ready < 3) {
        out.push_back(
            finding("source-workloads-serve", Severity::Failure,
                    "shop/deployment/web: " + std::to_string(ready) + " of 3 pods are ready"));
    }
    for (int i = ready * 3; i < 9; ++i) {
        out.push_back(finding("source-pods-healthy", Severity::Failure,
                              "shop/pod/web-6d4cf56db6-" + std::to_string(i) +
                                  " is not ready: containers not ready: web"));
    }
    return out;
}

}  // namespace

std::vector<Moment> story() {
    std::vector<Moment> moments;
    moments.push_back({0, run::RollbackStarted{.migration = {.type = mtc::types::migmigrations,
                                                             .ns = "openshift-migration",
                                                             .name = "rollback-7f3kq2xa"}}});
    mtc::Migration pending = blocked();
    pending.conditions.clear();
    moments.push_back({0, run::MigrationChanged{pending}});
    moments.push_back({1, run::MigrationChanged{blocked()}});
    for (int phase = 0; phase < 7; ++phase)
        moments.push_back({3 * phase + 1, run::MigrationChanged{running(phase)}});
    const std::string line = "persistentvolumeclaim shop/data: Terminating";
    moments.push_back({22, run::MigrationChanged{with_progress(running(7), 2, line)}});
    moments.push_back(
        {40, run::Trouble{{.kind = base::ErrorKind::Unreachable,
                           .message = "The connection to the server api.ocp4.example.com:6443 was "
                                      "refused - did you specify the right host or port?"}}});
    moments.push_back({50, run::MigrationChanged{with_progress(running(7), 2, line)}});
    moments.push_back(
        {85, run::Stalled{
                 std::chrono::seconds(63),
                 {"target: shop/persistentvolumeclaim/data is terminating, held by "
                  "kubernetes.io/pvc-protection, mounted by pod shop/database-1-deploy (Succeeded)",
                  "look at it with: oc describe persistentvolumeclaim/data -n shop   (on the "
                  "target)"}}});
    moments.push_back({100, run::MigrationChanged{running(8)}});
    moments.push_back({103, run::MigrationChanged{ended("Succeeded")}});
    moments.push_back({104, run::AwaitingApplication{starting(0)}});
    moments.push_back({110, run::AwaitingApplication{starting(2)}});
    moments.push_back({118, run::AwaitingApplication{}});
    return moments;
}

}  // namespace fixture
