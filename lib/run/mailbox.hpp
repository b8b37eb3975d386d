// Hands values from the threads that watch to the one that waits, which also wakes for the clock.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>

namespace run {

template <class T>
class Mailbox {
  public:
    void put(T value) {
        {
            const std::scoped_lock lock(mutex_);
            values_.push_back(std::move(value));
        }
        arrived_.notify_one();
    }

    /// The oldest value; nothing at `until`, or as soon as the token asks.
    std::optional<T> take(std::chrono::steady_clock::time_point until, std::stop_token stop) {
        std::unique_lock lock(mutex_);
        arrived_.wait_until(lock, stop, until, [this] { return !values_.empty(); });
        if (values_.empty()) return std::nullopt;
        T value = std::move(values_.front());
        values_.pop_front();
        return value;
    }

  private:
    std::mutex mutex_;
    std::condition_variable_any arrived_;
    std::deque<T> values_;
};

}  // namespace run
