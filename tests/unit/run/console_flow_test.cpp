#include "run/console_flow.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>

#include "fixture.hpp"
#include "run/observe.hpp"
#include "run/snapshot.hpp"

namespace console_flow_test {

using namespace run_test;
using namespace std::chrono_literals;
using rollback::Outcome;

namespace {

/// Does at once what the controller takes minutes for, as soon as a rollback appears: deletes what
/// carries the label, starts the application, writes the given end into the status.
void obey(World& world, const Json& end = succeeded(), bool do_the_work = true, int ready = 3) {
    world.target_store.on_change([&world, end, do_the_work, ready,
                                  done = std::make_shared<std::atomic<bool>>(false)](const auto&) {
        for (const Object& object : world.target_store.all(mtc::types::migmigrations)) {
            if (!base::bool_at(object.body, "/spec/rollback").value_or(false) ||
                done->exchange(true))
                continue;
            if (do_the_work) {
                (void)world.target_store.remove({support::types::configmaps, "shop", "settings"});
                world.source_store.put(deployment("shop", "web", 3, ready));
            }
            Json body = object.body;
            body["status"] = end;
            world.target_store.put(body);
        }
    });
}

struct Flow {
    explicit Flow(World& in) : world(in) {
        options.snapshot_folder = folder.path;
        options.consent = [this] {
            ++asked;
            return consent;
        };
        options.execute.follow = {.stall_after = 200ms};
    }
    rollback::RunReport run(std::stop_token stop = {}) {
        return run::console_flow(world.session(), options, stop);
    }
    std::vector<std::string> writes() const {
        auto all = world.target->writes();
        std::ranges::move(world.source->writes(), std::back_inserter(all));
        return all;
    }

    World& world;
    Folder folder;
    run::ConsoleFlowOptions options;
    run::Consent consent = run::Consent::Given;
    int asked = 0;
};

const rollback::Finding* finding(const rollback::RunReport& report, const std::string& check) {
    const auto it = std::ranges::find(report.findings, check, &rollback::Finding::check);
    return it == report.findings.end() ? nullptr : &*it;
}

/// A plan of which MTC has not yet seen that its rollback is over.
void suspend(World& world) {
    Json plan = World::plan({"shop"});
    plan["status"]["conditions"].push_back(condition("Suspended", "Advisory"));
    world.target_store.put(plan);
}

rollback::Severity severity_of_plan(const rollback::RunReport& report) {
    return finding(report, "control-plan-ready")->severity;
}

}  // namespace

TEST_CASE("a failed cutover, for which the console greys out Rollback, is rolled back and proved") {
    World world;
    obey(world);
    Flow flow(world);
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(report.error.empty());
    CHECK(rollback::all_is_well(report.findings));
    CHECK(finding(report, "source-workloads-as-before")->severity == rollback::Severity::Ok);
    REQUIRE(flow.writes().size() == 1);
    CHECK(flow.writes()[0].starts_with(
        "CREATE openshift-migration/migmigrations.migration.openshift.io/rollback-"));
}

TEST_CASE("run again after a success, there is nothing to do and it is still proved") {
    World world;
    obey(world);
    Flow flow(world);
    REQUIRE(flow.run().outcome == Outcome::Succeeded);
    world.target->forget_calls();
    const auto again = flow.run();
    CHECK(again.outcome == Outcome::NothingToDo);
    CHECK_FALSE(again.findings.empty());
    CHECK(flow.writes().empty());
    CHECK(flow.asked == 1);
}

TEST_CASE("nobody is asked twice and nothing is created while a rollback runs: it is attached to") {
    World world;
    world.target_store.put(
        migration("rollback-old", {{"rollback", true}}, running("DeleteMigrated", 12)));
    Flow flow(world);
    flow.options.sink = [&](const run::Event& event) {
        if (std::holds_alternative<run::RollbackStarted>(event)) {
            world.target_store.put(migration("rollback-old", {{"rollback", true}}, succeeded()));
            (void)world.target_store.remove({support::types::configmaps, "shop", "settings"});
            world.source_store.put(deployment("shop", "web", 3, 3));
        }
    };
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(report.attached);
    CHECK(flow.asked == 0);
    CHECK(flow.writes().empty());
}

TEST_CASE("who declines, or is interrupted while asked, changes nothing") {
    World world;
    Flow flow(world);
    SUBCASE("declined") {
        flow.consent = run::Consent::Declined;
        CHECK(flow.run().outcome == Outcome::Declined);
    }
    SUBCASE("interrupted") {
        flow.consent = run::Consent::Interrupted;
        CHECK(flow.run().outcome == Outcome::Detached);
    }
    CHECK(flow.writes().empty());
    CHECK_FALSE((*run::load_snapshot(flow.folder.path, plan_uid))->by_hand_after);
}

TEST_CASE("a blocker refuses before anybody is asked") {
    World world;
    Json plan = World::plan({"shop"});
    plan["spec"]["closed"] = true;
    world.target_store.put(plan);
    Flow flow(world);
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Refused);
    REQUIRE(report.runbook->blockers.size() == 1);
    CHECK(report.runbook->blockers[0].id == "plan-closed");
    CHECK(flow.asked == 0);
    CHECK(flow.writes().empty());
    // what is known may be lost until it can begin: somebody deletes the cutover, or rolls back
    const auto kept = run::load_snapshot(flow.folder.path, plan_uid);
    REQUIRE(*kept);
    CHECK((*kept)->workloads[0].before.replicas == 3);
    CHECK_FALSE((*kept)->by_hand_after);
}

