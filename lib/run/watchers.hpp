// Threads that each keep a watch, stopped as one: when a token asks, and at the end of the scope.
#pragma once

#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace run {

class Watchers {
  public:
    explicit Watchers(const std::stop_token& stop) : link_(stop, Stop{source_}) {}
    // all at once, and then they are joined: one after the other would add up
    ~Watchers() { source_.request_stop(); }
    Watchers(const Watchers&) = delete;
    Watchers& operator=(const Watchers&) = delete;

    /// Runs `watch(token)` on a thread of its own until the token asks.
    void start(auto watch) {
        threads_.emplace_back(
            [watch = std::move(watch), own = source_.get_token()] { watch(own); });
    }

  private:
    struct Stop {
        std::stop_source& source;
        void operator()() const { source.request_stop(); }
    };
    std::stop_source source_;
    std::stop_callback<Stop> link_;
    std::vector<std::jthread> threads_;
};

}  // namespace run
