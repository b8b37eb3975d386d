#include "plugin/signals.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>

namespace plugin {
namespace {

// Ends the waiting thread; nobody else sends it to this process's own thread.
constexpr int farewell = SIGUSR2;

sigset_t watched() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, farewell}) sigaddset(&set, signal);
    return set;
}

}  // namespace

Signals::Signals() {
    // a peer that closes its connection is an error of that write, not the end of the program
    std::signal(SIGPIPE, SIG_IGN);
    const sigset_t set = watched();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    waiter_ = std::thread([this] { wait(); });
}

Signals::~Signals() {
    pthread_kill(waiter_.native_handle(), farewell);
    waiter_.join();
}

void Signals::wait() {
    const sigset_t set = watched();
    int signal = 0;
    while (sigwait(&set, &signal) == 0 && signal != farewell) {
        if (received_ != 0) _exit(128 + signal);
        received_ = signal;
        source_.request_stop();
    }
}

}  // namespace plugin