TEST_CASE("a dry run asks nobody and stores nothing") {
    World world;
    Flow flow(world);
    SUBCASE("of the client sends nothing") {
        flow.options.dry_run = run::FlowOptions::DryRun::Client;
        CHECK(flow.run().outcome == Outcome::DryRun);
        CHECK(flow.writes().empty());
    }
    SUBCASE("of the server has it checked there") {
        flow.options.dry_run = run::FlowOptions::DryRun::Server;
        CHECK(flow.run().outcome == Outcome::DryRun);
        REQUIRE(flow.writes().size() == 1);
        CHECK(flow.writes()[0].find("dry run") != std::string::npos);
    }
    CHECK(flow.asked == 0);
    CHECK(world.target_store.all(mtc::types::migmigrations).size() == 1);
}

TEST_CASE("a rollback that fails, is canceled or has warnings is never called a success") {
    World world;
    Json end = succeeded();
    SUBCASE("failed") {
        end["conditions"] = {condition("Failed", "Advisory")};
        end["errors"] = {"configmaps is forbidden"};
    }
    SUBCASE("canceled, which also carries Succeeded") {
        end["conditions"].push_back(condition("Canceled", "Advisory"));
    }
    SUBCASE("with warnings") {
        end["conditions"] = {condition("SucceededWithWarnings", "Advisory"),
                             condition("DirectVolumeMigrationFailed", "Warn")};
    }
    obey(world, end, false);
    Flow flow(world);
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Failed);
    CHECK(finding(report, "source-nothing-quiesced")->severity == rollback::Severity::Failure);
    // what is said of the rest was read, too
    for (const rollback::Finding& each : report.findings) {
        CAPTURE(each.message);
        CHECK(each.severity != rollback::Severity::Unknown);
    }
}

TEST_CASE("a success of the controller that left something behind is found out") {
    World world;
    obey(world, succeeded(), false);
    Flow flow(world);
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::NotVerified);
    CHECK(finding(report, "target-no-migrated-objects")->severity == rollback::Severity::Failure);
    CHECK(finding(report, "source-nothing-quiesced")->severity == rollback::Severity::Failure);
}

TEST_CASE("pods that take a while are waited for by watch") {
    World world;
    obey(world, succeeded(), true, 0);
    Flow flow(world);
    flow.options.execute.follow.stall_after = 10s;
    std::size_t waited = 0;
    flow.options.sink = [&](const run::Event& event) {
        if (!std::holds_alternative<run::AwaitingApplication>(event)) return;
        if (++waited == 1) world.source_store.put(deployment("shop", "web", 3, 3));
    };
    CHECK(flow.run().outcome == Outcome::Succeeded);
    CHECK(waited >= 1);
}

TEST_CASE(
    "a plan that MTC is about to resume is waited for by watch, and nobody is told to worry") {
    World world;
    obey(world);
    suspend(world);
    Flow flow(world);
    flow.options.execute.follow.stall_after = 10s;
    std::size_t waited = 0;
    flow.options.sink = [&](const run::Event& event) {
        if (const auto* awaiting = std::get_if<run::AwaitingApplication>(&event)) {
            CHECK(awaiting->unwell.empty());
            if (++waited == 1) world.target_store.put(World::plan({"shop"}));
        }
    };
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(severity_of_plan(report) == rollback::Severity::Ok);
    CHECK(waited >= 2);
}

