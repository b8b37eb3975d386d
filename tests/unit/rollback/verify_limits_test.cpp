// What verify must not report, what it could not see, and what all of it amounts to.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "rollback/verify.hpp"
#include "unit/rollback/builders.hpp"

namespace verify_limits_test {

using namespace rollback;
using build::contains;
using build::Json;

namespace {

using enum Severity;
using Ids = std::set<std::string>;

std::vector<Finding> findings_of(const State& state, const Record& record = {}) {
    return verify({state, record, ""});
}

Ids ids_of(const std::vector<Finding>& findings, Severity severity) {
    Ids ids;
    for (const Finding& f : findings) {
        if (f.severity == severity) ids.insert(f.check);
    }
    return ids;
}

Finding finding(const std::vector<Finding>& findings, const std::string& check) {
    const auto it = std::ranges::find(findings, check, &Finding::check);
    REQUIRE(it != findings.end());
    return *it;
}

// all but the routes', which are asked only when the operator wants it, and those of the clusters,
// which are compared only where a context was named
constexpr std::size_t not_asked_for = 3;
const std::size_t checks_of_console = build::checks_after(Flow::Console).size() - not_asked_for;

bool all_ok(const State& state) {
    const auto findings = findings_of(state);
    return std::ranges::all_of(findings, [](const Finding& f) { return f.severity == Ok; });
}

Finding of_severity(Severity severity, bool heals = false) {
    return {.check = "x", .severity = severity, .message = "m", .may_heal = heals};
}

}  // namespace

TEST_CASE("what a check needed and could not see is unknown to it, and to it alone") {
    struct Row {
        const char* situation;
        Side side;
        std::string resource;
        Ids unknown;
    };
    const Ids workloads = {"source-nothing-quiesced", "source-workloads-as-before",
                           "source-workloads-serve"};
    Ids and_routes = workloads;
    and_routes.insert("source-routes-admitted");
    const Row rows[] = {
        {"workloads of the source", Side::Source, "statefulsets.apps", workloads},
        {"an API group of the source", Side::Source, "discovery", and_routes},
        {"pods of the source",
         Side::Source,
         "pods",
         {"source-pods-healthy", "source-no-stage-pods"}},
        {"claims of the source", Side::Source, "persistentvolumeclaims", {"source-claims-bound"}},
        {"namespaces of the source", Side::Source, "namespaces", {"source-namespaces-active"}},
        {"pods of the target", Side::Target, "pods", {"target-no-stage-pods"}},
        {"workloads of the target", Side::Target, "cronjobs.batch", {"target-nothing-left-down"}},
        {"a resource of the target",
         Side::Target,
         std::string(label_scan) + "secrets",
         {"target-no-migrated-objects", "target-no-orphans"}},
        {"volumes of the source", Side::Source, "persistentvolumes", {"source-volumes-as-before"}},
        {"volumes of the target", Side::Target, "persistentvolumes", {"target-no-volumes-left"}},
        {"services of the source", Side::Source, "services", {"source-services-ready"}},
        {"endpoints of the source",
         Side::Source,
         "endpointslices.discovery.k8s.io",
         {"source-services-ready"}},
        {"routes of the source",
         Side::Source,
         "routes.route.openshift.io",
         {"source-routes-admitted"}},
        {"namespaces of the target", Side::Target, "namespaces", {"target-namespaces-settled"}},
        {"restores of the target",
         Side::Target,
         "restores.velero.io",
         {"target-no-restore-running"}},
        {"an API group of the target",
         Side::Target,
         "discovery",
         {"target-no-migrated-objects", "target-nothing-left-down", "target-no-orphans"}},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = build::well();
            state.gaps = {build::gap(row.side, row.resource)};
            const auto findings = findings_of(state);
            CHECK(ids_of(findings, Unknown) == row.unknown);
            CHECK(ids_of(findings, Ok).size() == checks_of_console - row.unknown.size());
            const Finding unknown = finding(findings, *row.unknown.begin());
            CHECK(unknown.message == "could not list " + row.resource + ": pods is forbidden");
            CHECK(contains(unknown.remedy, "--" + word(row.side) + "-context"));
            CHECK_FALSE(all_is_well(findings));
            CHECK_FALSE(may_heal(findings));
        }
    }
}

