// `manual` with the real binary: the source comes back as it was without MTC's controller, nothing
// is written over that somebody else has changed, and nothing is started while the target writes.
#include <atomic>
#include <csignal>
#include <fstream>
#include <memory>

#include "base/yaml.hpp"
#include "killer.hpp"
#include "sandbox/before.hpp"

namespace manual_test {

using namespace plugin_test;
using sandbox::Phase;
namespace types = support::types;

namespace {

const std::vector<std::string> by_hand{"manual", "shop-plan", "--yes", "--stall-after=4s"};

std::vector<std::string> by_hand_with(const std::vector<std::string>& more) {
    auto words = by_hand;
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

// A review of what one may do is a POST, but writes nothing; nor does a dry run.
bool only_looks(const std::string& request) {
    return !is_write(request);
}

std::vector<std::string> writes(sandbox::ApiServer& server) {
    auto requests = server.requests();
    std::erase_if(requests, [](const auto& request) { return !is_write(request); });
    return requests;
}

std::size_t patches_of(sandbox::ApiServer& server, const std::string& name) {
    const auto all = writes(server);
    return static_cast<std::size_t>(std::ranges::count_if(
        all, [&](const auto& r) { return r.starts_with("PATCH ") && has(r, name); }));
}

void check_nothing_written(sandbox::World& world) {
    for (sandbox::ApiServer* server : {&world.source_server(), &world.target_server()}) {
        for (const std::string& request : writes(*server)) FAIL_CHECK(request);
    }
}

base::Object of(const support::Store& store, const base::ObjectRef& ref) {
    auto object = store.peek(ref);
    CAPTURE(ref.path());
    REQUIRE(object);
    return *object;
}

/// The source of a scenario: what it must come back to.
class Source {
  public:
    explicit Source(sandbox::World& world) : world_(world) {
        for (const auto& each : sandbox::workloads_of(world.scenario()))
            before_.emplace_back(
                each.ref, sandbox::spec_before(each.item, of(world.source_store(), each.ref)));
    }

    void check_as_before(const std::string& ns = {}) const {
        for (const auto& [ref, spec] : before_) {
            if (!ns.empty() && ref.ns != ns) continue;
            const auto now = of(world_.source_store(), ref);
            CAPTURE(ref.path());
            CHECK(sandbox::spec_of(now.body) == spec);
            CHECK(sandbox::marks_of(now).empty());
        }
    }

  private:
    sandbox::World& world_;
    std::vector<std::pair<base::ObjectRef, base::Json>> before_;
};

const base::ObjectRef web{types::deployments, "shop", "web"};

sandbox::Scenario small_with(const std::string& object) {
    return *sandbox::parse_scenario("with-one-more", R"(
plan: {namespaces: [shop]}
migrations:
- {name: cutover-1, state: failed, phase: EnsureFinalRestore, error: "the restore failed"}
stopped: true
source:
  shop:
  - {kind: Deployment, name: web, replicas: 1}
  - )" + object + R"(
target:
  shop: {existing: [ServiceAccount/web]}
)");
}

/// Does `work` when the first request that matches is about to be processed by that server.
void at_first(sandbox::ApiServer& server, const std::string& part, std::function<void()> work) {
    const auto done = std::make_shared<std::once_flag>();
    server.on_request(
        [=](std::size_t, const std::string& method, const std::string& target, Phase phase) {
            if (phase == Phase::Before && has(method + " " + target, part))
                std::call_once(*done, work);
        });
}

void patch(support::Store& store, const base::ObjectRef& ref, const base::Json& operations) {
    CHECK(store.patch(ref, support::PatchKind::JsonPatch, operations));
}

base::Json replace(const std::string& path, const base::Json& value) {
    return base::Json::array({{{"op", "add"}, {"path", path}, {"value", value}}});
}

base::Json without(const std::string& path) {
    return base::Json::array({{{"op", "remove"}, {"path", path}}});
}

std::string annotation_at(const char* key) {
    return "/metadata/annotations/" + base::pointer_segment(key);
}

/// Mounts the volume of moved-volume, and belongs to no workload.
base::Json pod_with_data(const std::string& name, const std::string& phase = "Running") {
    const base::Json volume = {{"name", "data"},
                               {"persistentVolumeClaim", {{"claimName", "data"}}}};
    return {{"apiVersion", "v1"},
            {"kind", "Pod"},
            {"metadata", {{"name", name}, {"namespace", "shop"}}},
            {"spec",
             {{"containers", base::Json::array({{{"name", "sh"}, {"image", "sh:1"}}})},
              {"volumes", base::Json::array({volume})}}},
            {"status", {{"phase", phase}}}};
}

}  // namespace

TEST_CASE("every kind of workload comes back as it was, though no controller serves the plan") {
    for (const char* scenario :
         {"by-hand", "failed-cutover", "plan-closed", "plan-not-ready", "moved-volume"}) {
        SUBCASE(scenario) {
            sandbox::World world(scenario, https());
            const Source source(world);
            const Person person(world.kubeconfig());
            const auto ended = ends_with(0, person.runs(by_hand));
            CHECK(ended.out.starts_with("The application is back\n"));
            source.check_as_before();
            CHECK(rollbacks(world.target_store()) == 0);
            world.source_server().forget_requests();
            world.target_server().forget_requests();
            // and a second run has nothing to do
            ends_with(0, person.runs(by_hand));
            check_nothing_written(world);
        }
    }
}

TEST_CASE("what runs on the target with what was migrated is stopped, and keeps what it ran") {
    sandbox::World world("by-hand", https());
    ends_with(0, Person(world.kubeconfig()).runs(by_hand));
    for (const base::ObjectRef& ref :
         {web, base::ObjectRef{types::deployments, "billing-new", "ledger"}}) {
        const auto now = of(world.target_store(), ref);
        CHECK(base::number_at(now.body, "/spec/replicas") == 0);
        CHECK(base::annotation_of(now, mtc::annotations::replicas) == (ref == web ? "3" : "1"));
    }
    CHECK(world.target_store().peek({types::configmaps, "shop", "web-config"}));
}

TEST_CASE("stage pods go on both sides; a pod of the application stays, without MTC's labels") {
    sandbox::World world("by-hand", https());
    const base::ObjectRef stage{types::pods, "shop", "stage-data-1"};
    const base::ObjectRef bare{types::pods, "shop", "bare"};
    const auto before = of(world.source_store(), bare);
    REQUIRE(base::label_of(before, mtc::labels::stage_pod));
    ends_with(0, Person(world.kubeconfig()).runs(by_hand_with({"--only=stage-pods"})));
    CHECK_FALSE(world.source_store().peek(stage));
    CHECK_FALSE(world.target_store().peek(stage));
    const auto after = of(world.source_store(), bare);
    CHECK(after.uid == before.uid);
    CHECK(base::labels_of(after) == std::map<std::string, std::string>{{"app", "bare"}});
    // no workload was touched
    CHECK(replicas(world.source_store(), "web") == 0);
    CHECK(replicas(world.target_store(), "web") == 3);
}

// The target ------------------------------------------------------------------------------------

TEST_CASE("while a pod of the target mounts a volume of the plan nothing is started, or stopped") {
    sandbox::World world("moved-volume", https());
    world.target_store().put(pod_with_data("debug"));
    const Person person(world.kubeconfig());
    for (const char* only : {"--only=workloads", "--assume-target-stopped"}) {
        CAPTURE(only);
        const auto ended = ends_with(6, person.runs(by_hand_with({only})));
        CHECK(has(ended.err, "shop/pod/debug on the target mounts a volume of the plan"));
        CHECK(has(ended.err, "see that it can be made on the source"));
        check_nothing_written(world);
    }
    // it has ended, and writes no more
    world.target_store().put(pod_with_data("debug", "Succeeded"));
    ends_with(0, person.runs(by_hand));
    CHECK(replicas(world.source_store(), "web") == 1);
}

TEST_CASE("the source is started only when the pods of the target are gone") {
    sandbox::World world("moved-volume", https());
    const auto pods = world.target_store().all(types::pods, "shop");
    REQUIRE(pods.size() == 1);
    patch(world.target_store(), pods.front().ref,
          replace("/metadata/finalizers", base::Json::array({"example.com/hold"})));
    const Person person(world.kubeconfig());
    support::Process process(Person::command({"manual", "shop-plan", "--yes", "--stall-after=1s"}),
                             person.options());
    REQUIRE(process.await_err("held by finalizer example.com/hold"));
    CHECK(replicas(world.target_store(), "web") == 0);
    CHECK(writes(world.source_server()).empty());
    const auto held = of(world.target_store(), pods.front().ref);
    patch(world.target_store(), held.ref, without("/metadata/finalizers"));
    ends_with(0, process.wait());
    CHECK(replicas(world.source_store(), "web") == 1);
    CHECK(replicas(world.source_store(), "api") == 2);
}

TEST_CASE("what somebody starts on the target after the question is seen, and nothing is started") {
    sandbox::World world("moved-volume", https());
    // between the stop and the second look
    at_first(world.target_server(), "PATCH /apis/apps/v1/namespaces/shop/deployments/web",
             [&] { world.target_store().put(pod_with_data("late")); });
    const auto ended = Person(world.kubeconfig()).runs(by_hand);
    CAPTURE(ended.err);
    CHECK(ended.code == 1);
    CHECK(has(ended.err, "shop/pod/late"));
    CHECK(has(ended.err, "see that it can be made on the source"));
    CHECK(writes(world.source_server()).empty());
}

// Others ------------------------------------------------------------------------------------------

TEST_CASE("what somebody else changes between the look and the write is never written over") {
    sandbox::World world("small", https());
    support::Store& store = world.source_store();
    const Person person(world.kubeconfig());
    const auto meanwhile = [&](const std::function<void()>& work) {
        at_first(world.source_server(), "PATCH /apis/apps/v1/namespaces/shop/deployments/web",
                 work);
    };
    SUBCASE("a number that somebody has chosen is kept, and the mark goes") {
        meanwhile([&] { patch(store, web, replace("/spec/replicas", 5)); });
        const auto ended = person.runs(by_hand);
        CAPTURE(ended.out);
        CAPTURE(ended.err);
        CHECK(replicas(store, "web") == 5);
        CHECK(sandbox::marks_of(of(store, web)).empty());
    }
    SUBCASE("without the mark it is nobody's to start") {
        meanwhile([&] {
            patch(store, web, without(annotation_at(mtc::annotations::replicas)));
            patch(store, web, without(annotation_at(mtc::annotations::paused)));
        });
        const auto ended = person.runs(by_hand);
        CAPTURE(ended.out);
        CAPTURE(ended.err);
        CHECK(replicas(store, "web") == 0);
        CHECK(has(ended.out + ended.err, "somebody has changed it meanwhile"));
    }
    SUBCASE("another number in the mark is read again") {
        meanwhile(
            [&] { patch(store, web, replace(annotation_at(mtc::annotations::replicas), "2")); });
        const auto ended = person.runs(by_hand);
        CAPTURE(ended.out);
        CHECK(replicas(store, "web") == 2);
    }
    SUBCASE("one that was deleted and made anew is another one") {
        meanwhile([&] {
            auto body = of(store, web).body;
            CHECK(store.remove(web));
            body["metadata"].erase("uid");
            body["metadata"].erase("resourceVersion");
            CHECK(store.create(web, body));
        });
        const auto ended = person.runs(by_hand);
        CAPTURE(ended.out);
        CAPTURE(ended.err);
        CHECK(replicas(store, "web") == 0);
        CHECK_FALSE(sandbox::marks_of(of(store, web)).empty());
        CHECK(has(ended.out + ended.err, "made anew meanwhile"));
        CHECK(ended.code == 4);
        CHECK(patches_of(world.source_server(), "deployments/web") == 1);
    }
    SUBCASE("one that is gone is left out") {
        meanwhile([&] { CHECK(store.remove(web)); });
        const auto ended = person.runs(by_hand);
        CAPTURE(ended.out);
        CHECK(has(ended.out + ended.err, "does not exist any more"));
        CHECK_FALSE(store.peek(web));
    }
}

TEST_CASE("a lost answer to a patch is looked after, and nothing is written twice") {
    for (const bool processed : {false, true}) {
        CAPTURE(processed);
        sandbox::World world("small", https());
        world.source_server().inject({.match = "^PATCH .*/deployments/web",
                                      .effect = processed
                                                    ? sandbox::Effect(sandbox::DropAfter{})
                                                    : sandbox::Effect(sandbox::DropBefore{})});
        ends_with(0, Person(world.kubeconfig()).runs(by_hand));
        CHECK(replicas(world.source_store(), "web") == 1);
        CHECK(patches_of(world.source_server(), "deployments/web") == (processed ? 1 : 2));
    }
}

TEST_CASE("a write that is refused is an error of that object, and the others are started") {
    sandbox::World world("by-hand", https());
    world.source_server().inject(
        {.match = "^PATCH .*/deployments/web",
         .effect = sandbox::answer_with({{"kind", "Status"},
                                         {"status", "Failure"},
                                         {"code", 403},
                                         {"reason", "Forbidden"},
                                         {"message", "deployments.apps \"web\" is forbidden"}})});
    const Person person(world.kubeconfig());
    const auto ended = ends_with(4, person.runs(by_hand));
    CHECK(has(ended.out, "deployments.apps \"web\" is forbidden"));
    CHECK(replicas(world.source_store(), "web") == 0);
    CHECK(replicas(world.source_store(), "admin") == 2);
    // once it may be written, the rest is done
    ends_with(0, person.runs(by_hand));
    CHECK(replicas(world.source_store(), "web") == 3);
}

TEST_CASE("an object whose writes are lost each time is told, and another run goes on with it") {
    sandbox::World world("by-hand", https());
    const Source source(world);
    const Person person(world.kubeconfig());
    // the write, and the look at what has become of it
    for (const char* match : {"^PATCH .*/deployments/web", "^GET .*/deployments/web"}) {
        world.source_server().inject({.match = match, .effect = sandbox::DropBefore{}, .times = 0});
    }
    const auto ended = ends_with(4, person.runs(by_hand));
    CHECK(has(ended.out, "source shop/deployment/web: not written: error: the connection"));
    CHECK(replicas(world.source_store(), "web") == 0);
    CHECK(replicas(world.source_store(), "admin") == 2);
    world.source_server().clear_faults();
    ends_with(0, person.runs(by_hand));
    source.check_as_before();
}

TEST_CASE("a running migration is in the way, with the command that ends it") {
    sandbox::World world("cutover-running", https());
    const auto ended = ends_with(6, Person(world.kubeconfig()).runs(by_hand));
    CHECK(has(ended.err, "cutover-1 has not ended"));
    CHECK(has(ended.err, "oc patch migmigration cutover-1"));
    check_nothing_written(world);
}

TEST_CASE("who may not patch hears of all that is missing at once, and nothing is written") {
    sandbox::World world("restricted-user", https());
    const auto ended = ends_with(
        6, Person(world.kubeconfig())
               .runs(by_hand_with({"--context=viewer@target", "--source-context=viewer@source",
                                   "--target-context=viewer@target"})));
    CHECK(has(ended.err, "you may not: source: patch deployments.apps in namespace shop"));
    check_nothing_written(world);
}

// Options ----------------------------------------------------------------------------------------

TEST_CASE("a dry run writes nothing; by the server it is checked there") {
    sandbox::World world("by-hand", https());
    const Person person(world.kubeconfig());
    const auto versions = [&] {
        return std::pair(world.source_store().resource_version(),
                         world.target_store().resource_version());
    };
    const auto before = versions();
    for (const std::string mode : {"--dry-run=client", "--dry-run=server"}) {
        CAPTURE(mode);
        const auto ended = ends_with(0, person.runs({"manual", "shop-plan", mode}));
        CHECK(has(ended.out, "ledger"));
        CHECK(versions() == before);
        const auto all = world.source_server().requests();
        CHECK(std::ranges::any_of(all, [](const auto& r) { return has(r, "dryRun=All"); }) ==
              has(mode, "server"));
    }
}

TEST_CASE("the target is written first, and the source last, in a plan without volumes too") {
    sandbox::World world("small", https());
    world.target_server().inject({.match = "^PATCH .*/deployments/web",
                                  .effect = sandbox::Delay{std::chrono::milliseconds(300)}});
    std::atomic<bool> stopped_first = false;
    at_first(world.source_server(), "PATCH ",
             [&] { stopped_first = replicas(world.target_store(), "web") == 0; });
    ends_with(0, Person(world.kubeconfig()).runs(by_hand));
    CHECK(stopped_first);
}

TEST_CASE("a count that is lost leaves that workload alone, until --set says it") {
    sandbox::World world(
        small_with("{kind: Job, name: import, parallelism: 0, stopped: false, annotations: "
                   "{migration.openshift.io/preQuiesceReplicas: \"0\"}}"),
        https());
    const base::ObjectRef job{types::jobs, "shop", "import"};
    const Person person(world.kubeconfig());
    const auto without = ends_with(4, person.runs(by_hand));
    CHECK(has(without.err + without.out, "--set shop/job/import=N"));
    // nothing that was left alone is waited for
    CHECK_FALSE(has(without.err, "stalled"));
    CHECK(replicas(world.source_store(), "web") == 1);
    CHECK(base::number_at(of(world.source_store(), job).body, "/spec/parallelism") == 0);
    ends_with(6, person.runs(by_hand_with({"--set=job/no-such=3"})));
    ends_with(0, person.runs(by_hand_with({"--set=shop/job/import=3"})));
    const auto now = of(world.source_store(), job);
    CHECK(base::number_at(now.body, "/spec/parallelism") == 3);
    CHECK(sandbox::marks_of(now).empty());
}

TEST_CASE("--source-namespaces restores a part, and leaves the rest for another run") {
    sandbox::World world("by-hand", https());
    const Source source(world);
    const Person person(world.kubeconfig());
    const base::ObjectRef ledger{types::deployments, "billing", "ledger"};
    ends_with(0, person.runs(by_hand_with({"--source-namespaces=shop"})));
    source.check_as_before("shop");
    CHECK(base::number_at(of(world.source_store(), ledger).body, "/spec/replicas") == 0);
    CHECK(base::number_at(
              of(world.target_store(), {types::deployments, "billing-new", "ledger"}).body,
              "/spec/replicas") == 1);
    ends_with(0, person.runs(by_hand));
    source.check_as_before();
}

TEST_CASE("with the plan from a file neither its cluster nor its MTC is needed") {
    sandbox::World world("by-hand", https());
    const Source source(world);
    const Person person(world.kubeconfig());
    const std::string file = (person.home.path / "plan").string();
    const auto plan =
        of(world.target_store(), {types::migplans, mtc::openshift_migration, "shop-plan"});
    SUBCASE("as YAML") {
        std::ofstream(file) << base::to_yaml(plan.body);
    }
    SUBCASE("as JSON") {
        std::ofstream(file) << plan.body.dump();
    }
    SUBCASE("as a List") {
        std::ofstream(file) << base::to_yaml(
            {{"apiVersion", "v1"}, {"kind", "List"}, {"items", base::Json::array({plan.body})}});
    }
    SUBCASE("as the snapshot that an earlier run has left") {
        // also one for a part of the plan keeps the whole of it
        ends_with(0, person.runs(by_hand_with({"--only=stage-pods", "--source-namespaces=shop"})));
        const auto folder = person.home.path / ".local/state/oc-mtc-rollback";
        std::filesystem::copy_file(folder / ("plan-" + plan.uid + ".json"), file);
    }
    for (const auto& type : {types::migmigrations, types::migplans, types::migclusters}) {
        for (const auto& object : world.target_store().all(type))
            CHECK(world.target_store().remove(object.ref));
    }
    ends_with(1, person.runs(by_hand));
    ends_with(0, person.runs(by_hand_with({"--plan-file=" + file, "--source-context=source",
                                           "--target-context=target"})));
    source.check_as_before();
}

// Interrupts
// ---------------------------------------------------------------------------------------

namespace {

// What the scenario needs: 2 stage pods, 1 borrowed pod, 2 stops, 10 starts, 1 pause.
constexpr std::size_t writes_of_a_run = 16;

/// A cluster with every kind of step, its workloads as they must be again, and a person.
struct Attempt {
    sandbox::World world{"by-hand", https()};
    Source source{world};
    Person person{world.kubeconfig()};

