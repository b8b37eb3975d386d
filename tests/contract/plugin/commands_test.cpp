// `manual -o commands`: a script that an administrator runs with two clusters' credentials, and in
// which words of tenants stand. The real binary writes it, a real shell runs it, with an `oc` that
// only writes down how it was called.
#include <fstream>

#include "base/text.hpp"
#include "program.hpp"

namespace commands_test {

using namespace plugin_test;
using base::Json;
namespace types = support::types;

namespace {

const std::vector<std::string> as_commands{"manual", "shop-plan", "--dry-run=client", "-o",
                                           "commands"};

/// A folder in which the script, its `oc` and what that was asked for are.
struct Shell {
    explicit Shell(const std::string& script) {
        std::ofstream(folder.path / "script.sh") << script;
        std::ofstream(folder.path / "yes") << "y\n";
        std::ofstream(folder.path / "oc") << "#!/bin/sh\nprintf '%s\\n' \"$*\" >>asked\n";
        std::filesystem::permissions(folder.path / "oc", std::filesystem::perms::owner_all);
    }
    support::Ended runs(const std::string& input) const {
        return support::run_process(
            {"/bin/sh", "-c",
             "cd '" + folder.path.string() + "'; PATH=.:/usr/bin:/bin sh script.sh " + input},
            {.environment = {{"PATH", "/usr/bin:/bin"}}});
    }
    std::string asked() const {
        std::ifstream file(folder.path / "asked");
        return {std::istreambuf_iterator<char>(file), {}};
    }
    bool has_file(const char* name) const { return std::filesystem::exists(folder.path / name); }

    Folder folder;
};

void annotate(sandbox::World& world, const char* name, const std::string& value) {
    auto body = world.source_store().peek({types::deployments, "shop", name})->body;
    body["metadata"]["annotations"]["migration.openshift.io/preQuiesceReplicas"] = value;
    world.source_store().put(body);
}

}  // namespace

TEST_CASE("what a tenant has written is no command in the administrator's shell") {
    for (const char* separator : {"\n", "\r\n", "\r", "\u2028", "\u2029", "\u0085", "\x1b[2K\n"}) {
        CAPTURE(std::string(separator));
        sandbox::World world("by-hand", https());
        annotate(world, "admin", std::string("3") + separator + "touch PWNED #");
        const Person person(world.kubeconfig());
        const Shell shell(ends_with(0, person.runs(as_commands)).out);
        CHECK(ends_with(0, shell.runs("<yes")).err.find("not found") == std::string::npos);
        CHECK_FALSE(shell.has_file("PWNED"));
    }
}

TEST_CASE("where nobody can answer, nothing is started") {
    sandbox::World world("by-hand", https());
    const Person person(world.kubeconfig());
    const auto printed = ends_with(0, person.runs(as_commands));
    for (const char* input : {"</dev/null", "<&-", "<script.sh"}) {
        CAPTURE(std::string(input));
        const Shell shell(printed.out);
        const auto ended = shell.runs(input);
        CHECK(ended.code != 0);
        CHECK(has(shell.asked(), "--context=target patch"));
        CHECK_FALSE(has(shell.asked(), "--context=source patch deployments"));
    }
}

TEST_CASE("a cluster whose login is not known is sent no other's") {
    sandbox::World world("by-hand", https());
    const Person person(world.kubeconfig());
    // the context that leads to the source is gone; MTC's own login to it is in the Secret
    const auto narrow = person.home.path / "narrow";
    const auto only_target = support::run_process(
        {"/usr/bin/python3", "-c",
         "import sys, yaml\n"
         "c = yaml.safe_load(open(sys.argv[1]))\n"
         "c['contexts'] = [x for x in c['contexts'] if x['name'] == 'target']\n"
         "print(yaml.safe_dump(c))",
         world.kubeconfig().string()},
        person.options());
    std::ofstream(narrow) << only_target.out;
    auto words = as_commands;
    words.push_back("--kubeconfig=" + narrow.string());
    const auto refused = ends_with(6, person.runs(words));
    CHECK(refused.out.empty());
    CHECK(has(refused.err, "no context is known for the source cluster"));
    CHECK(has(refused.err, "--source-context"));
}

TEST_CASE("a pod that was made anew is not deleted by the script") {
    sandbox::World world("by-hand", https());
    const Person person(world.kubeconfig());
    const auto printed = ends_with(0, person.runs(as_commands));
    const Shell shell(printed.out);
    ends_with(0, shell.runs("<yes"));
    // this oc tells no uid: whatever stands there now is another one
    CHECK(has(shell.asked(), " get pods/stage-"));
    CHECK_FALSE(has(shell.asked(), " delete "));
}

}  // namespace commands_test
