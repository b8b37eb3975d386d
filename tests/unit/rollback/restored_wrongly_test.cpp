// What MTC restores otherwise than it was: foreseen in the preview, found by verify, and set right
// by a command that is printed, or by the manual flow.
#include <doctest/doctest.h>

#include <algorithm>

#include "rollback/assess.hpp"
#include "rollback/manual.hpp"
#include "rollback/several_plans.hpp"
#include "unit/rollback/before_builders.hpp"

namespace restored_wrongly_test {

using namespace rollback;
using build::contains;
using build::Json;

namespace {

const Json complete = {{"conditions", build::list(Json{{"type", "Complete"}, {"status", "True"}})}};

build::Thing cron_job(bool suspended, bool marked) {
    auto job = build::workload("CronJob", "weekly").spec({{"suspend", suspended}});
    if (!marked) return job;
    return std::move(job).annotation(mtc::annotations::suspend, "true");
}

State with(const Object& source, const std::vector<Object>& copies = {}) {
    State state = build::halfway();
    state.source.workloads = {source};
    for (const Object& copy : copies) state.target.workloads.push_back(build::migrated(copy));
    return state;
}

std::string note(const State& state) {
    const auto returns = assess(state).effects.returns;
    REQUIRE(returns.size() == 1);
    return returns[0].note;
}

std::vector<Finding> as_before(const State& before, const Object& after) {
    State now = build::rolled_back();
    now.source.workloads = {after};
    now.source.replica_sets = before.source.replica_sets;
    const Record record = record_of(before, "rollback-1");
    std::vector<Finding> out;
    for (const Finding& each : verify({.state = now, .record = record, .rollback = "rollback-1"})) {
        if (each.check == "source-workloads-as-before") out.push_back(each);
    }
    return out;
}

std::optional<Patch> only_start(const Runbook& runbook) {
    const auto it = std::ranges::find_if(runbook.steps, [](const Step& step) {
        const auto* patch = std::get_if<Patch>(&step.action);
        return patch != nullptr && patch->purpose == Purpose::Start;
    });
    if (it == runbook.steps.end()) return std::nullopt;
    return std::get<Patch>(it->action);
}

Object replica_set(const char* name, const char* revision, int minute) {
    return build::workload("ReplicaSet", name)
        .annotation("deployment.kubernetes.io/revision", revision)
        .holding({{"metadata",
                   {{"creationTimestamp", base::rfc3339(build::at(minute))},
                    {"ownerReferences",
                     build::list(
                         Json{{"kind", "Deployment"}, {"name", "api"}, {"controller", true}})}}}});
}

mtc::Plan listing(const char* uid, const char* ns) {
    mtc::Plan plan;
    plan.uid = uid;
    plan.name = uid;
    plan.namespaces = {{ns, ns}};
    plan.closed = true;
    return plan;
}

}  // namespace

TEST_CASE("a CronJob that was suspended before is so on the target, and MTC resumes it") {
    const State state = with(cron_job(true, true), {cron_job(true, false)});
    CHECK(note(state) ==
          "it was suspended before the migration, and MTC resumes it; afterwards: oc patch "
          "cronjob/weekly -n shop --type=merge -p '{\"spec\":{\"suspend\":true}}' "
          "--server=https://api.ocp3.example:6443    # on the source cluster");
    const auto findings = as_before(state, cron_job(false, false));
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == Severity::Failure);
    CHECK(findings[0].message ==
          "shop/cronjob/weekly is not suspended, before the migration it was");
    CHECK(contains(findings[0].remedy, R"({"spec":{"suspend":true}})"));
    CHECK(as_before(state, cron_job(true, false))[0].severity == Severity::Ok);
    SUBCASE("the manual flow leaves it suspended") {
        const Runbook runbook = manual_flow(state, record_of(state, ""), {});
        const auto patch = only_start(runbook);
        REQUIRE(patch);
        CHECK(patch->change == "suspended -> suspended");
    }
}