    bool wrote() {
        return !writes(world.source_server()).empty() || !writes(world.target_server()).empty();
    }
};

}  // namespace

TEST_CASE("killed with SIGKILL at any request and run again, the end is the same as without") {
    for (const Phase when : {Phase::Before, Phase::After}) {
        auto attempt = std::make_unique<Attempt>();
        bool killed = true;
        std::size_t n = 1;
        for (; killed; ++n) {
            CAPTURE(n);
            killed = killed_at({n, when, only_looks}, attempt->world, attempt->person, by_hand);
            // as long as nothing was written the clusters serve for the next kill
            if (!attempt->wrote()) continue;
            ends_with(0, attempt->person.runs(by_hand));
            attempt->source.check_as_before();
            CHECK(replicas(attempt->world.target_store(), "web") == 0);
            CHECK_FALSE(attempt->world.source_store().peek({types::pods, "shop", "stage-data-1"}));
            CHECK(rollbacks(attempt->world.target_store()) == 0);
            attempt = std::make_unique<Attempt>();
        }
        // at each write; how many reads are among the rest depends on what the watches hear
        CHECK(n > writes_of_a_run);
    }
}

TEST_CASE("Ctrl-C before the first write changes nothing; later it stops, and a run goes on") {
    sandbox::World world("moved-volume", https());
    const Source source(world);
    const Person person(world.kubeconfig());
    world.target_server().inject(
        {.match = "^PATCH .*/deployments/web", .effect = sandbox::Hang{}, .times = 1});
    support::Process process(Person::command(by_hand_with({"-v6"})), person.options());
    std::atomic<bool> asked = false;
    at_first(world.target_server(), "PATCH ", [&] {
        asked = true;
        process.signal(SIGINT);
    });
    ends_with(130, process.wait());
    CHECK(asked);
    world.target_server().on_request({});
    CHECK(writes(world.source_server()).empty());
    CHECK(replicas(world.source_store(), "web") == 0);
    ends_with(0, person.runs(by_hand));
    source.check_as_before();
}

}  // namespace manual_test
