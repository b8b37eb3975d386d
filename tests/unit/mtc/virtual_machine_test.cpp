// What a run strategy means for a machine that MTC has stopped, and how it comes back.
#include "mtc/virtual_machine.hpp"

#include <doctest/doctest.h>

#include "mtc/unquiesce.hpp"
#include "unit/mtc/builders.hpp"

namespace virtual_machine_test {

using namespace mtc;
using base::Object;
using build::Json;

namespace {

Object machine(const Json& spec, const Json& status = Json::object(),
               const Json& annotations = Json::object()) {
    return base::object_of(build::row("VirtualMachine").type, {{"metadata",
                                                                {{"name", "vm"},
                                                                 {"namespace", "shop"},
                                                                 {"uid", "u"},
                                                                 {"resourceVersion", "7"},
                                                                 {"annotations", annotations}}},
                                                               {"spec", spec},
                                                               {"status", status}});
}

Json marks(const char* strategy = nullptr) {
    Json marks{{annotations::start_vm, "true"}};
    if (strategy != nullptr) marks[annotations::run_strategy] = strategy;
    return marks;
}

Object after(const Object& object, const Json& patch) {
    return base::object_of(object.ref.type, object.body.patch(patch));
}

Json spec_after_start(const Object& stopped) {
    return after(stopped, unquiesce(stopped, virtual_machine::recorded(stopped))).body["spec"];
}

}  // namespace

TEST_CASE("a machine is at rest when nothing of it runs and nothing makes it run") {
    struct Row {
        const char* situation;
        Json spec;
        Json status;
        bool rests;
    };
    const Json asked{{"stateChangeRequests", {{{"action", "Start"}}}}};
    const Row rows[] = {
        {"halted", {{"runStrategy", "Halted"}}, {}, true},
        {"halted, its instance on the way down",
         {{"runStrategy", "Halted"}},
         {{"created", true}},
         true},
        {"not running", {{"running", false}}, {}, true},
        {"running", {{"running", true}}, {}, false},
        {"neither field", Json::object(), {}, true},
        {"always", {{"runStrategy", "Always"}}, {}, false},
        {"once", {{"runStrategy", "Once"}}, {}, false},
        {"manual, without an instance", {{"runStrategy", "Manual"}}, {}, true},
        {"manual, with one", {{"runStrategy", "Manual"}}, {{"created", true}}, false},
        {"manual, asked to start", {{"runStrategy", "Manual"}}, asked, false},
        {"on failure, without an instance", {{"runStrategy", "RerunOnFailure"}}, {}, true},
    };
    for (const Row& each : rows) {
        CAPTURE(each.situation);
        CHECK(virtual_machine::at_rest(machine(each.spec, each.status)) == each.rests);
    }
}

TEST_CASE("a machine that MTC has stopped gets back the field that it has") {
    CHECK(spec_after_start(machine({{"runStrategy", "Halted"}}, {}, marks("Always"))) ==
          Json{{"runStrategy", "Always"}});
    CHECK(spec_after_start(machine({{"running", false}}, {}, marks())) == Json{{"running", true}});
    CHECK(spec_after_start(machine({{"runStrategy", "Manual"}}, {}, marks("Manual"))) ==
          Json{{"runStrategy", "Manual"}});
    SUBCASE("and never both of them, which KubeVirt refuses") {
        CHECK(spec_after_start(machine({{"running", false}}, {}, marks("Manual"))) ==
              Json{{"runStrategy", "Manual"}});
    }
    SUBCASE("what stopping has overwritten and nobody wrote down is lost") {
        CHECK_FALSE(
            virtual_machine::recorded(machine({{"runStrategy", "Halted"}}, {}, marks())).known());
        CHECK(virtual_machine::recorded(machine({{"runStrategy", "Manual"}}, {}, marks()))
                  .run_strategy == "Manual");
    }
    SUBCASE("stopping writes no strategy for one that has none") {
        const Object running = machine({{"running", true}});
        const Object stopped = after(running, quiesce(running).value());
        CHECK(base::annotation_of(stopped, annotations::start_vm) == "true");
        CHECK_FALSE(base::annotation_of(stopped, annotations::run_strategy));
    }
}

TEST_CASE("a start is refused when somebody has given the machine another strategy") {
    Object stopped = machine({{"runStrategy", "Halted"}}, {}, marks("Always"));
    const Json patch = unquiesce(stopped, virtual_machine::recorded(stopped));
    stopped.body["spec"]["runStrategy"] = "Manual";
    CHECK_THROWS_AS(after(stopped, patch), Json::exception);
}

TEST_CASE("start-vm: false is a person's word, and no mark of being stopped") {
    const Json no{{annotations::start_vm, "false"}};
    CHECK_FALSE(is_quiesced(machine({{"runStrategy", "Halted"}}, {}, no)));
    CHECK(is_quiesced(machine({{"runStrategy", "Halted"}}, {}, marks())));
}

TEST_CASE("a machine serves when it is ready, or when nobody wants it to run") {
    const Json always{{"runStrategy", "Always"}};
    CHECK(virtual_machine::serving(machine(always, {{"ready", true}})).yes);
    const Serving down =
        virtual_machine::serving(machine(always, {{"printableStatus", "ErrorUnschedulable"}}));
    CHECK_FALSE(down.yes);
    CHECK(down.why == "it is not ready: ErrorUnschedulable");
    CHECK(virtual_machine::serving(machine({{"runStrategy", "Halted"}})).yes);
    CHECK_FALSE(virtual_machine::serving(machine({{"runStrategy", "Halted"}}, {}, marks())).yes);
    SUBCASE("one that was asked to start is waited for") {
        CHECK_FALSE(
            virtual_machine::serving(machine({{"runStrategy", "Manual"}},
                                             {{"stateChangeRequests", {{{"action", "Start"}}}}}))
                .yes);
    }
}

}  // namespace virtual_machine_test
