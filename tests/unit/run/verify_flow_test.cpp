#include "run/verify_flow.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "fixture.hpp"
#include "run/snapshot.hpp"

namespace verify_flow_test {

using namespace run_test;
using namespace std::chrono_literals;
using rollback::Finding;
using rollback::Outcome;
using rollback::Severity;

namespace {

/// After a rollback that brought everything back.
struct Recovered {
    Recovered() {
        world.target_store.put(
            migration("rollback-1", {{"rollback", true}}, succeeded(), "2025-05-01T12:00:00Z"));
        (void)world.target_store.remove({support::types::configmaps, "shop", "settings"});
        world.source_store.put(deployment("shop", "web", 3, 3));
        options.snapshot_folder = folder.path;
        options.execute.follow = {.stall_after = 100ms};
    }
    rollback::RunReport run() { return run::verify_flow(world.session(), options, {}); }
    /// What a run of a flow leaves behind; by hand where it had no name for a rollback.
    void remember(const std::string& rollback, std::int64_t replicas) {
        rollback::Record record{
            .plan_uid = plan_uid, .rollback = rollback, .migrations = {}, .workloads = {}};
        for (const auto& m : world.target_store.all(support::types::migmigrations))
            record.migrations.push_back(m.uid);
        record.workloads.push_back({.ref = {support::types::deployments, "shop", "web"},
                                    .before = {.replicas = replicas},
                                    .quiesced = true});
        if (rollback.empty()) record.by_hand_after.emplace();
        REQUIRE(run::save_snapshot(folder.path, record));
    }

