// `assess` with the real binary: what it says of a scenario, with which exit code, and that it
// writes nothing.
#include <csignal>

#include "base/yaml.hpp"
#include "program.hpp"

namespace assess_test {

using namespace plugin_test;

namespace {

struct Case {
    const char* scenario;
    const char* verdict;
    int exit_code;  // with --exit-code
    std::vector<const char*> says;
};

base::Json document(const support::Ended& ended) {
    auto json = base::Json::parse(ended.out, nullptr, false);
    CAPTURE(ended.out);
    CAPTURE(ended.err);
    REQUIRE(json.is_object());
    CHECK(json["apiVersion"] == "mtc-rollback/v1");
    CHECK(json["exitCode"] == ended.code);
    return json;
}

// A review of what one may do is a POST, but writes nothing.
void check_only_read(sandbox::World& world) {
    for (sandbox::ApiServer* server : {&world.source_server(), &world.target_server()}) {
        for (const std::string& request : server->requests()) {
            CAPTURE(request);
            CHECK((request.starts_with("GET ") || has(request, "accessreviews") ||
                   has(request, "selfsubjectrulesreviews")));
        }
    }
}

support::Ended ends_well(support::Ended ended) {
    CAPTURE(ended.out);
    CAPTURE(ended.err);
    CHECK(ended.code == 0);
    return ended;
}

}  // namespace

TEST_CASE("each scenario is judged, nothing is written, and --exit-code tells whether to act") {
    for (const Case& one : std::vector<Case>{
             {"failed-cutover",
              "Required",
              4,
              {"Plan openshift-migration/shop-plan: a rollback is required\n", "deployment/web",
               "0 replicas (stopped by MTC)", "3 replicas\n", "-> oc mtc rollback shop-plan\n"}},
             {"nothing-stopped",
              "NotNeeded",  // what was staged is meant to lie on the target
              0,
              {": no rollback is needed\n", "2 replicas, serves"}},
             {"plan-closed", "RequiredManual", 4, {": a rollback is required, by hand\n"}},
             {"rollback-running", "InProgress", -1, {": a rollback is running\n", "rollback-1"}},
             {"succeeded-cutover", "NotNeeded", 0, {": no rollback is needed\n"}},
         }) {
        SUBCASE(one.scenario) {
            sandbox::World world(one.scenario, https());
            world.source_server().forget_requests();
            world.target_server().forget_requests();
            const Person person(world.kubeconfig());
            const auto text = ends_well(person.runs({"assess", "shop-plan"}));
            for (const char* part : one.says) {
                CAPTURE(part);
                CHECK(has(text.out, part));
            }
            CHECK_FALSE(has(text.out, "{plugin}"));
            const auto json =
                document(ends_well(person.runs({"assess", "migplan/shop-plan", "-o", "json"})));
            CHECK(json["kind"] == "Assessment");
            CHECK(json["verdict"] == one.verdict);
            CHECK(json["error"] == "");
            const auto asked = person.runs({"assess", "shop-plan", "--exit-code", "-o", "name"});
            CAPTURE(asked.out);
            if (one.exit_code >= 0) CHECK(asked.code == one.exit_code);
            CHECK(asked.out ==
                  (asked.code == 4 ? "migplan.migration.openshift.io/shop-plan\n" : ""));
            check_only_read(world);
        }
    }
}

TEST_CASE("a cutover whose volumes were not copied needs a rollback, however MTC calls its end") {
    struct Row {
        const char* scenario;
        const char* state;  // of the MigMigration
        const char* first;
        const char* missing;
        const char* why;
    };
    constexpr const char* on_the_target =
        ": a rollback is required\n  the copy is not complete: the application on the target runs "
        "on incomplete data\n";
    for (const Row& row : {
             Row{"copy-failed", "Succeeded", on_the_target,
                 "not copied: claim data in shop (2 attempts, 86%), claim files in shop (2 "
                 "attempts, 86%)\n",
                 "of cutover cutover-1 failed in phase RunRsyncOperations\n"},
             Row{"copy-failed-with-warning", "SucceededWithWarnings", on_the_target,
                 "not copied: claim data in shop, claim files in shop\n",
                 "failed in phase RunRsyncOperations: key RSYNC_PRIVILEGED not found"},
             Row{"copy-failed-for-good", "Failed",
                 ": a rollback is required\n  the copy is not complete\n",
                 "not copied: claim data in shop (1 attempt, 43%), claim files in shop (1 attempt, "
                 "43%)\n",
                 "caused by: 'fatal plan error'"},
         }) {
        SUBCASE(row.scenario) {
            sandbox::World world(row.scenario, https());
            const Person person(world.kubeconfig());
            const auto text = ends_with(4, person.runs({"assess", "shop-plan", "--exit-code"}));
            for (const char* part :
                 {row.first, row.missing, row.why, "oc mtc rollback shop-plan\n"})
                CHECK(has(text.out, part));
            const auto json = document(
                ends_with(4, person.runs({"assess", "shop-plan", "--exit-code", "-ojson"})));
            CHECK(json["verdict"] == "Required");
            CHECK(json["copy"]["end"] == "Incomplete");
            CHECK(json["copy"]["missing"].size() == 2);
            CHECK(has(json["copy"]["volumeMigration"].get<std::string>(), "cutover-1-"));
            const auto all = ends_with(4, person.runs({"assess", "--exit-code"}));
            CHECK(has(all.out, "shop-plan   Required "));
            CHECK(has(all.out, ", copy not complete"));
            const auto status = ends_with(0, person.runs({"status", "shop-plan"}));
            CHECK(has(status.out, "not copied: claim data in shop"));
            const auto status_json = base::Json::parse(person.runs({"status", "-ojson"}).out);
            CHECK(status_json["migrations"][0]["state"] == row.state);
            CHECK(status_json["migrations"][0]["copy"]["end"] == "Incomplete");
            const auto preview = ends_with(0, person.runs({"shop-plan", "--dry-run"}));
            CHECK(has(preview.out + preview.err, "the copy is not complete"));
            ends_with(4, person.runs({"verify", "shop-plan", "--stall-after=1s"}));
            CHECK(rollbacks(world.target_store()) == 0);
            ends_with(0, person.runs({"shop-plan", "--yes"}));
            CHECK(rollbacks(world.target_store()) == 1);
            CHECK(replicas(world.source_store(), "web") == 2);
            const auto after = document(
                ends_with(0, person.runs({"assess", "shop-plan", "--exit-code", "-ojson"})));
            CHECK(after["verdict"] == "AlreadyRolledBack");
            CHECK(after["copy"]["end"] == "None");
        }
    }
}

TEST_CASE("a volume migration that cannot be read is no proof that the volumes were copied") {
    constexpr const char* not_known = "not known whether the volumes were copied: ";
    SUBCASE("it is gone") {
        sandbox::World world("succeeded-cutover", https());
        const Person person(world.kubeconfig());
        CHECK(ends_with(0, person.runs({"assess", "shop-plan", "--exit-code"})).code == 0);
        for (const base::Object& each :
             world.target_store().all(support::types::directvolumemigrations)) {
            base::Json body = each.body;
            body["metadata"].erase("finalizers");  // nobody has to clean up after it
            world.target_store().put(body);
            world.target_store().remove(each.ref);
        }
        const auto text = ends_with(4, person.runs({"assess", "shop-plan", "--exit-code"}));
        CHECK(has(text.out, ": not known whether a rollback is needed\n"));
        CHECK(has(text.out, not_known));
        CHECK(has(text.out, "is gone\n"));
        CHECK(has(ends_with(0, person.runs({"status", "shop-plan"})).out, not_known));
        ends_with(0, person.runs({"shop-plan", "--yes"}));
    }
    SUBCASE("it may not be read: the rollback may be made all the same") {
        sandbox::World world("copy-failed", https());
        const Person person(world.kubeconfig());
        const std::vector<std::string> as_blind{"--context=blind@target", "--source-context=source",
                                                "--target-context=target"};
        const auto runs = [&](std::vector<std::string> words) {
            words.insert(words.end(), as_blind.begin(), as_blind.end());
            return person.runs(words);
        };
        // the pipeline of the cutover tells it
        CHECK(has(ends_with(4, runs({"assess", "shop-plan", "--exit-code"})).out,
                  "the copy is not complete"));
        for (const base::Object& each : world.target_store().all(mtc::types::migmigrations)) {
            base::Json body = each.body;
            body["status"].erase("pipeline");
            world.target_store().put(body);
        }
        const auto text = ends_with(4, runs({"assess", "shop-plan", "--exit-code"}));
        CHECK(has(text.out, not_known));
        CHECK(has(text.out, "cannot be read\n"));
        CHECK(has(text.out, "list directvolumemigrations.migration.openshift.io"));
        CHECK(has(text.out, "name a context that sees it with --context"));
        CHECK_FALSE(has(text.out, "In the way"));
        CHECK(has(ends_with(0, runs({"status", "shop-plan"})).out, not_known));
        ends_with(0, runs({"shop-plan", "--yes"}));
    }
}

TEST_CASE("what a person may not see is a gap in the assessment and no error") {
    sandbox::World world("restricted-user", https());
    const Person person(world.kubeconfig());
    world.source_server().inject(
        {.match = "^GET .*/statefulsets",
         .effect = sandbox::answer_with({{"kind", "Status"},
                                         {"status", "Failure"},
                                         {"code", 403},
                                         {"reason", "Forbidden"},
                                         {"message", "statefulsets.apps is forbidden"}}),
         .times = 0});
    const auto text = ends_well(person.runs({"assess", "shop-plan", "--context=viewer@target"}));
    CHECK(has(text.out, "Not seen: "));
    CHECK(has(text.out, "statefulsets.apps is forbidden"));
    CHECK(has(text.out, "In the way: "));
    const auto json = document(
        ends_well(person.runs({"assess", "shop-plan", "--context=viewer@target", "-ojson"})));
    CHECK(json["gaps"].size() >= 1);
    CHECK(json["verdict"] == "Required");
    const auto all = ends_well(person.runs({"assess", "--context=viewer@target"}));
    CHECK(has(all.out, "! shop-plan: not everything could be seen"));
}

TEST_CASE("without a plan there is a line for every plan") {
    sandbox::World world("failed-cutover", https());
    const Person person(world.kubeconfig());
    const auto text = ends_well(person.runs({"assess"}));
    CHECK(text.out.starts_with("PLAN "));
    CHECK(has(text.out, "\nshop-plan   Required "));
    CHECK(has(text.out, "shop,billing:billing-new"));
    const auto json = document(ends_well(person.runs({"assess", "-o", "json"})));
    CHECK(json["kind"] == "AssessmentList");
    REQUIRE(json["items"].size() == 1);
    CHECK(json["items"][0]["plan"] == "shop-plan");
    CHECK(json["items"][0]["verdict"] == "Required");
    CHECK(json["items"][0]["stopped"] == 7);
    CHECK(has(json["items"][0]["lastMigration"].get<std::string>(), "-1: "));
    CHECK(person.runs({"assess", "--exit-code"}).code == 4);
    CHECK(ends_well(person.runs({"assess", "-oname"})).out ==
          "migplan.migration.openshift.io/shop-plan\n");
}

TEST_CASE("where there are no plans that is said on stderr, and it is no error") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    const auto text = ends_well(person.runs({"assess", "-n", "elsewhere"}));
    CHECK(text.out.empty());
    CHECK(text.err == "No plans found in elsewhere namespace.\n");
    const auto json = document(ends_well(person.runs({"assess", "-n", "elsewhere", "-ojson"})));
    CHECK(json["items"].empty());
}

