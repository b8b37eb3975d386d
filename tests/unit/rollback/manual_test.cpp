// The manual flow as data: what is done in which order, with which numbers, and that doing it
// leaves nothing to do.
#include "rollback/manual.hpp"

#include <doctest/doctest.h>

#include "unit/rollback/builders.hpp"

namespace manual_test {

using namespace rollback;
using build::contains;
using build::Json;
using build::steps_of;
using Steps = std::vector<std::string>;

namespace {

Runbook flow(const State& state, const ManualOptions& options = {}) {
    return manual_flow(state, record_of(state, ""), options);
}

/// A Deployment that runs on the target, one that is stopped on the source, and stage pods.
State with_everything() {
    State state = build::halfway();
    state.source.workloads = {build::stopped_paused("front"),
                              build::stopped("Deployment", "web", "3")};
    state.source.pods = {build::stage_pod("stage-a"), build::borrowed_pod("web-1"),
                         build::pod("other")};
    state.target.pods = {build::stage_pod("stage-b"), build::borrowed_pod("web-2"),
                         build::pod("other")};
    state.target.workloads = {build::migrated(build::running("Deployment", "web", 1)),
                              build::running("Deployment", "other", 1)};
    return state;
}

const Steps stage_pod_steps = {
    "delete target shop/pod/stage-b",    "delete target shop/pod/web-2",
    "await no stage pods on the target", "give back source shop/pod/web-1",
    "delete source shop/pod/stage-a",    "await no stage pods on the source"};

const Steps workload_steps = {"stop target shop/deployment/web",
                              "await target stopped",
                              "start source shop/deploymentconfig/front",
                              "start source shop/deployment/web",
                              "await serving",
                              "pause source shop/deploymentconfig/front"};

Steps both(Steps first, const Steps& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

Object& object_in(std::vector<Object>& objects, const ObjectRef& ref) {
    const auto it = std::ranges::find(objects, ref, &Object::ref);
    REQUIRE(it != objects.end());
    return *it;
}

ClusterView& view_of(State& state, Side side) {
    return side == Side::Target ? state.target : state.source;
}

Object& seen_by(State& state, const Patch& patch) {
    ClusterView& view = view_of(state, patch.side);
    const bool is_pod = patch.seen.ref.type.plural == "pods";
    return object_in(is_pod ? view.pods : view.workloads, patch.seen.ref);
}

void apply(State& state, const Patch& patch) {
    Object& object = seen_by(state, patch);
    // the builders leave it out, a server does not
    object.body["metadata"]["resourceVersion"] = object.resource_version;
    object.body = object.body.patch(patch.operations);
}

/// The state after every step was done, as long as nobody else does anything.
State after(State state, const Runbook& runbook) {
    const bool one = is_also_source(state, "shop");
    for (const Step& step : runbook.steps) {
        if (const auto* patch = std::get_if<Patch>(&step.action)) apply(state, *patch);
        if (const auto* remove = std::get_if<Delete>(&step.action))
            std::erase_if(view_of(state, remove->side).pods,
                          [&](const Object& pod) { return pod.ref == remove->seen.ref; });
    }
    for (auto* pods : {&state.source.pods, &state.target.pods})
        std::erase_if(*pods, [](const Object& pod) { return base::is_terminating(pod); });
    return one ? build::within_one_namespace(std::move(state)) : state;
}

const Patch& patch_of(const Runbook& runbook, const std::string& step) {
    for (const Step& each : runbook.steps) {
        if (build::step_in_words(each) == step) return std::get<Patch>(each.action);
    }
    throw std::logic_error("no step: " + step);
}

/// What that workload is told to run when the runbook is done.
mtc::Wanted told(const State& state, const Runbook& runbook, const std::string& name) {
    const State then = after(state, runbook);
    for (const Object& workload : then.source.workloads) {
        if (workload.ref.name == name)
            return mtc::workload_kind(workload.ref.type)->current(workload);
    }
    throw std::logic_error("no workload: " + name);
}

Record snapshot(const Object& workload, const mtc::Wanted& before, bool quiesced = true) {
    return {.plan_uid = "uid-of-shop-plan",
            .rollback = {},
            .workloads = {{.ref = workload.ref, .before = before, .quiesced = quiesced}}};
}

State with(const Object& workload) {
    State state = build::halfway();
    state.source.workloads = {workload};
    return state;
}

Object job(const char* recorded) {
    return build::workload("Job", "import")
        .spec({{"parallelism", 0}})
        .annotation(mtc::annotations::replicas, recorded);
}

Object cron_job(bool marked = true) {
    build::Thing thing = build::workload("CronJob", "nightly").spec({{"suspend", true}});
    if (!marked) return thing;
    return std::move(thing).annotation(mtc::annotations::suspend, "true");
}

ManualOptions set(const std::string& kind, const std::string& name, std::int64_t count,
                  const std::string& ns = {}) {
    return {.set = {{.ns = ns, .kind = kind, .name = name, .count = count}}};
}

}  // namespace

TEST_CASE("target before source, stage pods before workloads, and every wait in its place") {
    const Runbook runbook = flow(with_everything());
    CHECK(runbook.blockers.empty());
    CHECK(runbook.skipped.empty());
    CHECK(steps_of(runbook) == both(stage_pod_steps, workload_steps));
    for (const Step& step : runbook.steps) CHECK_FALSE(step.why.empty());
}

TEST_CASE("a part of it can be done alone") {
    const State state = with_everything();
    CHECK(steps_of(flow(state, {.workloads = false})) == stage_pod_steps);
    CHECK(steps_of(flow(state, {.stage_pods = false})) == workload_steps);
    CHECK(flow(state, {.stage_pods = false, .workloads = false}).empty());
}

TEST_CASE("where nothing is to be done nothing is done, and nothing is waited for") {
    const auto check_nothing = [](const State& state) {
        const Runbook runbook = flow(state);
        CHECK(runbook.empty());
        CHECK(runbook.blockers.empty());
        CHECK(runbook.skipped.empty());
    };
    SUBCASE("nothing has happened") {
        check_nothing(build::well());
    }
    SUBCASE("it was rolled back") {
        check_nothing(build::rolled_back());
    }
    SUBCASE("a person stopped it") {
        State state = build::well();
        state.source.workloads = {build::running("Deployment", "web", 0), cron_job(false)};
        check_nothing(state);
    }
    SUBCASE("nothing is stopped on the target, either, while nothing is started on the source") {
        State state = build::well();
        state.target.workloads = {build::migrated(build::running("Deployment", "web", 1))};
        check_nothing(state);
    }
}

TEST_CASE("stage pods are waited for where there are some, also when they go already") {
    State state = build::well();
    SUBCASE("one on the source") {
        state.source.pods = {build::stage_pod("stage-a")};
        CHECK(steps_of(flow(state)) ==
              Steps{"delete source shop/pod/stage-a", "await no stage pods on the source"});
    }
    SUBCASE("one on the target that terminates") {
        state.target.pods = {build::stage_pod("stage-b").terminating()};
        CHECK(steps_of(flow(state)) == Steps{"await no stage pods on the target"});
    }
    SUBCASE("one that was borrowed needs no waiting for") {
        state.source.pods = {build::borrowed_pod("web-1")};
        const Runbook runbook = flow(state);
        CHECK(steps_of(runbook) == Steps{"give back source shop/pod/web-1"});
        CHECK(after(state, runbook).source.pods.size() == 1);
    }
}

TEST_CASE("a workload starts with the count that is known from the best source") {
    struct Row {
        const char* situation;
        Object workload;
        mtc::Wanted recorded;
        std::optional<std::int64_t> given;
        mtc::Wanted wanted;
        const char* why;
    };
    const Object lost = build::stopped("StatefulSet", "x", "nonsense");
    const Object known = build::stopped("StatefulSet", "x", "3");
    Object lost_job = job("0");
    lost_job.ref.name = lost_job.body["metadata"]["name"] = "x";
    Object cron = cron_job();
    cron.ref.name = cron.body["metadata"]["name"] = "x";
    const mtc::Wanted in_zone = {.node_selector = Json{{"zone", "b"}}};
    const Row rows[] = {
        {"its annotation", known, {}, {}, {.replicas = 3}, "its annotation says"},
        {"its annotation before the snapshot",
         known,
         {.replicas = 7},
         {},
         {.replicas = 3},
         "its annotation says"},
        {"the snapshot", lost, {.replicas = 7}, {}, {.replicas = 7}, "the snapshot"},
        {"--set, where all is lost", lost, {}, 4, {.replicas = 4}, "--set says"},
        {"--set before its annotation and the snapshot",
         known,
         {.replicas = 7},
         4,
         {.replicas = 4},
         "--set says"},
        {"a Job whose count was overwritten", lost_job, {}, 2, {.replicas = 2}, "--set says"},
        {"a Job whose count was overwritten, with a snapshot",
         lost_job,
         {.replicas = 6},
         {},
         {.replicas = 6},
         "the snapshot"},
        {"a CronJob", cron, {}, {}, {.suspended = false}, "its annotation says nothing"},
        {"a DaemonSet",
         build::stopped_daemon_set("x", R"({"zone":"b"})"),
         {},
         {},
         in_zone,
         "its annotation says"},
        {"a DaemonSet without its annotation",
         build::stopped_daemon_set("x"),
         {},
         {},
         {.node_selector = Json{{"zone", "a"}}},
         "without the key that MTC added"},
        {"a DaemonSet whose annotation is nonsense",
         build::stopped_daemon_set("x", "[]"),
         {},
         {},
         {.node_selector = Json{{"zone", "a"}}},
         "without the key that MTC added"},
        {"a DaemonSet with a snapshot",
         build::stopped_daemon_set("x"),
         in_zone,
         {},
         in_zone,
         "the snapshot"},
        {"a DaemonSet has no count to be set",
         build::stopped_daemon_set("x"),
         {},
         1,
         {.node_selector = Json{{"zone", "a"}}},
         "without the key that MTC added"},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            const State state = with(row.workload);
            ManualOptions options;
            if (row.given) options = set(row.workload.ref.type.kind, "x", *row.given);
            const Runbook runbook =
                manual_flow(state, snapshot(row.workload, row.recorded), options);
            CHECK(runbook.skipped.empty());
            REQUIRE(steps_of(runbook) == Steps{"await target stopped",
                                               "start source " + row.workload.ref.path(),
                                               "await serving"});
            CHECK(contains(runbook.steps[1].why, row.why));
            CHECK(told(state, runbook, "x") == row.wanted);
            const auto& patch = std::get<Patch>(runbook.steps[1].action);
            CHECK(contains(patch.change, "-> " + mtc::describe(row.wanted)));
            CHECK(manual_flow(after(state, runbook), {}, options).empty());
        }
    }
}

TEST_CASE("a snapshot of a workload that ran says what it ran, of one that rested nothing") {
    const Object lost = build::stopped("StatefulSet", "db", "nonsense");
    const Runbook ran = manual_flow(with(lost), snapshot(lost, {.replicas = 7}, false), {});
    CHECK(ran.skipped.empty());
    CHECK(steps_of(ran).at(1) == "start source shop/statefulset/db");
    const Runbook rested = manual_flow(with(lost), snapshot(lost, {.replicas = 0}, false), {});
    CHECK(rested.empty());
    CHECK(rested.skipped.size() == 1);
}

TEST_CASE("one whose count is lost is left alone, and told, while the rest goes on") {
    State state = build::halfway();
    state.source.workloads = {build::stopped("StatefulSet", "db", "many"), job("0"),
                              build::stopped("Deployment", "web", "3")};
    const Runbook runbook = flow(state);
    CHECK(runbook.blockers.empty());
    CHECK(steps_of(runbook) ==
          Steps{"await target stopped", "start source shop/deployment/web", "await serving"});
    REQUIRE(runbook.skipped.size() == 2);
    CHECK(runbook.skipped[0].workload.path() == "shop/statefulset/db");
    CHECK(contains(runbook.skipped[0].why, "lost"));
    CHECK(contains(runbook.skipped[0].why, R"(says "many")"));
    CHECK(runbook.skipped[0].remedy == "say it: --set shop/statefulset/db=N");
    CHECK(contains(runbook.skipped[1].why, R"(says "0")"));
    CHECK(runbook.skipped[1].remedy == "say it: --set shop/job/import=N");
    SUBCASE("alone, nothing is done for it") {
        state.source.workloads.pop_back();
        CHECK(flow(state).empty());
        CHECK(flow(state).skipped.size() == 2);
    }
}

TEST_CASE("a workload is named by its kind as a person writes it") {
    const State state = with(build::running("Deployment", "web", 0));
    for (const char* kind : {"deployment", "deployments", "Deployment", "deployments.apps"}) {
        CAPTURE(kind);
        const Runbook runbook = flow(state, set(kind, "web", 2));
        CHECK(told(state, runbook, "web").replicas == 2);
        CHECK(told(state, flow(state, set(kind, "web", 2, "shop")), "web").replicas == 2);
    }
    for (const ManualOptions& other : {set("statefulset", "web", 2), set("deployment", "we", 2),
                                       set("", "web", 2), set("deployment", "web", 2, "billing")}) {
        CHECK(flow(state, other).empty());
        CHECK(build::ids_of(flow(state, other).blockers) == Steps{"set-names-no-workload"});
    }
}

TEST_CASE("a workload at 0 that carries no mark starts when its count is given") {
    const State state = with(build::running("Deployment", "web", 0));
    REQUIRE(flow(state).empty());
    const Runbook runbook = flow(state, set("deployment", "web", 2));
    CHECK(steps_of(runbook) ==
          Steps{"await target stopped", "start source shop/deployment/web", "await serving"});
    CHECK(told(state, runbook, "web").replicas == 2);
    CHECK(patch_of(runbook, "start source shop/deployment/web").change ==
          "0 replicas -> 2 replicas");
    SUBCASE("a CronJob, too") {
        const State suspended = with(cron_job(false));
        REQUIRE(flow(suspended).empty());
        CHECK(told(suspended, flow(suspended, set("cronjob", "nightly", 1)), "nightly").suspended ==
              false);
    }
    SUBCASE("one that runs is not touched") {
        CHECK(flow(with(build::running("Deployment", "web", 1)), set("deployment", "web", 2))
                  .empty());
    }
    SUBCASE("nor one that is given nothing to run") {
        CHECK(flow(state, set("deployment", "web", 0)).empty());
        CHECK(flow(with(cron_job(false)), set("cronjob", "nightly", 0)).empty());
    }
}

TEST_CASE("one that is given nothing to run stays stopped, without the mark, and that is all") {
    const State stopped = with(build::stopped("Deployment", "web", "3"));
    const ManualOptions none = set("deployment", "web", 0);
    CHECK(told(stopped, flow(stopped, none), "web").replicas == 0);
    CHECK(flow(after(stopped, flow(stopped, none)), none).empty());
    const State suspended = with(cron_job());
    const ManualOptions asleep = set("cronjob", "nightly", 0);
    CHECK(told(suspended, flow(suspended, asleep), "nightly").suspended == true);
    CHECK(flow(after(suspended, flow(suspended, asleep)), asleep).empty());
}

TEST_CASE("a workload that somebody has started keeps its number, and loses the mark") {
    const State state =
        with(build::running("Deployment", "web", 2).annotation(mtc::annotations::replicas, "5"));
    const Runbook runbook = flow(state);
    CHECK(told(state, runbook, "web").replicas == 2);
    CHECK_FALSE(mtc::is_marked(after(state, runbook).source.workloads.at(0)));
    const std::string step = "start source shop/deployment/web";
    CHECK(contains(patch_of(runbook, step).change, "keeps 2 replicas"));
    SUBCASE("also when its record is lost, or its count is given") {
        const State lost = with(
            build::running("Deployment", "web", 2).annotation(mtc::annotations::replicas, "x"));
        CHECK(flow(lost).skipped.empty());
        CHECK(told(lost, flow(lost), "web").replicas == 2);
        const ManualOptions given = set("deployment", "web", 9);
        CHECK(told(lost, flow(lost, given), "web").replicas == 2);
    }
}

TEST_CASE("a DeploymentConfig that was paused is paused when its pods are there") {
    const std::string pause = "pause source shop/deploymentconfig/front";
    const State state = with(build::stopped_paused("front"));
    const Runbook runbook = flow(state);
    CHECK(steps_of(runbook) == Steps{"await target stopped",
                                     "start source shop/deploymentconfig/front", "await serving",
                                     pause});
    CHECK(told(state, runbook, "front") == mtc::Wanted{.replicas = 2, .paused = true});
    SUBCASE("also in a second run, when the first one was cut off before") {
        Runbook cut = runbook;
        cut.steps.resize(2);
        const State half = after(state, cut);
        const Runbook again = flow(half);
        CHECK(steps_of(again) == Steps{"await serving", pause});
        CHECK(told(half, again, "front") == mtc::Wanted{.replicas = 2, .paused = true});
    }
    SUBCASE("one that cannot be started is not paused") {
        const State lost = with(build::stopped("DeploymentConfig", "front", "x")
                                    .annotation(mtc::annotations::paused, "true"));
        CHECK(flow(lost).empty());
        CHECK(flow(lost).skipped.size() == 1);
    }
    SUBCASE("a Deployment is so by the patch that starts it") {
        const State deployment = with(
            build::stopped("Deployment", "web", "2").annotation(mtc::annotations::paused, "true"));
        CHECK(steps_of(flow(deployment)) ==
              Steps{"await target stopped", "start source shop/deployment/web", "await serving"});
        CHECK(told(deployment, flow(deployment), "web").paused == true);
    }
}

TEST_CASE("a patch is about the object that was seen, and is refused by one that has changed") {
    State state = with_everything();
    const Runbook runbook = flow(state);
    for (const Step& step : runbook.steps) {
        const auto* patch = std::get_if<Patch>(&step.action);
        if (patch == nullptr) continue;
        CAPTURE(build::step_in_words(step));
        Json changed = seen_by(state, *patch).body;
        changed["metadata"]["annotations"] = Json::object();
        changed["metadata"]["labels"] = Json::object();
        changed["metadata"]["resourceVersion"] = "another";
        CHECK_THROWS_AS((void)changed.patch(patch->operations), Json::exception);
    }
}

TEST_CASE("after a conflict a patch is decided anew, by the object as it is now") {
    const State state = with_everything();
    const Runbook runbook = flow(state);
    const auto anew = [&](const std::string& step, const Object& now) {
        return decided_anew(patch_of(runbook, step), now, record_of(state, ""), {});
    };
    const std::string start = "start source shop/deployment/web";
    const std::string stop = "stop target shop/deployment/web";
    const std::string give_back = "give back source shop/pod/web-1";
    const std::string pause = "pause source shop/deploymentconfig/front";
    SUBCASE("a start: only its record has changed") {
        const auto patch = anew(start, build::stopped("Deployment", "web", "4"));
        REQUIRE(patch);
        CHECK(patch->side == Side::Source);
        CHECK(patch->purpose == Purpose::Start);
        CHECK(patch->change == "0 replicas -> 4 replicas");
        CHECK(patch->seen.body.patch(patch->operations)["spec"]["replicas"] == 4);
    }
    SUBCASE("a start: somebody has scaled it, its number is kept") {
        const auto patch = anew(
            start,
            build::running("Deployment", "web", 2).annotation(mtc::annotations::replicas, "3"));
        REQUIRE(patch);
        const Json now = patch->seen.body.patch(patch->operations);
        CHECK(now["spec"]["replicas"] == 2);
        CHECK(now["metadata"]["annotations"].empty());
    }
    SUBCASE("a start: nothing is left to do") {
        CHECK_FALSE(anew(start, build::running("Deployment", "web", 3)));
    }
    SUBCASE("a start: it was made anew, at 0, without a mark") {
        CHECK_FALSE(anew(start, build::running("Deployment", "web", 0)));
    }
    SUBCASE("a start: its count is lost meanwhile, but noted") {
        const Object now = build::stopped("Deployment", "web", "x");
        const auto patch = anew(start, now);
        REQUIRE(patch);
        CHECK(patch->change == "0 replicas -> 3 replicas");
        CHECK_FALSE(decided_anew(patch_of(runbook, start), now, {}, {}));
    }
    SUBCASE("a start: a count that is given holds") {
        const ManualOptions given = set("deployment", "web", 8);
        const auto patch = decided_anew(patch_of(runbook, start),
                                        build::running("Deployment", "web", 0), {}, given);
        REQUIRE(patch);
        CHECK(patch->change == "0 replicas -> 8 replicas");
    }
    SUBCASE("a stop: it runs another number") {
        const auto patch = anew(stop, build::running("Deployment", "web", 5));
        REQUIRE(patch);
        CHECK(patch->side == Side::Target);
        CHECK(patch->purpose == Purpose::Stop);
        CHECK(patch->change == "5 replicas -> stopped");
    }
    SUBCASE("a stop: somebody has stopped it") {
        CHECK_FALSE(anew(stop, build::running("Deployment", "web", 0)));
    }
    SUBCASE("a pod to give back: it still carries a part of the labels") {
        const auto patch = anew(give_back, build::stage_pod("web-1"));
        REQUIRE(patch);
        CHECK(patch->side == Side::Source);
        CHECK(patch->purpose == Purpose::GiveBack);
        CHECK(patch->seen.body.patch(patch->operations)["metadata"]["labels"].empty());
    }
    SUBCASE("a pod to give back: it was given back") {
        CHECK_FALSE(anew(give_back, build::pod("web-1")));
        CHECK_FALSE(anew(give_back, build::pod("web-1").label("migplan", "of the application")));
    }
    SUBCASE("a pause: it is started") {
        const auto patch = anew(pause, build::running("DeploymentConfig", "front", 2)
                                           .annotation(mtc::annotations::paused, "true"));
        REQUIRE(patch);
        CHECK(patch->side == Side::Source);
        CHECK(patch->purpose == Purpose::Pause);
        CHECK(patch->seen.body.patch(patch->operations)["spec"]["paused"] == true);
    }
    SUBCASE("a pause: it was paused, or is still stopped, or was made anew") {
        CHECK_FALSE(anew(pause, build::stopped_paused("front")));
        CHECK_FALSE(anew(pause, build::running("DeploymentConfig", "front", 2)));
    }
}

TEST_CASE("doing it twice does no harm: when all is done, nothing is left to do") {
    struct Row {
        const char* situation;
        State state;
        ManualOptions options = {};
        bool something = true;
    };
    State kinds = build::halfway();
    kinds.source.workloads = {
        cron_job(),
        build::stopped_paused("front"),
        build::stopped("Deployment", "web", "3").annotation(mtc::annotations::paused, "true"),
        build::stopped("StatefulSet", "db", "2"),
        build::stopped("ReplicaSet", "old", "1"),
        build::stopped_daemon_set("agent", R"({"zone":"b"})"),
        build::stopped_daemon_set("lost-agent"),
        job("4")};
    State target = with_everything();
    target.target.workloads = {
        build::migrated(build::workload("CronJob", "nightly").spec(Json::object())),
        build::migrated(build::running("DeploymentConfig", "front", 1)),
        build::mounting(build::running("Deployment", "tool", 1), "data"),
        build::mounting(build::workload("DaemonSet", "agent"), "data"),
        build::migrated(build::workload("Job", "import").spec({{"parallelism", 2}})),
        build::migrated(build::workload("Job", "done")
                            .spec({{"parallelism", 2}})
                            .status({{"conditions", build::list(Json{{"type", "Complete"},
                                                                     {"status", "True"}})}}))};
    for (const Object& copy : target.target.workloads) {
        if (copy.ref.name == "front") continue;
        target.source.workloads.push_back(copy);
        target.source.workloads.back().body["metadata"].erase("labels");
    }
    State lost = kinds;
    lost.source.workloads.push_back(build::stopped("Deployment", "lost", "x"));
    State scaled =
        with(build::running("Deployment", "web", 2).annotation(mtc::annotations::replicas, "5"));
    State ended = with(
        build::workload("Job", "import")
            .spec({{"parallelism", 0}})
            .annotation(mtc::annotations::replicas, "4")
            .status({{"conditions", build::list(Json{{"type", "Complete"}, {"status", "True"}})}}));
    State terminating = with_everything();
    terminating.target.pods.push_back(build::stage_pod("going").terminating());
    const Row rows[] = {
        {"nothing has happened", build::well(), {}, false},
        {"a cutover stopped it", build::halfway()},
        {"all kinds of workload", kinds},
        {"stage pods and workloads of both sides", with_everything()},
        {"all kinds of workload on the target", target},
        {"one whose count is lost", lost},
        {"one whose count is given", lost, set("deployment", "lost", 2)},
        {"one that is given nothing to run", lost, set("deployment", "lost", 0)},
        {"one that somebody has scaled", scaled},
        {"a Job that has ended", ended},
        {"stage pods that go", terminating},
        {"other names on the target", build::mapped(build::halfway())},
        {"one namespace on both sides", build::within_one_namespace(with_everything())},
        {"only stage pods", with_everything(), {.workloads = false}},
        {"only workloads", with_everything(), {.stage_pods = false}},
        {"the target is believed to rest", with_everything(), {.assume_target_stopped = true}},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            const Record record = record_of(row.state, "");
            const Runbook first = manual_flow(row.state, record, row.options);
            REQUIRE(first.blockers.empty());
            CHECK(first.empty() != row.something);
            const State then = after(row.state, first);
            const Runbook second =
                manual_flow(then, merged(record, record_of(then, "")), row.options);
            CHECK(steps_of(second) == Steps{});
            CHECK(second.blockers.empty());
            CHECK(second.skipped.size() == first.skipped.size());
        }
    }
}

