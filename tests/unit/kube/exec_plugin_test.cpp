#include "kube/exec_plugin.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>

#include "base/clock.hpp"
#include "base/object.hpp"
#include "support/folder.hpp"

namespace exec_plugin_test {

using namespace std::chrono_literals;
using base::ErrorKind;

namespace {

const std::string prefix = "Unable to connect to the server: getting credentials: ";
const std::string v1 = "client.authentication.k8s.io/v1";
constexpr auto moments = 10s;
constexpr const char* token_status = R"({"token":"t"})";

std::string answer(const std::string& status) {
    return R"({"kind":"ExecCredential","apiVersion":")" + v1 + R"(","status":)" + status + "}";
}

std::string prints(const std::string& text) {
    return "cat <<'END'\n" + text + "\nEND\n";
}

/// A plugin that is a shell script, in a folder of its own.
struct Script {
    explicit Script(const std::string& body) {
        const std::filesystem::path path = folder.path / "plugin";
        std::ofstream(path) << "#!/bin/sh\n" << body;
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        plugin.user = "dev";
        plugin.command = path;
        plugin.api_version = v1;
        plugin.interactive = kube::ExecPlugin::Interactive::Never;
    }
    base::Result<kube::ExecCredential> run(const kube::ExecLimits& limits = {}) const {
        return kube::run_exec_plugin(plugin, {}, limits);
    }
    base::Error error() const {
        auto result = run();
        REQUIRE_FALSE(result);
        CHECK(result.error().message.starts_with(prefix));
        return result.error();
    }
    std::string message() const { return error().message.substr(prefix.size()); }
    std::string path() const { return folder.path / "plugin"; }
    /// What the script wrote to the file "seen" beside it.
    std::string seen() const {
        std::ifstream file(folder.path / "seen");
        return {std::istreambuf_iterator<char>(file), {}};
    }

    support::Folder folder;
    kube::ExecPlugin plugin;
};

/// A script that notes what a command prints, then answers with a token.
Script noting(const std::string& command) {
    return Script(command + " > \"$(dirname \"$0\")/seen\"\n" + prints(answer(token_status)));
}

/// Another standard input while a test lasts.
class Input {
  public:
    explicit Input(int fd) : before_(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) {
        ::dup2(fd, STDIN_FILENO);
    }
    Input(const Input&) = delete;
    Input& operator=(const Input&) = delete;
    ~Input() {
        ::dup2(before_, STDIN_FILENO);
        ::close(before_);
    }

