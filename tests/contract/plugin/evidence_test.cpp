// --report with the real binary: the evidence is there however it ended, for nobody but its owner,
// and where it could not be written nothing is begun.
#include <csignal>
#include <fstream>
#include <sstream>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "program.hpp"

namespace evidence_test {

using namespace plugin_test;
namespace fs = std::filesystem;

namespace {

std::string content(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

bool is_alone(const fs::path& file) {
    return std::distance(fs::directory_iterator(file.parent_path()), {}) == 1 && fs::exists(file);
}

std::vector<std::string> run_with(const fs::path& file, std::vector<std::string> words = {}) {
    words.insert(words.end(), {"shop-plan", "--report", file.string(), "--stall-after=4s"});
    return words;
}

/// Whatever a bearer of which could act on a cluster.
std::vector<std::string> tokens(sandbox::World& world) {
    std::vector<std::string> out;
    const auto kubeconfig = base::parse_yaml(content(world.kubeconfig()));
    REQUIRE(kubeconfig);
    for (const auto& user : base::items_at(*kubeconfig, "/users"))
        out.push_back(base::text_or_empty(user, "/user/token"));
    for (const base::Object& secret : world.target_store().all(support::types::secrets)) {
        const std::string encoded = base::text_or_empty(secret.body, "/data/saToken");
        out.push_back(encoded);
        base::decode_base64(encoded, out.emplace_back());
    }
    std::erase(out, "");
    return out;
}

}  // namespace

TEST_CASE("the evidence of each kind is written after a success, for its owner alone") {
    for (const auto& [name, part] : {std::pair("r.md", "# Rollback succeeded\n"),
                                     std::pair("r.html", "<h1>Rollback succeeded</h1>"),
                                     std::pair("r.json", R"("outcome": "Succeeded")")}) {
        CAPTURE(name);
        sandbox::World world("small", https());
        const Person person(world.kubeconfig());
        const Folder folder;
        const fs::path file = folder.path / name;
        std::ofstream(file) << "an older one";
        const auto ended = person.runs(run_with(file, {"--yes"}));
        CAPTURE(ended.err);
        CHECK(ended.code == 0);
        const std::string text = content(file);
        CHECK(has(text, part));
        CHECK_FALSE(has(text, "an older one"));
        CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
        CHECK(is_alone(file));
        const auto all = tokens(world);
        CHECK(all.size() >= 3);
        for (const std::string& token : all) CHECK_FALSE(has(text, token));
    }
}

TEST_CASE("the evidence as JSON is the document of -o json") {
    sandbox::World world("small", https());
    const Folder folder;
    const fs::path file = folder.path / "r.json";
    const auto ended = Person(world.kubeconfig()).runs(run_with(file, {"--yes", "-ojson"}));
    CHECK(ended.out == content(file));
}

TEST_CASE("the evidence is written of what was refused, declined, only tried, or never reached") {
    const Folder folder;
    const fs::path file = folder.path / "r.md";
    const auto check = [&](const char* scenario, std::vector<std::string> words, int code,
                           const char* part) {
        sandbox::World world(scenario, https());
        const auto ended = Person(world.kubeconfig()).runs(words);
        CAPTURE(ended.err);
        CHECK(ended.code == code);
        CHECK(has(content(file), part));
        CHECK(has(content(file), "exit code " + std::to_string(code)));
        CHECK(is_alone(file));
    };
    SUBCASE("refused") {
        check("plan-closed", run_with(file, {"--yes"}), 6, "# Refused: nothing was changed");
    }
    SUBCASE("declined") {
        check("small", run_with(file), 6, "# Declined: nothing was changed");
    }
    SUBCASE("a dry run") {
        check("small", run_with(file, {"--dry-run"}), 0, "### Would be done");
    }
    SUBCASE("a plan that is not there") {
        check("small", {"no-plan", "--yes", "--report", file.string()}, 1, "no-plan");
    }
    SUBCASE("by hand") {
        check("by-hand", run_with(file, {"manual", "--yes"}), 0, "### Written by this program");
    }
    SUBCASE("out of time") {
        check("rollback-hangs-on-finalizer", run_with(file, {"--yes", "--timeout=3s"}), 5,
              "# Not finished in time");
    }
}

TEST_CASE("who interrupts it has the evidence of what was until then") {
    sandbox::World world("rollback-hangs-on-finalizer", https());
    const Person person(world.kubeconfig());
    const Folder folder;
    const fs::path file = folder.path / "r.md";
    support::Process process(Person::command(run_with(file, {"--yes"})), person.options());
    REQUIRE(process.await_err("EnsureMigratedDeleted"));
    CHECK(fs::is_empty(folder.path));
    process.signal(SIGINT);
    CHECK(process.wait(std::chrono::seconds(5)).code == 130);
    CHECK(has(content(file), "# Detached; the rollback goes on in the cluster"));
    CHECK(has(content(file), "not completed"));
    CHECK(is_alone(file));
}

TEST_CASE("where the evidence could not be written nothing is begun") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    const Folder folder;
    fs::path file = folder.path / "missing" / "r.md";
    SUBCASE("the folder is not there") {}
    SUBCASE("it is a folder") {
        file = folder.path / "r.md";
        fs::create_directory(file);
    }
    SUBCASE("it is a link") {
        file = folder.path / "r.md";
        std::ofstream(folder.path / "elsewhere") << "kept";
        fs::create_symlink(folder.path / "elsewhere", file);
    }
    world.target_server().forget_requests();
    for (const char* command : {"run", "manual"}) {
        const auto ended = person.runs(run_with(file, {command, "--yes"}));
        CAPTURE(ended.err);
        CHECK(ended.code == 1);
        CHECK(has(ended.err, "error: the file of --report: "));
        CHECK(has(ended.err, file.string()));
        CHECK(has(ended.err, "nothing was begun"));
    }
    CHECK(world.target_server().requests().empty());
    CHECK(rollbacks(world.target_store()) == 0);
    if (fs::exists(folder.path / "elsewhere")) CHECK(content(folder.path / "elsewhere") == "kept");
}

TEST_CASE("evidence that can no longer be written at the end is an error, and undoes nothing") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    const Folder folder;
    fs::create_directory(folder.path / "gone");
    support::Process process(Person::command(run_with(folder.path / "gone" / "r.md")),
                             person.options(true));
    REQUIRE(process.await_err("[y/N]"));
    fs::remove(folder.path / "gone");
    process.type("y\n");
    const auto ended = process.wait();
    CHECK(ended.code == 1);
    CHECK(has(ended.err, "error: the file of --report: create "));
    CHECK(has(ended.out, "Rollback succeeded"));
    CHECK(replicas(world.source_store(), "web") > 0);
}

TEST_CASE("an ending that says nothing is refused before anything is done") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    world.target_server().forget_requests();
    for (const std::string name : {"r.txt", "r", "", "/dev/stdout"}) {
        CAPTURE(name);
        const auto ended = person.runs({"shop-plan", "--yes", "--report=" + name});
        CHECK(ended.code == 2);
        CHECK(has(ended.err, ".md, .html or .json"));
    }
    CHECK(world.target_server().requests().empty());
}

}  // namespace evidence_test
