// What a workload ran before the migration, for every kind and whoever tells it.
#include "rollback/before.hpp"

#include <doctest/doctest.h>

#include "rollback/record.hpp"
#include "unit/rollback/before_builders.hpp"

namespace before_test {

using namespace rollback;
using build::Json;
using build::Told;

namespace {

mtc::Wanted current(const Told& kind, const Json& spec) {
    return build::row(kind.kind).current(build::told(kind, spec));
}

bool is(const Told& kind, const char* name) {
    return std::string(kind.kind) == name;
}

}  // namespace

TEST_CASE(
    "the record, MTC's annotation, the migrated copy: the first that knows says what it ran") {
    for (const Told& kind : build::kinds_told()) {
        CAPTURE(kind.kind);
        const Object rests = build::told(kind, kind.rests);
        const Object stopped = build::marked(kind, rests);
        const Object copy = build::told(kind, kind.runs);
        const Object other = build::told(kind, kind.other);
        const Before recorded{current(kind, kind.other), true, Witness::Operator};
        const Before by_record = before_of({&recorded, &stopped, &copy});
        CHECK(by_record.wanted == mtc::first_known(recorded.wanted, current(kind, kind.runs)));
        CHECK(by_record.told_by == Witness::Operator);
        CHECK(by_record.ran == true);
        // MTC's mark on a CronJob is the same whether it was suspended or not
        const Before by_mark = before_of({nullptr, &stopped, &other});
        CHECK(by_mark.told_by == (is(kind, "CronJob") ? Witness::Copy : Witness::Annotation));
        CHECK(mtc::first_known(by_mark.wanted, {}).known());
        CHECK(by_mark.ran == true);
        const Before by_copy = before_of({nullptr, &rests, &copy});
        CHECK(by_copy.told_by == Witness::Copy);
        CHECK(by_copy.wanted == current(kind, kind.runs));
        CHECK(by_copy.ran == true);
        const Before by_itself = before_of({nullptr, &copy, nullptr});
        CHECK(by_itself.told_by == Witness::Source);
        CHECK(by_itself.wanted == current(kind, kind.runs));
        CHECK(by_itself.ran == true);
    }
}

TEST_CASE("of what rests without a mark nobody knows what it ran, until somebody tells") {
    for (const Told& kind : build::kinds_told()) {
        CAPTURE(kind.kind);
        const Object rests = build::told(kind, kind.rests);
        const Before before = before_of({nullptr, &rests, nullptr});
        // the key that MTC adds to a node selector hides nothing of it
        if (is(kind, "DaemonSet")) {
            CHECK(before.wanted == current(kind, kind.runs));
            CHECK(before.ran == true);
            continue;
        }
        CHECK_FALSE(before.wanted.known());
        CHECK_FALSE(before.ran);
        CHECK(before.told_by == Witness::Nobody);
        const Before resting_copy = before_of({nullptr, &rests, &rests});
        CHECK(resting_copy.told_by == Witness::Copy);
        CHECK(resting_copy.ran == false);
    }
}

TEST_CASE("a copy that MTC has stopped tells by its mark what it ran, of a CronJob nothing") {
    for (const Told& kind : build::kinds_told()) {
        CAPTURE(kind.kind);
        const Object copy = build::marked(kind, build::told(kind, kind.rests));
        const Before before = before_of({nullptr, nullptr, &copy});
        CHECK(before.wanted.known() != is(kind, "CronJob"));
        // a count alone: whether it was paused is in another annotation
        if (!is(kind, "CronJob"))
            CHECK(mtc::first_known(before.wanted, current(kind, kind.runs)) ==
                  current(kind, kind.runs));
    }
}

TEST_CASE(
    "the mark of a workload that runs again still says what it ran, and whether it was paused") {
    const Object scaled = build::running("Deployment", "web", 1)
                              .annotation(mtc::annotations::replicas, "3")
                              .annotation(mtc::annotations::paused, "true");
    const Before before = before_of({nullptr, &scaled, nullptr});
    CHECK(before.wanted.replicas == 3);
    CHECK(before.wanted.paused == true);
    CHECK(before.told_by == Witness::Annotation);
}

TEST_CASE("a count that a second migration overwrote is read from the migrated copy") {
    const Object job = build::workload("Job", "import")
                           .spec({{"parallelism", 0}})
                           .annotation(mtc::annotations::replicas, "0");
    CHECK_FALSE(before_of({nullptr, &job, nullptr}).wanted.known());
    const Object copy = build::workload("Job", "import").spec({{"parallelism", 2}});
    CHECK(before_of({nullptr, &job, &copy}).wanted.replicas == 2);
    SUBCASE("one that has come to its end there is not said to have run") {
        const Object ended =
            build::workload("Job", "import")
                .spec({{"parallelism", 2}})
                .status(
                    {{"conditions", build::list(Json{{"type", "Complete"}, {"status", "True"}})}});
        CHECK_FALSE(before_of({nullptr, &job, &ended}).ran);
    }
}

TEST_CASE("a Job that had ended before is told by its mark, and not by its count of now") {
    const Object done =
        build::workload("Job", "done")
            .spec({{"parallelism", 0}})
            .annotation(mtc::annotations::replicas, "1")
            .status({{"conditions", build::list(Json{{"type", "Complete"}, {"status", "True"}})}});
    CHECK(before_of({nullptr, &done, nullptr}).wanted.replicas == 1);
}

TEST_CASE("only what the plan has migrated tells of before") {
    State state = build::left_at_rest(build::kinds_told().front());
    REQUIRE(pairs_of(state).size() == 1);
    CHECK(pairs_of(state)[0].copy(state) != nullptr);
    SUBCASE("not what was there before") {
        state.target.workloads = {build::running("Deployment", "web", 3)};
        CHECK(pairs_of(state)[0].target != nullptr);
        CHECK(pairs_of(state)[0].copy(state) == nullptr);
    }
    SUBCASE("nor one object that is both sides") {
        state.target.server = state.source.server;
        CHECK(pairs_of(state)[0].target == nullptr);
    }
    SUBCASE("under the name that the plan gives the namespace") {
        state = build::mapped(state);
        state.target.workloads[0].ref.ns = "shop-new";
        REQUIRE(pairs_of(state).size() == 1);
        CHECK(pairs_of(state)[0].copy(state) != nullptr);
        CHECK(record_of(state, "").workloads.at(0).before.replicas == 3);
    }
}

TEST_CASE("who told survives being written down") {
    for (const Witness witness :
         {Witness::Operator, Witness::Annotation, Witness::Copy, Witness::Source, Witness::Nobody})
        CHECK(witness_from(word(witness)) == witness);
    CHECK(word(Witness::Copy) == "target");
    CHECK(witness_from("somebody") == Witness::Nobody);
}

TEST_CASE("an older record is believed, but what it saw running tells less than a newer one") {
    const Before annotated{{.replicas = 3}, true, Witness::Annotation};
    const Before seen{{.replicas = 5}, true, Witness::Source};
    const Before nobody;
    CHECK(merged(annotated, seen) == annotated);
    CHECK(merged(seen, Before{{.replicas = 4}, true, Witness::Source}).wanted.replicas == 4);
    CHECK(merged(seen, nobody).wanted.replicas == 5);
    CHECK(merged(seen, nobody).ran == true);
    CHECK(merged(nobody, annotated) == annotated);
    const Before corrected{{.replicas = 4}, true, Witness::Annotation};
    CHECK(merged(annotated, corrected) == corrected);
}

}  // namespace before_test