TEST_CASE("a plan that cannot be looked at has its error below the table") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    world.source_server().stop();
    const auto text = person.runs({"assess", "--exit-code"});
    CAPTURE(text.out);
    CHECK(text.code == 1);
    CHECK(has(text.out, "\nshop-plan   Error "));
    CHECK(has(text.out, "shop-plan: the source cluster"));
    const auto json = document(person.runs({"assess", "-o", "json"}));
    CHECK(json["items"][0]["verdict"].is_null());
    CHECK(has(json["items"][0]["error"].get<std::string>(), "source cluster"));
}

TEST_CASE("a plan that does not exist is an error, with the plans there are") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    const auto text = person.runs({"assess", "no-plan"});
    CHECK(text.code == 1);
    CHECK(text.out.empty());
    CHECK(has(text.err, "(NotFound)"));
    CHECK(has(text.err, "plans in namespace openshift-migration: shop-plan"));
    const auto json = document(person.runs({"assess", "no-plan", "-o", "json"}));
    CHECK(json["kind"] == "Assessment");
    CHECK(has(json["error"].get<std::string>(), "no-plan"));
    CHECK(json["verdict"].is_null());
}

TEST_CASE("an interrupt ends an assessment at once, with the code of the signal and a document") {
    sandbox::World world("small", https());
    world.source_server().inject(
        {.match = "GET .*/deployments", .effect = sandbox::Hang{}, .times = 0});
    const Person person(world.kubeconfig());
    for (const auto& words : {std::vector<std::string>{"assess", "shop-plan", "-ojson", "-v6"},
                              std::vector<std::string>{"assess", "-ojson", "-v6"}}) {
        CAPTURE(words.size());
        support::Process process(Person::command(words), person.options());
        REQUIRE(process.await_err("migmigrations"));
        process.signal(SIGINT);
        const auto ended = process.wait();
        CHECK(ended.code == 130);
        CHECK(has(document(ended)["error"].get<std::string>(), "interrupted"));
    }
}