TEST_CASE("what a look did not read is unknown, never none, and nothing is said to be gone") {
    struct Row {
        const char* what;
        void (*unread)(State&);
        Ids unknown;
    };
    const Row rows[] = {
        {"the volumes of the source were not looked at",
         [](State& s) {
             s.source.volumes_seen = false;
             s.source.volumes.clear();
         },
         {"source-volumes-as-before"}},
        {"the Services of the source were not looked at",
         [](State& s) {
             s.source.traffic_seen = false;
             s.source.services.clear();
             s.source.endpoints.clear();
             s.source.routes.clear();
         },
         {"source-services-ready", "source-routes-admitted"}},
        {"the namespaces of the source were not looked at",
         [](State& s) {
             s.source.namespaces_read = false;
             s.source.found_namespaces.clear();
         },
         {"source-namespaces-active"}},
        {"the namespaces of the target were not looked at",
         [](State& s) { s.target.namespaces_read = false; },
         {"target-namespaces-settled"}},
        {"the volumes of the target were not looked at",
         [](State& s) { s.target.volumes_seen = false; },
         {"target-no-volumes-left"}},
        {"the labels of objects of the target were not looked at",
         [](State& s) { s.target.labels_seen = false; },
         {"target-no-migrated-objects", "target-no-orphans"}},
        {"Velero's restores of the target were not looked at",
         [](State& s) { s.target.velero_seen = false; },
         {"target-no-restore-running"}},
    };
    for (const Row& row : rows) {
        SUBCASE(row.what) {
            State state = build::well();
            row.unread(state);
            const auto findings = findings_of(state);
            CHECK(ids_of(findings, Unknown) == row.unknown);
            CHECK(ids_of(findings, Failure).empty());
            CHECK(ids_of(findings, Ok).size() == checks_of_console - row.unknown.size());
            CHECK(std::ranges::count(findings, row.what, &Finding::message) > 0);
            CHECK_FALSE(all_is_well(findings));
        }
    }
}

TEST_CASE("what Velero has ended with goes on no more") {
    State state = build::well();
    const base::ResourceType type{"velero.io", "v1", "restores", "Restore", true};
    for (const char* phase : {"Completed", "PartiallyFailed", "Failed", "FailedValidation"})
        state.target.velero.push_back(
            build::Thing(type, mtc::openshift_migration, phase).status({{"phase", phase}}));
    CHECK(all_ok(state));
}

TEST_CASE("what was before is not claimed to be known where no snapshot tells") {
    const State state = build::well();
    const auto findings = verify(
        {.state = state, .record = record_of(state, ""), .rollback = "", .before_is_known = false});
    const Finding compared = finding(findings, "source-workloads-as-before");
    CHECK(compared.severity == Warning);
    CHECK(contains(compared.message, "1 workload could not be compared"));
    CHECK(all_is_well(findings));
}

TEST_CASE("objects of another plan are no orphans while its plan is there") {
    State state = build::well();
    state.target.foreign = {build::Thing(build::config_maps, "shop", "a")
                                .label(mtc::labels::migrated_by_plan, "uid-of-other")};
    mtc::Plan other = state.plan;
    other.uid = "uid-of-other";
    SUBCASE("it is") {
        state.other_plans = {other};
        CHECK(all_ok(state));
    }
    SUBCASE("nobody knows, because the plans could not be listed") {
        state.gaps = {build::gap(Side::Control, "migplans.migration.openshift.io")};
        CHECK(ids_of(findings_of(state), Unknown) == Ids{"target-no-orphans"});
    }
}

TEST_CASE("a volume that was released by somebody else's claim is not the migration's") {
    State state = build::well();
    state.target.volumes = {build::volume("Released")};
    state.target.volumes[0].body["spec"]["claimRef"]["name"] = "unrelated";
    CHECK(all_ok(state));
}

