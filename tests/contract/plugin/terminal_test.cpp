// What a person at a terminal sees and types.
#include <csignal>

#include "program.hpp"

namespace terminal_test {

using namespace plugin_test;

TEST_CASE("one is shown what will happen and asked, and only yes means yes") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    support::Process process(Person::command({"shop-plan"}), person.options(true));
    REQUIRE(process.await_err("[y/N]"));
    SUBCASE("yes") {
        process.type("y\n");
        const auto ended = process.wait();
        CAPTURE(ended.err);
        CHECK(ended.code == 0);
        CHECK(ended.out.starts_with("Rollback succeeded"));
        CHECK(has(ended.err, "web"));
    }
    SUBCASE("return alone means no") {
        process.type("\n");
        CHECK(process.wait().code == 6);
        CHECK(rollbacks(world.target_store()) == 0);
    }
    SUBCASE("Ctrl-D means no") {
        process.type("\x04");
        CHECK(process.wait().code == 6);
        CHECK(rollbacks(world.target_store()) == 0);
    }
    SUBCASE("Ctrl-C ends it, and nothing is changed") {
        process.signal(SIGINT);
        CHECK(process.wait().code == 130);
        CHECK(rollbacks(world.target_store()) == 0);
    }
}

TEST_CASE("the live table shows the pipeline's steps, and stays on the screen") {
    sandbox::World world("failed-cutover", {.https = true, .pace = std::chrono::milliseconds(30)});
    const Person person(world.kubeconfig());
    const auto ended =
        support::run_process(Person::command({"shop-plan", "--yes"}), person.options(true));
    CHECK(ended.code == 0);
    for (const char* step :
         {"CleanupVelero", "CleanupHelpers", "CleanupMigrated", "CleanupUnquiesce", "Cleanup"}) {
        CAPTURE(step);
        CHECK(has(ended.err, step));
    }
    CHECK(has(ended.err, "of 15"));
}

TEST_CASE("without colour there is no escape for colour, with NO_COLOR and in a pipe") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    const auto piped = person.runs({"shop-plan", "--yes"});
    CHECK_FALSE(has(piped.err, "\x1b"));
    CHECK_FALSE(has(piped.out, "\x1b"));
}

}  // namespace terminal_test
