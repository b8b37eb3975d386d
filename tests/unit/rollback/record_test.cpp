#include "rollback/record.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "rollback/verify.hpp"
#include "unit/rollback/builders.hpp"

namespace record_test {

using namespace rollback;
using Kind = mtc::MigrationKind;
using build::Json;

namespace {

ObjectRef ref(const std::string& name, const char* kind = "Deployment") {
    return {.type = build::row(kind).type, .ns = "shop", .name = name};
}

Record record_with(std::vector<RecordedWorkload> workloads) {
    return {.plan_uid = "uid-of-shop-plan",
            .rollback = "rollback-1",
            .made_at = build::at(30),
            .migrations = {"uid-of-cutover"},
            .workloads = std::move(workloads)};
}

RecordedWorkload was(const std::string& name, std::optional<std::int64_t> replicas, bool quiesced) {
    return {.ref = ref(name), .before = {.replicas = replicas}, .quiesced = quiesced};
}

}  // namespace

TEST_CASE("a record holds what the stopped workloads ran and what the others run") {
    State state = build::halfway();
    state.source.workloads.push_back(build::running("StatefulSet", "db", 2));
    state.source.workloads.push_back(
        build::running("Deployment", "scaled", 1).annotation(mtc::annotations::replicas, "5"));
    state.source.workloads.push_back(build::stopped("StatefulSet", "lost", "nonsense"));
    const Record record = record_of(state, "rollback-x");
    CHECK(record.plan_uid == "uid-of-shop-plan");
    CHECK(record.rollback == "rollback-x");
    CHECK(record.made_at == build::at(90));
    REQUIRE(record.workloads.size() == 4);
    CHECK(record.of(ref("web"))->quiesced);
    CHECK(record.of(ref("web"))->before.replicas == 3);
    CHECK_FALSE(record.of(ref("db", "StatefulSet"))->quiesced);
    CHECK(record.of(ref("db", "StatefulSet"))->before.replicas == 2);
    SUBCASE("one that runs again, by the mark that was left, not by its spec") {
        CHECK_FALSE(record.of(ref("scaled"))->quiesced);
        CHECK(record.of(ref("scaled"))->before.replicas == 5);
    }
    SUBCASE("one whose annotation is nonsense, as stopped, with a number that is not known") {
        CHECK(record.of(ref("lost", "StatefulSet"))->quiesced);
        CHECK_FALSE(record.of(ref("lost", "StatefulSet"))->before.known());
    }
}

TEST_CASE("a workload is found in a record by its kind, its namespace and its name") {
    const Record record = record_with({was("web", 3, true)});
    CHECK(record.of(ref("web")) != nullptr);
    CHECK(record.of(ref("other")) == nullptr);
    CHECK(record.of(ref("web", "StatefulSet")) == nullptr);
    ObjectRef elsewhere = ref("web");
    elsewhere.ns = "billing";
    CHECK(record.of(elsewhere) == nullptr);
    SUBCASE("whatever version the cluster serves") {
        ObjectRef older = ref("web");
        older.type.version = "v1beta1";
        CHECK(record.of(older) != nullptr);
    }
}

TEST_CASE("a second run does not forget what the first one wrote down") {
    SUBCASE("a workload that the rollback has started since") {
        const Record both =
            merged(record_with({was("web", 3, true)}), record_with({was("web", 1, false)}));
        CHECK(both.workloads.size() == 1);
        CHECK(both.of(ref("web"))->before.replicas == 3);
        CHECK(both.of(ref("web"))->quiesced);
    }
    SUBCASE("a workload that is gone since") {
        const Record both = merged(record_with({was("web", 3, true)}), record_with({}));
        REQUIRE(both.of(ref("web")) != nullptr);
        CHECK(both.of(ref("web"))->before.replicas == 3);
    }
    SUBCASE("a workload that is stopped now says itself what it was") {
        const Record both =
            merged(record_with({was("web", 3, true)}), record_with({was("web", 7, true)}));
        CHECK(both.of(ref("web"))->before.replicas == 7);
    }
    SUBCASE("one whose number was lost then says it itself") {
        const Record both = merged(record_with({was("web", std::nullopt, true)}),
                                   record_with({was("web", 7, true)}));
        CHECK(both.of(ref("web"))->before.replicas == 7);
    }
    SUBCASE("a workload that was never stopped: the newer word counts") {
        const Record both = merged(record_with({was("web", 3, false), was("old", 1, false)}),
                                   record_with({was("web", 7, false), was("new", 2, true)}));
        CHECK(both.of(ref("web"))->before.replicas == 7);
        CHECK(both.of(ref("new"))->before.replicas == 2);
        CHECK(both.of(ref("old")) == nullptr);
    }
    SUBCASE("the rest is the newer record's") {
        Record newer = record_with({});
        newer.rollback = "rollback-2";
        newer.made_at = build::at(50);
        const Record both = merged(record_with({}), newer);
        CHECK(both.rollback == "rollback-2");
        CHECK(both.made_at == build::at(50));
    }
}

TEST_CASE("a record counts until another migration of the plan begins a new story") {
    State state = build::halfway();
    const Record record = record_with({});
    CHECK(still_applies(record, state));
    SUBCASE("a rollback belongs to the same story") {
        state.migrations.push_back(build::good_rollback(31));
        CHECK(still_applies(record, state));
    }
    SUBCASE("a cutover or a stage migration made since does not") {
        for (const auto kind : {Kind::Cutover, Kind::Stage, Kind::State}) {
            state.migrations = {build::migration("later", kind, 31)};
            CHECK_FALSE(still_applies(record, state));
        }
    }
    SUBCASE("a plan that was made anew under the same name does not") {
        state.plan.uid = "another";
        CHECK_FALSE(still_applies(record, state));
    }
}

TEST_CASE("that a stopped workload of which nobody knew rests later, tells nothing of before") {
    // MTC has taken its mark off, and left it at rest
    const Record both = merged(record_with({was("import", std::nullopt, true)}),
                               record_with({was("import", 0, false)}));
    REQUIRE(both.workloads.size() == 1);
    CHECK(both.workloads[0].quiesced);
    CHECK(both.workloads[0].before == mtc::Wanted{});
    CHECK(both.workloads[0].told() == Before{});
}

TEST_CASE("a record survives being written down and read again") {
    const Record record = record_with(
        {was("web", 3, true),
         was("unknown", std::nullopt, true),
         {.ref = ref("agent", "DaemonSet"), .before = {.node_selector = Json{{"zone", "a"}}}},
         {.ref = ref("nightly", "CronJob"), .before = {.suspended = false}, .quiesced = true}});
    const auto read = record_from(to_json(record));
    REQUIRE(read);
    CHECK(read->plan_uid == record.plan_uid);
    CHECK(read->rollback == record.rollback);
    CHECK(read->made_at == record.made_at);
    REQUIRE(read->workloads.size() == record.workloads.size());
    for (std::size_t i = 0; i < record.workloads.size(); ++i) {
        CHECK(read->workloads[i].ref == record.workloads[i].ref);
        CHECK(read->workloads[i].before == record.workloads[i].before);
        CHECK(read->workloads[i].quiesced == record.workloads[i].quiesced);
    }
}

TEST_CASE("a record keeps the plan, for when the control cluster is gone") {
    State state = build::mapped(build::halfway());
    const auto read = record_from(to_json(record_of(state, "rollback-1")));
    REQUIRE(read);
    const auto plan = mtc::decode_plan(base::object_of(mtc::types::migplans, read->plan));
    REQUIRE(plan);
    CHECK(plan->name == "shop-plan");
    CHECK(plan->uid == "uid-of-shop-plan");
    CHECK(plan->target_of("shop") == "shop-new");
    REQUIRE(plan->volumes.size() == 1);
    CHECK(plan->volumes[0].claim == "data");
    CHECK(plan->volumes[0].target_claim == "data-new");
    SUBCASE("it is the newer record's, of two") {
        const Record both = merged(record_with({}), *read);
        CHECK(both.plan == read->plan);
    }
    SUBCASE("one that was written before that has none") {
        Json json = to_json(record_of(state, "rollback-1"));
        json.erase("plan");
        REQUIRE(record_from(json));
        CHECK(record_from(json)->plan.is_null());
    }
}

TEST_CASE("what is no record is refused") {
    const Json good = to_json(record_with({}));
    REQUIRE(record_from(good));
    const auto damaged = [&](const char* key, const Json& value) {
        Json json = good;
        json[key] = value;
        return record_from(json);
    };
    CHECK_FALSE(damaged("apiVersion", "mtc-rollback/v2"));
    CHECK_FALSE(damaged("kind", "RunReport"));
    CHECK_FALSE(damaged("madeAt", "yesterday"));
    CHECK_FALSE(record_from(Json()));
    CHECK_FALSE(record_from("mtc-rollback/v1"));
    CHECK(record_from(Json::array()).error().kind == base::ErrorKind::Malformed);
}

TEST_CASE("an odd workload in a record does no harm to the others") {
    Json json = to_json(record_with({was("web", 3, true)}));
    json["workloads"].insert(json["workloads"].begin(),
                             {"odd", nullptr, {{"group", "apps"}, {"resource", "pods"}}});
    json["workloads"].push_back({{"group", "apps"}, {"resource", "deployments"}, {"before", 7}});
    const auto read = record_from(json);
    REQUIRE(read);
    REQUIRE(read->workloads.size() == 2);
    CHECK(read->of(ref("web"))->before.replicas == 3);
    CHECK_FALSE(read->workloads[1].before.known());
    SUBCASE("workloads that are no list are none") {
        json["workloads"] = "none";
        CHECK(record_from(json)->workloads.empty());
    }
}

TEST_CASE("a record knows which rollbacks were before it, and since when it was done by hand") {
    State state = build::halfway();
    CHECK(record_of(state, "").rollbacks.empty());
    state.migrations.push_back(build::ended(build::good_rollback(31), "Failed"));
    const std::string uid = state.migrations.back().uid;
    const Record late = record_of(state, "");
    CHECK(late.rollbacks == std::vector<std::string>{uid});
    CHECK_FALSE(was_by_hand_since(late, uid));
    SUBCASE("the first one counts, and what a later run does is added") {
        Record early = record_of(build::halfway(), "");
        CHECK(merged(early, late).rollbacks.empty());
        early.by_hand_after = {uid};
        CHECK(was_by_hand_since(merged(early, late), uid));
        CHECK_FALSE(was_by_hand_since(merged(early, late), "of another"));
    }
    SUBCASE("not those of an older story") {
        state.migrations.push_back(build::failed_cutover(90));
        CHECK(record_of(state, "").rollbacks.empty());
    }
    SUBCASE("it is written down") {
        Record record = late;
        CHECK_FALSE(record_from(to_json(record))->by_hand_after);
        record.by_hand_after = {uid};
        const auto read = record_from(to_json(record));
        CHECK(read->rollbacks == record.rollbacks);
        CHECK(read->by_hand_after == record.by_hand_after);
    }
    SUBCASE("earlier versions wrote one down when they set out only") {
        Json json = to_json(late);
        json.erase("byHandAfter");
        json.erase("rollbacks");
        const auto read = record_from(json);
        CHECK(read->by_hand_after == std::vector<std::string>());
        CHECK(read->rollbacks.empty());
    }
}

TEST_CASE("a pod that nothing makes anew is written down while it runs") {
    State state = build::halfway();
    state.source.pods = {
        build::pod("bare"), build::borrowed_pod("lent").status({{"phase", "Running"}}),
        build::stage_pod("stage-1").status({{"phase", "Running"}}),
        build::Thing(build::pods, "shop", "done").status({{"phase", "Succeeded"}})};
    const Record record = record_of(state, "");
    REQUIRE(record.pods.size() == 2);
    CHECK(record.pods[0].name == "bare");
    CHECK_FALSE(record.pods[0].borrowed);
    CHECK(record.pods[1].name == "lent");
    CHECK(record.pods[1].borrowed);
    const auto read = record_from(to_json(record));
    REQUIRE(read->pods.size() == 2);
    CHECK(read->pods[1].ns == "shop");
    CHECK(read->pods[1].borrowed);
    SUBCASE("one that came later is not of before, unless MTC has borrowed it") {
        State later = state;
        later.source.pods = {build::pod("debug"),
                             build::borrowed_pod("bare").status({{"phase", "Running"}})};
        const Record both = merged(record, record_of(later, ""));
        REQUIRE(both.pods.size() == 2);
        CHECK(both.pods[0].borrowed);
    }
}

TEST_CASE("what marks, copies and borrowed pods tell may be lost; what runs tells itself") {
    State state = build::halfway();
    CHECK(tells_what_may_be_lost(record_of(state, "")));
    state.source.workloads = {build::running("Deployment", "web", 3)};
    CHECK_FALSE(tells_what_may_be_lost(record_of(state, "")));
    state.source.pods = {build::pod("bare")};
    CHECK_FALSE(tells_what_may_be_lost(record_of(state, "")));
    SUBCASE("a copy") {
        state.source.workloads = {build::workload("Deployment", "web").spec({{"replicas", 0}})};
        state.target.workloads = {build::migrated(build::running("Deployment", "web", 3))};
        CHECK(tells_what_may_be_lost(record_of(state, "")));
    }
    SUBCASE("a borrowed pod") {
        state.source.pods = {build::borrowed_pod("lent").status({{"phase", "Running"}})};
        CHECK(tells_what_may_be_lost(record_of(state, "")));
    }
}

TEST_CASE("a record tells which namespaces the plan had") {
    const auto plan = plan_of(record_of(build::mapped(build::halfway()), ""));
    REQUIRE(plan);
    CHECK(plan->source_namespaces() == std::vector<std::string>{"shop"});
    CHECK(plan->target_namespaces() == std::vector<std::string>{"shop-new"});
    CHECK_FALSE(plan_of(record_with({})));
}

TEST_CASE("what rested without a mark when it was written down rested, whoever starts it later") {
    State state = build::halfway();
    state.source.workloads = {build::workload("CronJob", "nightly").spec({{"suspend", true}})};
    const Record before = record_of(state, "");
    state.source.workloads = {build::workload("CronJob", "nightly").spec({{"suspend", false}})};
    const Record both = merged(before, record_of(state, ""));
    REQUIRE(both.workloads.size() == 1);
    CHECK(both.workloads[0].before.suspended == true);
    // and so it is found again and again
    const Record again = merged(both, record_of(state, ""));
    const auto findings = verify({state, again, "rollback-1", Flow::Console});
    CHECK(std::ranges::any_of(findings, [](const Finding& finding) {
        return finding.check == "source-workloads-as-before" &&
               finding.severity == Severity::Failure;
    }));
}

TEST_CASE("a CronJob of which nobody knew stays unknown after it was resumed") {
    State state = build::halfway();
    state.source.workloads = {build::workload("CronJob", "weekly")
                                  .spec({{"suspend", true}})
                                  .annotation(mtc::annotations::suspend, "true")};
    const Record before = record_of(state, "");
    state.source.workloads = {build::workload("CronJob", "weekly").spec({{"suspend", false}})};
    const Record both = merged(before, record_of(state, ""));
    const auto findings = verify({state, both, "", Flow::Manual});
    CHECK(std::ranges::any_of(findings, [](const Finding& finding) {
        return finding.severity == Severity::Warning &&
               build::contains(finding.message, "whether it was before the migration is not known");
    }));
}

}  // namespace record_test