TEST_CASE("a Service without a selector, or one of an old cluster, is judged by what it has") {
    State state = build::well();
    SUBCASE("no selector: somebody else keeps its endpoints") {
        state.source.services.push_back(build::Thing(build::services, "shop", "external"));
        CHECK(all_ok(state));
    }
    SUBCASE("Endpoints instead of slices") {
        state.source.endpoints = {
            build::Thing({"", "v1", "endpoints", "Endpoints", true}, "shop", "web")
                .holding({{"subsets", build::list(Json{{"addresses", {{{"ip", "10.0.0.1"}}}}})}})};
        CHECK(all_ok(state));
        state.source.endpoints[0].body["subsets"][0].erase("addresses");
        CHECK(ids_of(findings_of(state), Failure) == Ids{"source-services-ready"});
    }
}

TEST_CASE("a Service without a pod that can become ready is no failure, whatever pods lie about") {
    struct Row {
        const char* situation;
        Object pod;
        Severity severity;
    };
    const Row rows[] = {
        {"completed", build::pod("idle-1", "Succeeded").label("app", "idle"), Warning},
        {"terminating", build::pod("idle-1").label("app", "idle").terminating(), Warning},
        {"another's", build::pod("idle-1").label("app", "web"), Warning},
        {"not ready", build::pod("idle-1", "Running", false).label("app", "idle"), Failure},
        {"pending", build::pod("idle-1", "Pending", false).label("app", "idle"), Failure},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = build::well();
            state.source.services.push_back(build::service("idle"));
            state.source.pods.push_back(row.pod);
            CHECK(finding(findings_of(state), "source-services-ready").severity == row.severity);
        }
    }
    SUBCASE("evicted: its pod is told beside it") {
        State state = build::well();
        state.source.services.push_back(build::service("idle"));
        state.source.pods.push_back(build::pod("idle-1", "Failed").label("app", "idle"));
        CHECK(ids_of(findings_of(state), Failure).empty());
        CHECK(ids_of(findings_of(state), Warning) ==
              Ids{"source-pods-healthy", "source-services-ready"});
    }
}

TEST_CASE("a workload at 0 is no failure only where an autoscaler may leave it there") {
    const base::ResourceType hpa{"autoscaling", "v2", "horizontalpodautoscalers",
                                 "HorizontalPodAutoscaler", true};
    const base::ResourceType keda{"keda.sh", "v1alpha1", "scaledobjects", "ScaledObject", true};
    const auto on = [](const char* kind, const char* name, Json more) {
        Json spec = {{"scaleTargetRef", {{"kind", kind}, {"name", name}}}};
        spec.update(more);
        return spec;
    };
    struct Row {
        const char* situation;
        Object autoscaler;
        bool may;
    };
    const auto none = Json::object();
    const Row rows[] = {
        {"a HorizontalPodAutoscaler",
         build::Thing(hpa, "shop", "web").spec(on("Deployment", "web", none)), false},
        {"one with minReplicas 1",
         build::Thing(hpa, "shop", "web").spec(on("Deployment", "web", {{"minReplicas", 1}})),
         false},
        {"one with minReplicas 0",
         build::Thing(hpa, "shop", "web").spec(on("Deployment", "web", {{"minReplicas", 0}})),
         true},
        {"one of another workload",
         build::Thing(hpa, "shop", "api").spec(on("Deployment", "api", {{"minReplicas", 0}})),
         false},
        {"one of another kind",
         build::Thing(hpa, "shop", "web").spec(on("StatefulSet", "web", {{"minReplicas", 0}})),
         false},
        {"one of another namespace",
         build::Thing(hpa, "bank", "web").spec(on("Deployment", "web", {{"minReplicas", 0}})),
         false},
        {"KEDA's", build::Thing(keda, "shop", "web").spec({{"scaleTargetRef", {{"name", "web"}}}}),
         true},
        {"KEDA's with a minimum",
         build::Thing(keda, "shop", "web").spec(on("Deployment", "web", {{"minReplicaCount", 1}})),
         false},
        {"KEDA's with a minimum, idle at 0",
         build::Thing(keda, "shop", "web")
             .spec(on("Deployment", "web", {{"minReplicaCount", 1}, {"idleReplicaCount", 0}})),
         true},
        {"KEDA's, paused at 0",
         build::Thing(keda, "shop", "web")
             .spec(on("Deployment", "web", {{"minReplicaCount", 1}}))
             .annotation("autoscaling.keda.sh/paused-replicas", "0"),
         true},
        {"KEDA's of a StatefulSet",
         build::Thing(keda, "shop", "web").spec(on("StatefulSet", "web", none)), false},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            const Record record = record_of(build::well(), "");
            State state = build::well();
            state.source.workloads = {build::running("Deployment", "web", 0)};
            state.source.autoscalers = {row.autoscaler};
            const Finding found = finding(findings_of(state, record), "source-workloads-as-before");
            CHECK((found.severity == Warning) == row.may);
            CHECK((found.severity == Failure) == !row.may);
        }
    }
}

