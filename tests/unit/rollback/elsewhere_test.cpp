// What carries the plan's label in a namespace that the plan does not list any more.
#include <doctest/doctest.h>

#include <algorithm>

#include "rollback/manual.hpp"
#include "unit/rollback/builders.hpp"

namespace elsewhere_test {

using namespace rollback;
using build::contains;

namespace {

State with_elsewhere(State state) {
    state.target.elsewhere = {
        build::migrated(build::running("Deployment", "ledger", 2, "billing-new"))};
    return state;
}

Finding finding_of(const State& state, Flow flow, const std::string& check) {
    const auto findings = verify({state, {}, flow == Flow::Console ? "rollback-1" : "", flow});
    const auto it = std::ranges::find_if(findings, [&](const Finding& finding) {
        return finding.check == check && finding.severity != Severity::Ok;
    });
    REQUIRE(it != findings.end());
    return *it;
}

}  // namespace

TEST_CASE("no proof passes while something of the plan is where the plan does not look") {
    const State state = with_elsewhere(build::rolled_back());
    for (const auto& [flow, check] : {std::pair(Flow::Console, "target-no-migrated-objects"),
                                      std::pair(Flow::Manual, "target-at-rest")}) {
        const Finding finding = finding_of(state, flow, check);
        CHECK(finding.severity == Severity::Failure);
        CHECK(contains(finding.message,
                       "billing-new/deployment/ledger carries the plan's label, "
                       "and the plan does not list namespace billing-new"));
        CHECK(contains(finding.remedy, "oc edit migplan shop-plan -n openshift-migration"));
    }
}

TEST_CASE("the manual flow starts nothing while it is there, in the first look or the last") {
    State state = build::halfway();
    REQUIRE(manual_flow(state, record_of(state, ""), {}).blockers.empty());
    state = with_elsewhere(std::move(state));
    const Runbook runbook = manual_flow(state, record_of(state, ""), {});
    CHECK(runbook.steps.empty());
    CHECK(build::ids_of(runbook.blockers) == std::vector<std::string>{"migrated-elsewhere"});
    CHECK(build::ids_of(writers_on_target(state)) ==
          std::vector<std::string>{"migrated-elsewhere"});
}

TEST_CASE("a plan that was rolled back is not done with while it is there") {
    CHECK(assess(build::rolled_back()).verdict == Verdict::AlreadyRolledBack);
    const Assessment assessment = assess(with_elsewhere(build::rolled_back()));
    CHECK(assessment.verdict == Verdict::Unknown);
    CHECK(contains(assessment.reasons.at(0), "deployment/ledger in billing-new"));
    CHECK(contains(assessment.advice.why, "list in the plan again"));
    CHECK(contains(assess(with_elsewhere(build::halfway())).effects.warnings.at(0),
                   "billing-new/deployment/ledger carries the plan's label"));
}

TEST_CASE("what MTC has stopped where the plan does not look any more is not done with either") {
    State state = build::rolled_back();
    state.source.elsewhere = {build::stopped("Deployment", "ledger", "2", "billing")};
    const char* said = "MTC's mark of having been stopped, and the plan does not list";
    for (const Flow flow : {Flow::Console, Flow::Manual}) {
        const Finding finding = finding_of(state, flow, "source-nothing-quiesced");
        CHECK(finding.severity == Severity::Failure);
        CHECK(contains(finding.message, "billing/deployment/ledger carries " + std::string(said)));
        CHECK(contains(finding.remedy, "oc edit migplan shop-plan -n openshift-migration"));
    }
    const Assessment assessment = assess(state);
    CHECK(assessment.verdict == Verdict::Unknown);
    CHECK(contains(assessment.reasons.at(0), "on the source deployment/ledger in billing carries"));
    CHECK(contains(assessment.advice.why, "list in the plan again"));
    CHECK(std::ranges::any_of(assessment.effects.warnings, [&](const std::string& warning) {
        return contains(warning, said) && contains(warning, "this rollback starts nothing there");
    }));
}

TEST_CASE("before its first rollback, too, what no rollback mends keeps its own remedy") {
    State state = with_elsewhere(build::halfway());
    state.source.elsewhere = {build::stopped("Deployment", "ledger", "2", "billing")};
    const auto findings = verify({state, {}, "", Flow::Console});
    const auto remedies_with = [&](const char* part) {
        return std::ranges::count_if(
            findings, [&](const Finding& finding) { return contains(finding.remedy, part); });
    };
    // which a rollback would be refused for
    CHECK(remedies_with("roll back: {plugin} shop-plan") == 0);
    CHECK(remedies_with("list the namespace in the plan again, as it was") == 3);
    state.target.elsewhere.clear();
    const auto others = verify({state, {}, "", Flow::Console});
    CHECK(std::ranges::count(others, "roll back: {plugin} shop-plan", &Finding::remedy) == 1);
}

TEST_CASE("a moved volume may be mounted where nobody looks") {
    const auto is_unseen = [](const State& state, const char* part) {
        const Finding finding = finding_of(state, Flow::Console, "target-no-double-writer");
        return finding.severity == Severity::Unknown && contains(finding.message, part);
    };
    State state = build::halfway();
    state.plan.volumes.at(0).action = "move";
    CHECK(is_unseen(with_elsewhere(state), "in a namespace that the plan does not list any more"));
    const auto ids = build::ids_of(assess(with_elsewhere(state)).blockers);
    CHECK(std::ranges::count(ids, "migrated-elsewhere") == 1);
    state.target.searched_everywhere = false;
    CHECK(is_unseen(state, "only those of the plan may be searched"));
    const Runbook by_hand = manual_flow(state, record_of(state, ""), {});
    CHECK(build::ids_of(by_hand.blockers) == std::vector<std::string>{"target-unseen"});
    CHECK(contains(by_hand.blockers.front().what, "search all namespaces"));
    CHECK(
        manual_flow(state, record_of(state, ""), {.assume_target_stopped = true}).blockers.empty());
    // a copy is another volume
    state.plan.volumes.at(0).action = "copy";
    CHECK(manual_flow(state, record_of(state, ""), {}).blockers.empty());
}

TEST_CASE("nothing is said of namespaces that may not be searched") {
    State state = build::rolled_back();
    state.target.searched_everywhere = false;
    for (const auto& [flow, message] :
         {std::pair(Flow::Console,
                    "nothing carries the plan's label in the namespaces of the plan "
                    "(shop); others may not be searched"),
          std::pair(Flow::Manual,
                    "nothing that was migrated runs in the namespaces of the plan "
                    "(shop); others may not be searched")}) {
        const auto findings = verify({state, {}, "", flow});
        CHECK(std::ranges::count(findings, message, &Finding::message) == 1);
    }
}

}  // namespace elsewhere_test
