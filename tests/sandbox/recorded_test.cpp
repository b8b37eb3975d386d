// The simulated controller against what the real one wrote (fixtures/recorded): the same ways, the
// same pipelines, conditions and messages. A difference is a fault of the simulator.
#include "support/recorded.hpp"

#include <doctest/doctest.h>

#include <regex>
#include <set>

#include "rollback/testimony.hpp"
#include "sandbox/control_objects.hpp"
#include "sandbox/itinerary.hpp"
#include "sandbox/leftovers.hpp"
#include "sandbox/mtc_rules.hpp"
#include "sandbox/volume_migration.hpp"

using namespace sandbox;

namespace sandbox_recorded_test {
namespace {

// How the controller got there, in a scenario's words.
struct Way {
    const char* name;
    const char* kind;
    const char* state;
    const char* phase;
    enum Plan { Direct, Indirect, Conversion } plan = Direct;
};

constexpr Way ways[] = {
    {"cutover-a2", "cutover", "failed", "FinalRestoreCreated", Way::Indirect},
    {"cutover-d2", "cutover", "succeeded", ""},
    {"cutover-e2", "cutover", "failed", "StageRestoreCreated", Way::Indirect},
    {"cutover-h", "cutover", "failed", "WaitForDirectVolumeMigrationToComplete"},
    {"stage-e", "cutover", "canceled", "FinalRestoreCreated", Way::Indirect},
    {"conv-i", "state", "failed", "SwapPVCReferences", Way::Conversion},
    {"rollback-zrthfvlc", "rollback", "succeeded", ""},
    {"rollback-5gq3lxoc", "rollback", "failed", "DeleteMigrated"},
    {"rollback-o3b9r35q", "rollback", "failed", "DeleteBackups"},
    {"rollback-5r4nufbg", "rollback", "failed", "SwapPVCReferences", Way::Conversion},
    {"rollback-nmyqgv74", "rollback", "canceled", "EnsureMigratedDeleted"},
};

Object plan_for(const Way& way) {
    Scenario scenario;
    scenario.plan.namespaces = {"shop"};
    scenario.plan.volumes = {"shop/data", "shop/scratch", "shop/spare", "shop/store-db-0",
                             "shop/store-db-1"};
    scenario.plan.indirect_volumes = way.plan == Way::Indirect;
    Json body = plan_manifest(scenario);
    if (way.plan == Way::Conversion) body["spec"]["srcMigClusterRef"]["name"] = "host";
    return base::object_of(types::migplans, body);
}

// Everything but times, what Velero and rsync say of their progress, and the letters that the
// server gives to names.
Json comparable(const Json& status) {
    static const std::regex generated("(openshift-migration/[a-z0-9-]+)-[a-z0-9]{5}\\b");
    Json out = {{"phase", status.at("phase")},
                {"itinerary", status.at("itinerary")},
                {"errors", status.value("errors", Json::array())},
                {"started", status.contains("startTimestamp")}};
    for (Json condition : status.at("conditions")) {
        condition.erase("lastTransitionTime");
        condition["message"] =
            std::regex_replace(condition["message"].get<std::string>(), generated, "$1");
        out["conditions"].push_back(condition);
    }
    for (Json step : status.at("pipeline")) {
        for (const char* time : {"started", "completed"}) {
            if (step.contains(time)) step[time] = true;
        }
        step.erase("progress");
        out["pipeline"].push_back(step);
    }
    return out;
}

Json recorded_status(const Way& way) {
    return recorded::one("migmigrations", way.name).at("status");
}

// What a DirectVolumeMigration says of its end and of the claim `data`.
Json copied(const Json& body) {
    const Json& status = body.at("status");
    Json out = {{"phase", status.at("phase")},
                {"itinerary", status.at("itinerary")},
                {"errors", status.value("errors", Json::array())}};
    for (Json condition : status.at("conditions")) {
        condition.erase("lastTransitionTime");
        out["conditions"].push_back(condition);
    }
    for (Json operation : status.at("rsyncOperations")) {
        if (operation.at("pvcReference").at("name") != "data") continue;
        operation.erase("pvcReference");
        out["operation"] = operation;
    }
    for (const char* list : {"failedPods", "runningPods", "successfulPods"})
        out[list] = status.contains(list);
    return out;
}

MigrationWords words_of(const Way& way) {
    const Json errors = recorded_status(way).value("errors", Json::array());
    return {
        .name = way.name,
        .kind = way.kind,
        .state = way.state,
        .phase = way.phase,
        .error = errors.empty() ? std::string() : errors.at(0).get<std::string>(),
        .quiesce = recorded::one("migmigrations", way.name)["spec"].value("quiescePods", false)};
}

}  // namespace

TEST_SUITE("the simulated controller as the real one") {
    TEST_CASE("counts as many phases") {
        CHECK(final_itinerary().phases.size() == 50);
        CHECK(stage_itinerary().phases.size() == 38);
        CHECK(rollback_itinerary().phases.size() == 15);
        CHECK(final_itinerary().number("QuiesceSourceApplications") == 20);
        CHECK(rollback_itinerary().number("EnsureMigratedDeleted") == 13);
        CHECK(final_itinerary().number("FinalRestoreFailed") == 0);
    }

    TEST_CASE("leaves migrations with the same conditions, pipeline, phase and errors") {
        for (const Way& way : ways) {
            CAPTURE(way.name);
            const Json made = migration_manifest(words_of(way), plan_for(way));
            const Json expected = comparable(recorded_status(way));
            const Json simulated = comparable(made.at("status"));
            for (const auto& [part, value] : expected.items()) {
                CAPTURE(part);
                CHECK(simulated.at(part) == value);
            }
        }
    }

    TEST_CASE("creates the DirectVolumeMigration before it backs up and stops the application") {
        const Itinerary& cutover = final_itinerary();
        CHECK(cutover.number("CreateDirectVolumeMigrationStage") <
              cutover.number("EnsureInitialBackup"));
        CHECK(cutover.number("InitialBackupCreated") < cutover.number("QuiesceSourceApplications"));
        CHECK(cutover.number("EnsureSrcQuiesced") <
              cutover.number("WaitForDirectVolumeMigrationToComplete"));
    }

    TEST_CASE("labels what a volume migration leaves on the source") {
        Place place{.side = Side::Source, .ns = "shop-d"};
        place.plan_uid = "a3196784-34d4-4f03-9c71-a2fad69a10e8";
        place.volume_migration_uid = "101223a7-b19b-45a3-b085-bdc949de8779";
        const std::vector<Json> made = dvm_leftovers(place);
        for (const Json& real : recorded::all("leftovers")) {
            const std::string name = recorded::name_of(real);
            CAPTURE(name);
            const auto it = std::ranges::find_if(made, [&](const Json& body) {
                return body.at("kind") == real.at("kind") &&
                       (body.at("kind") == "Pod" || recorded::name_of(body) == name);
            });
            REQUIRE(it != made.end());
            Json labels = it->at("metadata").at("labels");
            Json expected = real.at("metadata").at("labels");
            for (Json* each : {&labels, &expected})
                each->erase("migration.openshift.io/created-for-pvc");
            CHECK(labels == expected);
        }
    }

    TEST_CASE(
        "leaves DirectVolumeMigrations with the same conditions, phase, errors and operations") {
        struct Row {
            const char* name;
            const char* copy;
        };
        for (const Row& row : {Row{"cutover-c-rcllf", "complete"}, Row{"cutover-d2-mt9p6", "rsync"},
                               Row{"cutover-h-8mpkn", "fatal"}}) {
            CAPTURE(row.name);
            const Json real = recorded::one("directvolumemigrations", row.name);
            Scenario scenario;
            scenario.plan.namespaces = {"shop"};
            scenario.plan.volumes = {"shop/data"};
            const Json errors = real["status"].value("errors", Json::array());
            MigrationWords words{.name = "cutover"};
            words.copy = row.copy;
            words.error = errors.empty() ? std::string() : errors.at(0).get<std::string>();
            const Json made = volume_migration_manifest(
                words, base::object_of(types::migmigrations, {{"metadata", {{"uid", "1"}}}}),
                scenario);
            CHECK(copied(made) == copied(real));
            CHECK(made["metadata"]["finalizers"] == real["metadata"]["finalizers"]);
            CHECK(made["metadata"]["ownerReferences"][0]["controller"] == true);
        }
    }
}

// The product's words against the simulator's tables, which are the real ones.
namespace {

rollback::Testimony testimony_of(bool stage, std::string_view phase) {
    Json body = manifest(types::migmigrations, "openshift-migration", "m");
    body["spec"] = {{"migrateState", stage}, {"quiescePods", true}};
    body["status"] = {{"phase", "Completed"},
                      {"conditions", Json::array({{{"type", "Failed"},
                                                   {"status", "True"},
                                                   {"category", "Advisory"},
                                                   {"reason", phase}}})}};
    return rollback::testimony_of(
        mtc::decode_migration(base::object_of(types::migmigrations, body)));
}

// Before quiescing in MTC 1.4 and 1.5, after it since 1.6, in both itineraries or in one.
bool changed_sides(bool stage, std::string_view phase) {
    static const std::set<std::string_view> in_both{"EnsureStagePodsFromRunning",
                                                    "EnsureStagePodsFromTemplates",
                                                    "StagePodsCreated",
                                                    "EnsureStagePodsFromOrphanedPVCs",
                                                    "RestartRestic",
                                                    "AnnotateResources",
                                                    "WaitForResticReady"};
    static const std::set<std::string_view> in_stage{"WaitForVeleroReady", "WaitForRegistriesReady",
                                                     "EnsureCloudSecretPropagated"};
    return in_both.contains(phase) || (stage && in_stage.contains(phase));
}

}  // namespace

TEST_CASE("where a migration failed tells whether it had begun to stop the application") {
    for (const bool stage : {false, true}) {
        const Itinerary& itinerary = stage ? stage_itinerary() : final_itinerary();
        const std::size_t quiescing = itinerary.number("QuiesceSourceApplications");
        for (const ItineraryPhase& phase : itinerary.phases) {
            if (phase.name.empty() || phase.name == "Completed") continue;
            CAPTURE(itinerary.name);
            CAPTURE(phase.name);
            const auto testimony = testimony_of(stage, phase.name);
            const bool before = itinerary.number(phase.name) < quiescing;
            const bool says_before =
                testimony.words.ends_with(", before it would have stopped the application");
            CHECK(testimony.stopped == (!before && !changed_sides(stage, phase.name)));
            CHECK(says_before == (before && !changed_sides(stage, phase.name)));
        }
    }
}

}  // namespace sandbox_recorded_test
