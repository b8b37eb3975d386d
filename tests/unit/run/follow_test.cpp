#include "run/follow.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "fixture.hpp"

namespace follow_test {

using namespace run_test;
using namespace std::chrono_literals;

namespace {

run::EventSink collect(std::vector<run::Event>& events) {
    return [&events](const run::Event& event) { events.push_back(event); };
}

template <class T>
std::vector<T> only(const std::vector<run::Event>& events) {
    std::vector<T> out;
    for (const run::Event& event : events) {
        if (const T* one = std::get_if<T>(&event)) out.push_back(*one);
    }
    return out;
}

Json rollback_with(Json status) {
    return migration("rollback-1", {{"rollback", true}}, std::move(status));
}

Json copied_volume(const std::string& ns, const std::string& claim) {
    return {{"name", "pv-" + claim},
            {"pvc", {{"namespace", ns}, {"name", claim}}},
            {"selection", {{"action", "copy"}, {"copyMethod", "filesystem"}}}};
}

/// Of a workload of that kind, or of none; it mounts the claim.
Json pod_of(const std::string& owner, const std::string& name, const std::string& claim) {
    const Json volume = {{"name", "v"}, {"persistentVolumeClaim", {{"claimName", claim}}}};
    Json pod = {{"apiVersion", "v1"},
                {"kind", "Pod"},
                {"metadata", {{"name", name}, {"namespace", "shop"}}},
                {"spec", {{"volumes", Json::array({volume})}}},
                {"status", {{"phase", "Running"}}}};
    if (!owner.empty())
        pod["metadata"]["ownerReferences"] =
            Json::array({{{"kind", owner}, {"name", "web"}, {"uid", "1"}}});
    return pod;
}

/// Does the next thing as soon as the follower has seen the one before: no clock is involved.
class Script {
  public:
    Script(std::vector<std::function<void()>> steps, std::vector<run::Event>& events)
        : steps_(std::move(steps)), events_(events) {}
    run::EventSink sink() {
        return [this](const run::Event& event) {
            events_.push_back(event);
            if (!std::holds_alternative<run::MigrationChanged>(event) || next_ == steps_.size())
                return;
            steps_[next_++]();
        };
    }

