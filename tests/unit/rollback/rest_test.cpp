// A workload that rests on the source without MTC's mark, though it ran before: what is said of it,
// what is refused, and what starts it; for every kind. And that no part of what is known of before,
// the source and the target can be missing or wrong so that this is called well.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "rollback/assess.hpp"
#include "rollback/manual.hpp"
#include "unit/rollback/before_builders.hpp"

namespace rest_test {

using namespace rollback;
using build::contains;
using build::Json;
using build::Told;

namespace {

std::string path(const Told& kind) {
    return "shop/" + base::object_of(build::row(kind.kind).type,
                                     {{"metadata", {{"name", "web"}, {"namespace", "shop"}}}})
                         .ref.label();
}

bool takes_a_count(const Told& kind) {
    return mtc::takes_a_count(build::row(kind.kind));
}

std::vector<ReplicaCount> count(const Told& kind, std::int64_t n) {
    return {{.ns = "shop", .kind = kind.kind, .name = "web", .count = n}};
}

const Blocker* left_at_rest(const std::vector<Blocker>& blockers) {
    const auto it = std::ranges::find(blockers, left_at_rest_id, &Blocker::id);
    return it == blockers.end() ? nullptr : &*it;
}

std::vector<Step> starts(const State& state, const StartChoice& choice) {
    const Record record = record_of(state, "");
    return starts_after_mtc(state, situation_of(state, record), record, choice);
}

std::vector<Finding> as_before(const State& state, const Record& record) {
    std::vector<Finding> out;
    for (const Finding& finding :
         verify({.state = state, .record = record, .rollback = "rollback-1"})) {
        if (finding.check == "source-workloads-as-before") out.push_back(finding);
    }
    return out;
}

bool fails(const std::vector<Finding>& findings) {
    return std::ranges::any_of(findings, [](const Finding& f) {
        return f.severity == Severity::Failure && f.subject.ends_with("/web");
    });
}

// The migrated copies are gone, and MTC says that all went well.
State after_mtc(State state) {
    state.target.workloads.clear();
    state.target.labelled.clear();
    state.migrations.push_back(build::good_rollback());
    return state;
}

}  // namespace

TEST_CASE("what rests without a mark while its copy runs is named, and not said to run") {
    for (const Told& kind : build::kinds_told()) {
        CAPTURE(std::string(kind.kind));
        const State state = build::left_at_rest(kind);
        const Assessment assessment = assess(state);
        CHECK(assessment.verdict == Verdict::Required);
        REQUIRE_FALSE(assessment.reasons.empty());
        CHECK(std::ranges::any_of(assessment.reasons, [](const std::string& reason) {
            return contains(reason, "1 workload of the source is at rest without MTC's mark");
        }));
        CHECK(std::ranges::any_of(assessment.effects.warnings, [](const std::string& warning) {
            return contains(warning,
                            "at rest on the source without MTC's mark: MTC does not start it, and "
                            "deletes its copy on the target: ");
        }));
        CHECK_FALSE(contains(assessment.advice.why, "the application runs on the source"));
        CHECK(assessment.advice.commands ==
              std::vector<std::string>{"{plugin} shop-plan --start-as-before"});
    }
}

TEST_CASE("rollback and manual flow refuse until it is said what is to be started") {
    for (const Told& kind : build::kinds_told()) {
        CAPTURE(std::string(kind.kind));
        const State state = build::left_at_rest(kind);
        const Record record = record_of(state, "");
        const Assessment assessed = assess(state);
        const Blocker* blocker = left_at_rest(assessed.blockers);
        REQUIRE(blocker != nullptr);
        CHECK(contains(blocker->what, "web in shop"));
        CHECK(contains(blocker->remedy, "--start-as-before"));
        CHECK(console_flow(state, assess(state), "rb").steps.empty());
        const Runbook by_hand = manual_flow(state, record, {});
        // MTC's own key on a DaemonSet is mark enough for the manual flow
        const bool starts_by_itself = std::string(kind.kind) == "DaemonSet";
        CHECK(by_hand.steps.empty() != starts_by_itself);
        CHECK((left_at_rest(by_hand.blockers) == nullptr) == starts_by_itself);
        const std::vector<StartChoice> choices =
            takes_a_count(kind)
                ? std::vector<StartChoice>{{.as_before = true}, {.set = count(kind, 2)}}
                : std::vector<StartChoice>{{.as_before = true}};
        for (const StartChoice& choice : choices) {
            CHECK(left_at_rest(assess(state, {.record = &record, .starts = choice}).blockers) ==
                  nullptr);
            CHECK(starts(state, choice).size() == 1);
            CHECK(assess(state, {.record = &record, .starts = choice}).effects.returns.size() == 1);
            const Runbook runbook =
                manual_flow(state, record, {.set = choice.set, .as_before = choice.as_before});
            CHECK(runbook.blockers.empty());
            CHECK(std::ranges::count(build::steps_of(runbook), "start source " + path(kind)) == 1);
        }
    }
}

TEST_CASE("--set starts also what nobody knows to have run") {
    for (const Told& kind : build::kinds_told()) {
        if (!takes_a_count(kind)) continue;
        CAPTURE(std::string(kind.kind));
        State state = build::left_at_rest(kind);
        state.target.workloads.clear();
        const StartChoice choice{.set = count(kind, 1)};
        CHECK(starts(state, choice).size() == 1);
        CHECK(starts(state, {.as_before = true}).empty());
        CHECK(assess(state, {.starts = choice}).effects.returns.size() == 1);
    }
}

TEST_CASE("0 says that it is to stay at rest") {
    for (const Told& kind : build::kinds_told()) {
        if (!takes_a_count(kind)) continue;
        CAPTURE(std::string(kind.kind));
        const State state = build::left_at_rest(kind);
        const StartChoice none{.set = count(kind, 0)};
        CHECK(left_at_rest(assess(state, {.starts = none}).blockers) == nullptr);
        CHECK(starts(state, none).empty());
        const Record record =
            completed(record_of(state, ""), state, {.set = none.set, .as_before = false});
        const auto findings = as_before(after_mtc(state), record);
        CHECK_FALSE(fails(findings));
        // which is no word of before
        CHECK(std::ranges::all_of(findings, [](const Finding& finding) {
            return finding.severity != Severity::Ok ||
                   contains(finding.message, "1 of them as --set said, whatever it was");
        }));
    }
}

TEST_CASE("it is started when MTC's rollback has ended, and nothing on the target can write") {
    const Told kind = build::kinds_told().front();
    const State state = build::left_at_rest(kind);
    const StartChoice choice{.as_before = true};
    const Assessment assessment = assess(state, {.starts = choice});
    const Runbook runbook =
        console_flow(state, assessment, "rb", {.starts = starts(state, choice)});
    CHECK(build::steps_of(runbook) ==
          std::vector<std::string>{"create rb", "await rb", "await target stopped",
                                   "start source shop/deployment/web", "await serving"});
    REQUIRE(assessment.effects.returns.size() == 1);
    CHECK(assessment.effects.returns[0].then.replicas == 3);
    CHECK(contains(assessment.effects.returns[0].note, "its copy on the target tells it"));
}

TEST_CASE("a rollback that left it at rest is not called well") {
    for (const Told& kind : build::kinds_told()) {
        CAPTURE(std::string(kind.kind));
        const State before = build::left_at_rest(kind);
        const Record record = record_of(before, "rollback-1");
        CHECK(fails(as_before(before, record)));
        CHECK(fails(as_before(after_mtc(before), record)));
        // nor where nobody knows what was before: nothing runs at all
        const State after = after_mtc(before);
        const auto findings = as_before(after, record_of(after, "rollback-1"));
        CHECK(std::ranges::count(findings, Severity::Ok, &Finding::severity) == 0);
        CHECK_FALSE(all_is_well(findings));
    }
}

TEST_CASE(
    "where nothing runs after a migration and nobody knows what did, no rollback is not said to be "
    "needless") {
    State state = build::left_at_rest(build::kinds_told().front());
    state.target.workloads.clear();
    state.target.labelled.clear();
    const Assessment assessment = assess(state);
    CHECK(assessment.verdict == Verdict::Unknown);
    CHECK(contains(assessment.reasons.back(), "whether it ran before is not known"));
    CHECK(contains(assessment.advice.why, "nothing tells what ran before"));
    SUBCASE("but where it is known that it rested") {
        const Record record =
            completed(record_of(state, ""), state, {.set = count(build::kinds_told().front(), 0)});
        CHECK(assess(state, {.record = &record}).verdict == Verdict::NotNeeded);
    }
    SUBCASE("but before any migration") {
        state.migrations.clear();
        CHECK(assess(state).verdict == Verdict::NotNeeded);
    }
}

TEST_CASE("of what rests it is said that nobody knows, where other workloads run") {
    State state = build::rolled_back();
    state.source.workloads.push_back(build::running("Deployment", "idle", 0));
    const auto findings = as_before(state, record_of(state, "rollback-1"));
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == Severity::Warning);
    CHECK(findings[0].message ==
          "shop/deployment/idle is at rest; whether it ran before the migration is not known");
}