TEST_CASE("one that ran before by its copy is resumed without a word, of another it is not known") {
    const State ran = with(cron_job(true, true), {cron_job(false, false)});
    CHECK(note(ran).empty());
    CHECK(as_before(ran, cron_job(false, false))[0].severity == Severity::Ok);
    const State unknown = with(cron_job(true, true));
    CHECK(contains(note(unknown), "even if it was suspended before"));
    const auto findings = as_before(unknown, cron_job(false, false));
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == Severity::Warning);
    CHECK(contains(findings[0].message, "whether it was before the migration is not known"));
}

TEST_CASE("a Job that had ended before gets its parallelism back, and is no difference") {
    const Object done = build::workload("Job", "done")
                            .spec({{"parallelism", 0}})
                            .annotation(mtc::annotations::replicas, "1")
                            .status(complete);
    const Object restored =
        build::workload("Job", "done").spec({{"parallelism", 1}}).status(complete);
    const State state = with(done);
    CHECK(as_before(state, restored)[0].severity == Severity::Ok);
    const auto patch = only_start(manual_flow(state, record_of(state, ""), {}));
    REQUIRE(patch);
    CHECK(
        contains(patch->operations.dump(), R"({"op":"add","path":"/spec/parallelism","value":1})"));
}

TEST_CASE("a Job of a CronJob that MTC has stopped is started as any other, and may be gone then") {
    const Object job = build::workload("Job", "nightly-1")
                           .spec({{"parallelism", 0}})
                           .annotation(mtc::annotations::replicas, "1")
                           .owner("CronJob");
    CHECK_FALSE(mtc::is_hidden(job));
    const State state = with(job);
    CHECK(assess(state).effects.returns.size() == 1);
    CHECK(only_start(manual_flow(state, record_of(state, ""), {})));
    // it has ended meanwhile, and is hidden again
    const auto findings = as_before(state, build::running("Deployment", "web", 3));
    CHECK(std::ranges::count(findings, Severity::Failure, &Finding::severity) == 0);
}

TEST_CASE("which managed Jobs are hidden") {
    const auto job = [](int parallelism) {
        return build::workload("Job", "nightly-1")
            .spec({{"parallelism", parallelism}})
            .owner("CronJob");
    };
    CHECK(mtc::is_hidden(job(1)));
    CHECK(mtc::is_hidden(job(0).status(complete)));
    CHECK_FALSE(mtc::is_hidden(job(0)));
    CHECK_FALSE(mtc::is_hidden(job(1).annotation(mtc::annotations::replicas, "1")));
    CHECK(mtc::is_hidden(build::workload("ReplicaSet", "web-1")
                             .owner("Deployment")
                             .annotation(mtc::annotations::replicas, "1")));
    CHECK_FALSE(mtc::is_hidden(build::workload("Job", "alone").spec({{"parallelism", 1}})));
}

TEST_CASE("a paused Deployment comes back with the change that waited, and that is said") {
    State state =
        with(build::stopped("Deployment", "api", "2").annotation(mtc::annotations::paused, "true"));
    state.source.replica_sets = {replica_set("api-1", "1", -600), replica_set("api-2", "2", 5)};
    const std::string said =
        "it was paused with a change that was not rolled out; MTC rolled it out as it stopped it: "
        "its pods come back with the template of replicaset/api-2, before they had that of "
        "replicaset/api-1; to pause it again does not undo that";
    CHECK(contains(note(state), said));
    CHECK(contains(note(state), "oc rollout undo deployment/api -n shop --to-revision=1"));
    const Object back =
        build::running("Deployment", "api", 2).spec({{"replicas", 2}, {"paused", true}});
    const auto findings = as_before(state, back);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == Severity::Warning);
    CHECK(findings[0].message == "shop/deployment/api: " + said);
    SUBCASE("not where nothing waited") {
        state.source.replica_sets = {replica_set("api-1", "1", -600)};
        CHECK(note(state).empty());
        CHECK(as_before(state, back)[0].severity == Severity::Ok);
    }
    SUBCASE("nor where it was rolled out before the migration") {
        state.source.replica_sets = {replica_set("api-1", "1", -600),
                                     replica_set("api-2", "2", -5)};
        CHECK(note(state).empty());
    }
}

