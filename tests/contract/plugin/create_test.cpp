// `create PLAN` and --cancel-running, played with the real binary.
#include "base/yaml.hpp"
#include "program.hpp"

namespace create_test {

using namespace plugin_test;

namespace {

const base::ObjectRef cutover{mtc::types::migmigrations, "openshift-migration", "cutover-1"};

std::vector<base::Object> rollbacks_of(const support::Store& store) {
    auto all = store.all(mtc::types::migmigrations);
    std::erase_if(all, [](const base::Object& o) {
        return !base::bool_at(o.body, "/spec/rollback").value_or(false);
    });
    return all;
}

bool is_told_to_cancel(const support::Store& store) {
    const auto now = store.peek(cutover);
    return now && base::bool_at(now->body, "/spec/canceled").value_or(false);
}

}  // namespace

TEST_CASE("create makes the rollback, says its name, and returns") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    const auto ended = ends_with(0, person.runs({"create", "shop-plan", "--yes", "--name=back-1"}));
    CHECK(ended.out.starts_with("migmigration.migration.openshift.io/back-1 created\n"));
    CHECK(has(ended.out, "status shop-plan -w"));
    CHECK(has(ended.out, "verify shop-plan"));
    const auto made = rollbacks_of(world.target_store());
    REQUIRE(made.size() == 1);
    CHECK(made[0].ref.name == "back-1");
    CHECK(base::bool_at(made[0].body, "/spec/stage") == false);
}

TEST_CASE("a chosen name that exists is refused, whoever has it") {
    sandbox::World world("failed-cutover", https());
    const auto migrations = world.target_store().all(mtc::types::migmigrations);
    REQUIRE_FALSE(migrations.empty());
    const std::string taken = migrations.front().ref.name;
    const Person person(world.kubeconfig());
    const auto ended =
        ends_with(1, person.runs({"create", "shop-plan", "--yes", "--name=" + taken}));
    CHECK(has(ended.err, "(AlreadyExists)"));
    CHECK(has(ended.err, taken));
    CHECK(rollbacks(world.target_store()) == 0);
}

TEST_CASE("create --dry-run=client -o yaml prints the MigMigration and nothing else") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    for (const std::string mode : {"client", "server"}) {
        CAPTURE(mode);
        const auto ended =
            ends_with(0, person.runs({"create", "shop-plan", "--dry-run=" + mode, "-oyaml"}));
        const auto manifest = base::parse_yaml(ended.out);
        REQUIRE(manifest);
        CHECK((*manifest)["apiVersion"] == "migration.openshift.io/v1alpha1");
        CHECK((*manifest)["kind"] == "MigMigration");
        CHECK((*manifest)["spec"]["rollback"] == true);
        CHECK((*manifest)["spec"]["stage"] == false);
        CHECK((*manifest)["spec"]["migPlanRef"]["name"] == "shop-plan");
        CHECK(rollbacks(world.target_store()) == 0);
    }
    const auto name =
        ends_with(0, person.runs({"create", "shop-plan", "--dry-run", "-oname", "--name=back-2"}));
    CHECK(name.out == "migmigration.migration.openshift.io/back-2\n");
}

TEST_CASE("where something blocks, create prints no MigMigration") {
    sandbox::World world("plan-closed", https());
    const auto ended = ends_with(
        6, Person(world.kubeconfig()).runs({"create", "shop-plan", "--dry-run", "-oyaml"}));
    CHECK_FALSE(has(ended.out, "kind: MigMigration"));
    CHECK(has(ended.out, "outcome: Refused"));
    CHECK(has(ended.err, "closed"));
}

TEST_CASE("create --wait follows it to the end, with the exit code of the end") {
    SUBCASE("well") {
        sandbox::World world("small", https());
        const auto ended =
            ends_with(0, Person(world.kubeconfig()).runs({"create", "shop-plan", "-y", "--wait"}));
        CHECK(has(ended.out, "MTC has rolled back; the recovery was not verified"));
        CHECK(replicas(world.source_store(), "web") == 1);
    }
    SUBCASE("not well") {
        sandbox::World world("rollback-fails", https());
        ends_with(3, Person(world.kubeconfig()).runs({"create", "shop-plan", "-y", "--wait"}));
    }
}

TEST_CASE("a rollback that runs is named, and not doubled") {
    sandbox::World world("rollback-hangs-on-finalizer", https());
    const Person person(world.kubeconfig());
    const auto first = ends_with(0, person.runs({"create", "shop-plan", "-y", "-oname"}));
    const auto again = ends_with(0, person.runs({"create", "shop-plan", "-y"}));
    CHECK(has(again.out, " runs already\n"));
    CHECK(ends_with(0, person.runs({"create", "shop-plan", "-y", "-oname"})).out == first.out);
    CHECK(rollbacks(world.target_store()) == 1);
}

TEST_CASE("a running cutover blocks; with --cancel-running it is canceled, then rolled back") {
    sandbox::World world("cutover-running", https());
    const Person person(world.kubeconfig());
    ends_with(6, person.runs({"shop-plan", "--yes"}));
    CHECK(rollbacks(world.target_store()) == 0);

    const auto shown =
        ends_with(0, person.runs({"shop-plan", "--cancel-running", "--dry-run=server"}));
    CHECK(has(shown.out, "migmigration/cutover-1"));
    CHECK_FALSE(is_told_to_cancel(world.target_store()));

    const auto ended = ends_with(0, person.runs({"shop-plan", "--yes", "--cancel-running"}));
    CHECK(has(ended.err, "First, out of the way"));
    CHECK(has(ended.err, "cutover-1"));
    CHECK(ended.out.starts_with("Rollback succeeded\n"));
    CHECK(is_told_to_cancel(world.target_store()));
    CHECK(rollbacks(world.target_store()) == 1);
}

TEST_CASE("as long as the cancellation has not come to its end, no rollback is created") {
    sandbox::World world("cutover-running", {.https = true, .controller = false});
    const Person person(world.kubeconfig());
    const auto ended =
        ends_with(5, person.runs({"shop-plan", "--yes", "--cancel-running", "--timeout=1s"}));
    CHECK(has(ended.out, "no rollback was created"));
    CHECK(is_told_to_cancel(world.target_store()));
    CHECK(rollbacks(world.target_store()) == 0);
}

}  // namespace create_test
