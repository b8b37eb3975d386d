// The patches that stop and start a workload by hand: applied to the object that was seen they do
// what is promised, and applied to one that has changed since they are refused.
#include "mtc/unquiesce.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "unit/mtc/builders.hpp"

namespace unquiesce_test {

using namespace mtc;
using base::Object;
using build::Json;
using build::row;
using build::workload;

namespace {

Json pods_on(const Json& selector) {
    return {{"template", {{"spec", {{"nodeSelector", selector}, {"containers", {"c"}}}}}}};
}

const Json pods_anywhere = {{"template", {{"spec", {{"containers", {"c"}}}}}}};

/// As the server applies it, or an exception as the server refuses it.
Object after(const Object& object, const Json& patch) {
    return base::object_of(object.ref.type, object.body.patch(patch));
}

bool refuses(const Object& object, const Json& patch) {
    try {
        after(object, patch);
        return false;
    } catch (const Json::exception&) {
        return true;
    }
}

void drop(Json& parent, const char* key, const Json& meaningless) {
    if (parent.contains(key) && parent[key] == meaningless) parent.erase(key);
}

/// As the API stores it: what is empty or false by default is left out.
Json as_stored(Json body) {
    drop(body["metadata"], "annotations", Json::object());
    drop(body["metadata"], "labels", Json::object());
    drop(body["spec"], "paused", false);
    drop(body["spec"], "suspend", false);
    return body;
}

Object seen(const char* kind, const Json& spec, bool with_annotations = true) {
    Object object = workload(kind, "web").spec(spec);
    object.body["metadata"]["resourceVersion"] = "7";
    if (with_annotations) object.body["metadata"]["annotations"] = {{"team.example/owner", "shop"}};
    return base::object_of(object.ref.type, object.body);
}

/// Stopped as the controller stops it.
Object stopped(const char* kind, const Json& spec) {
    const Object running = seen(kind, spec);
    return after(running, quiesce(running).value());
}

Json started_as_recorded(const Object& object) {
    return unquiesce(object, workload_kind(object.ref.type)->recorded(object));
}

struct Running {
    const char* situation;
    const char* kind;
    Json spec;
    const char* mark;  // what quiescing writes down
};

const Running all_kinds[] = {
    {"a CronJob", "CronJob", {{"schedule", "@daily"}, {"suspend", false}}, "true"},
    {"a CronJob that does not say it runs", "CronJob", {{"schedule", "@daily"}}, "true"},
    {"a DeploymentConfig", "DeploymentConfig", {{"replicas", 2}}, "2"},
    {"a paused DeploymentConfig", "DeploymentConfig", {{"replicas", 2}, {"paused", true}}, "2"},
    {"a Deployment", "Deployment", {{"replicas", 3}}, "3"},
    {"a paused Deployment", "Deployment", {{"replicas", 3}, {"paused", true}}, "3"},
    {"a StatefulSet", "StatefulSet", {{"replicas", 5}}, "5"},
    {"a ReplicaSet", "ReplicaSet", {{"replicas", 1}}, "1"},
    {"a DaemonSet on every node", "DaemonSet", pods_anywhere, "{}"},
    {"a DaemonSet on some nodes", "DaemonSet", pods_on({{"zone", "a"}}), R"({"zone":"a"})"},
    {"a Job", "Job", {{"parallelism", 4}, {"completions", 8}}, "4"},
    {"a VirtualMachine with a run strategy", "VirtualMachine", {{"runStrategy", "Always"}}, "true"},
    {"a VirtualMachine with the older field", "VirtualMachine", {{"running", true}}, "true"},
};

const char* const kinds_with_a_count[] = {"DeploymentConfig", "Deployment", "StatefulSet",
                                          "ReplicaSet", "Job"};

Json counting(const char* kind, int count) {
    return {{row(kind).type.plural == "jobs" ? "parallelism" : "replicas", count}};
}

}  // namespace

TEST_CASE("every kind is among those that are tried") {
    for (const WorkloadKind& kind : workload_kinds()) {
        CAPTURE(kind.type.kind);
        CHECK(std::ranges::any_of(all_kinds, [&](const Running& r) {
            return workload(r.kind, "x").operator Object().ref.type == kind.type;
        }));
    }
}

TEST_CASE("what is stopped and started again is exactly as it was") {
    for (const Running& each : all_kinds) {
        for (const bool with_annotations : {true, false}) {
            CAPTURE(each.situation);
            CAPTURE(with_annotations);
            const Object before = seen(each.kind, each.spec, with_annotations);
            const WorkloadKind& kind = row(each.kind);
            const auto stop = quiesce(before);
            REQUIRE(stop);
            const Object rests = after(before, *stop);
            REQUIRE(kind.at_rest(rests));
            REQUIRE(is_quiesced(rests));
            CHECK(kind.recorded(rests) == kind.current(before));
            CHECK(base::annotation_of(rests, kind.mark) == each.mark);
            Object now = after(rests, started_as_recorded(rests));
            CHECK_FALSE(kind.at_rest(now));
            CHECK_FALSE(is_marked(now));
            if (const auto pause = pause_again(now)) now = after(now, *pause);
            CHECK(as_stored(now.body) == as_stored(before.body));
        }
    }
}

TEST_CASE("a start is refused when somebody has changed what it depends on") {
    struct Row {
        const char* situation;
        const char* kind;
        Json spec;
        void (*change)(Json& body);
    };
    const auto recount = [](Json& body) { body["spec"]["replicas"] = 1; };
    const Row rows[] = {
        {"a Deployment was scaled", "Deployment", {{"replicas", 3}}, recount},
        {"a DeploymentConfig was scaled", "DeploymentConfig", {{"replicas", 3}}, recount},
        {"a StatefulSet was scaled", "StatefulSet", {{"replicas", 3}}, recount},
        {"a ReplicaSet was scaled", "ReplicaSet", {{"replicas", 3}}, recount},
        {"a Job was scaled", "Job", counting("Job", 3),
         [](Json& body) { body["spec"]["parallelism"] = 1; }},
        {"a CronJob was resumed", "CronJob", Json::object(),
         [](Json& body) { body["spec"]["suspend"] = false; }},
        {"a DaemonSet's selector got another key", "DaemonSet", pods_on({{"zone", "a"}}),
         [](Json& body) { body["spec"]["template"]["spec"]["nodeSelector"]["disk"] = "ssd"; }},
        {"a DaemonSet's selector lost MTC's key", "DaemonSet", pods_on({{"zone", "a"}}),
         [](Json& body) { body["spec"]["template"]["spec"]["nodeSelector"] = {{"zone", "a"}}; }},
        {"a DaemonSet's selector is gone", "DaemonSet", pods_anywhere,
         [](Json& body) { body["spec"]["template"]["spec"].erase("nodeSelector"); }},
        {"the record of being paused is another",
         "Deployment",
         {{"replicas", 3}, {"paused", true}},
         [](Json& body) { body["metadata"]["annotations"][annotations::paused] = "false"; }},
    };
    for (const Row& each : rows) {
        SUBCASE(each.situation) {
            Object object = stopped(each.kind, each.spec);
            const Json patch = started_as_recorded(object);
            REQUIRE_FALSE(refuses(object, patch));
            each.change(object.body);
            CHECK(refuses(object, patch));
        }
    }
}

TEST_CASE("a start is refused when the mark is another, or gone, whatever the kind") {
    for (const Running& each : all_kinds) {
        CAPTURE(each.situation);
        const Object object = stopped(each.kind, each.spec);
        const Json patch = started_as_recorded(object);
        REQUIRE_FALSE(refuses(object, patch));
        Object other = object;
        other.body["metadata"]["annotations"][row(each.kind).mark] = "9";
        CHECK(refuses(other, patch));
        Object gone = object;
        gone.body["metadata"]["annotations"].erase(row(each.kind).mark);
        CHECK(refuses(gone, patch));
        gone.body["metadata"].erase("annotations");
        CHECK(refuses(gone, patch));
    }
}

TEST_CASE("a number that somebody has chosen meanwhile is kept, and the mark goes") {
    for (const char* kind : kinds_with_a_count) {
        CAPTURE(kind);
        Object object = seen(kind, counting(kind, 2));
        object.body["metadata"]["annotations"][annotations::replicas] = "5";
        const Json patch = started_as_recorded(object);
        const Object now = after(object, patch);
        CHECK(row(kind).current(now).replicas == 2);
        CHECK_FALSE(is_marked(now));
        CHECK(as_stored(now.body) == as_stored(seen(kind, counting(kind, 2)).body));
        object.body["spec"] = counting(kind, 3);
        CHECK(refuses(object, patch));
        object.body["spec"] = counting(kind, 0);
        CHECK(refuses(object, patch));
    }
    SUBCASE("a CronJob that somebody has resumed stays so") {
        Object object = seen("CronJob", {{"suspend", false}});
        object.body["metadata"]["annotations"][annotations::suspend] = "true";
        const Object now = after(object, started_as_recorded(object));
        CHECK(row("CronJob").current(now).suspended == false);
        CHECK_FALSE(is_marked(now));
    }
    SUBCASE("a DaemonSet that somebody has sent to nodes keeps them") {
        Object object = seen("DaemonSet", pods_on({{"disk", "ssd"}}));
        object.body["metadata"]["annotations"][annotations::node_selector] = R"({"zone":"a"})";
        const Object now = after(object, started_as_recorded(object));
        CHECK(row("DaemonSet").current(now).node_selector == Json{{"disk", "ssd"}});
        CHECK_FALSE(is_marked(now));
    }
}

TEST_CASE("a workload whose record is lost starts as it is told, and its mark goes") {
    for (const char* kind : kinds_with_a_count) {
        CAPTURE(kind);
        Object object = seen(kind, counting(kind, 0));
        object.body["metadata"]["annotations"][annotations::replicas] = "nonsense";
        const Object now = after(object, unquiesce(object, {.replicas = 6}));
        CHECK(row(kind).current(now).replicas == 6);
        CHECK_FALSE(is_marked(now));
    }
    SUBCASE("one without any annotation") {
        const Object object = seen("Deployment", {{"replicas", 0}}, false);
        const Object now = after(object, unquiesce(object, {.replicas = 6}));
        CHECK(row("Deployment").current(now).replicas == 6);
    }
    SUBCASE("a CronJob that is to stay suspended") {
        Object object = seen("CronJob", {{"suspend", true}});
        object.body["metadata"]["annotations"][annotations::suspend] = "true";
        const Object now = after(object, unquiesce(object, {.suspended = true}));
        CHECK(row("CronJob").current(now).suspended == true);
        CHECK_FALSE(is_marked(now));
    }
    SUBCASE("a DaemonSet without the annotation") {
        const Object object =
            seen("DaemonSet", pods_on({{"zone", "a"}, {annotations::quiesce_daemonset, "true"}}));
        const Object now = after(object, unquiesce(object, {.node_selector = Json{{"zone", "a"}}}));
        CHECK(as_stored(now.body) == as_stored(seen("DaemonSet", pods_on({{"zone", "a"}})).body));
    }
}

TEST_CASE("what the record does not know stays as it is") {
    Object object = seen("Deployment", {{"replicas", 0}, {"paused", true}});
    object.body["metadata"]["annotations"][annotations::replicas] = "3";
    const Object now = after(object, started_as_recorded(object));
    CHECK(row("Deployment").current(now) == Wanted{.replicas = 3, .paused = true});
}

TEST_CASE(
    "a Deployment is paused again by the patch that starts it, a DeploymentConfig only later") {
    const Json paused = {{"replicas", 2}, {"paused", true}};
    SUBCASE("a Deployment") {
        const Object rests = stopped("Deployment", paused);
        REQUIRE(row("Deployment").current(rests).paused == false);
        const Object now = after(rests, started_as_recorded(rests));
        CHECK(row("Deployment").current(now) == Wanted{.replicas = 2, .paused = true});
        CHECK_FALSE(base::annotation_of(now, annotations::paused));
        CHECK_FALSE(pause_again(now));
    }
    SUBCASE("a DeploymentConfig") {
        const Object rests = stopped("DeploymentConfig", paused);
        CHECK_FALSE(pause_again(rests));
        Object now = after(rests, started_as_recorded(rests));
        CHECK(row("DeploymentConfig").current(now) == Wanted{.replicas = 2, .paused = false});
        CHECK(base::annotation_of(now, annotations::paused) == "true");
        const auto pause = pause_again(now);
        REQUIRE(pause);
        const Object again = after(now, *pause);
        CHECK(row("DeploymentConfig").current(again) == Wanted{.replicas = 2, .paused = true});
        CHECK_FALSE(base::annotation_of(again, annotations::paused));
        CHECK_FALSE(pause_again(again));
        now.body["metadata"]["annotations"][annotations::paused] = "false";
        CHECK(refuses(now, *pause));
        now.body["metadata"]["annotations"].erase(annotations::paused);
        CHECK(refuses(now, *pause));
    }
}

TEST_CASE("only a DeploymentConfig that was paused and has been started is paused again") {
    const auto with_mark = [](const char* kind, const char* value) {
        Object object = seen(kind, {{"replicas", 2}});
        object.body["metadata"]["annotations"][annotations::paused] = value;
        return object;
    };
    CHECK(pause_again(with_mark("DeploymentConfig", "true")));
    CHECK_FALSE(pause_again(with_mark("DeploymentConfig", "false")));
    CHECK_FALSE(pause_again(with_mark("DeploymentConfig", "nonsense")));
    CHECK_FALSE(pause_again(with_mark("Deployment", "true")));
    CHECK_FALSE(pause_again(seen("DeploymentConfig", {{"replicas", 2}, {"paused", true}})));
    CHECK_FALSE(pause_again(build::pod("web-1")));
    SUBCASE("not while it still carries the mark of being stopped") {
        Object object = with_mark("DeploymentConfig", "true");
        object.body["metadata"]["annotations"][annotations::replicas] = "2";
        CHECK_FALSE(pause_again(object));
    }
}

TEST_CASE("a workload is stopped only as it was seen") {
    for (const Running& each : all_kinds) {
        CAPTURE(each.situation);
        Object object = seen(each.kind, each.spec);
        const auto patch = quiesce(object);
        REQUIRE(patch);
        REQUIRE_FALSE(refuses(object, *patch));
        object.body["metadata"]["resourceVersion"] = "8";
        CHECK(refuses(object, *patch));
    }
}

TEST_CASE("stopping keeps the annotations and the node selector that are there") {
    for (const Running& each : all_kinds) {
        CAPTURE(each.situation);
        const Object now = stopped(each.kind, each.spec);
        CHECK(base::annotation_of(now, "team.example/owner") == "shop");
    }
    const Object now = stopped("DaemonSet", pods_on({{"zone", "a"}}));
    CHECK(row("DaemonSet").current(now).node_selector ==
          Json{{"zone", "a"}, {annotations::quiesce_daemonset, "true"}});
}

TEST_CASE("a workload that names no count is stopped, and returns to one") {
    const Object now = stopped("Deployment", Json::object());
    CHECK(row("Deployment").current(now).replicas == 0);
    CHECK(row("Deployment").recorded(now).replicas == 1);
}

TEST_CASE("what is at rest is not stopped again, so that its record is not overwritten") {
    for (const Running& each : all_kinds) {
        CAPTURE(each.situation);
        CHECK_FALSE(quiesce(stopped(each.kind, each.spec)));
    }
    for (const char* kind : kinds_with_a_count) {
        CAPTURE(kind);
        CHECK_FALSE(quiesce(seen(kind, counting(kind, 0))));
    }
    CHECK_FALSE(quiesce(seen("CronJob", {{"suspend", true}})));
}

TEST_CASE("a Job that has ended has nothing to be stopped") {
    const auto job = [](const char* type, const char* status) {
        Object object = seen("Job", {{"parallelism", 2}});
        object.body["status"]["conditions"] = build::list(Json{{"type", type}, {"status", status}});
        return object;
    };
    CHECK_FALSE(quiesce(job("Complete", "True")));
    CHECK_FALSE(quiesce(job("Failed", "True")));
    CHECK(quiesce(job("Complete", "False")));
    CHECK(quiesce(job("Suspended", "True")));
}

TEST_CASE("a pod that MTC borrowed is the application's again, and nothing else of it changes") {
    const auto own = [] {
        return build::pod("web-1").label("app", "web").annotation("team.example/owner", "shop");
    };
    const Object before = own();
    const Object borrowed = own()
                                .label(labels::stage_pod)
                                .label(labels::application_pod)
                                .label("app.kubernetes.io/part-of", "openshift-migration")
                                .label("migmigration", "uid-of-cutover")
                                .label("migplan", "uid-of-shop-plan")
                                .label("migration-included-stage-backup", "uid-of-cutover")
                                .annotation("migration.openshift.io/exclude-pvcs", "logs")
                                .annotation("backup.velero.io/backup-volumes", "data")
                                .annotation("backup.velero.io/verify-volumes", "data");
    const auto patch = unlabel_stage_pod(borrowed);
    REQUIRE(patch);
    CHECK(after(borrowed, *patch).body == before.body);
    SUBCASE("refused when one of the values is another, or gone") {
        for (const char* where : {"labels", "annotations"}) {
            for (const auto& [key, value] : borrowed.body["metadata"][where].items()) {
                if (before.body["metadata"][where].contains(key)) continue;
                CAPTURE(key);
                Object changed = borrowed;
                changed.body["metadata"][where][key] = "another";
                CHECK(refuses(changed, *patch));
                changed.body["metadata"][where].erase(key);
                CHECK(refuses(changed, *patch));
            }
        }
    }
    SUBCASE("one that carries only some of them") {
        const Object some = own().label(labels::stage_pod);
        CHECK(after(some, unlabel_stage_pod(some).value()).body == before.body);
    }
    SUBCASE("a label that the application uses, too, stays when it does not say MTC") {
        const Object part = own().label("app.kubernetes.io/part-of", "shop");
        CHECK_FALSE(unlabel_stage_pod(part));
        const Object both =
            own().label("app.kubernetes.io/part-of", "shop").label(labels::stage_pod);
        CHECK(after(both, unlabel_stage_pod(both).value()).body == part.body);
    }
    SUBCASE("what Velero is told of a pod that MTC has not borrowed stays") {
        const Object backed_up = own().annotation("backup.velero.io/backup-volumes", "data");
        CHECK_FALSE(unlabel_stage_pod(backed_up));
    }
    SUBCASE("nothing for a pod without them") {
        CHECK_FALSE(unlabel_stage_pod(before));
        CHECK_FALSE(unlabel_stage_pod(Object{}));
    }
}

}  // namespace unquiesce_test