TEST_CASE("a CronJob that was suspended is given up by an old cluster only, and only if told") {
    struct Row {
        const char* situation;
        const char* version;
        bool suspended;
        bool clock;
        bool warns;
    };
    const Row rows[] = {
        {"old cluster", "v1beta1", false, true, true},
        {"newer cluster", "v1", false, true, false},
        {"still suspended", "v1beta1", true, true, false},
        {"the cluster's clock is not known", "v1beta1", false, false, false},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = build::well();
            if (row.clock) state.source.now = base::parse_rfc3339("2025-05-03T12:00:00Z");
            state.source.workloads.push_back(
                build::Thing({"batch", row.version, "cronjobs", "CronJob", true}, "shop", "often")
                    .spec({{"schedule", "* * * * *"}, {"suspend", row.suspended}})
                    .status({{"lastScheduleTime", "2025-05-01T10:00:00Z"}}));
            CHECK((finding(findings_of(state), "source-workloads-serve").severity == Warning) ==
                  row.warns);
        }
    }
}

TEST_CASE("a namespace or a claim that could not be seen is not said to be gone") {
    State state = build::well();
    state.source.found_namespaces.clear();
    state.source.claims.clear();
    state.gaps = {build::gap(Side::Source, "namespaces"),
                  build::gap(Side::Source, "persistentvolumeclaims")};
    const auto findings = findings_of(state);
    CHECK(ids_of(findings, Failure).empty());
    CHECK(ids_of(findings, Unknown) == Ids{"source-namespaces-active", "source-claims-bound"});
}

TEST_CASE("what was seen to be wrong is told beside what could not be seen") {
    State state = build::halfway();
    state.target.labelled.clear();
    state.gaps = {build::gap(Side::Source, "jobs.batch", false)};
    const auto findings = findings_of(state);
    CHECK(ids_of(findings, Failure) == Ids{"source-nothing-quiesced"});
    CHECK(ids_of(findings, Unknown).contains("source-nothing-quiesced"));
    // no rollback was made: there is none to run again
    CHECK(finding(findings, "source-nothing-quiesced").remedy == "roll back: {plugin} shop-plan");
    SUBCASE("a fault of the server has no other context as its remedy") {
        CHECK(finding(findings, "source-workloads-serve").remedy.empty());
    }
}

TEST_CASE("a migration within one cluster does not report the source's workloads as left down") {
    State state = build::well();
    build::into_one_cluster(state);
    state.source.workloads = {build::stopped("Deployment", "web", "3")};
    state.target.workloads = state.source.workloads;
    const Ids only_on_the_source = {"source-nothing-quiesced"};
    CHECK(ids_of(findings_of(state), Failure) == only_on_the_source);
    CHECK(ids_of(findings_of(state), Warning).empty());
    SUBCASE("but those of another namespace") {
        state.target.namespaces = {"other"};
        state.target.workloads = {build::stopped("Deployment", "web", "3", "other")};
        CHECK(ids_of(findings_of(state), Warning) == Ids{"target-nothing-left-down"});
    }
    SUBCASE("and those of the same namespace in another cluster") {
        state.target.server = "https://another";
        CHECK(ids_of(findings_of(state), Warning) == Ids{"target-nothing-left-down"});
    }
}

TEST_CASE("a stopped workload of the target that was migrated goes with the rest") {
    State state = build::well();
    state.target.workloads = {build::stopped("Deployment", "web", "3")
                                  .label(mtc::labels::migrated_by_plan, "uid-of-shop-plan")};
    CHECK(all_ok(state));
}