TEST_CASE("a plan that stays suspended ends the wait and leaves a warning") {
    World world;
    obey(world);
    suspend(world);
    Flow flow(world);
    bool troubled = false;
    flow.options.sink = [&](const run::Event& event) {
        troubled |= std::holds_alternative<run::Trouble>(event) ||
                    std::holds_alternative<run::Stalled>(event);
    };
    SUBCASE("when MTC has had its time") {}
    SUBCASE("at once, where the plan may not be watched") {
        flow.options.execute.follow.stall_after = 1h;
        world.target->set_fault(refuse("WATCH", "migplans", base::ErrorKind::Forbidden));
    }
    SUBCASE("at the deadline") {
        flow.options.execute.follow.stall_after = 1h;
        flow.options.timeout = 500ms;
    }
    const auto began = std::chrono::steady_clock::now();
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(severity_of_plan(report) == rollback::Severity::Warning);
    CHECK_FALSE(troubled);
    // the default patience with warnings was not needed
    CHECK(std::chrono::steady_clock::now() - began < 25s);
}

TEST_CASE(
    "pods that never start end the wait when nothing moves, and the proof fails with the reason") {
    World world;
    obey(world);
    Flow flow(world);
    world.source_store.put(
        {{"apiVersion", "v1"},
         {"kind", "Pod"},
         {"metadata", {{"name", "web-1"}, {"namespace", "shop"}}},
         {"status",
          {{"phase", "Pending"},
           {"containerStatuses",
            {{{"name", "c"},
              {"state",
               {{"waiting",
                 {{"reason", "ImagePullBackOff"}, {"message", "no such image"}}}}}}}}}}});
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::NotVerified);
    CHECK(finding(report, "source-pods-healthy")->message ==
          "shop/pod/web-1: ImagePullBackOff: no such image");
}

TEST_CASE("the numbers are written down before the rollback is created, and its name with them") {
    World world;
    Flow flow(world);
    world.target->set_fault(refuse("CREATE", "migmigrations", base::ErrorKind::Forbidden));
    CHECK(flow.run().outcome == Outcome::Error);
    const auto kept = run::load_snapshot(flow.folder.path, plan_uid);
    REQUIRE(*kept);
    CHECK((*kept)->workloads[0].before.replicas == 3);
    CHECK((*kept)->rollback.starts_with("rollback-"));

    SUBCASE(
        "a second run uses that name again, so that a late first attempt could not make a second "
        "one") {
        world.target->set_fault({});
        obey(world);
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Succeeded);
        CHECK(report.rollback->name == (*kept)->rollback);
    }
}

TEST_CASE("a run that was killed after MTC had deleted the numbers still knows them") {
    World world;
    Flow flow(world);
    flow.consent = run::Consent::Given;
    std::stop_source stop;
    flow.options.sink = [&](const run::Event&) { stop.request_stop(); };
    CHECK(flow.run(stop.get_token()).outcome == Outcome::Detached);
    const auto name = (*run::load_snapshot(flow.folder.path, plan_uid))->rollback;
    // the rollback ends while nobody looks, and somebody scales to another number
    world.target_store.put(
        migration(name, {{"rollback", true}}, succeeded(), "2025-05-01T12:00:00Z"));
    (void)world.target_store.remove({support::types::configmaps, "shop", "settings"});
    world.source_store.put(deployment("shop", "web", 1, 1));
    flow.options.sink = [](const run::Event&) {};
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::NothingToDo);
    CHECK(finding(report, "source-workloads-as-before")->severity == rollback::Severity::Warning);
}

TEST_CASE(
    "without the right to look there is no proof, so it is refused, unless no proof is asked for") {
    World world;
    obey(world);
    world.source->set_fault(refuse("LIST", "statefulsets", base::ErrorKind::Forbidden));
    Flow flow(world);
    SUBCASE("refused") {
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Refused);
        CHECK(report.runbook->blockers.at(0).id == "missing-permission");
        CHECK(flow.writes().empty());
    }
    SUBCASE("without proof") {
        flow.options.verify = false;
        const auto report = flow.run();
        CHECK(report.outcome == Outcome::Succeeded);
        CHECK(report.findings.empty());
    }
}

TEST_CASE("only a rollback that has not ended is called unfinished") {
    World world;
    Flow flow(world);
    SUBCASE("the deadline passes before anything was seen of a rollback that runs already") {
        world.target_store.put(
            migration("rollback-old", {{"rollback", true}}, running("DeleteMigrated", 12)));
        flow.options.timeout = 0ms;
        CHECK(flow.run().outcome == Outcome::TimedOut);
    }
    SUBCASE("a request of the proof that times out is an error") {
        obey(world);
        flow.options.sink = [&](const run::Event& event) {
            if (std::holds_alternative<run::RollbackStarted>(event))
                world.source->set_fault(refuse("LIST", "pods", base::ErrorKind::TimedOut));
        };
        CHECK(flow.run().outcome == Outcome::Error);
    }
}

