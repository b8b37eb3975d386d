// `leftovers` with the real binary: what a failed volume migration left is found on both clusters,
// and deleted on request; nothing else is.
#include <csignal>
#include <fstream>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "program.hpp"

namespace leftovers_test {

using namespace plugin_test;
namespace types = support::types;

namespace {

constexpr const char* mtc_ns = mtc::openshift_migration;

base::Json document(const support::Ended& ended) {
    auto json = base::Json::parse(ended.out, nullptr, false);
    CAPTURE(ended.out);
    CAPTURE(ended.err);
    REQUIRE(json.is_object());
    CHECK(json["apiVersion"] == "mtc-rollback/v1");
    CHECK(json["kind"] == "Leftovers");
    CHECK(json["exitCode"] == ended.code);
    return json;
}

struct Leftovers : sandbox::World {
    explicit Leftovers(const std::string& scenario = "leftovers")
        : World(scenario, https()), person(kubeconfig()) {
        source_server().forget_requests();
        target_server().forget_requests();
    }
    support::Ended runs(std::vector<std::string> more) const {
        more.insert(more.begin(), "leftovers");
        return person.runs(more);
    }
    support::Ended deletes(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{"leftovers", "shop-plan", "--delete", "--yes",
                                       "--timeout=20s"};
        words.insert(words.end(), more.begin(), more.end());
        return person.runs(words);
    }
    base::Object volume_migration() {
        return target_store().all(types::directvolumemigrations).at(0);
    }
    /// MTC 1.7 and before leave it to nobody to clean up after a volume migration.
    void forget_finalizer() {
        auto body = volume_migration().body;
        body["metadata"].erase("finalizers");
        target_store().put(body);
    }