TEST_CASE("what was migrated and is not on the source any more is named, and is no start") {
    State state = build::left_at_rest(build::kinds_told().front());
    state.source.workloads.clear();
    const Assessment assessed = assess(state);
    const Blocker* blocker = left_at_rest(assessed.blockers);
    REQUIRE(blocker != nullptr);
    CHECK(contains(blocker->what, "deployment/web in shop (not here, 3 replicas on the target)"));
    CHECK(contains(blocker->what, "1 workload is not on the source"));
    CHECK(contains(blocker->remedy,
                   "has to be created there first; what is to stay away: --set "
                   "shop/deployment/web=0"));
    const StartChoice as_before_choice{.as_before = true};
    CHECK(left_at_rest(assess(state, {.starts = as_before_choice}).blockers) != nullptr);
    CHECK(fails(as_before(after_mtc(state), record_of(state, "rollback-1"))));
    SUBCASE("not where the source was not seen") {
        state.gaps.push_back(build::gap(Side::Source, "deployments.apps"));
        CHECK(left_at_rest(assess(state).blockers) == nullptr);
    }
    SUBCASE("nor a Job, which may have ended and been tidied away, unless its copy runs now") {
        State job = build::left_at_rest(build::kinds_told()[4]);
        job.source.workloads.clear();
        CHECK(left_at_rest(assess(job).blockers) != nullptr);
        job.target.workloads[0].body["status"]["conditions"] =
            build::list(Json{{"type", "Complete"}, {"status", "True"}});
        CHECK(left_at_rest(assess(job).blockers) == nullptr);
    }
}

