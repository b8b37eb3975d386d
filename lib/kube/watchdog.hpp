// Ends exchanges that cpp-httplib would wait for without an end: it starts its time anew with every
// byte, and takes headers of any length. Used by http_channel.cpp.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <thread>

#include "kube/http_socket.hpp"

namespace kube {

/// Watches all exchanges of one server, on one thread that sleeps while there is nothing to watch.
class Watchdog {
    using Clock = std::chrono::steady_clock;

  public:
    enum class Bite {
        None,
        Header,  // the header of the answer was not complete in time
        Flood,   // or it was longer than any
        Whole,   // the answer was not complete in time
    };

  private:
    struct Watched {
        Breaker& breaker;
        Clock::time_point header_by;
        std::optional<Clock::time_point> whole_by;
        std::int64_t received;  // by its socket before
        bool header_complete = false;
        Bite bite = Bite::None;
    };
    static Bite bite_of(const Watched& watched, Clock::time_point now);

  public:
    Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    ~Watchdog() = default;

    /// One exchange, from its request until this goes; `breaker` is tripped when it takes too long.
    class Watch {
      public:
        /// `whole` of 0: the body may come for as long as it likes.
        Watch(Watchdog& dog, Breaker& breaker, std::chrono::milliseconds header,
              std::chrono::milliseconds whole);
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;
        ~Watch();

        void header_is_complete();
        Bite bite() const;

      private:
        Watchdog& dog_;
        std::list<Watched>::iterator at_;
    };

  private:
    std::optional<Clock::time_point> look_at_all();
    void run(const std::stop_token& stop);

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::list<Watched> watched_;
    bool came_ = false;    // one to watch since the last look
    std::jthread thread_;  // last, so that it ends first
};

}  // namespace kube