    Person person;
};

/// With the label that every object of a volume migration carries.
std::size_t rsync_objects(const support::Store& store) {
    std::size_t n = 0;
    for (const auto& type :
         {types::pods, types::secrets, types::routes, types::services, types::configmaps}) {
        for (const base::Object& each : store.all(type))
            n += base::label_of(each, "app").value_or("").starts_with("directvolumemigration-") ? 1
                                                                                                : 0;
    }
    return n;
}

void check_the_application_stands(Leftovers& world) {
    for (const auto& ref :
         std::vector<base::ObjectRef>{{types::deployments, "shop", "web"},
                                      {types::services, "shop", "web"},
                                      {types::routes, "shop", "web"},
                                      {types::configmaps, "shop", "web-config"},
                                      {types::secrets, "shop", "web-tls"},
                                      {types::pods, "shop", "shell"},
                                      {types::deployments, "billing", "ledger"},
                                      {types::persistentvolumeclaims, "shop", "data"}}) {
        CAPTURE(ref.path());
        CHECK(world.source_store().peek(ref));
    }
    CHECK(world.target_store().peek({types::configmaps, "shop", "cluster-info"}));
    CHECK(world.target_store().peek({types::secrets, "shop", "pull"}));
}

base::Json volume_migration_of_others(const std::string& ns) {
    return {{"apiVersion", "migration.openshift.io/v1alpha1"},
            {"kind", "DirectVolumeMigration"},
            {"metadata", {{"name", "others"}, {"namespace", mtc_ns}}},
            {"spec", {{"persistentVolumeClaims", {{{"name", "x"}, {"namespace", ns}}}}}},
            {"status", {{"phase", "RunRsyncOperations"}}}};
}

base::Json another_plan(const base::Json& plan) {
    base::Json other = plan;
    other["metadata"] = {{"name", "bank-plan"}, {"namespace", mtc_ns}};
    return other;
}

}  // namespace

TEST_CASE("what a failed volume migration left is listed with its owner, and nothing is written") {
    Leftovers world;
    const auto text = ends_with(4, world.runs({"shop-plan"}));
    CHECK(has(text.out, " of plan openshift-migration/shop-plan, "));
    CHECK(has(text.out, "pod/rsync-x2v4q"));
    CHECK(has(text.out, "DirectVolumeMigration cutover-1-"));
    CHECK(has(text.out, "-> To delete them: oc mtc rollback leftovers shop-plan --delete\n"));
    CHECK_FALSE(has(text.out, "{plugin}"));
    const auto json = document(world.runs({"shop-plan", "-o", "json"}));
    std::size_t on[3] = {};
    for (const auto& each : json["leftovers"]) {
        on[each["cluster"] == "control" ? 0 : each["cluster"] == "source" ? 1 : 2]++;
        CHECK(each["owner"].get<std::string>().find("no longer") == std::string::npos);
        CHECK_FALSE(each["uid"].get<std::string>().empty());
    }
    // its record, a password and two progresses; five in each namespace, a stage pod and a
    // borrowed one; eleven in each namespace
    CHECK(on[0] == 4);
    CHECK(on[1] == 12);
    CHECK(on[2] == 22);
    CHECK(json["gaps"].empty());
    CHECK(has(world.runs({"shop-plan", "-oname"}).out, "\nroute.route.openshift.io/dvm\n"));
    CHECK(writes(world) == 0);
}

TEST_CASE("with --delete all of it goes, on both clusters, and the application stands") {
    Leftovers world;
    const auto text = ends_with(0, world.deletes());
    CHECK(text.out.starts_with("Deleted 37 leftovers of plan openshift-migration/shop-plan\n"));
    CHECK(rsync_objects(world.source_store()) == 0);
    CHECK(rsync_objects(world.target_store()) == 0);
    CHECK_FALSE(world.source_store().peek({types::pods, "billing", "stage-ledger"}));
    CHECK(world.target_store().all(types::directvolumemigrations).empty());
    CHECK(world.target_store().all(types::directvolumemigrationprogresses).empty());
    check_the_application_stands(world);
    // the pod that MTC borrowed is told of, and left
    CHECK(has(text.out, "manual shop-plan --only=stage-pods gives it back"));
    const auto before = writes(world);
    CHECK(has(ends_with(0, world.deletes()).out, "There is nothing to delete"));
    CHECK(writes(world) == before);
}

TEST_CASE("no secret is read or shown, at any verbosity") {
    Leftovers world;
    for (const auto& words : {std::vector<std::string>{"shop-plan", "-o", "wide", "-v10"},
                              std::vector<std::string>{"shop-plan", "-o", "json", "-v10"}}) {
        const auto ended = world.runs(words);
        const std::string all = ended.out + ended.err;
        CHECK_FALSE(has(all, "rsync-secret-of-mtc"));
        CHECK_FALSE(has(all, base::encode_base64("rsync-secret-of-mtc")));
    }
}

TEST_CASE("nothing is deleted while a volume migration of any plan works in these namespaces") {
    Leftovers world;
    world.target_store().put(volume_migration_of_others("billing"));
    const auto refused = ends_with(6, world.deletes());
    CHECK(refused.out.empty());
    CHECK(has(refused.err, "DirectVolumeMigration others works in a namespace of the plan"));
    CHECK(has(refused.err, "oc get directvolumemigration others"));
    CHECK(has(refused.err, "oc mtc rollback leftovers shop-plan --delete --plan-file"));
    CHECK(writes(world) == 0);
    const auto json = document(ends_with(6, world.deletes({"-ojson"})));
    CHECK(json["runbook"]["blockers"][0]["id"] == "volume-migration-running");
    world.target_store().put(volume_migration_of_others("elsewhere"));
    ends_with(0, world.deletes());
}

TEST_CASE("an object that was made anew is not deleted") {
    Leftovers world;
    world.forget_finalizer();
    const base::ObjectRef config{types::configmaps, "shop", "crane2-rsync-server-config"};
    const auto old = world.target_store().peek(config);
    REQUIRE(old);
    world.target_server().on_request([&, done = std::make_shared<std::once_flag>()](
                                         std::size_t, const std::string& method,
                                         const std::string& target, sandbox::Phase phase) {
        if (phase != sandbox::Phase::Before || method != "DELETE" ||
            !has(target, "crane2-rsync-server-config"))
            return;
        std::call_once(*done, [&] {
            CHECK(world.target_store().remove(config));
            auto body = old->body;
            for (const char* field : {"uid", "resourceVersion", "creationTimestamp"})
                body["metadata"].erase(field);
            world.target_store().put(body);
        });
    });
    const auto text = ends_with(4, world.deletes());
    CHECK(has(text.out, "it was deleted and made anew meanwhile"));
    const auto now = world.target_store().peek(config);
    REQUIRE(now);
    CHECK(now->uid != old->uid);
}

TEST_CASE("a person without rights sees gaps, and exit code 4") {
    Leftovers world;
    world.source_server().inject(
        {.match = "^GET .*/secrets",
         .effect = sandbox::answer_with({{"kind", "Status"},
                                         {"status", "Failure"},
                                         {"code", 403},
                                         {"reason", "Forbidden"},
                                         {"message", "secrets is forbidden"}}),
         .times = 0});
    const auto text = ends_with(4, world.runs({"shop-plan"}));
    CHECK(has(text.out, "Could not be seen"));
    CHECK(has(text.out, "secrets is forbidden"));
    CHECK(has(text.out, "not everything could be seen"));
    CHECK(document(world.runs({"shop-plan", "-oyaml", "-ojson"}))["gaps"].size() >= 2);
}

TEST_CASE("without a plan the one that is meant is taken, or the candidates are told") {
    Leftovers world;
    CHECK(has(ends_with(4, world.runs({})).out, "of plan openshift-migration/shop-plan"));
    const auto plan = world.target_store().all(types::migplans).at(0).body;
    world.target_store().put(another_plan(plan));
    const auto asked = ends_with(2, world.runs({}));
    CHECK(asked.out.empty());
    CHECK(has(asked.err, "which plan? There are bank-plan, shop-plan\n"));
    CHECK(has(asked.err, "  oc mtc rollback leftovers migplan/shop-plan\n"));
    const auto json = document(world.runs({"-o", "json"}));
    CHECK(json["candidates"] ==
          base::Json::parse(R"([{"name":"bank-plan"},{"name":"shop-plan"}])"));
    base::Json rollback = {
        {"apiVersion", "migration.openshift.io/v1alpha1"},
        {"kind", "MigMigration"},
        {"metadata", {{"name", "rollback-1"}, {"namespace", mtc_ns}}},
        {"spec",
         {{"migPlanRef", {{"name", "shop-plan"}, {"namespace", mtc_ns}}}, {"rollback", true}}},
        {"status", {{"phase", "Completed"}}}};
    world.target_store().put(rollback);
    CHECK(has(ends_with(4, world.runs({})).out, "of plan openshift-migration/shop-plan"));
    CHECK(
        has(ends_with(1, world.runs({"-n", "elsewhere"})).err, "there are no plans in namespace"));
}

TEST_CASE("without the control cluster a plan from a file is enough, and the rest is a gap") {
    Leftovers world;
    const auto file = world.person.home.path / "plan.yaml";
    std::ofstream(file) << base::to_yaml(world.target_store().all(types::migplans).at(0).body);
    const std::vector<std::string> from{"--plan-file=" + file.string(), "--source-context=source",
                                        "--target-context=target"};
    const auto listed = ends_with(4, world.runs(from));
    CHECK(has(listed.out, "look at the control cluster"));
    CHECK(has(listed.out, "pod/rsync-x2v4q"));
    // the server's pods are Pending: that may be a volume being copied
    auto refused = ends_with(6, world.deletes(from));
    CHECK(has(refused.err, "may be copying a volume"));
    for (const char* ns : {"shop", "billing-new"})
        CHECK(world.target_store().remove({types::pods, ns, "rsync-server"}, {.grace_seconds = 0}));
    CHECK(has(ends_with(4, world.deletes(from)).out, "Deleted "));
    CHECK(rsync_objects(world.source_store()) == 0);
    check_the_application_stands(world);
}

TEST_CASE("a dry run shows the steps, and a question that nobody answers changes nothing") {
    Leftovers world;
    const auto shown = ends_with(0, world.deletes({"--dry-run=client"}));
    CHECK(has(shown.out, "This would be done"));
    CHECK(has(shown.out, "Delete pod/rsync-x2v4q in namespace shop on the source"));
    CHECK(writes(world) == 0);
    const auto declined = ends_with(6, world.runs({"shop-plan", "--delete"}));
    CHECK(has(declined.err, "pass --yes to delete them"));
    CHECK(has(declined.err, "To be deleted: 37 objects"));
    CHECK(writes(world) == 0);
    ends_with(0, world.deletes({"--dry-run=server"}));
    CHECK(rsync_objects(world.source_store()) == 10);
}

TEST_CASE("an interrupt while it waits ends it at once, with the code of the signal") {
    Leftovers world;
    world.forget_finalizer();
    auto pod = world.source_store().peek({types::pods, "shop", "rsync-x2v4q"})->body;
    pod["metadata"]["finalizers"] = {"example.com/hold"};
    world.source_store().put(pod);
    support::Process process(Person::command({"leftovers", "shop-plan", "--delete", "--yes"}),
                             world.person.options());
    REQUIRE(process.await_err("1 object must go yet"));
    process.signal(SIGINT);
    const auto ended = process.wait();
    CHECK(ended.code == 130);
    CHECK(has(ended.out, "Interrupted: Deleted "));
}

}  // namespace leftovers_test