TEST_CASE("plans of the source's own API count, closed ones too, for all namespaces of the plan") {
    State state = build::halfway();
    state.plan.namespaces = {{"shop", "shop"}, {"billing", "billing"}};
    state.source.namespaces = {"shop", "billing"};
    state.source.workloads = {build::stopped("Deployment", "invoices", "2", "billing")};
    CHECK_FALSE(starts_by_volume_only(state));
    state.source.plans = {listing("one", "shop")};
    CHECK_FALSE(starts_by_volume_only(state));
    state.source.plans.push_back(listing("two", "shop"));
    CHECK(starts_by_volume_only(state));
    CHECK(is_left_out(state, state.source.workloads[0]));
    const auto warnings = assess(state).effects.warnings;
    CHECK(std::ranges::any_of(warnings, [](const std::string& warning) {
        return contains(warning, "these stay stopped though the rollback succeeds") &&
               contains(warning, "billing/deployment/invoices") &&
               contains(warning, "the manual flow starts them");
    }));
    const auto all =
        verify({.state = state, .record = record_of(state, ""), .rollback = "rollback-1"});
    const auto stopped = std::ranges::find(all, "source-nothing-quiesced", &Finding::check);
    REQUIRE(stopped != all.end());
    CHECK(stopped->severity == Severity::Failure);
    CHECK(contains(stopped->remedy, "start it by the manual flow"));
    SUBCASE("a namespace under another name is another one") {
        state.source.plans[1].namespaces = {{"shop", "shop-new"}};
        CHECK_FALSE(starts_by_volume_only(state));
    }
    SUBCASE("a mapped namespace counts for no plan, not even spelled the same as this one's") {
        state.plan.namespaces = {{"shop", "shop-new"}};
        for (mtc::Plan& plan : state.source.plans) plan.namespaces = {{"shop", "shop-new"}};
        CHECK_FALSE(starts_by_volume_only(state));
        for (mtc::Plan& plan : state.source.plans) plan.namespaces = {{"shop", "shop"}};
        CHECK(starts_by_volume_only(state));
    }
    SUBCASE("a namespace that one plan lists twice counts twice") {
        state.source.plans = {listing("one", "shop")};
        state.source.plans[0].namespaces = {{"shop", "shop"}, {"shop", "shop"}};
        CHECK(starts_by_volume_only(state));
    }
    SUBCASE("what mounts a claim that the plan copies is started") {
        CHECK_FALSE(
            is_left_out(state, build::mounting(build::stopped("StatefulSet", "db", "1"), "data")));
    }
}

TEST_CASE("a count that a second cutover overwrote is given back from the migrated copy") {
    const Object job = build::workload("Job", "import")
                           .spec({{"parallelism", 0}})
                           .annotation(mtc::annotations::replicas, "0");
    const Object copy = build::workload("Job", "import").spec({{"parallelism", 4}});
    const State state = with(job, {copy});
    CHECK(contains(note(state), "before the migration it ran 4 replicas"));
    const auto patch = only_start(manual_flow(state, record_of(state, ""), {}));
    REQUIRE(patch);
    CHECK(patch->change == "0 replicas -> 4 replicas");
    const Record record = record_of(state, "");
    const StartChoice choice{.as_before = true};
    CHECK(starts_after_mtc(state, situation_of(state, record), record, choice).size() == 1);
    CHECK(starts_after_mtc(state, situation_of(state, record), record, {}).empty());
}

}  // namespace restored_wrongly_test
