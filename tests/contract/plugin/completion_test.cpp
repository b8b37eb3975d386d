// The real binary, asked as shells, kubectl and oc ask: candidates in Cobra's wire format, within
// two seconds, and silence about everything that goes wrong.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stdexcept>

#include "program.hpp"

namespace completion_test {

using namespace plugin_test;

namespace {

using Clock = std::chrono::steady_clock;
using Words = std::vector<std::string>;

constexpr std::chrono::milliseconds in_time{2500};
constexpr const char* nothing = ":4\n";

struct Answer {
    support::Ended ended;
    Clock::duration took;
};

Answer asked(const Person& person, Words words) {
    words.insert(words.begin(), "__complete");
    const auto begun = Clock::now();
    auto ended = person.runs(words);
    return {.ended = std::move(ended), .took = Clock::now() - begun};
}

/// What the program takes now, on this machine and with these sanitizers, to wait for nothing.
Clock::duration start_up() {
    return asked(Person("/nonexistent"), {"--nonsense", ""}).took;
}

void expect(const Answer& answer, const std::string& out) {
    CHECK(answer.ended.out == out);
    CHECK(answer.ended.err.empty());
    CHECK(answer.ended.code == 0);
    if (answer.took >= in_time) CHECK(answer.took < in_time + 4 * start_up());
}

/// A port that takes connections and never says a word; when it is full, it takes none either.
class SilentServer {
  public:
    SilentServer() {
        listener_ = make_socket();
        sockaddr_in any{};
        any.sin_family = AF_INET;
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address_;
        if (bind(listener_, to_generic(any), sizeof any) != 0 || listen(listener_, 0) != 0 ||
            getsockname(listener_, to_generic(address_), &size) != 0) {
            throw std::runtime_error("no port to listen on");
        }
    }
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;
    ~SilentServer() {
        for (const int fd : queued_) close(fd);
        close(listener_);
    }

    /// From now on a connection is not even made.
    void fill() {
        for (int i = 0; i < 8; ++i) {
            queued_.push_back(make_socket());
            (void)connect(queued_.back(), to_generic(address_), sizeof address_);
        }
    }
    std::string authority() const {
        return "127.0.0.1:" + std::to_string(ntohs(address_.sin_port));
    }

  private:
    static int make_socket() {
        return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    }
    static sockaddr* to_generic(sockaddr_in& address) {
        return reinterpret_cast<sockaddr*>(&address);
    }

    int listener_ = -1;
    sockaddr_in address_{};
    std::vector<int> queued_;
};

std::filesystem::path kubeconfig_in(const Folder& folder, const std::string& server,
                                    const std::string& user = "{token: t}") {
    std::ofstream(folder.path / "config")
        << "current-context: c\n"
        << "clusters: [{name: c, cluster: {server: \"" << server
        << "\", insecure-skip-tls-verify: true}}]\n"
        << "users: [{name: u, user: " << user << "}]\n"
        << "contexts: [{name: c, context: {cluster: c, user: u}}]\n";
    return folder.path / "config";
}

/// In bash, as if the Tab key were pressed after these words (taken apart as bash does it).
std::string replies_of_bash(const Person& person, const std::string& line, const Words& words) {
    std::string script =
        "source <(oc-mtc-rollback completion bash) || exit\nCOMP_LINE='" + line +
        "' COMP_POINT=${#COMP_LINE} COMP_CWORD=" + std::to_string(words.size() - 1) +
        " COMP_WORDS=(";
    for (const std::string& word : words) script += "'" + word + "' ";
    script += ")\n__oc_mtc_rollback 2>/dev/null\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    auto options = person.options();
    options.environment["PATH"] =
        std::filesystem::path(OC_MTC_ROLLBACK).parent_path().string() + ":/usr/bin:/bin";
    return support::run_process({"/bin/bash", "-c", script}, options).out;
}

}  // namespace

TEST_CASE("plans of the cluster are completed, with what the line says already") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    expect(asked(person, {"run", ""}), "shop-plan\n:4\n");
    expect(asked(person, {"sh"}), "shop-plan\n:4\n");
    expect(asked(person, {"run", "migplan/"}), "migplan/shop-plan\n:4\n");
    expect(asked(person, {"run", "x"}), nothing);
    expect(asked(person, {"-n", "elsewhere", "run", ""}), nothing);
    expect(asked(person, {"--context=nowhere", "run", ""}), nothing);
    const Person stranger("/nonexistent");
    expect(asked(stranger, {"--kubeconfig", world.kubeconfig(), "run", ""}), "shop-plan\n:4\n");
}