TEST_CASE("pods that are not the application's, or go away, are not counted as unhealthy") {
    State state = build::well();
    SUBCASE("one that terminates") {
        state.source.pods.push_back(build::pod("old", "Running", false).terminating());
        CHECK(all_ok(state));
    }
    SUBCASE("a stage pod, which has its own check") {
        state.source.pods.push_back(
            build::pod("stage-x", "Pending", false).label(mtc::labels::stage_pod));
        CHECK(ids_of(findings_of(state), Failure) == Ids{"source-no-stage-pods"});
    }
    SUBCASE("but one of the application's that MTC borrowed is") {
        state.source.pods = {build::pod("web-1", "Running", false)
                                 .label(mtc::labels::stage_pod)
                                 .label(mtc::labels::application_pod)};
        CHECK(ids_of(findings_of(state), Failure) == Ids{"source-pods-healthy"});
        CHECK(ids_of(findings_of(state), Warning) == Ids{"source-no-stage-pods"});
    }
}

TEST_CASE("claims that the plan does not migrate are not looked at") {
    State state = build::well();
    state.source.claims.clear();
    state.plan.volumes[0].action = "skip";
    CHECK(all_ok(state));
    state.plan.volumes[0].action = "move";
    CHECK_FALSE(all_ok(state));
}

TEST_CASE("a workload that was never stopped may be gone, and an unknown number is no difference") {
    const State state = build::well();
    Record record = record_of(state, "");
    record.workloads.push_back(
        {.ref = {.type = build::row("Job").type, .ns = "shop", .name = "gone"},
         .before = {.replicas = 1}});
    record.workloads[0].before = {};
    CHECK(ids_of(findings_of(state, record), Ok).size() == checks_of_console);
}

TEST_CASE("workloads of one name and another kind are not compared") {
    State state = build::well();
    Record record = record_of(state, "");
    record.workloads[0].before.replicas = 3;
    state.source.workloads.insert(state.source.workloads.begin(),
                                  build::running("StatefulSet", "web", 1));
    CHECK(ids_of(findings_of(state, record), Ok).size() == checks_of_console);
}

TEST_CASE("after the manual flow, what could not be seen of the target is not at rest") {
    struct Row {
        const char* situation;
        std::string resource;
        Ids unknown;
    };
    const Row rows[] = {
        {"pods", "pods", {"target-no-stage-pods", "target-at-rest"}},
        {"workloads", "cronjobs.batch", {"target-nothing-left-down", "target-at-rest"}},
        {"an API group", "discovery", {"target-nothing-left-down", "target-at-rest"}},
        {"migrated objects", std::string(label_scan) + "secrets", {}},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = build::well();
            state.gaps = {build::gap(Side::Target, row.resource)};
            const auto findings = verify({state, {}, "", Flow::Manual});
            CHECK(ids_of(findings, Unknown) == row.unknown);
            CHECK(ids_of(findings, Failure).empty());
        }
    }
}

TEST_CASE("after the manual flow, the migrated objects of the target may stay, at rest") {
    State state = build::rolled_back();
    state.target.labelled = {build::labelled(build::claims, "data")};
    state.target.workloads = {build::migrated(build::stopped("Deployment", "web", "3"))};
    state.migrations.pop_back();
    state.plan.closed = true;
    CHECK(ids_of(verify({state, {}, "", Flow::Manual}), Ok).size() ==
          build::checks_after(Flow::Manual).size() - not_asked_for);
}

TEST_CASE("within one namespace the source's own are not taken for the target's") {
    State state = build::well();
    state.source.workloads = {build::mounting(build::running("Deployment", "web", 3), "data")};
    state.source.pods = {build::pod_with("web-1", "data")
                             .label(mtc::labels::stage_pod)
                             .label(mtc::labels::application_pod)};
    state.source.pods[0].body["status"]["conditions"] =
        build::list(Json{{"type", "Ready"}, {"status", "True"}});
    state = build::within_one_namespace(state);
    const auto findings = verify({state, {}, "", Flow::Manual});
    CHECK(ids_of(findings, Failure).empty());
    CHECK(ids_of(findings, Warning) == Ids{"source-no-stage-pods"});
}

