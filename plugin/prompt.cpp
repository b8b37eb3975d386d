#include "plugin/prompt.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>

#include "base/text.hpp"

namespace plugin {
namespace {

/// Becomes readable when the token asks, so that poll() wakes.
class StopEvent {
  public:
    explicit StopEvent(const std::stop_token& stop)
        : fd_(eventfd(0, EFD_CLOEXEC)), callback_(stop, Raise{fd_}) {}
    StopEvent(const StopEvent&) = delete;
    StopEvent& operator=(const StopEvent&) = delete;
    ~StopEvent() { close(fd_); }
    int fd() const { return fd_; }

  private:
    struct Raise {
        int fd;
        void operator()() const {
            const std::uint64_t one = 1;
            if (write(fd, &one, sizeof one) < 0)
                return;  // the counter is full: it is raised already
        }
    };
    int fd_;
    std::stop_callback<Raise> callback_;
};

/// False when the token asked first.
bool await_input(const StopEvent& stop) {
    std::array<pollfd, 2> fds{{{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                               {.fd = stop.fd(), .events = POLLIN, .revents = 0}}};
    while (poll(fds.data(), fds.size(), -1) < 0 && errno == EINTR) {
    }
    return fds[1].revents == 0;
}

bool read_line(std::string& line, const StopEvent& stop) {
    char c = 0;
    while (await_input(stop)) {
        if (read(STDIN_FILENO, &c, 1) != 1 || c == '\n') return true;
        line += c;
    }
    return false;
}

}  // namespace

Answer ask(const std::string& question, std::stop_token stop) {
    // what was typed before the question is no answer to it
    tcflush(STDIN_FILENO, TCIFLUSH);
    std::fputs(question.c_str(), stderr);
    std::fflush(stderr);
    const StopEvent event(stop);
    std::string line;
    if (!read_line(line, event)) {
        std::fputc('\n', stderr);
        return Answer::Interrupted;
    }
    const auto answer = base::trimmed(line);
    return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes" || answer == "YES"
               ? Answer::Yes
               : Answer::No;
}

}  // namespace plugin