TEST_CASE("namespaces and contexts are completed") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    expect(asked(person, {"-n", "openshift-mig"}), "openshift-migration\n:4\n");
    expect(asked(person, {"shop-plan", "--source-context", "sou"}), "source\n:4\n");
    expect(asked(person, {"--context=tar"}), "target\n:4\n");
}

TEST_CASE("a name that Cobra's shells call it by is minded") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    const Folder bin;
    for (const char* name : {"kubectl_complete-mtc_rollback", "oc_complete-mtc_rollback"}) {
        const std::string link = bin.path / name;
        std::filesystem::create_symlink(OC_MTC_ROLLBACK, link);
        const auto run = [&](Words words) {
            words.insert(words.begin(), link);
            return support::run_process(words, person.options());
        };
        CHECK(run({"run", "sh"}).out == "shop-plan\n:4\n");
        CHECK(run({"vers"}).out == "version\tshow the version\n:4\n");
        CHECK(run({"__complete", ""}).out == nothing);
        CHECK(has(run({}).out, "\nshop-plan\n"));
    }
    CHECK(person.runs({"__completeNoDesc", "vers"}).out == "version\n:4\n");
}

TEST_CASE("what cannot be had is not offered, and nothing is said about it") {
    SUBCASE("no kubeconfig") {
        const Person person("/nonexistent");
        expect(asked(person, {"run", ""}), nothing);
        expect(asked(person, {"--kubeconfig=/no/such/file", "run", ""}), nothing);
        // the program's own words need no cluster
        expect(asked(person, {"vers"}), "version\tshow the version\n:4\n");
    }
    SUBCASE("a wrong token") {
        sandbox::World world("small", https());
        expect(asked(Person(world.kubeconfig()), {"--token=expired", "run", ""}), nothing);
    }
    SUBCASE("nobody listens") {
        const Folder folder;
        expect(asked(Person(kubeconfig_in(folder, "https://127.0.0.1:1")), {"run", ""}), nothing);
    }
    SUBCASE("a broken kubeconfig") {
        const Folder folder;
        expect(asked(Person(kubeconfig_in(folder, "https://x", "[")), {"run", ""}), nothing);
    }
    SUBCASE("a wrong line") {
        expect(asked(Person("/nonexistent"), {"--nonsense", ""}), nothing);
    }
}

TEST_CASE("a server that hangs is given up within two seconds") {
    const Folder folder;
    SilentServer server;
    SUBCASE("in the TLS handshake") {
        expect(asked(Person(kubeconfig_in(folder, "https://" + server.authority())), {"run", ""}),
               nothing);
    }
    SUBCASE("before its answer") {
        expect(asked(Person(kubeconfig_in(folder, "http://" + server.authority())), {"run", ""}),
               nothing);
    }
    SUBCASE("while the connection is made") {
        server.fill();
        expect(asked(Person(kubeconfig_in(folder, "https://" + server.authority())), {"run", ""}),
               nothing);
    }
    SUBCASE("again and again, and asks for patience") {
        sandbox::World world("small", https());
        world.target_server().inject(
            {.match = "GET .*/migplans",
             .effect = sandbox::answer_with({{"kind", "Status"},
                                             {"status", "Failure"},
                                             {"code", 429},
                                             {"reason", "TooManyRequests"}},
                                            1),
             .times = 0});
        expect(asked(Person(world.kubeconfig()), {"run", ""}), nothing);
    }
}