TEST_CASE("the proof compares with what a workload is known to have run, whoever says so") {
    const State state = with(job("0"));
    Record record = record_of(state, "");
    REQUIRE_FALSE(record.workloads.at(0).before.known());
    SUBCASE("the operator") {
        record = completed(std::move(record), state, set("job", "import", 4));
        CHECK(record.workloads.at(0).before.replicas == 4);
        CHECK(record.workloads.at(0).quiesced);
    }
    SUBCASE("nobody") {
        record = completed(std::move(record), state, {});
        CHECK_FALSE(record.workloads.at(0).before.known());
    }
    SUBCASE("but a number that somebody has chosen meanwhile is not what it ran before") {
        State scaled = state;
        scaled.source.workloads.at(0).body["spec"]["parallelism"] = 2;
        const Record now = record_of(scaled, "");
        CHECK(to_json(completed(now, scaled, set("job", "import", 4))) == to_json(now));
    }
}

TEST_CASE("where both sides write, the target is stopped though nothing is to be started") {
    State state = build::written_by_both();
    state.migrations = {build::failed_cutover()};
    state.target.workloads = {build::migrated(build::running("Deployment", "web", 1))};
    const Runbook runbook = manual_flow(state, record_of(state, ""), {});
    CHECK(runbook.blockers.empty());
    CHECK(steps_of(runbook) ==
          Steps{"stop target shop/deployment/web", "await target stopped", "await serving"});
    SUBCASE("but not the only one that runs") {
        state.source.workloads.clear();
        CHECK(manual_flow(state, record_of(state, ""), {}).steps.empty());
    }
    SUBCASE("nor where each side has its own volume") {
        state.plan.volumes.at(0).action = "copy";
        CHECK(manual_flow(state, record_of(state, ""), {}).steps.empty());
    }
}

TEST_CASE("a DaemonSet that is to stay away stays away") {
    const State state = with(build::stopped_daemon_set("agent", R"({"zone":"a"})"));
    CHECK_FALSE(flow(state, {}).steps.empty());
    CHECK(flow(state, set("daemonset", "agent", 0)).steps.empty());
}

}  // namespace manual_test
