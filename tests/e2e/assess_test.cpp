// What `assess` says on two real control planes: each verdict out of a scenario, with its reasons.
#include <doctest/doctest.h>

#include "clusters.hpp"
#include "mtc/names.hpp"

namespace assess_test {

using e2e::Stage;
namespace types = support::types;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct Told {
    support::Ended ended;
    std::string verdict;
    std::string reasons;
};

Told assess(const Stage& stage, std::vector<std::string> words = {}) {
    words.insert(words.begin(), {"assess", stage.plan(), "-o", "json", "--exit-code"});
    Told told{.ended = stage.run(std::move(words)), .verdict = {}, .reasons = {}};
    CAPTURE(told.ended.err);
    const auto json = base::Json::parse(told.ended.out, nullptr, false);
    REQUIRE(json.is_object());
    CHECK(json["kind"] == "Assessment");
    told.verdict = base::text_or_empty(json, "/verdict");
    for (const auto& reason : base::items_at(json, "/reasons")) {
        told.reasons += base::text_or_empty(reason, "/message") + "\n";
    }
    return told;
}

}  // namespace

TEST_CASE("each verdict is reached from what the servers say") {
    struct Row {
        const char* scenario;
        const char* verdict;
        int code;
        const char* reason;
    };
    for (const Row& row : std::vector<Row>{
             {"failed-cutover", "Required", 4, "stopped by MTC"},
             {"nothing-stopped", "NotNeeded", 0, "copied ahead"},
             {"plan-closed", "RequiredManual", 4, "is closed"},
             {"plan-not-ready", "RequiredManual", 4, "not Ready"},
             {"rollback-running", "InProgress", 0, "has not ended"},
             {"succeeded-cutover", "NotNeeded", 0, "succeeded"},
             {"both-sides-write", "Dangerous", 4, "data"},
         }) {
        SUBCASE(row.scenario) {
            const Stage stage(row.scenario);
            const Told told = assess(stage);
            CAPTURE(told.reasons);
            CHECK(told.verdict == row.verdict);
            CHECK(told.ended.code == row.code);
            CHECK(has(told.reasons, row.reason));
        }
    }
}

TEST_CASE("after a rollback that went well the plan is AlreadyRolledBack") {
    const Stage stage("small");
    REQUIRE(stage.run({stage.plan(), "--yes"}).code == 0);
    const Told told = assess(stage);
    CHECK(told.verdict == "AlreadyRolledBack");
    CHECK(told.ended.code == 0);
}

TEST_CASE(
    "who may do nothing outside the plan's namespaces gets an answer, and hears what he lacks") {
    Stage stage("small");
    const auto kubeconfig = stage.namespaced_kubeconfig("shop");
    const Told told =
        assess(stage, {"--kubeconfig=" + kubeconfig.string(), "--source-context=source"});
    CAPTURE(told.reasons);
    CHECK(told.verdict == "Required");
    // the schema of MigMigrations is not in a namespace
    CHECK(has(told.ended.out, "schema-without-rollback"));
    CHECK(has(told.ended.out, "it could not be seen whether this MTC knows spec.rollback"));
}

TEST_CASE("without a plan there is a line for every plan") {
    const Stage one("small");
    const Stage other("nothing-stopped");
    const auto ended = one.run({"assess", "-o", "json"});
    CAPTURE(ended.err);
    CHECK(ended.code == 0);
    const auto json = base::Json::parse(ended.out, nullptr, false);
    REQUIRE(json.is_object());
    std::string plans;
    for (const auto& item : base::items_at(json, "/items")) {
        plans +=
            base::text_or_empty(item, "/plan") + "=" + base::text_or_empty(item, "/verdict") + " ";
    }
    CHECK(has(plans, one.plan() + "=Required"));
    CHECK(has(plans, other.plan() + "=NotNeeded"));
}

}  // namespace assess_test
