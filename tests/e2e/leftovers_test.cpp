// What a failed volume migration left, on two real control planes: real API servers decide what is
// deleted, real controllers collect the garbage.
#include <doctest/doctest.h>

#include "clusters.hpp"
#include "mtc/names.hpp"

namespace leftovers_test {

using e2e::Stage;
namespace types = support::types;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

support::Ended ends_with(int code, support::Ended ended) {
    CAPTURE(ended.out);
    CAPTURE(ended.err);
    CHECK(ended.code == code);
    return ended;
}

support::Ended deletes(const Stage& stage, const std::vector<std::string>& more = {}) {
    std::vector<std::string> words{"leftovers", stage.plan(), "--delete", "--yes", "--timeout=60s"};
    words.insert(words.end(), more.begin(), more.end());
    return stage.run(words);
}

base::Json document(const support::Ended& ended) {
    CAPTURE(ended.err);
    auto json = base::Json::parse(ended.out, nullptr, false);
    REQUIRE(json.is_object());
    return json;
}

/// Of the volume migration, in the namespaces of the stage.
std::size_t rsync_objects(Stage& stage) {
    std::size_t n = 0;
    for (kube::Cluster* cluster : {&stage.source(), &stage.target()}) {
        for (const auto& type :
             {types::pods, types::secrets, types::routes, types::services, types::configmaps}) {
            for (const char* ns : {"shop", "billing", "billing-new"}) {
                const auto all =
                    cluster->list(type,
                                  {.ns = stage.ns(ns),
                                   .label_selector = "app=directvolumemigration-rsync-transfer",
                                   .metadata_only = true},
                                  {});
                REQUIRE(all);
                n += all->items.size();
            }
        }
    }
    return n;
}

void check_the_application_stands(Stage& stage) {
    const auto stands = [&](const base::ResourceType& type, const char* ns, const char* name) {
        CAPTURE(name);
        CHECK(stage.exists(stage.source(), type, ns, name));
    };
    stands(types::deployments, "shop", "web");
    stands(types::services, "shop", "web");
    stands(types::routes, "shop", "web");
    stands(types::configmaps, "shop", "web-config");
    stands(types::secrets, "shop", "web-tls");
    stands(types::pods, "shop", "shell");
    stands(types::deployments, "billing", "ledger");
    stands(types::persistentvolumeclaims, "shop", "data");
    CHECK(stage.exists(stage.target(), types::configmaps, "shop", "cluster-info"));
    CHECK(stage.exists(stage.target(), types::secrets, "shop", "pull"));
}

base::ObjectRef others(const Stage& stage) {
    return {types::directvolumemigrations, mtc::openshift_migration, "others-of-" + stage.plan()};
}

base::Json volume_migration(const Stage& stage, const std::string& phase) {
    const base::Json claim = {{"name", "x"},
                              {"namespace", stage.ns("billing")},
                              {"targetStorageClass", ""},
                              {"targetAccessModes", {"ReadWriteOnce"}}};
    return {{"apiVersion", "migration.openshift.io/v1alpha1"},
            {"kind", "DirectVolumeMigration"},
            {"metadata", {{"name", others(stage).name}}},
            {"spec", {{"persistentVolumeClaims", base::Json::array({claim})}}},
            {"status", {{"phase", phase}, {"phaseDescription", ""}, {"observedDigest", ""}}}};
}

base::Object volume_migration_of(Stage& stage) {
    const auto all =
        stage.target().list(types::directvolumemigrations, {.ns = mtc::openshift_migration}, {});
    REQUIRE(all);
    for (const base::Object& each : all->items) {
        const auto& claims = base::items_at(each.body, "/spec/persistentVolumeClaims");
        if (!claims.empty() && base::text_or_empty(claims[0], "/namespace") == stage.ns("shop"))
            return each;
    }
    FAIL("the stage has no volume migration");
    return {};
}

void set_finalizers(Stage& stage, const base::Object& object, const base::Json& finalizers) {
    const base::Json operation = {
        {"op", "add"}, {"path", "/metadata/finalizers"}, {"value", finalizers}};
    REQUIRE(stage.target().patch(object, base::Json::array({operation}), {}, {}));
}

}  // namespace

