#include "support/process.hpp"

#include <fcntl.h>
#include <pty.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <stdexcept>

namespace support {
namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

std::vector<std::string> as_lines(const std::map<std::string, std::string>& environment) {
    std::vector<std::string> lines;
    for (const auto& [name, value] : environment) lines.push_back(name + "=" + value);
    return lines;
}

struct Pipe {
    int read = -1;
    int write = -1;
};

Pipe make_pipe() {
    std::array<int, 2> fds{};
    if (pipe2(fds.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
    return {.read = fds[0], .write = fds[1]};
}

Pipe make_terminal(int columns) {
    Pipe ends;
    const winsize size{.ws_row = 40,
                       .ws_col = static_cast<unsigned short>(columns),
                       .ws_xpixel = 0,
                       .ws_ypixel = 0};
    if (openpty(&ends.read, &ends.write, nullptr, nullptr, &size) != 0)
        throw std::runtime_error("openpty failed");
    fcntl(ends.read, F_SETFD, FD_CLOEXEC);
    fcntl(ends.write, F_SETFD, FD_CLOEXEC);
    return ends;
}

/// What the child finds at 0, 1 and 2; and signals as a shell would leave them.
class Setup {
  public:
    Setup(int in, int out, int err) {
        posix_spawn_file_actions_init(&actions_);
        if (in < 0) {
            posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
        } else {
            posix_spawn_file_actions_adddup2(&actions_, in, 0);
        }
        posix_spawn_file_actions_adddup2(&actions_, out, 1);
        posix_spawn_file_actions_adddup2(&actions_, err, 2);
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        posix_spawnattr_init(&attributes_);
        posix_spawnattr_setsigmask(&attributes_, &none);
        posix_spawnattr_setsigdefault(&attributes_, &all);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    Setup(const Setup&) = delete;
    Setup& operator=(const Setup&) = delete;
    ~Setup() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }
    pid_t start(std::vector<std::string> argv, std::vector<std::string> environment) const {
        pid_t pid = -1;
        if (posix_spawn(&pid, argv[0].c_str(), &actions_, &attributes_, pointers(argv).data(),
                        pointers(environment).data()) != 0) {
            throw std::runtime_error("cannot start " + argv[0]);
        }
        return pid;
    }

  private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

int code_of(int status) {
    if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
    return WEXITSTATUS(status);
}

}  // namespace

Process::Process(const std::vector<std::string>& argv, const ProcessOptions& options)
    : terminal_(options.terminal) {
    const Pipe out = make_pipe();
    const Pipe err = terminal_ ? make_terminal(options.columns) : make_pipe();
    const Setup setup(terminal_ ? err.write : -1, out.write, err.write);
    pid_ = setup.start(argv, as_lines(options.environment));
    close(out.write);
    close(err.write);
    out_ = out.read;
    err_ = err.read;
    out_reader_ = std::thread([this] { read_from(out_, ended_.out); });
    err_reader_ = std::thread([this] { read_from(err_, ended_.err); });
}

Process::~Process() {
    if (!reaped_) (void)wait(std::chrono::milliseconds(0));
    close(out_);
    close(err_);
}

void Process::signal(int number) const {
    kill(pid_, number);
}

void Process::type(const std::string& text) const {
    if (write(err_, text.data(), text.size()) < 0)
        throw std::runtime_error("nobody reads the terminal");
}

void Process::read_from(int fd, std::string& into) {
    std::array<char, 4096> buffer{};
    while (true) {
        // a terminal whose other end is closed answers EIO
        const ssize_t n = read(fd, buffer.data(), buffer.size());
        const std::scoped_lock lock(mutex_);
        if (n <= 0) --open_streams_;
        if (n > 0) into.append(buffer.data(), static_cast<std::size_t>(n));
        changed_.notify_all();
        if (n <= 0) return;
    }
}

bool Process::await_stderr(const std::function<bool(const std::string&)>& holds,
                           std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return holds(ended_.err) || open_streams_ == 0; });
    return holds(ended_.err);
}

bool Process::await_err(const std::string& text, std::chrono::milliseconds patience) {
    return await_stderr([&](const std::string& err) { return err.find(text) != std::string::npos; },
                        patience);
}

bool Process::await_err_lines(std::size_t n, std::chrono::milliseconds patience) {
    return await_stderr(
        [n](const std::string& err) {
            return static_cast<std::size_t>(std::ranges::count(err, '\n')) >= n;
        },
        patience);
}

Ended Process::wait(std::chrono::milliseconds patience) {
    {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, patience, [this] { return open_streams_ == 0; }))
            kill(pid_, SIGKILL);
    }
    out_reader_.join();
    err_reader_.join();
    int status = 0;
    waitpid(pid_, &status, 0);
    reaped_ = true;
    ended_.code = code_of(status);
    return ended_;
}

Ended run_process(const std::vector<std::string>& argv, const ProcessOptions& options) {
    return Process(argv, options).wait();
}

}  // namespace support
