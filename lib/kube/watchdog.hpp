// Ends exchanges that cpp-httplib would wait for without an end: it starts its time anew with every
// byte, and takes headers of any length. Used by http_channel.cpp.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "kube/http_socket.hpp"

namespace kube {

struct Patience {
    std::chrono::milliseconds header;  // until the answer begins
    std::chrono::milliseconds whole;   // until it is complete; 0: as long as it likes
    std::chrono::milliseconds quiet;   // until a person is told that it is waited for; 0: never
    std::function<void()> tell = {};   // from another thread, once
};

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
        std::optional<Clock::time_point> tells_at;
        std::function<void()> tell;
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
        Watch(Watchdog& dog, Breaker& breaker, const Patience& patience);
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
    /// When to look again; nothing while nothing has a limit. Whom to tell goes into `told`.
    std::optional<Clock::time_point> look_at_all(std::vector<std::function<void()>>& told);
    void run(const std::stop_token& stop);

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::list<Watched> watched_;
    bool came_ = false;    // one to watch since the last look
    std::jthread thread_;  // last, so that it ends first
};

}  // namespace kube
