// What a person gets wrong, and what the clusters refuse: the contract's exit code, one message
// that names the thing, the way out, and nothing changed.
#include <fstream>

#include "program.hpp"

namespace wrong_input_test {

using namespace plugin_test;

namespace {

struct Wrong {
    const char* what;
    std::vector<std::string> words;
    int code;
    std::vector<const char*> says;
};

void expect(const support::Ended& ended, const Wrong& wrong) {
    CAPTURE(wrong.what);
    CAPTURE(ended.err);
    CHECK(ended.code == wrong.code);
    for (const char* text : wrong.says) {
        CAPTURE(text);
        CHECK(has(ended.err, text));
    }
}

void check_nothing_changed(sandbox::World& world) {
    CHECK(rollbacks(world.target_store()) == 0);
    CHECK(replicas(world.source_store(), "web") == 0);
}

}  // namespace

TEST_CASE("wrong words are usage errors that name the word") {
    const Person person("/nonexistent");
    for (const Wrong& wrong : std::vector<Wrong>{
             {"no plan", {"run"}, 2, {"which plan"}},
             {"two plans", {"a", "b"}, 2, {"one plan at a time", "a b"}},
             {"unknown flag", {"shop-plan", "--contxt=x"}, 2, {"--contxt", "--context"}},
             {"bad duration", {"shop-plan", "--timeout=soon"}, 2, {"soon"}},
             {"bad output", {"shop-plan", "-o", "xml"}, 2, {"xml"}},
             {"missing value", {"shop-plan", "--context"}, 2, {"--context"}},
             {"assess two plans", {"assess", "a", "b"}, 2, {"one plan at a time", "a b"}},
             {"assess does nothing that --yes is for",
              {"assess", "a", "-y"},
              2,
              {"--yes", "assess"}},
             {"--exit-code is of assess", {"a", "--exit-code"}, 2, {"--exit-code", "run"}},
         }) {
        expect(person.runs(wrong.words), wrong);
    }
}

TEST_CASE("without a kubeconfig one is told how to get one") {
    const Person person("/nonexistent/kubeconfig");
    expect(person.runs({"shop-plan"}), {"missing", {}, 1, {"oc login"}});
    expect(person.runs({"assess"}), {"missing, of all plans", {}, 1, {"oc login"}});
    expect(person.runs({"shop-plan", "--kubeconfig=/no/such/file"}),
           {"named", {}, 1, {"/no/such/file"}});
}

TEST_CASE("a broken kubeconfig is named, and its content is not shown") {
    const Folder folder;
    std::ofstream(folder.path / "config")
        << "users:\n- name: u\n  user:\n    token: hunter2\n  broken: [\n";
    const auto ended = Person(folder.path / "config").runs({"shop-plan"});
    expect(ended, {"broken", {}, 1, {(folder.path / "config").c_str(), "line"}});
    CHECK_FALSE(has(ended.err, "hunter2"));
}

TEST_CASE("what does not exist is named, with what does") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    for (const Wrong& wrong : std::vector<Wrong>{
             {"plan",
              {"no-plan", "-y"},
              1,
              {"(NotFound)", "\"no-plan\"", "plans in namespace openshift-migration: shop-plan"}},
             {"namespace",
              {"shop-plan", "-y", "-n", "elsewhere"},
              1,
              {"(NotFound)", "namespace elsewhere", "-n"}},
             {"context", {"shop-plan", "-y", "--context=nowhere"}, 1, {"nowhere"}},
             {"source context",
              {"shop-plan", "-y", "--source-context=nowhere"},
              1,
              {"--source-context", "nowhere"}},
         }) {
        expect(person.runs(wrong.words), wrong);
    }
    check_nothing_changed(world);
}

TEST_CASE("an expired token asks for a new login") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    for (const auto& words :
         {std::vector<std::string>{"shop-plan", "-y"}, {"assess", "shop-plan"}, {"assess"}}) {
        auto expired = words;
        expired.emplace_back("--token=expired");
        expect(
            person.runs(expired),
            {"control", {}, 1, {"You must be logged in to the server (Unauthorized)", "oc login"}});
    }
    check_nothing_changed(world);
}

