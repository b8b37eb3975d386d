#include "kube/child_process.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>
#include <utility>

#include "support/folder.hpp"

namespace child_process_test {

using namespace std::chrono_literals;
using kube::ChildEnd;

namespace {

using Clock = std::chrono::steady_clock;

// Far more than anything here takes, far less than the programs here would.
constexpr auto moments = 10s;

kube::ChildCommand program(std::vector<std::string> argv) {
    kube::ChildCommand command{.path = argv[0], .argv = std::move(argv)};
    command.environment.emplace_back("PATH=/usr/bin:/bin");
    return command;
}

kube::ChildCommand shell(const std::string& script) {
    return program({"/bin/sh", "-c", script});
}

kube::ChildResult run(const kube::ChildCommand& command, const std::stop_token& stop = {}) {
    return kube::run_child(command, stop);
}

std::string output_of(const std::string& script) {
    return run(shell(script)).output.reveal();
}

std::string line_with(const std::string& text, const std::string& name) {
    const auto at = text.find(name);
    return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
}

std::set<int> open_descriptors() {
    std::set<int> out;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int fd = std::stoi(entry.path().filename());
        if (::fcntl(fd, F_GETFD) >= 0) out.insert(fd);
    }
    return out;
}

/// What a child gets whether we want it or not.
std::set<int> inheritable_descriptors() {
    std::set<int> out{0, 1, 2};
    for (const int fd : open_descriptors()) {
        const int flags = ::fcntl(fd, F_GETFD);
        if (flags >= 0 && (flags & FD_CLOEXEC) == 0) out.insert(fd);
    }
    return out;
}

bool has_children() {
    return ::waitpid(-1, nullptr, WNOHANG) >= 0;
}

/// A signal's disposition, and what is blocked, as they were before.
class Signals {
  public:
    Signals() { ::pthread_sigmask(SIG_BLOCK, nullptr, &mask_); }
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    ~Signals() {
        ::pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
        if (number_ != 0) ::sigaction(number_, &before_, nullptr);
    }
    void block_all() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    }
    void ignore(int number) {
        struct sigaction now{};
        now.sa_handler = SIG_IGN;
        ::sigaction(number, &now, &before_);
        number_ = number;
    }

  private:
    sigset_t mask_{};
    struct sigaction before_{};
    int number_ = 0;
};

/// PATH for as long as a test lasts.
class Path {
  public:
    explicit Path(const std::string& value) {
        if (const char* before = std::getenv("PATH")) before_ = before;
        ::setenv("PATH", value.c_str(), 1);
    }
    Path(const Path&) = delete;
    Path& operator=(const Path&) = delete;
    ~Path() { ::setenv("PATH", before_.c_str(), 1); }

  private:
    std::string before_;
};

void write_program(const std::filesystem::path& path) {
    std::ofstream(path) << "#!/bin/sh\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

}  // namespace

TEST_CASE("a program's output and exit code come back") {
    const auto result = run(shell("echo out; exit 3"));
    CHECK(result.end == ChildEnd::Exited);
    CHECK(result.code == 3);
    CHECK(result.output.reveal() == "out\n");
}

TEST_CASE("arguments reach the program as they are: no shell reads them") {
    const auto result =
        run(program({"/bin/echo", "$(id)", "a b", "`id`", "*", "; exit 1", "\"", ""}));
    CHECK(result.output.reveal() == "$(id) a b `id` * ; exit 1 \" \n");
}

TEST_CASE("argv[0] is the name by which the program is called") {
    auto command = shell("echo \"$0\"");
    command.argv = {"called-so", "-c", "tr '\\0' ' ' < /proc/$$/cmdline"};
    CHECK(run(command).output.reveal().starts_with("called-so -c "));
}

TEST_CASE("a program gets the given environment and nothing else") {
    const Path ours("/bin:/usr/bin");
    kube::ChildCommand command{.path = "/usr/bin/env", .argv = {"env"}};
    command.environment.emplace_back("A=1");
    command.environment.emplace_back("B=two words $(id)");
    CHECK(run(command).output.reveal() == "A=1\nB=two words $(id)\n");
}

TEST_CASE("standard input is /dev/null unless it is to be ours") {
    CHECK(output_of("readlink /proc/self/fd/0") == "/dev/null\n");
    auto command = shell("readlink /proc/self/fd/0");
    command.inherit_stdin = true;
    const std::string ours = std::filesystem::read_symlink("/proc/self/fd/0");
    CHECK(run(command).output.reveal() == ours + "\n");
}

