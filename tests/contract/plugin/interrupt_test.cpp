// Killed at any moment and run again, it attaches or finishes, and never leaves two rollbacks; a
// signal detaches and cancels nothing.
#include <csignal>
#include <memory>

#include "killer.hpp"

namespace interrupt_test {

using namespace plugin_test;
using sandbox::Phase;

namespace {

const std::vector<std::string> words{"shop-plan", "--yes", "--stall-after=5s"};

// The scan of the target asks the same of each resource type, and the reviewer is asked for each
// permission.
bool is_alike(const std::string& request) {
    return has(request, "labelSelector=") || has(request, "selfsubjectaccessreviews");
}

}  // namespace

TEST_CASE("killed with SIGKILL at any request and run again, it finishes, with one rollback") {
    for (const Phase when : {Phase::Before, Phase::After}) {
        auto world = std::make_unique<sandbox::World>("small", https());
        auto person = std::make_unique<Person>(world->kubeconfig());
        bool killed = true;
        std::size_t n = 1;
        for (; killed; ++n) {
            CAPTURE(n);
            killed = killed_at({n, when, is_alike}, *world, *person, words);
            // as long as nothing was created the clusters are as they were, and serve for the next
            // kill
            if (rollbacks(world->target_store()) == 0) continue;
            const auto ended = person->runs(words);
            CAPTURE(ended.err);
            CHECK(ended.code == 0);
            CHECK(rollbacks(world->target_store()) == 1);
            CHECK(replicas(world->source_store(), "web") == 1);
            world = std::make_unique<sandbox::World>("small", https());
            person = std::make_unique<Person>(world->kubeconfig());
        }
        CHECK(n > 20);
    }
}

TEST_CASE("Ctrl-C detaches: the rollback goes on, the way back is told, and nothing is canceled") {
    sandbox::World world("rollback-hangs-on-finalizer", https());
    const Person person(world.kubeconfig());
    for (const auto& [number, code] : {std::pair(SIGINT, 130), std::pair(SIGTERM, 143)}) {
        support::Process process(Person::command({"shop-plan", "--yes"}), person.options());
        REQUIRE(process.await_err("EnsureMigratedDeleted"));
        process.signal(number);
        const auto ended = process.wait(std::chrono::seconds(5));
        CAPTURE(ended.err);
        CAPTURE(ended.out);
        CHECK(ended.code == code);
        CHECK(has(ended.err + ended.out, "rollback shop-plan"));
    }
    CHECK(rollbacks(world.target_store()) == 1);
    for (const base::Object& migration : world.target_store().all(mtc::types::migmigrations)) {
        CHECK_FALSE(base::bool_at(migration.body, "/spec/canceled").value_or(false));
    }
}

TEST_CASE("a signal before anything was created changes nothing") {
    sandbox::World world("small", https());
    world.source_server().inject({.match = "GET .*/pods", .effect = sandbox::Hang{}, .times = 0});
    const Person person(world.kubeconfig());
    support::Process process(Person::command({"shop-plan", "--yes", "-v6"}), person.options());
    REQUIRE(process.await_err("/migmigrations"));
    process.signal(SIGINT);
    const auto ended = process.wait(std::chrono::seconds(5));
    CHECK(ended.code == 130);
    CHECK(has(ended.err + ended.out, "othing was changed"));
    CHECK(rollbacks(world.target_store()) == 0);
}

TEST_CASE("a rollback that hangs is explained, and --timeout gives up waiting for it") {
    sandbox::World world("rollback-hangs-on-finalizer", https());
    const auto ended =
        Person(world.kubeconfig()).runs({"shop-plan", "-y", "--stall-after=1s", "--timeout=3s"});
    CAPTURE(ended.err);
    CHECK(ended.code == 5);
    CHECK(has(ended.err, "finalizer"));
    CHECK(rollbacks(world.target_store()) == 1);
}

}  // namespace interrupt_test
