// The console flow, played with the real binary on every scenario.
#include <latch>
#include "base/yaml.hpp"

#include "program.hpp"

namespace flow_test {

using namespace plugin_test;

namespace {

/// Ends as soon as nothing moves, so that a scenario that stays unwell does not keep the test
/// waiting.
const std::vector<std::string> roll_back{"shop-plan", "--yes", "--stall-after=4s"};

}  // namespace

TEST_CASE("a failed cutover, for which the console greys out Rollback, is rolled back and proved") {
    sandbox::World world("failed-cutover", https());
    const Person person(world.kubeconfig());
    const auto ended = person.runs({"shop-plan", "--yes"});
    CAPTURE(ended.err);
    CAPTURE(ended.out);
    CHECK(ended.code == 0);
    CHECK(ended.out.starts_with("Rollback succeeded\n"));
    CHECK(replicas(world.source_store(), "web") == 3);
    CHECK(replicas(world.source_store(), "admin") == 2);
    CHECK(rollbacks(world.target_store()) == 1);
    CHECK_FALSE(world.target_store().peek({support::types::configmaps, "shop", "web-config"}));
    CHECK(world.target_store().peek({support::types::configmaps, "shop", "cluster-info"}));
}

TEST_CASE("each scenario ends with the exit code that it is there for, and again when run again") {
    for (const std::string& name : sandbox::scenario_names()) {
        const auto scenario = sandbox::load_scenario(name);
        REQUIRE(scenario);
        const auto expected = base::number_at(scenario->expect, "/exit");
        if (!expected) continue;  // made for another command, or for a user of its own
        SUBCASE(name.c_str()) {
            sandbox::World world(name, https());
            const Person person(world.kubeconfig());
            auto words = roll_back;
            // 5 is the code of a wait that was given up
            if (*expected == 5) words.emplace_back("--timeout=6s");
            const auto ended = person.runs(words);
            CAPTURE(ended.err);
            CAPTURE(ended.out);
            CHECK(ended.code == *expected);
            if (const auto again = base::number_at(scenario->expect, "/again/exit")) {
                const auto second = person.runs(words);
                CAPTURE(second.err);
                CHECK(second.code == *again);
            }
        }
    }
}

TEST_CASE("run again after a success nothing is written, and it is proved again") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    REQUIRE(person.runs(roll_back).code == 0);
    world.target_server().forget_requests();
    const auto again = person.runs(roll_back);
    CHECK(again.code == 0);
    CHECK(rollbacks(world.target_store()) == 1);
    for (const std::string& request : world.target_server().requests()) {
        CAPTURE(request);
        CHECK((request.starts_with("GET ") || has(request, "selfsubjectaccessreviews")));
    }
}

TEST_CASE("a plan that MTC judges anew a moment after the rollback is waited for") {
    sandbox::World world("slow-plan", https());
    const auto ended = Person(world.kubeconfig()).runs({"shop-plan", "-y", "-ojson"});
    CAPTURE(ended.err);
    CHECK(ended.code == 0);
    const auto report = base::Json::parse(ended.out);
    CHECK(std::ranges::any_of(report["findings"], [](const base::Json& finding) {
        return finding["check"] == "control-plan-ready" && finding["severity"] == "ok";
    }));
}

TEST_CASE("with -o json stdout is one document, whether it went well or not") {
    const auto document = [](const support::Ended& ended) {
        const auto json = base::Json::parse(ended.out, nullptr, false);
        REQUIRE(json.is_object());
        CHECK(json["apiVersion"] == "mtc-rollback/v1");
        CHECK(json["kind"] == "RunReport");
        CHECK(json["exitCode"] == ended.code);
        return json;
    };
    SUBCASE("success") {
        sandbox::World world("small", https());
        const auto json =
            document(Person(world.kubeconfig()).runs({"shop-plan", "-y", "-o", "json"}));
        CHECK(json["outcome"] == "Succeeded");
        CHECK(json["findings"].size() >= 12);
    }
    SUBCASE("a plan that does not exist") {
        sandbox::World world("small", https());
        const auto json = document(Person(world.kubeconfig()).runs({"no-plan", "-y", "-ojson"}));
        CHECK(json["outcome"] == "Error");
        CHECK(has(json["error"].get<std::string>(), "no-plan"));
    }
    SUBCASE("a blocker") {
        sandbox::World world("plan-closed", https());
        const auto json = document(Person(world.kubeconfig()).runs({"shop-plan", "-y", "-o=json"}));
        CHECK(json["outcome"] == "Refused");
    }
    SUBCASE("yaml says the same") {
        sandbox::World world("small", https());
        const auto ended = Person(world.kubeconfig()).runs({"shop-plan", "-y", "-o", "yaml"});
        const auto json = base::parse_yaml(ended.out);
        REQUIRE(json);
        CHECK((*json)["outcome"] == "Succeeded");
    }
}

