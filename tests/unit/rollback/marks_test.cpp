// Marks of MTC that MTC itself cannot read, and counts that contradict those that it can. The
// controller parses them with Go's strconv.Atoi and ParseBool and with json.Unmarshal into
// map[string]string, in its last step (mm/quiesce.go).
#include "rollback/marks.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "rollback/manual.hpp"
#include "unit/rollback/before_builders.hpp"

namespace marks_test {

using namespace rollback;
using build::contains;
using build::Told;

namespace {

struct Row {
    const char* kind;
    const char* annotation;
    const char* value;
    bool read;
};

constexpr const char* replicas = "migration.openshift.io/preQuiesceReplicas";
constexpr const char* paused = "migration.openshift.io/preQuiescePaused";
constexpr const char* selector = "migration.openshift.io/preQuiesceNodeSelector";

constexpr Row rows[] = {
    {"Deployment", replicas, "3", true},
    {"Deployment", replicas, "0", true},
    {"Deployment", replicas, "2147483647", true},
    {"Deployment", replicas, "2147483648", false},
    {"Deployment", replicas, "3000000000", false},
    {"Deployment", replicas, "5000000000", false},
    {"Deployment", replicas, "99999999999999999999", false},
    {"Deployment", replicas, "", false},
    {"Deployment", replicas, "x", false},
    {"Deployment", replicas, "-1", false},
    {"Deployment", replicas, "3 ", false},
    {"DeploymentConfig", replicas, "three", false},
    {"StatefulSet", replicas, "1.5", false},
    {"ReplicaSet", replicas, "0x3", false},
    {"Job", replicas, "0", true},
    {"Job", replicas, "many", false},
    {"Deployment", paused, "true", true},
    {"Deployment", paused, "F", true},
    {"Deployment", paused, "yes", false},
    {"DeploymentConfig", paused, "", false},
    {"StatefulSet", paused, "yes", true},  // it has no such field
    {"DaemonSet", selector, R"({"zone":"a"})", true},
    {"DaemonSet", selector, "{}", true},
    {"DaemonSet", selector, "null", true},
    {"DaemonSet", selector, R"({"zone":1})", false},
    {"DaemonSet", selector, "[]", false},
    {"DaemonSet", selector, "zone=a", false},
    {"CronJob", "migration.openshift.io/preQuiesceSuspend", "nonsense", true},
    {"VirtualMachine", "migration.openshift.io/start-vm", "nonsense", true},
};

const Told& told(std::string_view kind) {
    static const auto all = build::kinds_told();
    return *std::ranges::find(all, kind, &Told::kind);
}

// Stopped, with that annotation beside the mark of its kind.
Object stopped_with(const Row& row) {
    Object object =
        build::marked(told(row.kind), build::told(told(row.kind), told(row.kind).rests));
    object.body["metadata"]["annotations"][row.annotation] = row.value;
    return object;
}

State halfway_with(Object workload) {
    State state = build::halfway();
    state.source.workloads = {std::move(workload)};
    return state;
}

const Blocker* find(const std::vector<Blocker>& blockers, const char* id) {
    const auto it = std::ranges::find(blockers, id, &Blocker::id);
    return it == blockers.end() ? nullptr : &*it;
}

std::vector<ReplicaCount> count(const char* kind, std::int64_t n) {
    return {{.ns = "shop", .kind = kind, .name = "web", .count = n}};
}

}  // namespace

TEST_CASE("a mark that MTC cannot read is no reason to let it try") {
    for (const Row& row : rows) {
        CAPTURE(std::string(row.kind));
        CAPTURE(std::string(row.annotation));
        CAPTURE(std::string(row.value));
        const State state = halfway_with(stopped_with(row));
        const Assessment assessment = assess(state);
        const Blocker* blocker = find(assessment.blockers, "mark-unreadable");
        CHECK((blocker == nullptr) == row.read);
        CHECK(assessment.verdict == (row.read ? Verdict::Required : Verdict::RequiredManual));
        CHECK(console_flow(state, assessment, "rb").steps.empty() != row.read);
        if (blocker == nullptr) continue;
        CHECK(contains(blocker->what, std::string(row.annotation) + " is \"" + row.value + "\""));
        CHECK(contains(blocker->what, "web in shop"));
    }
}

TEST_CASE("a number that is too large is no number") {
    const State state = halfway_with(stopped_with({"Deployment", replicas, "3000000000", false}));
    CHECK(assess(state).effects.returns.front().then.replicas == std::nullopt);
    const Runbook by_hand = manual_flow(state, record_of(state, ""), {});
    REQUIRE(by_hand.skipped.size() == 1);
    CHECK(contains(by_hand.skipped.front().remedy, "--set shop/deployment/web=N"));
}

TEST_CASE("the remedy writes what is known of before, or what the operator says") {
    const State state = halfway_with(stopped_with({"Deployment", replicas, "x", false}));
    const auto remedy = [&](const AssessOptions& options) {
        return find(assess(state, options).blockers, "mark-unreadable")->remedy;
    };
    CHECK(contains(remedy({}), "--set NAMESPACE/KIND/NAME=N"));
    CHECK(contains(remedy({.starts = {.set = count("deployment", 4)}}),
                   "oc annotate deployment/web -n shop --overwrite "
                   "migration.openshift.io/preQuiesceReplicas=4"));
    Record record = record_of(state, "");
    record.workloads.at(0).before.replicas = 3;
    record.workloads.at(0).told_by = Witness::Copy;
    CHECK(contains(remedy({.record = &record}), "migration.openshift.io/preQuiesceReplicas=3"));
}

TEST_CASE("nor is a pause made up that nobody knows") {
    const State state = halfway_with(stopped_with({"Deployment", paused, "maybe", false}));
    Record record = record_of(state, "");
    const auto remedy = [&] {
        return find(assess(state, {.record = &record}).blockers, "mark-unreadable")->remedy;
    };
    CHECK(contains(remedy(), "oc edit deployment/web -n shop"));
    CHECK_FALSE(contains(remedy(), "oc annotate"));
    record.workloads.at(0).before.paused = true;
    record.workloads.at(0).told_by = Witness::Copy;
    CHECK(contains(remedy(), "migration.openshift.io/preQuiescePaused=true"));
}

TEST_CASE("a workload that MTC passes over cannot make its rollback fail") {
    State state = halfway_with(stopped_with({"Deployment", replicas, "x", false}));
    mtc::Plan other = state.plan;
    other.name = "other";
    other.uid = "uid-of-other";
    state.source.plans = {state.plan, other};
    CHECK(find(assess(state).blockers, "mark-unreadable") == nullptr);
}

TEST_CASE("a count against a mark is refused, for MTC starts by the mark") {
    for (const char* kind : {"Deployment", "DeploymentConfig", "StatefulSet", "ReplicaSet", "Job",
                             "CronJob", "VirtualMachine"}) {
        CAPTURE(std::string(kind));
        const State state =
            halfway_with(build::marked(told(kind), build::told(told(kind), told(kind).rests)));
        const auto refused = [&](std::int64_t n) {
            return find(assess(state, {.starts = {.set = count(kind, n)}}).blockers,
                        "set-against-mark");
        };
        const bool has_number = build::row(kind).count_at != nullptr;
        CHECK(refused(0) != nullptr);
        CHECK((refused(5) != nullptr) == has_number);
        CHECK(refused(3) == nullptr);
        const Assessment assessment = assess(state, {.starts = {.set = count(kind, 0)}});
        const Blocker* blocker = find(assessment.blockers, "set-against-mark");
        REQUIRE(blocker != nullptr);
        CHECK(contains(blocker->what, "web=0 would not be heeded"));
        CHECK(contains(blocker->remedy,
                       has_number ? "migration.openshift.io/preQuiesceReplicas=0" : "manual flow"));
        // which takes it
        CHECK(manual_flow(state, record_of(state, ""), {.set = count(kind, 0)}).blockers.empty());
    }
}

TEST_CASE("by a mark of 0 MTC starts nothing: what --set says is started after it") {
    for (const char* kind : {"Deployment", "StatefulSet", "DeploymentConfig"}) {
        CAPTURE(std::string(kind));
        State state = halfway_with(build::stopped(kind, "web", "0"));
        state.target.workloads = {build::migrated(build::running(kind, "web", 2))};
        const Record record = record_of(state, "");
        const auto steps = [&](const StartChoice& starts) {
            const Assessment assessment = assess(state, {.record = &record, .starts = starts});
            return console_flow(
                state, assessment, "rb",
                {.starts = starts_after_mtc(state, assessment.situation, record, starts)});
        };
        // nothing is decided yet, and only what helps is proposed
        const Runbook undecided = steps({});
        REQUIRE(build::ids_of(undecided.blockers) == std::vector<std::string>{"left-at-rest"});
        CHECK_FALSE(contains(undecided.blockers[0].remedy, "--start-as-before"));
        const Runbook decided = steps({.set = count(kind, 2)});
        CHECK(decided.blockers.empty());
        CHECK(std::ranges::any_of(decided.steps, [](const Step& step) {
            const auto* patch = std::get_if<Patch>(&step.action);
            return patch != nullptr && patch->purpose == Purpose::Start;
        }));
    }
}

TEST_CASE("a count for what MTC does not start, or has lost the number of, is no contradiction") {
    const Told& deployment = told("Deployment");
    State state = halfway_with(build::told(deployment, deployment.rests));
    CHECK(counts_against_marks(state, count("deployment", 5)).empty());
    state = halfway_with(build::told(deployment, deployment.runs));
    CHECK(counts_against_marks(state, count("deployment", 5)).empty());
    state = halfway_with(stopped_with({"Job", replicas, "0", true}));
    CHECK(counts_against_marks(state, count("job", 5)).empty());
}

}  // namespace marks_test
