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
    const auto run =
        ends_with(4, person.runs({"shop-plan", "--yes", "--stall-after=4s", "--progress=none"}));
    CHECK_FALSE(has(run.out, "Rollback succeeded"));
    CHECK(has(run.out,
              "billing-new/deployment/ledger carries the plan's label, and the plan does "
              "not list namespace billing-new"));
    CHECK_FALSE(has(run.out, "nothing carries the plan's label"));
    const auto after = ends_with(0, person.runs({"assess", "shop-plan"}));
    CHECK(has(after.out, "not known whether a rollback is needed"));
    CHECK(has(ends_with(4, person.runs({"assess", "shop-plan", "--exit-code"})).out,
              "list in the plan again"));
    // and what is stopped on the source in such a namespace
    const auto stopped = ends_with(4, person.runs({"verify", "shop-plan", "--progress=none"}));
    CHECK(has(stopped.out, "ledger/deployment/books carries MTC's mark of having been stopped"));
    // whoever may not look everywhere is told where it was looked
    const auto narrow =
        person.runs({"verify", "shop-plan", "--context=owner@target", "--progress=none"});
    CHECK(has(narrow.out,
              "nothing carries the plan's label in the namespaces of the plan (billing-2, shop); "
              "others may not be searched"));
}

}  // namespace edited_plan_test
