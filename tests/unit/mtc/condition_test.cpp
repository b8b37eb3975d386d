#include "mtc/condition.hpp"

#include <doctest/doctest.h>

#include "unit/mtc/builders.hpp"

namespace condition_test {

using namespace mtc;
using build::Json;

namespace {

Conditions decoded(const Json& conditions) {
    return decode_conditions({{"status", {{"conditions", conditions}}}});
}

}  // namespace

TEST_CASE("a condition is read with all that it says") {
    Json json =
        build::condition("Failed", "Advisory", "EnsureCloudSecretPropagated", "See: Errors.");
    json["lastTransitionTime"] = "2025-05-01T10:07:00Z";
    const Conditions conditions = decoded(build::list(json));
    REQUIRE(conditions.size() == 1);
    CHECK(conditions[0].type == "Failed");
    CHECK(conditions[0].category == "Advisory");
    CHECK(conditions[0].reason == "EnsureCloudSecretPropagated");
    CHECK(conditions[0].message == "See: Errors.");
    CHECK(conditions[0].since == build::at(7));
}

TEST_CASE("only a condition whose status is True counts") {
    struct Row {
        const char* situation;
        Json json;
        bool counts;
    };
    const Row rows[] = {
        {"True", {{"type", "Ready"}, {"status", "True"}}, true},
        {"no status at all", {{"type", "Ready"}}, true},
        {"False", {{"type", "Ready"}, {"status", "False"}}, false},
        {"Unknown", {{"type", "Ready"}, {"status", "Unknown"}}, false},
        {"a status that is no text", {{"type", "Ready"}, {"status", false}}, false},
        {"no type", {{"status", "True"}}, false},
        {"a type that is no text", {{"type", 5}, {"status", "True"}}, false},
        {"no object", "Ready", false},
    };
    for (const Row& row : rows) {
        SUBCASE(row.situation) {
            CHECK(has(decoded(build::list(row.json)), "Ready") == row.counts);
        }
    }
}

TEST_CASE("conditions that are no list are none") {
    CHECK(decoded("Ready").empty());
    CHECK(decoded({{"type", "Ready"}}).empty());
    CHECK(decode_conditions(Json()).empty());
}

TEST_CASE("Critical and Error block, Warn warns, the rest does neither") {
    struct Row {
        const char* category;
        bool blocks;
        bool warns;
    };
    for (const Row& row :
         {Row{"Critical", true, false}, Row{"Error", true, false}, Row{"Warn", false, true},
          Row{"Required", false, false}, Row{"Advisory", false, false}, Row{"", false, false}}) {
        SUBCASE(row.category) {
            const Conditions conditions = decoded(build::list(build::condition("X", row.category)));
            CHECK(conditions.at(0).blocks() == row.blocks);
            CHECK(conditions.at(0).warns() == row.warns);
        }
    }
}

TEST_CASE("the blocking conditions are given in their order") {
    const Conditions all = decoded(build::list(build::condition("PlanNotReady", "Critical"),
                                               build::condition("Ready", "Required"),
                                               build::condition("PlanConflict", "Error")));
    const Conditions by = blocking(all);
    REQUIRE(by.size() == 2);
    CHECK(by[0].type == "PlanNotReady");
    CHECK(by[1].type == "PlanConflict");
    CHECK(find(all, "Ready")->category == "Required");
    CHECK(find(all, "Suspended") == nullptr);
}

}  // namespace condition_test
