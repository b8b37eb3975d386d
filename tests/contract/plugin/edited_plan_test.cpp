// What the plan no longer lists, with the real binary: it is looked for wherever one may look, and
// nothing is said of what was not.
#include "program.hpp"

namespace edited_plan_test {

using namespace plugin_test;

TEST_CASE("what was migrated into a namespace that the plan does not list is found and named") {
    sandbox::World world("plan-edited", https());
    const Person person(world.kubeconfig());
    const auto assessed = ends_with(0, person.runs({"assess", "shop-plan"}));
    for (const char* name :
         {"billing-new/deployment/ledger", "ledger/configmap/rates", "ledger/deployment/books"})
        CHECK(has(assessed.out, name));
    const auto refused = ends_with(6, person.runs({"manual", "shop-plan", "--yes"}));
    CHECK(has(refused.err, "billing-new/deployment/ledger, ledger/deployment/books"));
    CHECK(has(refused.err, "oc edit migplan shop-plan -n openshift-migration --context=target"));
    CHECK(writes(world) == 0);
    // nor is the rest rolled back: what runs there may write to the same volumes
    for (const char* command : {"run", "create"})
        CHECK(has(ends_with(6, person.runs({command, "shop-plan", "--yes"})).err,
                  "oc edit migplan shop-plan -n openshift-migration --context=target"));
    CHECK(writes(world) == 0);
    const auto proof = ends_with(4, person.runs({"verify", "shop-plan", "--progress=none"}));
    CHECK(has(proof.out,
              "billing-new/deployment/ledger carries the plan's label, and the plan does "
              "not list namespace billing-new"));
    CHECK(has(proof.out, "ledger/deployment/books carries MTC's mark of having been stopped"));
    CHECK_FALSE(has(proof.out, "nothing carries the plan's label"));
    for (const char* harms : {"oc patch deployment", "oc delete deployment", "oc annotate"})
        CHECK_FALSE(has(proof.out, harms));
    // as the refusals say
    auto plan = world.target_store()
                    .peek({mtc::types::migplans, mtc::openshift_migration, "shop-plan"})
                    ->body;
    plan["spec"]["namespaces"] = {"shop", "billing:billing-new", "ledger"};
    world.target_store().put(plan);
    const auto run = ends_with(0, person.runs({"shop-plan", "--yes", "--progress=none"}));
    CHECK(run.out.starts_with("Rollback succeeded"));
    const auto back = world.source_store().peek({support::types::deployments, "ledger", "books"});
    CHECK(base::number_at(back->body, "/spec/replicas") == 1);
}

TEST_CASE("whoever may not look everywhere is told where it was looked") {
    sandbox::World world("plan-edited", https());
    const Person person(world.kubeconfig());
    const auto ended = person.runs(
        {"shop-plan", "--yes", "--context=owner@target", "--progress=none", "--stall-after=4s"});
    CHECK_FALSE(has(ended.out, "nothing carries the plan's label\n"));
    CHECK(has(ended.out,
              "nothing carries the plan's label in the namespaces of the plan (billing-2, shop); "
              "others may not be searched"));
}

}  // namespace edited_plan_test
