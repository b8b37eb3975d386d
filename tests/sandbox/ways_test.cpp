// Every state in which a migration can be seen, one after the other: the simulated controller's
// against those of the real one (fixtures/recorded/ways.yaml).
#include "support/recorded.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "base/text.hpp"
#include "sandbox/world.hpp"

using namespace sandbox;

namespace sandbox_ways_test {
namespace {

constexpr const char* ns = "openshift-migration";
using Lines = std::vector<std::string>;

std::string step_in_short(const Json& step) {
    std::string out = base::text_or_empty(step, "/name");
    for (const char* flag : {"failed", "skipped", "completed"}) {
        if (step.contains(flag)) out += std::string(" ") + flag;
    }
    const std::string phase = base::text_or_empty(step, "/phase");
    return phase.empty() ? out : out + " (" + phase + ")";
}

std::string in_short(const Object& migration) {
    Lines conditions;
    for (const Json& condition : base::items_at(migration.body, "/status/conditions")) {
        const std::string type = base::text_or_empty(condition, "/type");
        const std::string step = base::text_or_empty(condition, "/message");
        conditions.push_back(type == "Running" ? type + " " + step : type);
    }
    std::ranges::sort(conditions);
    Lines steps;
    for (const Json& step : base::items_at(migration.body, "/status/pipeline")) {
        if (step.contains("started") || step.contains("skipped"))
            steps.push_back(step_in_short(step));
    }
    return base::text_or_empty(migration.body, "/status/itinerary") + " " +
           base::text_or_empty(migration.body, "/status/phase") + ": " +
           base::join(conditions, ", ") + ": " + base::join(steps, ", ");
}

// Conditions stand in the order in which they were first set; here they are compared as a set.
std::string with_sorted_conditions(const std::string& line) {
    const auto from = line.find(": ") + 2;
    const auto to = line.find(": ", line.find(", Ready"));
    const auto end = to == std::string::npos ? line.find(": ", from) : to;
    Lines conditions;
    for (const std::string& each : base::split(line.substr(from, end - from), ','))
        conditions.emplace_back(base::trimmed(each));
    std::ranges::sort(conditions);
    return line.substr(0, from) + base::join(conditions, ", ") + line.substr(end);
}

Lines recorded_states(const std::string& name) {
    Lines out;
    for (const std::string& line : base::texts_at(recorded::one("ways", name), "/states"))
        out.push_back(with_sorted_conditions(line));
    return out;
}

Json migration_of(const std::string& name, const Json& spec) {
    Json body = manifest(types::migmigrations, ns, name);
    body["spec"] = {{"migPlanRef", {{"name", "shop-plan"}, {"namespace", ns}}}, {"stage", false}};
    body["spec"].update(spec);
    return body;
}

/// All states of the migration until it has ended; `at` is told of each.
Lines states_of(
    World& world, const Json& migration,
    const std::function<void(const Object&)>& at = [](const Object&) {}) {
    const ObjectRef ref = base::object_of(types::migmigrations, migration).ref;
    REQUIRE(world.control().create(ref, migration, {}, {}));
    Lines out;
    const auto look = [&](const kube::ObjectMap& all) {
        const auto it = all.find(ref);
        if (it == all.end() || base::text_or_empty(it->second.body, "/status/itinerary").empty())
            return false;
        const std::string state = in_short(it->second);
        if (!out.empty() && out.back() == state) return false;
        out.push_back(state);
        at(it->second);
        return base::text_or_empty(it->second.body, "/status/phase") == "Completed";
    };
    CHECK(World::await(world.control(), types::migmigrations, look, std::chrono::seconds(20)));
    return out;
}

Scenario scenario_from(const std::string& yaml) {
    auto scenario = parse_scenario("inline", yaml);
    REQUIRE_MESSAGE(scenario.has_value(), scenario.error().message);
    return std::move(*scenario);
}

void cancel(World& world, const Object& migration) {
    const Json operations =
        Json::array({{{"op", "add"}, {"path", "/spec/canceled"}, {"value", true}}});
    CHECK(world.control().patch(migration, operations, {}, {}));
}

// One pace for all: each state has to be seen.
const WorldOptions slowly{.pace = std::chrono::milliseconds(20)};

}  // namespace

TEST_SUITE("the simulated controller's states, one by one") {
    TEST_CASE("are the real ones where volumes go by way of the storage and a restore fails") {
        World world(scenario_from(R"(
plan: {namespaces: [shop], volumes: [shop/data, shop/orphan], indirectVolumes: true}
source: {shop: [{kind: Pod, name: bare, claims: [data]}]}
controller: {fail: [{phase: FinalRestoreCreated, error: "Restore x: Failed."}]}
)"),
                    slowly);
        CHECK(states_of(world, migration_of("cutover-1", {{"quiescePods", true}})) ==
              recorded_states("cutover-a"));
        CHECK(states_of(world, migration_of("rollback-1", {{"rollback", true}})) ==
              recorded_states("rollback-ybtbqo76"));
    }

    TEST_CASE(
        "are the real ones where a DirectVolumeMigration copies, and a rollback is canceled") {
        World world(scenario_from(R"(
plan: {namespaces: [shop], volumes: [shop/data]}
source: {shop: [{kind: Deployment, name: web, claims: [data]}]}
target:
  shop:
    migrated: [{kind: ConfigMap, name: held, finalizers: [example.com/hold]}]
)"),
                    slowly);
        CHECK(states_of(world, migration_of("cutover-1", {{"quiescePods", true}})) ==
              recorded_states("cutover-c"));
        std::jthread canceling;
        const auto canceled = states_of(
            world, migration_of("rollback-1", {{"rollback", true}}), [&](const Object& m) {
                if (base::text_or_empty(m.body, "/status/phase") == "EnsureMigratedDeleted")
                    canceling = std::jthread([&world, m] { cancel(world, m); });
            });
        CHECK(canceled == recorded_states("rollback-dpdbwrle"));
    }
}

}  // namespace sandbox_ways_test
