// The clocks of a wait: the next tick of the display, how long nothing has moved, and the deadline.
#pragma once

#include "run/follow.hpp"

namespace run {

class Patience {
  public:
    using Clock = std::chrono::steady_clock;

    explicit Patience(const FollowOptions& options)
        : options_(options),
          moved_(Clock::now()),
          tick_(moved_ + options.tick),
          stall_(moved_ + options.stall_after) {}

    /// When the wait must look at the clocks again.
    Clock::time_point next() const {
        const auto soonest = std::min(tick_, stall_);
        return options_.deadline ? std::min(soonest, *options_.deadline) : soonest;
    }
    void moved() {
        moved_ = Clock::now();
        stall_ = moved_ + options_.stall_after;
    }
    bool tick_due() { return due(tick_, options_.tick); }
    /// True once for every further `stall_after` in which nothing moved.
    bool stall_due() { return due(stall_, options_.stall_after); }
    bool over() const { return options_.deadline && Clock::now() >= *options_.deadline; }
    std::chrono::seconds quiet() const {
        return std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - moved_);
    }

  private:
    static bool due(Clock::time_point& at, std::chrono::milliseconds every) {
        const auto now = Clock::now();
        if (now < at) return false;
        at = now + every;
        return true;
    }

    const FollowOptions& options_;
    Clock::time_point moved_;
    Clock::time_point tick_;
    Clock::time_point stall_;
};

}  // namespace run
