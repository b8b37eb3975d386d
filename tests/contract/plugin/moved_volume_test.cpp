// A volume that was moved is the only one there is: no command has MTC delete its claim on the
// target before its reclaim policy there is known to keep it.
#include "program.hpp"

namespace moved_volume_test {

using namespace plugin_test;
namespace types = support::types;

namespace {

/// As moved-volume, with a plan that the controller serves, and a person who may not list volumes.
sandbox::Scenario open_plan(const std::string& action = "moved: [shop/data]") {
    return *sandbox::parse_scenario("moved-volume-open", R"(
plan: {namespaces: [shop], volumes: [shop/data], )" + action +
                                                             R"(}
migrations:
- {name: cutover-1, state: failed, phase: EnsureFinalRestore, error: "the restore failed"}
users:
- name: jane
  denied:
  - {cluster: target, resource: persistentvolumes}
stopped: true
source:
  shop:
  - {kind: Deployment, name: web, replicas: 1, claims: [data]}
target:
  shop:
    migrated:
    - {kind: PersistentVolumeClaim, name: data}
    - {kind: Deployment, name: web, replicas: 1}
)");
}

/// Of the target's claim.
std::string volume_on_target(sandbox::World& world) {
    const auto claim = world.target_store().peek({types::persistentvolumeclaims, "shop", "data"});
    REQUIRE(claim);
    return base::text_or_empty(claim->body, "/spec/volumeName");
}

base::ObjectRef volume_ref(const std::string& name) {
    return {types::persistentvolumes, "", name};
}

void keep(sandbox::World& world, const std::string& volume) {
    CHECK(world.target_store().patch(volume_ref(volume), support::PatchKind::MergePatch,
                                     {{"spec", {{"persistentVolumeReclaimPolicy", "Retain"}}}}));
}

}  // namespace

TEST_CASE("a rollback that would destroy a moved volume is refused, and the way out leads on") {
    sandbox::World world("moved-volume-open", https());
    const Person person(world.kubeconfig());
    const std::string volume = volume_on_target(world);
    world.source_server().forget_requests();
    world.target_server().forget_requests();
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"shop-plan", "--yes"},
             {"shop-plan", "--dry-run=client"},
             {"create", "shop-plan", "--yes"},
             {"create", "shop-plan", "--dry-run=client", "-o", "yaml"},
             {"shop-plan", "--yes", "--no-verify"}}) {
        const auto ended = ends_with(6, person.runs(words));
        CHECK(has(ended.err, volume + " of claim shop/data (it was moved; reclaim policy Delete)"));
        CHECK(has(ended.err, "oc patch persistentvolume " + volume));
        CHECK(has(ended.err, R"('{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}')"));
        CHECK_FALSE(has(ended.err, "is deleted with them; nothing is copied back"));
    }
    const auto assessed = ends_with(4, person.runs({"assess", "shop-plan", "--exit-code"}));
    CHECK(has(assessed.out, "oc patch persistentvolume " + volume));
    CHECK(writes(world) == 0);
    CHECK(rollbacks(world.target_store()) == 0);

    keep(world, volume);
    const auto ended = ends_with(0, person.runs({"shop-plan", "--yes", "--stall-after=4s"}));
    CHECK(has(ended.err, "a moved volume is one for both sides: what was written to it on the"));
    CHECK_FALSE(world.target_store().peek({types::persistentvolumeclaims, "shop", "data"}));
    const auto kept = world.target_store().peek(volume_ref(volume));
    REQUIRE(kept);
    CHECK(base::text_or_empty(kept->body, "/status/phase") == "Released");
    CHECK(has(ended.out, "it is the moved volume that the source has again"));
}

TEST_CASE("where the policy of a moved volume may not be read, it is accepted by name") {
    sandbox::World world(open_plan(), https());
    const Person jane(world.kubeconfig());
    keep(world, volume_on_target(world));
    const std::vector<std::string> words{"shop-plan",  "--yes",       "--no-verify",
                                         "--context",  "jane@target", "--target-context",
                                         "jane@target"};
    const auto with = [&](const char* flag) {
        auto all = words;
        all.emplace_back(flag);
        return jane.runs(all);
    };
    const auto refused = ends_with(6, jane.runs(words));
    CHECK(has(refused.err,
              "whether a rollback destroys the volume of claim shop/data on the "
              "target could not be seen"));
    CHECK(has(refused.err, "--accept volume-policy-unseen=shop/data"));
    ends_with(6, with("--accept=volume-policy-unseen=shop/logs"));
    const auto wrong = ends_with(2, with("--accept=volume-destroyed=shop/data"));
    CHECK(has(wrong.err, "volume-policy-unseen=NAMESPACE/CLAIM"));
    CHECK(rollbacks(world.target_store()) == 0);
    const auto accepted = ends_with(0, with("--accept=volume-policy-unseen=shop/data"));
    CHECK(has(accepted.err, "accepted: whether a rollback destroys the volume of claim shop/data"));
    CHECK(rollbacks(world.target_store()) == 1);
}

TEST_CASE("the copy on the target is not destroyed where the source has lost its own") {
    sandbox::World world(open_plan("moved: []"), https());
    const Person person(world.kubeconfig());
    ends_with(0, person.runs({"shop-plan", "--dry-run=client"}));
    CHECK(world.source_store().remove({types::persistentvolumeclaims, "shop", "data"}));
    const auto ended = ends_with(6, person.runs({"shop-plan", "--yes"}));
    CHECK(has(ended.err, "(the source has lost its claim; reclaim policy Delete)"));
    CHECK(rollbacks(world.target_store()) == 0);
}

}  // namespace moved_volume_test