TEST_CASE("standard error is ours") {
    std::error_code unreadable;
    const auto ours = std::filesystem::read_symlink("/proc/self/fd/2", unreadable);
    CHECK(output_of("readlink /proc/self/fd/2") == ours.string() + "\n");
}

TEST_CASE("a program that is not there is not started, and the reason is told") {
    const support::Folder folder;
    const std::string path = folder.path / "program";
    const auto started = [&] { return run(program({path})); };
    CHECK(started().end == ChildEnd::NotStarted);
    CHECK(started().code == ENOENT);
    std::ofstream(path) << "#!/bin/sh\n";
    CHECK(started().code == EACCES);
    write_program(path);
    CHECK(started().end == ChildEnd::Exited);
    std::ofstream(path) << "no program";
    CHECK(started().code == ENOEXEC);
    CHECK(run(program({folder.path})).code == EACCES);
}

TEST_CASE("a text that would be cut short is refused") {
    using namespace std::string_literals;
    const auto result = run(program({"/bin/echo", "a\0b"s}));
    CHECK(result.end == ChildEnd::NotStarted);
    CHECK(result.code == EINVAL);
}

TEST_CASE("the signal that killed a program is told") {
    const auto result = run(shell("kill -KILL $$"));
    CHECK(result.end == ChildEnd::Killed);
    CHECK(result.code == SIGKILL);
    CHECK(result.output.empty());
}

TEST_CASE("signals that we block can end the program") {
    Signals signals;
    signals.block_all();
    CHECK(line_with(output_of("grep SigBlk /proc/self/status"), "SigBlk") ==
          "SigBlk:\t0000000000000000");
    const auto result = run(shell("kill -TERM $$; echo still here"));
    CHECK(result.end == ChildEnd::Killed);
    CHECK(result.code == SIGTERM);
}

TEST_CASE("a program is not made to ignore what we ignore for our own sake") {
    Signals signals;
    signals.ignore(SIGPIPE);
    CHECK(run(shell("kill -PIPE $$")).code == SIGPIPE);
}

TEST_CASE("what our parent lets us ignore, the program ignores as well") {
    Signals signals;
    signals.ignore(SIGHUP);
    CHECK(output_of("kill -HUP $$; echo still here") == "still here\n");
}

TEST_CASE("the exit code is known although our parent left SIGCHLD ignored") {
    Signals signals;
    signals.ignore(SIGCHLD);
    CHECK(run(shell("exit 3")).code == 3);
}

TEST_CASE("a program that takes too long is ended") {
    auto command = shell("exec sleep 60");
    command.patience = 50ms;
    const auto begin = Clock::now();
    const auto result = run(command);
    CHECK(result.end == ChildEnd::TimedOut);
    CHECK(Clock::now() - begin < moments);
    CHECK_FALSE(has_children());
}

TEST_CASE("a program that takes no hint is killed") {
    auto command = shell("trap '' TERM; exec sleep 60");
    command.patience = 50ms;
    command.grace = 50ms;
    const auto begin = Clock::now();
    CHECK(run(command).end == ChildEnd::TimedOut);
    CHECK(Clock::now() - begin < moments);
    CHECK_FALSE(has_children());
}