  private:
    std::vector<std::function<void()>> steps_;
    std::vector<run::Event>& events_;
    std::size_t next_ = 0;
};

}  // namespace

TEST_CASE("a rollback is followed from its first phase to its end") {
    World world;
    world.target_store.put(rollback_with(Json::object()));
    std::vector<run::Event> events;
    Script script({[&] { world.target_store.put(rollback_with(running("DeleteMigrated", 12))); },
                   [&] { world.target_store.put(rollback_with(succeeded())); }},
                  events);
    const auto end =
        run::follow(world.session(), rollback_ref("rollback-1"), {}, script.sink(), {});
    REQUIRE(end);
    CHECK(std::holds_alternative<mtc::Succeeded>(end->state()));
    CHECK(only<run::MigrationChanged>(events).size() == 3);
}

TEST_CASE("a change that moves nothing is not reported") {
    World world;
    world.target_store.put(rollback_with(running("DeleteMigrated", 12)));
    std::vector<run::Event> events;
    Script script({[&] {
                      Json touched = rollback_with(running("DeleteMigrated", 12));
                      touched["metadata"]["annotations"] = {{"openshift.io/touch", "1"}};
                      world.target_store.put(touched);
                      world.target_store.put(rollback_with(succeeded()));
                  }},
                  events);
    REQUIRE(run::follow(world.session(), rollback_ref("rollback-1"), {}, script.sink(), {}));
    CHECK(only<run::MigrationChanged>(events).size() == 2);
}

TEST_CASE("a rollback that somebody deletes is an error, not an endless wait") {
    World world;
    world.target_store.put(rollback_with(running("Rollback", 1)));
    std::vector<run::Event> events;
    Script script({[&] {
                      const auto seen = world.target->get(rollback_ref("rollback-1"), {});
                      CHECK(world.target->remove(*seen, {}, {}));
                  }},
                  events);
    const auto end =
        run::follow(world.session(), rollback_ref("rollback-1"), {}, script.sink(), {});
    REQUIRE_FALSE(end);
    CHECK(end.error().kind == base::ErrorKind::NotFound);
}

TEST_CASE("waiting ends at the deadline, and the rollback goes on") {
    World world;
    world.target_store.put(rollback_with(running("DeleteMigrated", 12)));
    const run::FollowOptions options{.deadline = std::chrono::steady_clock::now() + 50ms};
    std::vector<run::Event> events;
    const auto end =
        run::follow(world.session(), rollback_ref("rollback-1"), options, collect(events), {});
    REQUIRE_FALSE(end);
    CHECK(end.error().kind == base::ErrorKind::TimedOut);
    CHECK(world.target->writes().empty());
}

TEST_CASE("a stop ends the wait and writes nothing: Ctrl-C detaches") {
    World world;
    world.target_store.put(rollback_with(running("DeleteMigrated", 12)));
    std::stop_source stop;
    const run::EventSink sink = [&](const run::Event& event) {
        if (std::holds_alternative<run::MigrationChanged>(event)) stop.request_stop();
    };
    const auto end =
        run::follow(world.session(), rollback_ref("rollback-1"), {}, sink, stop.get_token());
    REQUIRE_FALSE(end);
    CHECK(end.error().kind == base::ErrorKind::Interrupted);
    CHECK(world.target->writes().empty());
}

TEST_CASE(
    "a rollback that hangs on a finalizer is explained: the object, the finalizer, the pod that "
    "holds it") {
    World world;
    world.target_store.put(rollback_with(running("EnsureMigratedDeleted", 13)));
    Json claim = labelled({{"apiVersion", "v1"},
                           {"kind", "PersistentVolumeClaim"},
                           {"metadata",
                            {{"name", "data"},
                             {"namespace", "shop"},
                             {"deletionTimestamp", "2025-05-01T12:00:00Z"},
                             {"finalizers", {"kubernetes.io/pvc-protection"}}}}});
    world.target_store.put(claim);
    world.target_store.put(
        {{"apiVersion", "v1"},
         {"kind", "Pod"},
         {"metadata", {{"name", "old-pod"}, {"namespace", "shop"}}},
         {"spec",
          {{"volumes", {{{"name", "v"}, {"persistentVolumeClaim", {{"claimName", "data"}}}}}}}}});
    std::stop_source stop;
    std::vector<std::string> why;
    const run::EventSink sink = [&](const run::Event& event) {
        if (const auto* stalled = std::get_if<run::Stalled>(&event)) {
            why = stalled->why;
            stop.request_stop();
        }
    };
    const auto end = run::follow(world.session(), rollback_ref("rollback-1"), {.stall_after = 20ms},
                                 sink, stop.get_token());
    CHECK_FALSE(end);
    const auto text = [&] {
        std::string all;
        for (const auto& line : why) all += line + "\n";
        return all;
    }();
    CHECK(text.find("shop/persistentvolumeclaim/data is terminating, held by finalizer "
                    "kubernetes.io/pvc-protection, "
                    "mounted by pod old-pod") != std::string::npos);
    CHECK(text.find("oc describe") != std::string::npos);
}

TEST_CASE("a postponed rollback is explained by who goes first, with the command that cancels it") {
    World world;
    world.target_store.put(migration("cutover-2", {{"quiescePods", true}}, running("Backup", 3)));
    world.target_store.put(rollback_with(
        {{"conditions", {condition("Postponed", "Critical", "Postponed 10 seconds")}}}));
    const auto seen = world.target->get(rollback_ref("rollback-1"), {});
    const auto why = run::explain_stall(world.session(), mtc::decode_migration(*seen), {});
    REQUIRE(why.size() >= 2);
    CHECK(why[0] == "Postponed: Postponed 10 seconds");
    CHECK(why[1].find("cutover-2") != std::string::npos);
    CHECK(why[1].find(R"('{"spec":{"canceled":true}}')") != std::string::npos);
}

TEST_CASE("a rollback that waits for pods is explained by those that the controller waits for") {
    World world;
    world.target_store.put(rollback_with(running("EnsureDestQuiesced", 8)));
    Json plan = World::plan({"shop"});
    plan["spec"]["persistentVolumes"] = Json::array({copied_volume("shop", "data")});
    world.target_store.put(plan);
    const auto why = [&] {
        const auto seen = world.target->get(rollback_ref("rollback-1"), {});
        return run::explain_stall(world.session(), mtc::decode_migration(*seen), {});
    };
    world.target_store.put(pod_of("", "alone", "data"));
    world.target_store.put(pod_of("ReplicaSet", "other-1", "another"));
    CHECK(why() == std::vector<std::string>{"target: no pod is left that the controller waits for; "
                                            "it should go on soon"});
    Json held = pod_of("ReplicaSet", "web-1", "data");
    held["metadata"]["deletionTimestamp"] = "2025-05-01T12:00:00Z";
    held["metadata"]["finalizers"] = {"example.com/hold"};
    world.target_store.put(held);
    CHECK(why() == std::vector<std::string>{"target: the controller waits until these pods are "
                                            "gone: shop/web-1 (terminating, held by finalizer "
                                            "example.com/hold)"});
    world.target->set_fault(refuse("LIST", "pods", base::ErrorKind::Forbidden));
    const auto unseen = why();
    REQUIRE(unseen.size() == 1);
    CHECK(unseen[0] ==
          "target: pods in namespace shop could not be listed: pods is refused by the test");
}

}  // namespace follow_test