  private:
    int before_;
};

struct Terminal {
    Terminal() {
        REQUIRE(::openpty(&ours, &theirs, nullptr, nullptr, nullptr) == 0);
        ::fcntl(ours, F_SETFD, FD_CLOEXEC);
        ::fcntl(theirs, F_SETFD, FD_CLOEXEC);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal() {
        ::close(ours);
        ::close(theirs);
    }
    int ours = -1;
    int theirs = -1;
};

struct NoTerminal {
    NoTerminal() : null(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {}
    NoTerminal(const NoTerminal&) = delete;
    NoTerminal& operator=(const NoTerminal&) = delete;
    ~NoTerminal() { ::close(null); }
    int null;
};

/// A variable of our environment while a test lasts.
class Variable {
  public:
    Variable(std::string name, const std::string& value) : name_(std::move(name)) {
        if (const char* before = std::getenv(name_.c_str())) before_ = before;
        ::setenv(name_.c_str(), value.c_str(), 1);
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() {
        if (before_) ::setenv(name_.c_str(), before_->c_str(), 1);
        if (!before_) ::unsetenv(name_.c_str());
    }

  private:
    std::string name_;
    std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("a program's token is the credential") {
    const Script script(prints(answer(R"({"token":"abc"})")));
    const auto credential = script.run();
    REQUIRE(credential);
    CHECK(credential->token.reveal() == "abc");
    CHECK_FALSE(credential->certificate);
    CHECK_FALSE(credential->expires);
}

TEST_CASE("a program's certificate and key are the credential, also beside a token") {
    const std::string pair = R"("clientCertificateData":"CERT","clientKeyData":"KEY\n")";
    const auto credential = Script(prints(answer("{" + pair + "}"))).run();
    REQUIRE(credential);
    REQUIRE(credential->certificate);
    CHECK(credential->token.empty());
    CHECK(credential->certificate->chain_pem == "CERT");
    CHECK(credential->certificate->key_pem.reveal() == "KEY\n");
    const auto both = Script(prints(answer(R"({"token":"t",)" + pair + "}"))).run();
    REQUIRE(both);
    CHECK(both->certificate);
    CHECK(both->token.reveal() == "t");
}

TEST_CASE("expirationTimestamp says how long the credential serves") {
    const auto expires = [](const std::string& value) {
        const Script script(prints(answer(R"({"token":"t","expirationTimestamp":)" + value + "}")));
        const auto credential = script.run();
        REQUIRE(credential);
        return credential->expires;
    };
    CHECK(expires(R"("2025-05-01T13:00:00+02:00")") == base::parse_rfc3339("2025-05-01T11:00:00Z"));
    CHECK_FALSE(expires("null"));
    SUBCASE("never, when it lies beyond what the clock can tell") {
        CHECK_FALSE(expires(R"("9999-12-31T23:59:59Z")"));
        CHECK_FALSE(expires(R"("0001-01-01T00:00:00Z")"));
    }
    SUBCASE("long ago stays long ago") {
        CHECK(expires(R"("1066-10-14T09:00:00Z")") < std::chrono::system_clock::now());
    }
}

TEST_CASE("arguments are passed as they are and never read by a shell") {
    Script script = noting("printf '<%s>' \"$@\"");
    script.plugin.arguments = {"$(id)", "a b", "", "--flag=`id`"};
    REQUIRE(script.run());
    CHECK(script.seen() == "<$(id)><a b><><--flag=`id`>");
}

TEST_CASE("the program sees our environment, and the kubeconfig's before ours") {
    const Variable kept("OMR_TEST_KEPT", "ours");
    const Variable replaced("OMR_TEST_REPLACED", "ours");
    Script script = noting("env | grep OMR_TEST | sort");
    script.plugin.environment.emplace_back("OMR_TEST_REPLACED", base::Secret("first"));
    script.plugin.environment.emplace_back("OMR_TEST_REPLACED", base::Secret("theirs"));
    script.plugin.environment.emplace_back("OMR_TEST_NEW", base::Secret("$(id)"));
    REQUIRE(script.run());
    CHECK(script.seen() == "OMR_TEST_KEPT=ours\nOMR_TEST_NEW=$(id)\nOMR_TEST_REPLACED=theirs\n");
}

TEST_CASE("KUBERNETES_EXEC_INFO reads as client-go's, whatever the kubeconfig says") {
    const Variable ours("KUBERNETES_EXEC_INFO", "ours");
    Script script = noting("printf %s. \"$KUBERNETES_EXEC_INFO\"");
    script.plugin.environment.emplace_back("KUBERNETES_EXEC_INFO", base::Secret("bogus"));
    const std::string head = R"({"kind":"ExecCredential","apiVersion":")" + v1 + R"(","spec":{)";
    SUBCASE("without the cluster") {
        REQUIRE(script.run());
        CHECK(script.seen() == head + "\"interactive\":false}}\n.");
    }
    SUBCASE("with the cluster") {
        script.plugin.cluster = R"({ "server": "https://api:6443", "config": {"a": ["$HOME"]} })";
        REQUIRE(script.run());
        CHECK(script.seen() == head + R"("cluster":{"config":{"a":["$HOME"]},)" +
                                   R"("server":"https://api:6443"},"interactive":false}})" + "\n.");
    }
    SUBCASE("only once") {
        Script counting = noting("tr '\\0' '\\n' < /proc/$$/environ | grep -c ^KUBERNETES_EXEC");
        counting.plugin.environment.emplace_back("KUBERNETES_EXEC_INFO", base::Secret("bogus"));
        REQUIRE(counting.run());
        CHECK(counting.seen() == "1\n");
    }
}

TEST_CASE("a cluster that is no JSON object is refused and not shown") {
    Script script("exit 0");
    script.plugin.cluster = "{abc";
    CHECK(script.message() ==
          "exec: the cluster cannot be told to the program: it is no JSON object");
}

TEST_CASE("a program that is never to ask finds /dev/null at its standard input") {
    const Terminal terminal;
    const Input input(terminal.theirs);
    const Script script = noting("readlink /proc/self/fd/0");
    REQUIRE(script.run());
    CHECK(script.seen() == "/dev/null\n");
}

TEST_CASE("a program that may ask gets the terminal when there is one") {
    const Terminal terminal;
    const NoTerminal nothing;
    Script script = noting("echo \"$(readlink /proc/self/fd/0) $KUBERNETES_EXEC_INFO\"");
    script.plugin.interactive = kube::ExecPlugin::Interactive::IfAvailable;
    SUBCASE("there is one") {
        const Input input(terminal.theirs);
        REQUIRE(script.run());
        CHECK(script.seen().starts_with("/dev/pts/"));
        CHECK(script.seen().contains("\"interactive\":true"));
    }
    SUBCASE("there is none") {
        const Input input(nothing.null);
        REQUIRE(script.run());
        CHECK(script.seen().starts_with("/dev/null "));
        CHECK(script.seen().contains("\"interactive\":false"));
    }
    SUBCASE("it is not to be used") {
        const Input input(terminal.theirs);
        script.plugin.terminal = false;
        REQUIRE(script.run());
        CHECK(script.seen().starts_with("/dev/null "));
        CHECK(script.seen().contains("\"interactive\":false"));
    }
}

TEST_CASE("a person's answer at the terminal reaches the program") {
    const Terminal terminal;
    const Input input(terminal.theirs);
    Script script("read -r line\nprintf '" + answer(R"({"token":"%s"})") + "' \"$line\"\n");
    script.plugin.interactive = kube::ExecPlugin::Interactive::Always;
    REQUIRE(::write(terminal.ours, "otp\n", 4) == 4);
    const auto credential = script.run();
    REQUIRE(credential);
    CHECK(credential->token.reveal() == "otp");
}

TEST_CASE("a program that must ask is not started where nobody can answer") {
    const Terminal terminal;
    const NoTerminal nothing;
    Script script = noting("echo started");
    script.plugin.interactive = kube::ExecPlugin::Interactive::Always;
    SUBCASE("no terminal") {
        const Input input(nothing.null);
        CHECK(script.message() ==
              "exec plugin cannot support interactive mode: standard input is not a "
              "terminal");
    }
    SUBCASE("a terminal that is not to be used") {
        const Input input(terminal.theirs);
        script.plugin.terminal = false;
        CHECK(script.message() ==
              "exec plugin cannot support interactive mode: standard input is unavailable: "
              "the "
              "terminal is not to be used");
    }
    CHECK(script.seen().empty());
}

TEST_CASE("a program that takes too long is ended, and it is named") {
    const Script script("exec sleep 60");
    const auto begin = std::chrono::steady_clock::now();
    const auto result = script.run({.quiet = 50ms, .interactive = 1min});
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::TimedOut);
    CHECK(result.error().message ==
          prefix + "exec: executable " + script.path() + " did not finish within 50ms");
    CHECK(result.error().hint.contains("waiting for a person"));
    CHECK(std::chrono::steady_clock::now() - begin < moments);
}

TEST_CASE("where a person may have to answer, the longer deadline counts") {
    const Terminal terminal;
    const Input input(terminal.theirs);
    Script script("exec sleep 60");
    script.plugin.interactive = kube::ExecPlugin::Interactive::IfAvailable;
    const auto result = script.run({.quiet = 1min, .interactive = 50ms});
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::TimedOut);
}

TEST_CASE("a stop request interrupts the program within moments") {
    const Script script("exec sleep 60");
    const std::stop_source source;
    const std::jthread stopper([&] {
        std::this_thread::sleep_for(50ms);
        source.request_stop();
    });
    const auto begin = std::chrono::steady_clock::now();
    const auto result = kube::run_exec_plugin(script.plugin, source.get_token());
    REQUIRE_FALSE(result);
    CHECK(result.error().kind == ErrorKind::Interrupted);
    CHECK(std::chrono::steady_clock::now() - begin < moments);
    CHECK(::waitpid(-1, nullptr, WNOHANG) < 0);
}

TEST_CASE("a command that is not installed is named, with the kubeconfig's hint") {
    Script script("exit 0");
    script.plugin.install_hint = "Get it:\n  \x1b[31mdnf install it\n";
    const auto check = [&](const std::string& command) {
        script.plugin.command = command;
        const auto error = script.error();
        CHECK(error.kind == ErrorKind::Malformed);
        CHECK(error.message == prefix + "exec: executable " + command + " not found");
        CHECK(error.hint ==
              "it looks as if the kubeconfig's user dev uses a client-go credential plugin "
              "that is "
              "not installed\nGet it:\n  ^[[31mdnf install it");
    };
    check("no-such-credential-plugin");
    check(script.path() + "-of-another-name");
}

TEST_CASE("without an install hint there is still something to say") {
    Script script("exit 0");
    script.plugin.command = "no-such-credential-plugin";
    CHECK(script.error().hint.ends_with("credential plugin that is not installed"));
}

TEST_CASE("a bare name is looked up in our PATH") {
    Script script(prints(answer(token_status)));
    script.plugin.command = "plugin";
    const Variable path("PATH", script.folder.path.string() + ":" + std::getenv("PATH"));
    CHECK(script.run());
}

TEST_CASE("a file that cannot be started is told apart from one that is not there") {
    const Script script("exit 0");
    SUBCASE("not executable") {
        std::filesystem::permissions(script.path(), std::filesystem::perms::owner_read);
        CHECK(script.message() == "exec: fork/exec " + script.path() + ": permission denied");
        CHECK(script.error().hint == "make it executable: chmod +x " + script.path());
    }
    SUBCASE("without its interpreter") {
        std::ofstream(script.path()) << "#!/no/such/interpreter\n";
        CHECK(script.message() ==
              "exec: fork/exec " + script.path() + ": no such file or directory");
        CHECK(script.error().hint.contains("interpreter"));
    }
    SUBCASE("of no known format") {
        std::ofstream(script.path()) << "echo hello\n";
        CHECK(script.message() == "exec: fork/exec " + script.path() + ": exec format error");
        CHECK(script.error().hint.contains("#!"));
    }
}

TEST_CASE("a program that fails is told with its exit code") {
    const Script script(prints(answer(token_status)) + "exit 3\n");
    CHECK(script.message() == "exec: executable " + script.path() + " failed with exit code 3");
    CHECK(script.error().hint.contains("user dev"));
}

TEST_CASE("a program that was killed is told with the signal") {
    const Script script("kill -KILL $$");
    CHECK(script.message() ==
          "exec: executable " + script.path() + " was killed by signal 9 (Killed)");
}

TEST_CASE("a program can be ended by a signal that we block") {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before);
    const auto result = Script("kill -TERM $$").run();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    REQUIRE_FALSE(result);
    CHECK(result.error().message.ends_with("was killed by signal 15 (Terminated)"));
}

TEST_CASE("the answer must be of the version that the kubeconfig names") {
    const auto message = [](const std::string& version) {
        return Script(prints(R"({"kind":"ExecCredential","apiVersion":")" + version +
                             R"(","status":{"token":"t"}})"))
            .message();
    };
    const std::string configured =
        "exec plugin is configured to use API version client.authentication.k8s.io/v1, ";
    CHECK(message("client.authentication.k8s.io/v1beta1") ==
          configured + "plugin returned version client.authentication.k8s.io/v1beta1");
    CHECK(message("s3cret") == configured + "plugin returned an object of another API");
    CHECK(message("client.authentication.k8s.io/s3cret-or-so") ==
          configured + "plugin returned an object of another API");
}

TEST_CASE("the older version serves as well") {
    Script script(prints(
        R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"t"}})"));
    script.plugin.api_version = "client.authentication.k8s.io/v1beta1";
    CHECK(script.run());
}

TEST_CASE("an answer that is not what it should be is refused, and none of it is shown") {
    struct Case {
        std::string output;
        std::string message;
    };
    const std::string type = R"("kind":"ExecCredential","apiVersion":")" + v1 + "\"";
    const std::vector<Case> cases = {
        {"", "decoding stdout: it is no JSON object"},
        {"s3cret", "decoding stdout: it is no JSON object"},
        {"[\"s3cret\"]", "decoding stdout: it is no JSON object"},
        {answer(R"({"token":"s3cret"})") + "s3cret", "decoding stdout: it is no JSON object"},
        {"{\"token\":\"s3cret\xff\"}", "decoding stdout: it is no JSON object"},
        {R"({"status":{"token":"s3cret"}})", "decoding stdout: Object 'apiVersion' is missing"},
        {R"({"kind":"ExecCredential","status":{"token":"s3cret"}})",
         "decoding stdout: Object 'apiVersion' is missing"},
        {R"({"kind":"s3cret","apiVersion":")" + v1 + R"("})",
         "decoding stdout: it is no ExecCredential"},
        {"{" + type + "}", "exec plugin didn't return a status field"},
        {answer("null"), "exec plugin didn't return a status field"},
        {answer("\"s3cret\""), "decoding stdout: status is no object"},
        {answer("{}"), "exec plugin didn't return a token or cert/key pair"},
        {answer(R"({"token":""})"), "exec plugin didn't return a token or cert/key pair"},
        {answer(R"({"token":["s3cret"]})"), "decoding stdout: status.token is no string"},
        {answer(R"({"clientCertificateData":"s3cret"})"),
         "exec plugin returned only certificate or key, not both"},
        {answer(R"({"token":"t","clientKeyData":"s3cret"})"),
         "exec plugin returned only certificate or key, not both"},
        {answer(R"({"token":"s3cret\r\nX-Evil: 1"})"),
         "exec plugin returned a token with characters that no token has"},
        {answer(R"({"token":"s3cret "})"),
         "exec plugin returned a token with characters that no token has"},
        {answer(R"({"token":"t","expirationTimestamp":"s3cret"})"),
         "decoding stdout: status.expirationTimestamp is no RFC 3339 time"},
        {answer(R"({"token":"t","expirationTimestamp":1})"),
         "decoding stdout: status.expirationTimestamp is no string"},
    };
    for (const auto& [output, message] : cases) {
        CAPTURE(output);
        const auto error = Script(prints(output)).error();
        CHECK(error.kind == ErrorKind::Malformed);
        CHECK(error.message == prefix + message);
        CHECK_FALSE(error.hint.empty());
        CHECK_FALSE(error.hint.contains("s3cret"));
    }
}

TEST_CASE("a program that prints without an end is ended") {
    const Script script("exec cat /dev/zero");
    CHECK(script.message() ==
          "exec: executable " + script.path() + " printed more than credentials can be (1 MiB)");
}

TEST_CASE("arguments and the kubeconfig's values never stand in a message") {
    for (const char* body : {"exit 3", "kill -KILL $$", "echo \"$1 $KEY\"", "exec cat /dev/zero"}) {
        CAPTURE(body);
        Script script(body);
        script.plugin.arguments = {"s3cret"};
        script.plugin.environment.emplace_back("KEY", base::Secret("s3cret"));
        const auto error = script.error();
        CHECK_FALSE((error.message + error.hint).contains("s3cret"));
    }
}

TEST_CASE("what a program leaves running does not keep its credential from us") {
    const Script script("sleep 60 &\necho $! > \"$(dirname \"$0\")/seen\"\n" +
                        prints(answer(token_status)));
    const auto begin = std::chrono::steady_clock::now();
    CHECK(script.run());
    CHECK(std::chrono::steady_clock::now() - begin < moments);
    const int left_running = std::stoi("0" + script.seen());
    REQUIRE(left_running > 0);
    CHECK(::kill(left_running, SIGKILL) == 0);
}

}  // namespace exec_plugin_test