TEST_CASE("a mark of 0 starts nothing: the only one that runs is not taken away by it") {
    for (const char* kind :
         {"Deployment", "DeploymentConfig", "StatefulSet", "ReplicaSet", "Job"}) {
        CAPTURE(std::string(kind));
        const auto all = build::kinds_told();
        const Told& told = *std::ranges::find(all, std::string_view(kind), &Told::kind);
        State state = build::left_at_rest(told);
        Object& web = state.source.workloads.at(0);
        web.body["metadata"]["annotations"]["migration.openshift.io/preQuiesceReplicas"] = "0";
        const Record record = record_of(state, "");
        for (const bool as_before : {false, true}) {
            const bool known =
                as_before && std::string(kind) == "Job";  // its copy tells the number
            const StartChoice choice{.as_before = as_before};
            CHECK((left_at_rest(assess(state, {.record = &record, .starts = choice}).blockers) ==
                   nullptr) == known);
            CHECK((left_at_rest(manual_flow(state, record, {.as_before = as_before}).blockers) ==
                   nullptr) == (std::string(kind) == "Job"));
        }
        CHECK(contains(left_at_rest(assess(state).blockers)->what,
                       "here, and MTC's mark says no other number"));
        CHECK(manual_flow(state, record, {.set = count(told, 3)}).blockers.empty());
    }
}

TEST_CASE("by hand, too, the only one that runs is not stopped unasked") {
    for (const Told& kind : build::kinds_told()) {
        if (std::string(kind.kind) == "Job") continue;  // it may have ended and been tidied away
        CAPTURE(std::string(kind.kind));
        State state = build::halfway();
        state.source.workloads = {build::stopped("Deployment", "front", "2")};
        state.target.workloads = {build::migrated(build::told(kind, kind.runs))};
        const Record record = record_of(state, "");
        const Runbook refused = manual_flow(state, record, {});
        CHECK(refused.steps.empty());
        const Blocker* blocker = left_at_rest(refused.blockers);
        REQUIRE(blocker != nullptr);
        CHECK(contains(blocker->what,
                       "1 workload is not on the source, so that it is not started unasked, and "
                       "its copy on the target is stopped: "));
        CHECK(contains(blocker->remedy, "--set " + path(kind) + "=0"));
        CHECK(left_at_rest(manual_flow(state, record, {.as_before = true}).blockers) != nullptr);
        // but where nothing is started, and so nothing stopped
        State starts_nothing = state;
        starts_nothing.source.workloads = {build::running("Deployment", "front", 2)};
        CHECK(
            left_at_rest(manual_flow(starts_nothing, record_of(starts_nothing, ""), {}).blockers) ==
            nullptr);
        // and where it was said
        if (takes_a_count(kind)) {
            const Runbook said = manual_flow(state, record, {.set = count(kind, 0)});
            CHECK(said.blockers.empty());
            CHECK(std::ranges::count(build::steps_of(said), "stop target " + path(kind)) == 1);
        }
    }
}