TEST_CASE(
    "a source that cannot be reached, or whose token has expired, is named with its MigCluster and "
    "Secret") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    SUBCASE("unreachable") {
        world.source_server().stop();
        expect(person.runs({"shop-plan", "-y"}),
               {"down",
                {},
                1,
                {"source cluster", "MigCluster", "Secret", "refused", "--source-context"}});
    }
    SUBCASE("expired") {
        for (base::Object secret :
             world.target_store().all(support::types::secrets, "openshift-config")) {
            secret.body["data"]["saToken"] = "ZXhwaXJlZA==";
            world.target_store().put(secret.body);
        }
        expect(person.runs({"shop-plan", "-y"}),
               {"expired",
                {},
                1,
                {"source cluster", "Secret openshift-config/", "expired", "--source-context"}});
    }
    SUBCASE("unreachable by the Secret's way, but reached by one's own context") {
        for (base::Object secret :
             world.target_store().all(support::types::secrets, "openshift-config")) {
            secret.body["data"]["saToken"] = "ZXhwaXJlZA==";
            world.target_store().put(secret.body);
        }
        CHECK(person.runs({"shop-plan", "-y", "--source-context=source"}).code == 0);
        return;
    }
    check_nothing_changed(world);
}

TEST_CASE("a source that hangs is given up after --request-timeout") {
    sandbox::World world("small", https());
    world.source_server().inject(
        {.match = "GET .*/deployments", .effect = sandbox::Hang{}, .times = 0});
    const auto ended = Person(world.kubeconfig()).runs({"shop-plan", "-y", "--request-timeout=1s"});
    CAPTURE(ended.err);
    CHECK(ended.code == 1);
    CHECK(has(ended.err, "source cluster"));
    check_nothing_changed(world);
}

TEST_CASE(
    "a missing permission is refused before anything is changed, with everything that is missing") {
    sandbox::World world("restricted-user", https());
    const Person person(world.kubeconfig());
    SUBCASE("to create") {
        expect(person.runs({"shop-plan", "-y", "--context=viewer@target"}),
               {"viewer", {}, 6, {"may not create migmigrations.migration.openshift.io"}});
    }
    SUBCASE("to list one resource type") {
        world.source_server().inject(
            {.match = "^GET .*/statefulsets",
             .effect = sandbox::answer_with({{"kind", "Status"},
                                             {"status", "Failure"},
                                             {"code", 403},
                                             {"reason", "Forbidden"},
                                             {"message", "statefulsets.apps is forbidden"}}),
             .times = 0});
        expect(person.runs({"shop-plan", "-y"}),
               {"list",
                {},
                6,
                {"list statefulsets.apps in namespace shop", "--source-context", "--no-verify"}});
    }
    check_nothing_changed(world);
}

TEST_CASE(
    "without a terminal and without --yes nobody can be asked: refused, and nothing is changed") {
    sandbox::World world("small", https());
    expect(Person(world.kubeconfig()).runs({"shop-plan"}), {"no terminal", {}, 6, {"--yes"}});
    check_nothing_changed(world);
}

TEST_CASE("output that cannot be written is an error, whatever the command") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    const std::vector<std::vector<std::string>> commands = {
        {"version"},
        {"help"},
        {"completion", "bash"},
        {"assess", "shop-plan"},
        {"assess", "shop-plan", "-o", "json"},
        {"assess"},
        {"status", "shop-plan", "-o", "yaml"},
        {"verify", "shop-plan", "--timeout=1s"},
        {"leftovers", "shop-plan"},
        {"create", "shop-plan", "--dry-run=client", "-o", "yaml"},
        {"shop-plan", "--dry-run=client", "-o", "json"},
        {"manual", "shop-plan", "--dry-run=client", "-o", "yaml"},
    };
    for (const auto& words : commands) {
        std::vector<std::string> shell{"/bin/sh", "-c", R"("$0" "$@" >/dev/full)", OC_MTC_ROLLBACK};
        shell.insert(shell.end(), words.begin(), words.end());
        CAPTURE(words.front());
        const auto ended = support::run_process(shell, person.options());
        CHECK(ended.code != 0);
        CHECK(has(ended.err, "error: the output could not be written"));
    }
    // who reads no further has what was wanted
    const auto cut = support::run_process({"/bin/sh", "-c", R"("$0" help | true)", OC_MTC_ROLLBACK},
                                          person.options());
    CHECK(cut.err.empty());
    check_nothing_changed(world);
}

}  // namespace wrong_input_test