TEST_CASE("a program may tidy up before it is killed") {
    const support::Folder folder;
    const std::string file = folder.path / "file";
    auto command = shell("trap 'rm " + file + "; exit 0' TERM; touch " + file +
                         "; while :; do sleep 0.01; done");
    command.grace = moments;
    const std::stop_source source;
    const std::jthread stopper([&](const std::stop_token& never_appears) {
        while (!std::filesystem::exists(file) && !never_appears.stop_requested()) {
            std::this_thread::sleep_for(1ms);
        }
        source.request_stop();
    });
    CHECK(run(command, source.get_token()).end == ChildEnd::Interrupted);
    CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("what the program has started ends with it when it is made to end") {
    const support::Folder folder;
    const std::string pipe = folder.path / "held";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const int held = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    auto command = shell("sleep 1000 > " + pipe + " & wait");
    command.patience = 300ms;
    CHECK(run(command).end == ChildEnd::TimedOut);
    // its end: nobody holds the other side any more
    pollfd end{.fd = held, .events = POLLIN, .revents = 0};
    CHECK(::poll(&end, 1, 10'000) == 1);
    CHECK((end.revents & POLLHUP) != 0);
    ::close(held);
}

TEST_CASE("a stop request ends the program within moments") {
    const std::stop_source source;
    const std::jthread stopper([&] {
        std::this_thread::sleep_for(50ms);
        source.request_stop();
    });
    const auto begin = Clock::now();
    const auto result = run(shell("exec sleep 60"), source.get_token());
    CHECK(result.end == ChildEnd::Interrupted);
    CHECK(Clock::now() - begin < moments);
    CHECK_FALSE(has_children());
}

TEST_CASE("nothing is started once a stop was requested") {
    const support::Folder folder;
    const std::string file = folder.path / "started";
    const std::stop_source source;
    source.request_stop();
    CHECK(run(shell("touch " + file), source.get_token()).end == ChildEnd::Interrupted);
    CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("output up to the limit comes back whole") {
    auto command = shell("head -c 1048576 /dev/zero");
    const auto result = run(command);
    CHECK(result.end == ChildEnd::Exited);
    CHECK(result.output.reveal().size() == 1048576);
}

TEST_CASE("a program that prints more than the limit is ended") {
    SUBCASE("without an end") {
        CHECK(run(shell("exec cat /dev/zero")).end == ChildEnd::TooMuchOutput);
    }
    SUBCASE("by one byte") {
        CHECK(run(shell("head -c 1048577 /dev/zero")).end == ChildEnd::TooMuchOutput);
    }
    SUBCASE("in its last words") {
        auto command = shell("printf 12345");
        command.most_output = 4;
        CHECK(run(command).end == ChildEnd::TooMuchOutput);
    }
    CHECK_FALSE(has_children());
}

TEST_CASE("a program that closes its output is still waited for") {
    CHECK(run(shell("exec >&-; sleep 0.02; exit 4")).code == 4);
}

TEST_CASE("what a program left running does not keep us") {
    const auto begin = Clock::now();
    const auto result = run(shell("sleep 60 & echo $!"));
    CHECK(result.end == ChildEnd::Exited);
    CHECK(Clock::now() - begin < moments);
    const int left_running = std::stoi("0" + result.output.reveal());
    REQUIRE(left_running > 0);
    CHECK(::kill(left_running, SIGKILL) == 0);
}

TEST_CASE("what a program left running may say its last words") {
    CHECK(output_of("(sleep 0.02; echo late) & echo early") == "early\nlate\n");
}

TEST_CASE("none of our descriptors is left to the program, and none of its own to us") {
    const auto before = open_descriptors();
    const auto result = run(program({"/bin/ls", "/proc/self/fd"}));
    const auto seen = std::ranges::count(result.output.reveal(), '\n');
    CHECK(seen == static_cast<long>(inheritable_descriptors().size()) + 1);  // ls reads the folder
    (void)run(program({"/nope"}));
    auto slow = shell("exec sleep 60");
    slow.patience = 1ms;
    (void)run(slow);
    CHECK(open_descriptors() == before);
    CHECK_FALSE(has_children());
}

TEST_CASE("several programs can run at the same time") {
    std::vector<std::jthread> threads;
    std::vector<std::string> outputs(8);
    for (auto& output : outputs) {
        threads.emplace_back([&output] { output = output_of("sleep 0.01; echo $((6 * 7))"); });
    }
    threads.clear();
    CHECK(std::ranges::count(outputs, "42\n") == 8);
    CHECK_FALSE(has_children());
}

TEST_CASE("a bare name is looked up in PATH") {
    const support::Folder folder;
    std::filesystem::create_directories(folder.path / "a" / "program");
    std::filesystem::create_directory(folder.path / "b");
    std::filesystem::create_directory(folder.path / "c");
    std::ofstream(folder.path / "b" / "program") << "not executable";
    write_program(folder.path / "c" / "program");
    const std::string root = folder.path;
    const Path path(root + "/none:" + root + "/a:" + root + "/b:" + root + "/c");
    CHECK(kube::look_up_program("program") == root + "/c/program");
    CHECK_FALSE(kube::look_up_program("another"));
    CHECK_FALSE(kube::look_up_program(""));
}

TEST_CASE("a program in the current directory is never found by its bare name") {
    const support::Folder folder;
    write_program(folder.path / "program");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path);
    for (const char* value : {"", ".", ":/nope", "./", "/nope::"}) {
        CAPTURE(value);
        const Path path(value);
        CHECK_FALSE(kube::look_up_program("program"));
    }
    std::filesystem::current_path(before);
}

}  // namespace child_process_test