TEST_CASE("the report tells the stages of the run, and the question is one of its own") {
    World world;
    Flow flow(world);
    using Names = std::vector<std::string>;
    SUBCASE("asked and proved") {
        obey(world);
        CHECK(stages(flow.run()) == Names{"look at both clusters", "decide what to do",
                                          "wait for an answer to the question",
                                          "see that nothing has changed since",
                                          "write down what is known", "create the rollback",
                                          "follow the rollback until it ends",
                                          "wait until the application serves, and verify it"});
    }
    SUBCASE("agreed beforehand, and not verified") {
        obey(world);
        flow.options.asks = false;
        flow.options.verify = false;
        CHECK(stages(flow.run()) == Names{"look at both clusters", "decide what to do",
                                          "write down what is known", "create the rollback",
                                          "follow the rollback until it ends"});
    }
    SUBCASE("a rollback that failed") {
        Json end = succeeded();
        end["conditions"] = {condition("Failed", "Advisory")};
        obey(world, end, false);
        CHECK(stages(flow.run()).back() == "look at what is left");
    }
    SUBCASE("declined") {
        flow.consent = run::Consent::Declined;
        CHECK(stages(flow.run()).back() == "wait for an answer to the question");
    }
    SUBCASE("only tried") {
        flow.options.dry_run = run::FlowOptions::DryRun::Server;
        CHECK(stages(flow.run()).back() == "have the server check what would be created");
    }
}

TEST_CASE("what the first look could not see stays in the report when a later one sees it") {
    World world;
    obey(world);
    world.source->set_fault(refuse("LIST", "backups", base::ErrorKind::Forbidden));
    Flow flow(world);
    flow.options.consent = [&] {
        world.source->set_fault({});
        return run::Consent::Given;
    };
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK_FALSE(report.gaps_before.empty());
    CHECK(report.gaps.empty());
}

TEST_CASE("a yes is for what was shown: who acts meanwhile is not overruled") {
    struct Row {
        const char* situation;
        void (*meanwhile)(World&);
        const char* says;
    };
    const Row rows[] = {
        {"somebody else has rolled back",
         [](World& w) {
             w.target_store.put(migration("rollback-b", {{"rollback", true}}, succeeded()));
         },
         "MigMigration rollback-b (rollback, succeeded) is new"},
        {"a new cutover has moved the application",
         [](World& w) { w.target_store.put(migration("cutover-2", Json::object(), succeeded())); },
         "MigMigration cutover-2 (cutover, succeeded) is new"},
        {"a cutover runs",
         [](World& w) {
             w.target_store.put(
                 migration("cutover-2", Json::object(), running("EnsureInitialBackup", 5)));
         },
         "MigMigration cutover-2 (cutover, running) is new"},
        {"the plan names other namespaces",
         [](World& w) { w.target_store.put(World::plan({"shop", "billing"})); },
         "MigPlan shop-plan was changed"},
        {"the failed migration is gone",
         [](World& w) {
             for (const Object& each : w.target_store.all(mtc::types::migmigrations))
                 CHECK(w.target_store.remove(each.ref));
         },
         " is gone"},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            World world;
            obey(world);
            Flow flow(world);
            flow.options.consent = [&] {
                row.meanwhile(world);
                return run::Consent::Given;
            };
            const auto report = flow.run();
            CHECK(report.outcome == Outcome::Refused);
            REQUIRE(report.runbook->blockers.size() == 1);
            CHECK(report.runbook->blockers[0].id == "changed-since-shown");
            CHECK(report.runbook->blockers[0].what.contains(row.says));
            CHECK(flow.writes().empty());
        }
    }
}

TEST_CASE("two who have seen the same make one rollback") {
    World world;
    obey(world);
    Flow flow(world);
    // both have looked, and been asked; the other one was faster
    const auto state = run::observe(world.session(), {}, {});
    const std::string name = rollback::name_of_rollback(*state);
    flow.options.asks = false;
    flow.options.consent = [&] {
        auto created = world.target->create({mtc::types::migmigrations, mtc_ns, name},
                                            mtc::rollback_manifest(state->plan, name), {}, {});
        CHECK(created);
        return run::Consent::Given;
    };
    const auto report = flow.run();
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(report.attached);
    CHECK(report.rollback->name == name);
    const auto migrations = world.target_store.all(mtc::types::migmigrations);
    CHECK(std::ranges::count_if(migrations, [](const Object& each) {
              return base::bool_at(each.body, "/spec/rollback").value_or(false);
          }) == 1);
}

}  // namespace console_flow_test
