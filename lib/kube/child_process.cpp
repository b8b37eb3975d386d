#include "kube/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <utility>

#include "base/text.hpp"

namespace kube {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// For what a program left running (`exec > >(tee log)`) and whose words still belong to it; all
// that it wrote itself is in the pipe when it has exited.
constexpr std::chrono::milliseconds last_words(200);
constexpr std::size_t most_at_once = 16384;

class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() { close(); }
    int get() const { return fd_; }
    void close() {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }

  private:
    int fd_;
};

/// Makes a poll() return; what happened is said elsewhere.
class Bell {
  public:
    bool is_there() const { return fd_.get() >= 0; }
    int fd() const { return fd_.get(); }
    void ring() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t n = ::write(fd_.get(), &one, sizeof one);
    }
    void silence() const {
        std::uint64_t rung = 0;
        [[maybe_unused]] const ssize_t n = ::read(fd_.get(), &rung, sizeof rung);
    }

  private:
    Descriptor fd_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    // exec*() takes them so for reasons of history and changes nothing
    for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
    out.push_back(nullptr);
    return out;
}

std::vector<char*> pointers(const std::vector<base::Secret>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (const auto& text : texts) out.push_back(const_cast<char*>(text.reveal().c_str()));
    out.push_back(nullptr);
    return out;
}

// Such a text would silently be cut short.
bool holds_nul(const ChildCommand& command) {
    const auto holds = [](const std::string& text) { return text.contains('\0'); };
    return holds(command.path) || std::ranges::any_of(command.argv, holds) ||
           std::ranges::any_of(command.environment,
                               [&](const auto& line) { return holds(line.reveal()); });
}

sigset_t signals(std::initializer_list<int> numbers) {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : numbers) ::sigaddset(&set, number);
    return set;
}

/// What the child finds at 0 and 1, and its signals: nothing blocked, and not what we ignore for
/// our own sake. What our parent ignores (nohup's SIGHUP) it ignores as well.
class Setup {
  public:
    Setup(bool interactive, int out) {
        ::posix_spawn_file_actions_init(&actions_);
        if (!interactive) {
            ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        }
        ::posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO);
        const sigset_t none = signals({});
        const sigset_t ours = signals({SIGPIPE, SIGCHLD, SIGXFSZ});
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &ours);
        int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
        // a group of its own, led by itself; but who is to read from the terminal stays in ours
        if (!interactive) flags |= POSIX_SPAWN_SETPGROUP;
        ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
    }
    Setup(const Setup&) = delete;
    Setup& operator=(const Setup&) = delete;
    ~Setup() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    /// An errno, 0 when it runs.
    int start(const ChildCommand& command, pid_t& pid) const {
        return ::posix_spawn(&pid, command.path.c_str(), &actions_, &attributes_,
                             pointers(command.argv).data(), pointers(command.environment).data());
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

// Whoever started us may have left SIGCHLD ignored; the kernel then forgets how a child ended.
void keep_exit_codes() {
    struct sigaction now{};
    if (::sigaction(SIGCHLD, nullptr, &now) != 0 || now.sa_handler != SIG_IGN) return;
    now.sa_handler = SIG_DFL;
    ::sigaction(SIGCHLD, &now, nullptr);
}

/// A process of ours, until it is reaped. Its end is noticed by a thread, as pidfd_open() is not in
/// RHEL 8's kernel and SIGCHLD belongs to the whole program. Only reap() makes the number free for
/// another process, so a signal never hits a stranger.
class Child {
  public:
    Child(pid_t pid, bool leads_group) : pid_(pid), leads_group_(leads_group) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (reaped_) return;
        signal(SIGKILL);
        (void)reap();
    }
    void ring_at_end(const Bell& bell) {
        waiter_ = std::thread([this, &bell] {
            siginfo_t info{};
            while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 &&
                   errno == EINTR) {
            }
            ended_ = true;
            bell.ring();
        });
    }
    bool has_ended() const { return ended_; }
    /// To what it has started, too, where that is in its group.
    void signal(int number) const { ::kill(leads_group_ ? -pid_ : pid_, number); }
    /// Its wait status.
    int reap() {
        if (waiter_.joinable()) waiter_.join();
        int status = 255 << 8;  // exit code 255, should somebody else have reaped it
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        reaped_ = true;
        return status;
    }

  private:
    pid_t pid_;
    bool leads_group_;
    std::atomic<bool> ended_ = false;
    bool reaped_ = false;
    std::thread waiter_;
};

int milliseconds_until(Clock::time_point time) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - Clock::now());
    return static_cast<int>(std::clamp(left, 0ms, std::chrono::milliseconds(1h)).count());
}

