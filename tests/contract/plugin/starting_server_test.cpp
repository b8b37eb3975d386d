// API servers that answer with 200 and tell nothing: one that only starts, a cache, a portal. With
// the real binary.
#include "program.hpp"

namespace starting_server_test {

using namespace plugin_test;
using base::Json;

namespace {

void answers_always(sandbox::ApiServer& server, const char* match, Json body) {
    body["code"] = 200;
    server.inject({.match = match, .effect = sandbox::answer_with(body), .times = 0});
}

}  // namespace

TEST_CASE("a server that does not name what every cluster serves is not believed") {
    for (const bool source : {true, false}) {
        for (const bool empty : {true, false}) {
            CAPTURE(source);
            CAPTURE(empty);
            sandbox::World world("by-hand", https());
            const Person person(world.kubeconfig());
            answers_always(
                source ? world.source_server() : world.target_server(), "^GET /apis($|\\?)",
                empty ? Json::object() : Json{{"kind", "APIGroupList"}, {"groups", Json::array()}});
            for (const std::vector<std::string>& words :
                 {std::vector<std::string>{"manual", "shop-plan", "--yes"},
                  {"shop-plan", "--yes"},
                  {"assess", "shop-plan", "--exit-code"},
                  {"verify", "shop-plan"}}) {
                CAPTURE(words.front());
                const auto ended = person.runs(words);
                CAPTURE(ended.out);
                CAPTURE(ended.err);
                CHECK(ended.code != 0);
                if (empty) CHECK(has(ended.err, "the API server may be starting"));
            }
            CHECK(rollbacks(world.target_store()) == 0);
            CHECK(replicas(world.source_store(), "web") == 0);
        }
    }
}

TEST_CASE("a write that is answered with nothing is not called written") {
    sandbox::World world("by-hand", https());
    const Person person(world.kubeconfig());
    for (const char* match : {"^PATCH /apis/apps/v1/namespaces/shop/deployments/web",
                              "^DELETE /api/v1/namespaces/shop/pods/stage"})
        answers_always(world.source_server(), match, Json::object());
    const auto ended = person.runs({"manual", "shop-plan", "--yes", "--timeout=2s"});
    CAPTURE(ended.out);
    CAPTURE(ended.err);
    CHECK(ended.code != 0);
    CHECK(has(ended.out + ended.err, "the server"));
    CHECK_FALSE(has(ended.out, "The application is back"));
}

TEST_CASE("an answer about another object is not taken for the one that was asked for") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    auto plan = world.target_store()
                    .peek({mtc::types::migplans, mtc::openshift_migration, "shop-plan"})
                    ->body;
    plan["metadata"]["name"] = "other-plan";
    answers_always(world.target_server(), "/migplans/shop-plan", plan);
    const auto ended = ends_with(1, person.runs({"shop-plan", "--yes"}));
    CHECK(has(ended.err,
              "the server answered for openshift-migration/migplan/shop-plan with "
              "another object"));
    CHECK(rollbacks(world.target_store()) == 0);
}

}  // namespace starting_server_test