TEST_CASE("a login program that hangs, complains or wants to ask does not reach the screen") {
    const Folder folder;
    const auto login = [&](const std::string& script) {
        return kubeconfig_in(folder, "https://127.0.0.1:1",
                             "{exec: {apiVersion: client.authentication.k8s.io/v1, "
                             "interactiveMode: IfAvailable, command: /bin/sh, args: [-c, \"" +
                                 script + "\"]}}");
    };
    expect(asked(Person(login("sleep 20")), {"run", ""}), nothing);
    expect(asked(Person(login("echo Password? >&2; read x; exit 1")), {"run", ""}), nothing);
}

TEST_CASE("bash completes with the script") {
    sandbox::World world("small", https());
    const Person person(world.kubeconfig());
    CHECK(replies_of_bash(person, "oc-mtc-rollback run ", {"oc-mtc-rollback", "run", ""}) ==
          "shop-plan\n");
    CHECK(replies_of_bash(person, "oc-mtc-rollback vers", {"oc-mtc-rollback", "vers"}) ==
          "version\n");
    CHECK(replies_of_bash(person, "oc-mtc-rollback --context=tar",
                          {"oc-mtc-rollback", "--context", "=", "tar"}) == "target\n");
    CHECK(replies_of_bash(person, "oc-mtc-rollback -o=", {"oc-mtc-rollback", "-o", "="}) ==
          "wide\njson\nyaml\nname\n");
    CHECK(replies_of_bash(person, "oc-mtc-rollback shop-plan ",
                          {"oc-mtc-rollback", "shop-plan", ""}) == "\n");
}

TEST_CASE("bash completes a context's name behind each of its colons") {
    const Folder folder;
    std::ofstream(folder.path / "config")
        << "contexts: [{name: 'shop/api:6443/kube:admin', context: {}}]\n";
    const Person person(folder.path / "config");
    CHECK(replies_of_bash(person, "oc-mtc-rollback --context shop/api:6443/ku",
                          {"oc-mtc-rollback", "--context", "shop/api", ":", "6443/ku"}) ==
          "6443/kube:admin\n");
    CHECK(replies_of_bash(person, "oc-mtc-rollback --context=shop/api:",
                          {"oc-mtc-rollback", "--context", "=", "shop/api", ":"}) ==
          "6443/kube:admin\n");
    CHECK(replies_of_bash(person, "oc-mtc-rollback --context shop",
                          {"oc-mtc-rollback", "--context", "shop"}) ==
          "shop/api:6443/kube:admin\n");
}

TEST_CASE("the Tab key works in a bash with a terminal") {
    sandbox::World world("small", https());
    auto options = Person(world.kubeconfig()).options(true);
    options.environment["TERM"] = "dumb";
    options.environment["PATH"] =
        std::filesystem::path(OC_MTC_ROLLBACK).parent_path().string() + ":/usr/bin:/bin";
    support::Process bash({"/bin/bash", "--norc", "--noprofile", "-i"}, options);
    bash.type("source <(oc-mtc-rollback completion bash); echo re''ady >&2\n");
    REQUIRE(bash.await_err("ready"));
    bash.type("oc-mtc-rollback run sho\t");
    CHECK(bash.await_err("run shop-plan "));
    bash.type(
        "\x15"
        "exit\n");
    (void)bash.wait();
}

TEST_CASE("the scripts are good zsh and fish") {
    const Folder folder;
    const Person person("/nonexistent");
    for (const std::string shell : {"zsh", "fish"}) {
        const std::string program = "/usr/bin/" + shell;
        const std::string script = folder.path / shell;
        std::ofstream(script) << person.runs({"completion", shell}).out;
        if (!std::filesystem::exists(program)) {
            MESSAGE(program << " is not installed: its script is not checked");
            continue;
        }
        const auto checked = support::run_process({program, "-n", script}, person.options());
        CHECK(checked.code == 0);
        CHECK(checked.err.empty());
    }
}

}  // namespace completion_test
