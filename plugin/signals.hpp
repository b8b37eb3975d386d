// SIGINT, SIGTERM and SIGHUP become a stop token; a second one ends the program at once. Nothing is
// cancelled in the cluster by a signal.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace plugin {

class Signals {
  public:
    /// Blocks the signals for this thread and all that it starts: make it before any other thread.
    Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;
    ~Signals();

    std::stop_token token() const { return source_.get_token(); }
    /// The first signal that came, or 0.
    int received() const { return received_; }

  private:
    void wait();

    std::stop_source source_;
    std::atomic<int> received_ = 0;
    std::thread waiter_;
};

}  // namespace plugin