TEST_CASE("a flag is proposed where it decides everything, and otherwise none") {
    State state = build::left_at_rest(build::kinds_told().front());
    CHECK(assess(state).advice.commands ==
          std::vector<std::string>{"{plugin} shop-plan --start-as-before"});
    SUBCASE("not where something is not on the source") {
        state.target.workloads.push_back(build::migrated(build::running("StatefulSet", "db", 1)));
        const Assessment assessment = assess(state);
        CHECK(assessment.advice.commands.empty());
        CHECK(contains(assessment.advice.why, "--set shop/statefulset/db=0"));
        CHECK(contains(assessment.advice.why, "--start-as-before"));
        const Blocker* blocker = left_at_rest(assessment.blockers);
        REQUIRE(blocker != nullptr);
        CHECK(contains(blocker->what,
                       "2 workloads are at rest on the source without MTC's mark, or not there at "
                       "all, so that MTC's rollback starts none of them"));
    }
}

TEST_CASE("a mark whose workload runs with another number is shown before and after") {
    State state = build::halfway();
    state.source.workloads = {build::running("Deployment", "web", 1)
                                  .annotation(mtc::annotations::replicas, "3")
                                  .annotation(mtc::annotations::paused, "true")};
    const Assessment assessment = assess(state);
    CHECK(std::ranges::any_of(assessment.effects.warnings, [](const std::string& warning) {
        return contains(warning, "shop/deployment/web (1 replica now, 3 replicas") &&
               contains(warning, "oc scale deployment/web -n shop --replicas=3");
    }));
    const Record record = record_of(state, "rollback-1");
    State after = state;
    after.source.workloads = {
        build::running("Deployment", "web", 1).spec({{"replicas", 1}, {"paused", true}})};
    const auto findings = as_before(after, record);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == Severity::Warning);
    CHECK(findings[0].message ==
          "shop/deployment/web is told to run 1 replica, before the migration it was 3");
    SUBCASE("the remedy that takes off the mark says the number that it holds") {
        const auto all = verify({.state = state, .record = record, .rollback = "rollback-1"});
        const auto mark = std::ranges::find(all, "source-nothing-quiesced", &Finding::check);
        REQUIRE(mark != all.end());
        CHECK(contains(mark->message, "it ran 3 replicas then, and now it is told 1"));
    }
    SUBCASE("the manual flow says it, too") {
        const Runbook runbook = manual_flow(state, record, {});
        const auto it = std::ranges::find_if(runbook.steps, [](const Step& step) {
            return std::holds_alternative<Patch>(step.action);
        });
        REQUIRE(it != runbook.steps.end());
        const auto* patch = std::get_if<Patch>(&it->action);
        CHECK(patch->change == "keeps 1 replica, loses the mark of MTC (which says: 3 replicas)");
    }
}

// Mutations
// -------------------------------------------------------------------------------------------------

