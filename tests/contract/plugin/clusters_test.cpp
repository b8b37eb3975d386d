// A context that leads to another cluster than the plan's, with the real binary: nothing is
// written by any command, and none says that all is well.
#include "base/text.hpp"
#include "program.hpp"

namespace clusters_test {

using namespace plugin_test;

namespace {

using Words = std::vector<std::string>;

struct Row {
    const char* situation;
    Words contexts;
    std::string id;
};

const std::vector<Row> rows{
    {"the target's is the source", {"--target-context=source"}, "one-cluster"},
    {"the source's is the target", {"--source-context=target"}, "one-cluster"},
    {"swapped", {"--source-context=target", "--target-context=source"}, "wrong-cluster"},
};

struct Command {
    Words words;
    int code;
    bool document = false;
};

const std::vector<Command> commands{{{"run", "shop-plan", "--yes"}, 6},
                                    {{"create", "shop-plan", "--yes"}, 6},
                                    {{"manual", "shop-plan", "--yes"}, 6},
                                    {{"leftovers", "shop-plan", "--delete", "--yes"}, 6},
                                    {{"assess", "shop-plan"}, 4},
                                    {{"verify", "shop-plan", "--progress=none"}, 4},
                                    {{"leftovers", "shop-plan"}, 4},
                                    {{"run", "shop-plan", "--dry-run=client"}, 6},
                                    {{"manual", "shop-plan", "--dry-run=client"}, 6}};

Words with(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

}  // namespace

TEST_CASE("no command works on a cluster that is not the plan's") {
    sandbox::World world("moved-volume", https());
    const Person person(world.kubeconfig());
    world.source_server().forget_requests();
    world.target_server().forget_requests();
    for (const Row& row : rows) {
        for (const Command& command : commands) {
            CAPTURE(row.situation);
            const auto words = with(command.words, row.contexts);
            CAPTURE(base::join(words, " "));
            const auto ended = ends_with(command.code, person.runs(words));
            CHECK(has(ended.out + ended.err, command.code == 6 ? "--accept=" + row.id : "cluster"));
            CHECK_FALSE(has(ended.out, "no rollback is needed"));
            CHECK_FALSE(has(ended.out, "The application is back"));
        }
    }
    CHECK(writes(world) == 0);
    // what the two writers would have been
    CHECK(replicas(world.source_store(), "web") == 0);
    CHECK(replicas(world.target_store(), "web") == 1);
}

TEST_CASE("the plan's own contexts are not refused, and an override is told") {
    sandbox::World world("moved-volume", https());
    const Person person(world.kubeconfig());
    const Words contexts{"--source-context=source", "--target-context=target"};
    const auto well = ends_with(0, person.runs(with({"manual", "shop-plan", "--yes"}, contexts)));
    CHECK(has(well.out, "The application is back"));
    CHECK(has(well.out, "context source is MigCluster ocp3, the plan's source"));
    CHECK(has(well.out, "context target is MigCluster host, the plan's target"));
    const auto accepted = person.runs({"assess", "shop-plan", "--target-context=source",
                                       "--accept=one-cluster", "--accept=wrong-cluster"});
    CHECK(has(accepted.out, "accepted: "));
    const auto mistyped = ends_with(2, person.runs({"assess", "shop-plan", "--accept=all"}));
    CHECK(has(mistyped.err, "wrong-cluster, one-cluster, no-namespaces"));
}

TEST_CASE("a plan whose namespaces exist nowhere is not nothing to do") {
    sandbox::World world("nothing-stopped", https());
    const Person person(world.kubeconfig());
    for (const base::Object& ns : world.source_store().all(support::types::namespaces)) {
        if (ns.ref.name == "shop") world.source_store().remove(ns.ref);
    }
    for (const Words& words : std::vector<Words>{{"run", "shop-plan", "--yes"},
                                                 {"create", "shop-plan", "--yes"},
                                                 {"manual", "shop-plan", "--yes"}}) {
        CAPTURE(words.front());
        const auto ended = ends_with(6, person.runs(words));
        CHECK(has(ended.err, "none of the plan's namespaces (shop) exists on the source cluster"));
        CHECK(has(ended.err, "--accept=no-namespaces"));
    }
    CHECK(has(ends_with(4, person.runs({"assess", "shop-plan"})).out, "none of the plan's"));
}

}  // namespace clusters_test
