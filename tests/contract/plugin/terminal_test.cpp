// What a person at a terminal sees and types.
#include <csignal>
#include <fstream>

#include "program.hpp"

namespace terminal_test {

using namespace plugin_test;

TEST_CASE("what was typed before the question is no answer to it") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    support::Process process(Person::command({"shop-plan"}), person.options(true));
    process.type("y\ny\n");
    REQUIRE(process.await_err("[y/N]"));
    process.type("n\n");
    CHECK(process.wait().code == 6);
    CHECK(rollbacks(world.target_store()) == 0);
}

TEST_CASE("nobody is asked whose question is written into a file") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    const std::string log = (person.home.path / "log").string();
    const auto ended =
        support::run_process({"/bin/sh", "-c", "\"$0\" shop-plan 2>'" + log + "'", OC_MTC_ROLLBACK},
                             person.options(true));
    CHECK(ended.code == 6);
    std::ifstream file(log);
    const std::string told{std::istreambuf_iterator<char>(file), {}};
    CHECK(has(told, "stderr is no terminal"));
    CHECK(has(told, "--yes"));
    CHECK(rollbacks(world.target_store()) == 0);
}

TEST_CASE("who acts while the question stands is not overruled") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    for (const char* command : {"run", "create", "manual"}) {
        CAPTURE(std::string(command));
        support::Process process(Person::command({command, "shop-plan"}), person.options(true));
        REQUIRE(process.await_err("[y/N]"));
        auto cutover = world.target_store()
                           .peek({mtc::types::migmigrations, mtc::openshift_migration, "cutover-1"})
                           ->body;
        const std::string name = std::string("cutover-of-") + command;
        cutover["metadata"]["name"] = name;
        cutover["metadata"]["uid"] = "uid-of-" + name;
        world.target_store().put(cutover);
        process.type("y\n");
        const auto ended = process.wait();
        CAPTURE(ended.err);
        CHECK(ended.code == 6);
        CHECK(has(ended.err, "it is not any more as it was shown: MigMigration " + name));
        CHECK(rollbacks(world.target_store()) == 0);
        CHECK(replicas(world.source_store(), "web") == 0);
    }
}

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