TEST_CASE("what is left in two namespaces of both clusters is found, and gone with --delete") {
    Stage stage("leftovers");
    const auto before = rsync_objects(stage);
    CHECK(before == 20);
    const auto listed = document(ends_with(4, stage.run({"leftovers", stage.plan(), "-ojson"})));
    CHECK(listed["leftovers"].size() == 38);
    CHECK(listed["gaps"].empty());
    CHECK(rsync_objects(stage) == before);
    ends_with(0, deletes(stage, {"--dry-run=server"}));
    CHECK(rsync_objects(stage) == before);
    const auto deleted = ends_with(0, deletes(stage));
    CHECK(has(deleted.out, "Deleted 37 leftovers of plan "));
    CHECK(rsync_objects(stage) == 0);
    CHECK_FALSE(stage.exists(stage.source(), types::pods, "billing", "stage-ledger"));
    check_the_application_stands(stage);
    CHECK(has(ends_with(0, deletes(stage)).out, "There is nothing to delete"));
}

TEST_CASE("while another volume migration works in a namespace of the plan nothing is deleted") {
    Stage stage("leftovers");
    const auto made =
        stage.target().create(others(stage), volume_migration(stage, "RunRsyncOperations"), {}, {});
    REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
    const auto before = rsync_objects(stage);
    const auto refused = ends_with(6, deletes(stage));
    CHECK(has(refused.err, others(stage).name + " works in a namespace of the plan"));
    CHECK(rsync_objects(stage) == before);
    REQUIRE(stage.target().remove(*made, {}, {}));
    ends_with(0, deletes(stage));
    CHECK(rsync_objects(stage) == 0);
}

TEST_CASE("who may only read is told what is missing, and deletes nothing") {
    Stage stage("leftovers");
    const auto before = rsync_objects(stage);
    const auto refused =
        ends_with(6, deletes(stage, {"--kubeconfig=" + stage.reader_kubeconfig().string(),
                                     "--source-context=source", "--target-context=target"}));
    CHECK(has(refused.err, "you may not: "));
    CHECK(has(refused.err, "source: delete pods in namespace " + stage.ns("shop")));
    CHECK(rsync_objects(stage) == before);
}

TEST_CASE("who may see one namespace only is told of the others, with exit code 4") {
    Stage stage("leftovers");
    const auto config = stage.namespaced_kubeconfig("shop").string();
    const auto listed = document(
        ends_with(4, stage.run({"leftovers", stage.plan(), "-ojson", "--kubeconfig=" + config,
                                "--source-context=source", "--target-context=target"})));
    bool shop = false;
    bool billing = false;
    for (const auto& each : listed["leftovers"]) {
        const auto ns = base::text_or_empty(each, "/object/namespace");
        shop = shop || ns == stage.ns("shop");
        billing = billing || ns == stage.ns("billing");
    }
    CHECK(shop);
    CHECK_FALSE(billing);
    CHECK(listed["gaps"].size() > 0);
}

TEST_CASE(
    "a controller that does not clean up is done without; what is made anew meanwhile stays") {
    Stage stage("leftovers-stay");
    const auto dvm = volume_migration_of(stage);
    const auto process = stage.start(
        {"leftovers", stage.plan(), "--delete", "--yes", "--stall-after=5s", "--timeout=30s"});
    // it has deleted the volume migration, and waits for the controller
    REQUIRE(process->await_err("objects must go yet", std::chrono::seconds(30)));
    const base::ObjectRef config{types::configmaps, stage.ns("shop"), "crane2-rsync-server-config"};
    const auto old = stage.target().get(config, {});
    REQUIRE(old);
    REQUIRE(stage.target().remove(*old, {}, {}));
    const base::Json again = {
        {"metadata", {{"name", config.name}, {"labels", old->body["metadata"]["labels"]}}}};
    REQUIRE(stage.target().create(config, again, {}, {}));
    ends_with(4, process->wait());
    CHECK(rsync_objects(stage) == 1);
    CHECK(stage.exists(stage.target(), types::configmaps, "shop", config.name));
    check_the_application_stands(stage);

    const auto listed = ends_with(4, stage.run({"leftovers", stage.plan()}));
    CHECK(has(listed.out, std::string("held by finalizer ") + mtc::volume_migration_finalizer));
    set_finalizers(stage, dvm, {});
    ends_with(0, deletes(stage));
    CHECK(rsync_objects(stage) == 0);
}

}  // namespace leftovers_test