TEST_CASE("a dry run shows the runbook and writes nothing") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    for (const std::string mode : {"--dry-run=client", "--dry-run=server"}) {
        CAPTURE(mode);
        const auto ended = person.runs({"shop-plan", mode});
        CHECK(ended.code == 0);
        CHECK(has(ended.out, "MigMigration"));
        CHECK(rollbacks(world.target_store()) == 0);
    }
}

TEST_CASE("--progress json writes one object a line on stderr") {
    sandbox::World world("small", https());
    const auto ended = Person(world.kubeconfig()).runs({"shop-plan", "-y", "--progress=json"});
    CHECK(ended.code == 0);
    std::size_t lines = 0;
    for (std::size_t at = 0, end = 0; (end = ended.err.find('\n', at)) != std::string::npos;
         at = end + 1, ++lines) {
        CHECK(base::Json::parse(ended.err.substr(at, end - at), nullptr, false).is_object());
    }
    CHECK(lines >= 3);
}

TEST_CASE("an answer to the create that is lost does not make a second rollback") {
    for (const bool processed : {false, true}) {
        CAPTURE(processed);
        sandbox::World world("small", https());
        world.target_server().inject({.match = "^POST .*migmigrations",
                                      .effect = processed
                                                    ? sandbox::Effect(sandbox::DropAfter{})
                                                    : sandbox::Effect(sandbox::DropBefore{})});
        const auto ended = Person(world.kubeconfig()).runs(roll_back);
        CAPTURE(ended.err);
        CHECK(ended.code == 0);
        CHECK(rollbacks(world.target_store()) == 1);
    }
}

TEST_CASE("a server that asks to come back later is obeyed") {
    sandbox::World world("small", https());
    world.target_server().inject({.match = "^GET .*migplans",
                                  .effect = sandbox::answer_with({{"kind", "Status"},
                                                                  {"status", "Failure"},
                                                                  {"code", 429},
                                                                  {"reason", "TooManyRequests"},
                                                                  {"message", "busy"}},
                                                                 1)});
    CHECK(Person(world.kubeconfig()).runs(roll_back).code == 0);
}

TEST_CASE("two who roll back at once make one rollback, and both see it to its end") {
    for (const char* second : {"run", "create"}) {
        CAPTURE(std::string(second));
        sandbox::World world("small", https());
        const Person one(world.kubeconfig());
        const Person other(world.kubeconfig());
        // neither creates anything before both have looked
        std::latch looked(2);
        world.target_server().on_request([&](std::size_t, const std::string& method,
                                             const std::string& target, sandbox::Phase phase) {
            if (phase == sandbox::Phase::Before && method == "POST" &&
                has(target, "/migmigrations"))
                looked.arrive_and_wait();
        });
        support::Process first(Person::command({"shop-plan", "--yes"}), one.options());
        support::Process then(Person::command({second, "shop-plan", "--yes"}), other.options());
        const auto a = first.wait();
        const auto b = then.wait();
        CAPTURE(a.err);
        CAPTURE(b.err);
        CHECK(a.code == 0);
        CHECK(b.code == 0);
        CHECK(rollbacks(world.target_store()) == 1);
        CHECK(replicas(world.source_store(), "web") == 1);
    }
}

}  // namespace flow_test