/// A child that runs, and what it has printed so far.
class Run {
  public:
    Run(pid_t pid, Descriptor out, const Bell& bell, const ChildCommand& command,
        std::stop_token stop)
        : child_(pid, !command.inherit_stdin),
          out_(std::move(out)),
          bell_(bell),
          command_(command),
          stop_(std::move(stop)),
          until_(Clock::now() + command.patience) {
        output_.reserve(4 * most_at_once);  // growing would leave copies of a token behind
    }

    ChildResult to_its_end() {
        child_.ring_at_end(bell_);
        const std::stop_callback ring(stop_, [this] { bell_.ring(); });
        while (!child_.has_ended()) {
            if (!ended_for_) end_if_need_be();
            if (ended_for_ && Clock::now() >= until_) send(SIGKILL);
            (void)listen(!ended_for_);
        }
        const int status = child_.reap();
        if (!ended_for_) hear_last_words();
        return result(status);
    }

  private:
    std::optional<ChildEnd> reason_to_end() const {
        if (stop_.stop_requested()) return ChildEnd::Interrupted;
        if (output_.size() > command_.most_output) return ChildEnd::TooMuchOutput;
        if (Clock::now() >= until_) return ChildEnd::TimedOut;
        return std::nullopt;
    }
    void end_if_need_be() {
        ended_for_ = reason_to_end();
        if (ended_for_) send(SIGTERM);
    }
    void send(int signal) {
        child_.signal(signal);
        until_ = Clock::now() + command_.grace;
    }
    // True when the pipe had something to say.
    bool listen(bool to_the_pipe) {
        std::array<pollfd, 2> sources{
            {{.fd = to_the_pipe ? out_.get() : -1, .events = POLLIN, .revents = 0},
             {.fd = bell_.fd(), .events = POLLIN, .revents = 0}}};
        while (::poll(sources.data(), sources.size(), milliseconds_until(until_)) < 0 &&
               errno == EINTR) {
        }
        if (sources[1].revents != 0) bell_.silence();
        if (sources[0].revents != 0) read_portion();
        return sources[0].revents != 0;
    }
    void read_portion() {
        const std::size_t size = output_.size();
        output_.resize(size + most_at_once);
        const ssize_t n = ::read(out_.get(), output_.data() + size, most_at_once);
        const bool again = n < 0 && errno == EINTR;
        output_.resize(size + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
        if (n <= 0 && !again) out_.close();
    }
    void hear_last_words() {
        bell_.silence();
        until_ = Clock::now() + last_words;
        while (out_.get() >= 0 && output_.size() <= command_.most_output && listen(true)) {
        }
        if (output_.size() > command_.most_output) ended_for_ = ChildEnd::TooMuchOutput;
    }
    ChildResult result(int status) {
        base::Secret output(std::move(output_));
        if (ended_for_) return {.end = *ended_for_};
        if (WIFSIGNALED(status)) return {.end = ChildEnd::Killed, .code = WTERMSIG(status)};
        return {.end = ChildEnd::Exited, .code = WEXITSTATUS(status), .output = std::move(output)};
    }

    Child child_;
    Descriptor out_;
    const Bell& bell_;
    const ChildCommand& command_;
    std::stop_token stop_;
    Clock::time_point until_;  // when patience ends, then grace
    std::string output_;
    std::optional<ChildEnd> ended_for_;  // why we make it end
};

ChildResult not_started(int error) {
    return {.end = ChildEnd::NotStarted, .code = error};
}

bool is_program(const std::string& path) {
    struct stat file{};
    return ::stat(path.c_str(), &file) == 0 && !S_ISDIR(file.st_mode) &&
           ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) == 0;
}

}  // namespace

ChildResult run_child(const ChildCommand& command, const std::stop_token& stop) {
    if (stop.stop_requested()) return {.end = ChildEnd::Interrupted};
    if (command.argv.empty() || holds_nul(command)) return not_started(EINVAL);
    keep_exit_codes();
    const Bell bell;
    std::array<int, 2> ends{};
    if (!bell.is_there() || ::pipe2(ends.data(), O_CLOEXEC) != 0) return not_started(errno);
    Descriptor out(ends[0]);
    Descriptor in(ends[1]);
    pid_t pid = -1;
    const int error = Setup(command.inherit_stdin, in.get()).start(command, pid);
    in.close();
    if (error != 0) return not_started(error);
    return Run(pid, std::move(out), bell, command, stop).to_its_end();
}

std::optional<std::string> look_up_program(const std::string& name) {
    const char* folders = std::getenv("PATH");
    for (const std::string& folder : base::split(folders == nullptr ? "" : folders, ':')) {
        std::string path = folder + "/" + name;
        if (folder.starts_with('/') && is_program(path)) return path;
    }
    return std::nullopt;
}

}  // namespace kube