TEST_CASE("without a rollback to look at, its check says so") {
    const Finding finding_of_none =
        finding(findings_of(build::well()), "control-rollback-ended-well");
    CHECK(finding_of_none.severity == Ok);
    CHECK(finding_of_none.message == "the plan has no rollback to look at");
}

TEST_CASE("a rollback proves nothing once another migration has begun after it") {
    using Kind = mtc::MigrationKind;
    struct Row {
        const char* situation;
        std::vector<mtc::Migration> migrations;
        const char* proves;   // the name of a rollback; "": none
        const char* warning;  // "": none
    };
    const auto good = build::good_rollback(60);
    auto second = build::good_rollback(80);
    second.name = "rollback-2";
    auto waiting = build::migration("waiting", Kind::Cutover, 70, "");
    const auto staged = build::ended(build::migration("stage", Kind::Stage, 70), "Succeeded");
    const Row rows[] = {
        {"there is none", {build::failed_cutover()}, "", ""},
        {"the last thing was a rollback", {build::failed_cutover(), good}, "rollback-1", ""},
        {"a cutover failed after it",
         {build::failed_cutover(), good, build::failed_cutover(70)},
         "",
         "MigMigration cutover (cutover, failed) came after rollback rollback-1: nothing has been "
         "rolled back since"},
        {"a stage came after it",
         {build::failed_cutover(), good, staged},
         "",
         "MigMigration stage (stage, succeeded) came after rollback rollback-1: nothing has been "
         "rolled back since"},
        {"a cutover waits that has not begun", {good, waiting}, "rollback-1", ""},
        {"a second rollback", {good, build::failed_cutover(70), second}, "rollback-2", ""},
        {"two rollbacks, and a cutover after them",
         {good, second, build::failed_cutover(90)},
         "",
         "MigMigration cutover (cutover, failed) came after rollback rollback-2: nothing has been "
         "rolled back since"},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = build::well();
            state.migrations = row.migrations;
            const mtc::Migration* proved = rollback_to_prove(state);
            CHECK((proved == nullptr ? "" : proved->name) == row.proves);
            if (proved != nullptr) return;
            const Finding found = finding(findings_of(state), "control-rollback-ended-well");
            CHECK((found.severity == Ok) == (*row.warning == 0));
            if (*row.warning != 0) {
                CHECK(found.severity == Warning);
                CHECK(found.message == row.warning);
                CHECK(found.remedy == "{plugin} assess shop-plan");
            }
        }
    }
}

TEST_CASE("all findings of one kind of trouble are told, not only the first") {
    State state = build::well();
    state.target.labelled = {build::labelled(build::config_maps, "a"),
                             build::labelled(build::config_maps, "b")};
    CHECK(findings_of(state).size() == checks_of_console + 1);
}

TEST_CASE("all is well when nothing is a failure or unknown") {
    CHECK(all_is_well({}));
    CHECK(all_is_well({of_severity(Ok), of_severity(Warning)}));
    CHECK_FALSE(all_is_well({of_severity(Ok), of_severity(Failure)}));
    CHECK_FALSE(all_is_well({of_severity(Unknown), of_severity(Ok)}));
}

TEST_CASE("waiting may help when at least one failure can heal") {
    CHECK_FALSE(may_heal({}));
    CHECK_FALSE(may_heal({of_severity(Failure), of_severity(Unknown)}));
    CHECK(may_heal({of_severity(Failure), of_severity(Failure, true)}));
    CHECK_FALSE(may_heal({of_severity(Warning, true)}));
    CHECK(may_heal({of_severity(Warning, true)}, Warning));
    CHECK_FALSE(may_heal({of_severity(Warning), of_severity(Failure, true)}, Warning));
}

TEST_CASE("severities and sides are written as words") {
    CHECK(word(Ok) == "ok");
    CHECK(word(Warning) == "warning");
    CHECK(word(Failure) == "failure");
    CHECK(word(Unknown) == "unknown");
    CHECK(word(Side::Control) == "control");
    CHECK(word(Side::Source) == "source");
    CHECK(word(Side::Target) == "target");
}

}  // namespace verify_limits_test