namespace {

struct Columns {
    State state;
    Record record;
};

struct Mutation {
    const char* what;
    std::function<void(Columns&, const Told&)> change;
};

void take_marks(Object& object) {
    object.body["metadata"].erase("annotations");
}

std::vector<Mutation> mutations() {
    return {
        {"nothing", [](Columns&, const Told&) {}},
        // before
        {"no record", [](Columns& c, const Told&) { c.record = Record{}; }},
        {"not in the record", [](Columns& c, const Told&) { c.record.workloads.clear(); }},
        {"no number in the record",
         [](Columns& c, const Told&) { c.record.workloads.at(0).before = {}; }},
        {"another number in the record",
         [](Columns& c, const Told& k) {
             c.record.workloads.at(0).before = build::row(k.kind).current(build::told(k, k.other));
         }},
        {"nothing ran, by the record",
         [](Columns& c, const Told& k) {
             c.record.workloads.at(0).before = build::row(k.kind).current(build::told(k, k.rests));
             c.record.workloads.at(0).ran = false;
         }},
        {"the record does not say whether it ran",
         [](Columns& c, const Told&) { c.record.workloads.at(0).ran.reset(); }},
        {"it did not run, by the record",
         [](Columns& c, const Told&) { c.record.workloads.at(0).ran = false; }},
        {"nobody told the record",
         [](Columns& c, const Told&) { c.record.workloads.at(0).told_by = Witness::Nobody; }},
        {"itself told the record",
         [](Columns& c, const Told&) { c.record.workloads.at(0).told_by = Witness::Source; }},
        {"stopped, by the record",
         [](Columns& c, const Told&) { c.record.workloads.at(0).quiesced = true; }},
        {"not stopped, by the record",
         [](Columns& c, const Told&) { c.record.workloads.at(0).quiesced = false; }},
        {"before is not known",
         [](Columns& c, const Told&) {
             c.record.workloads.at(0) = {.ref = c.record.workloads.at(0).ref, .before = {}};
         }},
        // source now
        {"no marks", [](Columns& c, const Told&) { take_marks(c.state.source.workloads.at(0)); }},
        {"marks",
         [](Columns& c, const Told& k) {
             c.state.source.workloads.at(0) = build::marked(k, c.state.source.workloads.at(0));
         }},
        {"marks of nonsense",
         [](Columns& c, const Told& k) {
             for (const auto& [key, value] : k.marks)
                 c.state.source.workloads.at(0).body["metadata"]["annotations"][key] = "x";
         }},
        {"marks of nothing",
         [](Columns& c, const Told& k) {
             for (const auto& [key, value] : k.marks)
                 c.state.source.workloads.at(0).body["metadata"]["annotations"][key] = "0";
         }},
        {"not on the source", [](Columns& c, const Told&) { c.state.source.workloads.clear(); }},
        {"not seen on the source",
         [](Columns& c, const Told& k) {
             c.state.source.workloads.clear();
             c.state.gaps.push_back(build::gap(Side::Source, build::row(k.kind).type.resource()));
         }},
        {"a pod on the source",
         [](Columns& c, const Told&) { c.state.source.pods = {build::pod("web-1")}; }},
        // target now
        {"not on the target", [](Columns& c, const Told&) { c.state.target.workloads.clear(); }},
        {"not seen on the target",
         [](Columns& c, const Told& k) {
             c.state.target.workloads.clear();
             c.state.gaps.push_back(build::gap(Side::Target, build::row(k.kind).type.resource()));
         }},
        {"the copy rests",
         [](Columns& c, const Told& k) {
             c.state.target.workloads = {build::migrated(build::told(k, k.rests))};
         }},
        {"the copy is stopped",
         [](Columns& c, const Told& k) {
             c.state.target.workloads = {
                 build::migrated(build::marked(k, build::told(k, k.rests)))};
         }},
        {"the copy runs otherwise",
         [](Columns& c, const Told& k) {
             c.state.target.workloads = {build::migrated(build::told(k, k.other))};
         }},
        {"the copy is not the plan's",
         [](Columns& c, const Told& k) { c.state.target.workloads = {build::told(k, k.runs)}; }},
        {"both sides are one cluster",
         [](Columns& c, const Told&) { c.state.target.server = c.state.source.server; }},
    };
}

bool is_well(const Columns& columns) {
    const auto findings =
        verify({.state = columns.state, .record = columns.record, .rollback = "rollback-1"});
    return std::ranges::none_of(findings, [](const Finding& f) {
        const bool of_it = f.check == "source-workloads-as-before" ||
                           f.check == "source-nothing-quiesced" ||
                           f.check == "source-workloads-serve";
        return of_it && (f.severity == Severity::Failure || f.severity == Severity::Unknown);
    });
}

}  // namespace

TEST_CASE("no column that is missing or wrong turns what fails into well") {
    std::size_t tried = 0;
    for (const Told& kind : build::kinds_told()) {
        for (const bool was_marked : {false, true}) {
            for (const Mutation& mutation : mutations()) {
                CAPTURE(std::string(kind.kind));
                CAPTURE(was_marked);
                CAPTURE(mutation.what);
                Columns columns{.state = build::left_at_rest(kind), .record = {}};
                if (was_marked)
                    columns.state.source.workloads[0] =
                        build::marked(kind, columns.state.source.workloads[0]);
                columns.record = record_of(columns.state, "rollback-1");
                mutation.change(columns, kind);
                CHECK_FALSE(is_well(columns));
                ++tried;
            }
        }
    }
    // 8 kinds, with and without marks, 27 changes
    CHECK(tried == 432);
}

}  // namespace rest_test