TEST_CASE("yaml says the same as json") {
    sandbox::World world("small", https());
    const auto ended =
        ends_well(Person(world.kubeconfig()).runs({"assess", "shop-plan", "-o", "yaml"}));
    const auto yaml = base::parse_yaml(ended.out);
    REQUIRE(yaml);
    CHECK((*yaml)["kind"] == "Assessment");
    CHECK((*yaml)["verdict"] == "Required");
}

TEST_CASE("how long the application is stopped is told by the servers' clock, or not at all") {
    sandbox::World world("failed-cutover", https());
    const Person person(world.kubeconfig());
    const auto stopped = [&] {
        const auto ended = ends_with(0, person.runs({"assess", "shop-plan"}));
        const auto at = ended.out.find("stopped since ");
        REQUIRE(at != std::string::npos);
        return ended.out.substr(at, ended.out.find('\n', at) - at);
    };
    world.target_server().set_clock(std::chrono::hours(5));
    CHECK(has(stopped(), "Z, for 5h"));
    // its clock says that the application has not been stopped yet
    world.target_server().set_clock(std::chrono::hours(-5));
    CHECK(stopped().ends_with("Z"));
    world.target_server().set_clock(std::nullopt);
    CHECK(stopped().ends_with("Z"));
    const auto ended =
        ends_with(0, person.runs({"shop-plan", "--yes", "--stall-after=4s", "--progress=none"}));
    CHECK(has(ended.out, "Stopped    since "));
    CHECK_FALSE(has(ended.out, "for at most"));
}

}  // namespace assess_test