    World world;
    Folder folder;
    run::VerifyFlowOptions options;
};

Severity severity_of(const rollback::RunReport& report, const std::string& check) {
    const auto it = std::ranges::find(report.findings, check, &Finding::check);
    REQUIRE(it != report.findings.end());
    return it->severity;
}

bool has(const rollback::RunReport& report, const std::string& check) {
    return std::ranges::count(report.findings, check, &Finding::check) > 0;
}

}  // namespace

TEST_CASE("a recovery is proved, and nothing is written for it") {
    Recovered recovered;
    recovered.remember("rollback-1", 3);
    const auto report = recovered.run();
    CAPTURE(report.error);
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(report.task == rollback::Task::Verify);
    REQUIRE(report.rollback);
    CHECK(report.rollback->name == "rollback-1");
    CHECK(severity_of(report, "source-workloads-as-before") == Severity::Ok);
    CHECK(recovered.world.source->writes().empty());
    CHECK(recovered.world.target->writes().empty());
}

TEST_CASE("without a snapshot it is said that nobody knows what was before") {
    Recovered recovered;
    const auto report = recovered.run();
    CHECK(report.outcome == Outcome::Succeeded);
    CHECK(severity_of(report, "source-workloads-as-before") == Severity::Warning);
    CHECK(std::filesystem::is_empty(recovered.folder.path));
}

TEST_CASE("what an earlier run wrote down is what it is compared with") {
    Recovered recovered;
    recovered.world.source_store.put(deployment("shop", "web", 0, 0));
    recovered.remember("rollback-1", 3);
    const auto report = recovered.run();
    CHECK(report.outcome == Outcome::NotVerified);
    CHECK(severity_of(report, "source-workloads-as-before") == Severity::Failure);
}

TEST_CASE("a rollback that failed is no proof, though the application serves") {
    Recovered recovered;
    recovered.world.target_store.put(
        migration("rollback-2", {{"rollback", true}},
                  {{"phase", "Completed"}, {"conditions", {condition("Failed", "Advisory")}}},
                  "2025-05-01T13:00:00Z"));
    const auto report = recovered.run();
    CHECK(report.outcome == Outcome::NotVerified);
    CHECK(severity_of(report, "control-rollback-ended-well") == Severity::Failure);
}

TEST_CASE("after the manual flow what was migrated may rest on the target") {
    Recovered recovered;
    (void)recovered.world.target_store.remove(rollback_ref("rollback-1"));
    recovered.world.target_store.put(labelled(configmap("shop", "settings")));
    SUBCASE("where its snapshot tells of it") {
        recovered.remember("", 3);
        const auto report = recovered.run();
        CHECK(report.outcome == Outcome::Succeeded);
        CHECK(report.flow == rollback::Flow::Manual);
        CHECK(has(report, "target-at-rest"));
        CHECK_FALSE(has(report, "target-no-migrated-objects"));
    }
    SUBCASE("otherwise the target is to be empty") {
        const auto report = recovered.run();
        CHECK(report.outcome == Outcome::NotVerified);
        CHECK(severity_of(report, "target-no-migrated-objects") == Severity::Failure);
    }
}

TEST_CASE("what a mere look wrote down does not mean that anybody went to work by hand") {
    Recovered recovered;
    (void)recovered.world.target_store.remove(rollback_ref("rollback-1"));
    recovered.remember("", 3);
    auto kept = **run::load_snapshot(recovered.folder.path, plan_uid);
    kept.by_hand_after.reset();
    REQUIRE(run::save_snapshot(recovered.folder.path, kept));
    CHECK(recovered.run().flow == rollback::Flow::Console);
}

TEST_CASE("after a rollback that failed the manual flow has taken over") {
    Recovered recovered;
    auto failed = succeeded();
    failed["conditions"] = {condition("Failed", "Advisory")};
    recovered.world.target_store.put(
        migration("rollback-1", {{"rollback", true}}, failed, "2025-05-01T12:00:00Z"));
    recovered.world.target_store.put(labelled(configmap("shop", "settings")));
    recovered.remember("", 3);
    auto kept = **run::load_snapshot(recovered.folder.path, plan_uid);
    SUBCASE("where it set out after that") {
        kept.by_hand_after = {recovered.world.target_store.peek(rollback_ref("rollback-1"))->uid};
        REQUIRE(run::save_snapshot(recovered.folder.path, kept));
        const auto report = recovered.run();
        CHECK(report.flow == rollback::Flow::Manual);
        CHECK(report.outcome == Outcome::Succeeded);
        CHECK_FALSE(report.rollback);
    }
    SUBCASE("not where the rollback came later") {
        const auto report = recovered.run();
        CHECK(report.flow == rollback::Flow::Console);
        CHECK(report.outcome == Outcome::NotVerified);
    }
}

TEST_CASE("a record that was made after a rollback does not know what ran before it") {
    Recovered recovered;
    recovered.remember("rollback-1", 3);
    auto kept = **run::load_snapshot(recovered.folder.path, plan_uid);
    kept.workloads.clear();
    kept.rollbacks = {recovered.world.target_store.peek(rollback_ref("rollback-1"))->uid};
    REQUIRE(run::save_snapshot(recovered.folder.path, kept));
    CHECK(severity_of(recovered.run(), "source-workloads-as-before") == Severity::Warning);
}

TEST_CASE("volumes that may not be seen are unknown, and the rest is proved") {
    Recovered recovered;
    recovered.remember("rollback-1", 3);
    recovered.world.target->set_fault(
        refuse("LIST", "persistentvolumes", base::ErrorKind::Forbidden));
    const auto report = recovered.run();
    CHECK(report.outcome == Outcome::NotVerified);
    CHECK(severity_of(report, "target-no-volumes-left") == Severity::Unknown);
    CHECK(std::ranges::count_if(report.findings, [](const Finding& f) {
              return f.severity == Severity::Failure || f.severity == Severity::Unknown;
          }) == 1);
}

TEST_CASE("Endpoints, which warn, are not searched for labels; nothing else is left out") {
    Recovered recovered;
    (void)recovered.run();
    for (const std::string& call : recovered.world.target->calls())
        CHECK_FALSE(call.starts_with("LIST endpoints "));
    const auto calls = recovered.world.target->calls();
    CHECK(std::ranges::any_of(
        calls, [](const std::string& call) { return call.starts_with("LIST secrets "); }));
}

}  // namespace verify_flow_test
