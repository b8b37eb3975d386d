#include "rollback/other_plans.hpp"

#include <doctest/doctest.h>

#include "base/text.hpp"
#include "unit/rollback/builders.hpp"

namespace other_plans_test {

using namespace rollback;
using build::contains;

namespace {

mtc::Plan plan_of(const std::string& name, std::vector<mtc::NamespacePair> namespaces) {
    mtc::Plan plan = build::well().plan;
    plan.name = name;
    plan.uid = "uid-of-" + name;
    plan.namespaces = std::move(namespaces);
    return plan;
}

/// The plan conflicts with another one, `retry`.
State in_conflict() {
    State state = build::halfway();
    state.plan.conditions = {{"PlanConflict", "Error", "", "subject: retry"}};
    state.other_plans = {plan_of("retry", {{"shop", "shop"}})};
    return state;
}

Object borrowed(const std::string& plan) {
    return build::borrowed_pod("bare").label("migplan", "uid-of-" + plan);
}

std::string remedy_of(const State& state) {
    for (const Blocker& blocker : blockers_of(state, {})) {
        if (blocker.id == "plan-not-ready") return blocker.remedy;
    }
    return {};
}

constexpr const char* close =
    R"(oc patch migplan retry -n openshift-migration --type=merge -p '{"spec":{"closed":true}}')";
constexpr const char* give_back = "give them back first: {plugin} manual retry --only=stage-pods";

struct Row {
    const char* situation;
    void (*damage)(State&);
    bool gives_back;
    const char* says;  // "": no more
};

const Row rows[] = {
    {"nothing is borrowed", [](State&) {}, false, ""},
    {"a pod is borrowed for the other plan", [](State& s) { s.source.pods = {borrowed("retry")}; },
     true,
     "closing a plan deletes the pods that MTC borrowed for it from the application: "
     "shop/pod/bare;"},
    {"a pod is borrowed for the other plan, on the target",
     [](State& s) { s.target.pods = {borrowed("retry")}; }, true, ": shop/pod/bare;"},
    {"a pod is borrowed for this plan", [](State& s) { s.source.pods = {borrowed("shop-plan")}; },
     false, ""},
    {"a stage pod that MTC made is no loss",
     [](State& s) {
         s.source.pods = {build::stage_pod("stage-1").label("migplan", "uid-of-retry")};
     },
     false, ""},
    {"the pods could not be seen",
     [](State& s) { s.gaps = {build::gap(Side::Source, "pods", false)}; }, true,
     "and whether there are such could not be seen"},
    {"the other plan has namespaces that were not looked at",
     [](State& s) { s.other_plans[0].namespaces.push_back({"bank", "bank"}); }, true,
     "and whether there are such could not be seen"},
    {"the other plan has another cluster", [](State& s) { s.other_plans[0].target.name = "ocp5"; },
     true, "and whether there are such could not be seen"},
};

}  // namespace

TEST_CASE("what closes the plan in the way first gives back the pods that it borrowed") {
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            State state = in_conflict();
            row.damage(state);
            const std::string remedy = remedy_of(state);
            CAPTURE(remedy);
            CHECK(contains(remedy, close));
            CHECK(contains(remedy, give_back) == row.gives_back);
            CHECK(contains(remedy, row.says));
            if (row.gives_back) CHECK(remedy.find(give_back) < remedy.find(close));
        }
    }
}

TEST_CASE("each open plan that shares a namespace is named, others are not") {
    State state = in_conflict();
    state.other_plans.push_back(plan_of("merge", {{"bank", "shop"}}));
    state.other_plans.push_back(plan_of("elsewhere", {{"bank", "bank"}}));
    state.other_plans.push_back(plan_of("done", {{"shop", "shop"}}));
    state.other_plans.back().closed = true;
    std::vector<std::string> names;
    for (const mtc::Plan* rival : rivals_of(state)) names.push_back(rival->name);
    CHECK(names == std::vector<std::string>{"retry", "merge"});
}

TEST_CASE("where the other plan is not known, the way to close it is told all the same") {
    State state = in_conflict();
    state.other_plans.clear();
    const std::string remedy = remedy_of(state);
    CHECK(contains(remedy, "{plugin} manual OTHER --only=stage-pods; then oc patch migplan OTHER"));
}

TEST_CASE("in another namespace the commands name it") {
    State state = in_conflict();
    state.plan.ns = "mtc";
    state.source.pods = {borrowed("retry")};
    const std::string remedy = remedy_of(state);
    CHECK(contains(remedy, "{plugin} manual retry -n mtc --only=stage-pods"));
    CHECK(contains(remedy, "oc patch migplan retry -n mtc "));
}

TEST_CASE("of a closed plan it is said what was lost when it was closed") {
    State state = build::halfway();
    state.plan.closed = true;
    const auto blockers = blockers_of(state, {});
    REQUIRE(blockers.size() == 1);
    CHECK(contains(blockers[0].what,
                   "deleted the pods that MTC had borrowed for it, and one that no workload owns "
                   "does not come back"));
}

TEST_CASE("a migration of another plan acts on the same workloads while it runs") {
    State state = build::halfway();
    mtc::Plan other = state.plan;
    other.name = "other-plan";
    other.uid = "uid-of-other";
    state.other_plans = {other};
    mtc::Migration running =
        build::migration("cutover-9", mtc::MigrationKind::Cutover, 5, "EnsureInitialBackup");
    running.plan = "other-plan";
    running.conditions = {{"Running", "Advisory", "", ""}};
    state.other_migrations = {running};
    const auto refused = [&](const State& seen) {
        const auto by_mtc = build::ids_of(assess(seen).blockers);
        const auto by_hand = build::ids_of(manual_flow(seen, record_of(seen, ""), {}).blockers);
        CHECK(by_mtc == by_hand);
        return by_hand == std::vector<std::string>{"migration-running"};
    };
    CHECK(refused(state));
    SUBCASE("but not one that has ended") {
        state.other_migrations[0].phase = "Completed";
        state.other_migrations[0].conditions = {{"Succeeded", "Advisory", "", ""}};
        CHECK_FALSE(refused(state));
    }
    SUBCASE("nor of a plan with other namespaces") {
        state.other_plans[0].namespaces = {{"billing", "billing"}};
        CHECK_FALSE(refused(state));
    }
}

TEST_CASE("by hand nothing is started of which another plan has a copy that runs") {
    State state = build::halfway();
    Object copy = build::running("Deployment", "web", 3);
    copy.body["metadata"]["labels"][mtc::labels::migrated_by_plan] = "uid-of-other";
    state.target.workloads = {copy};
    const auto blockers = manual_flow(state, record_of(state, ""), {}).blockers;
    REQUIRE(build::ids_of(blockers) == std::vector<std::string>{"target-workload-runs"});
    CHECK(build::contains(blockers[0].what, "the application would run twice"));
    mtc::Plan other = state.plan;
    other.name = "other-plan";
    other.uid = "uid-of-other";
    state.other_plans = {other};
    CHECK(manual_flow(state, record_of(state, ""), {}).blockers[0].remedy ==
          "roll back with plan other-plan, which migrated it");
    state.target.workloads[0].body["spec"]["replicas"] = 0;
    CHECK(manual_flow(state, record_of(state, ""), {}).blockers.empty());
}

}  // namespace other_plans_test
