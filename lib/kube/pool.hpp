// Things that are kept for reuse and used by one thread at a time, such as connections.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

namespace kube {

template <class T>
class Pool {
  public:
    /// At most `most` of them, made when there is need.
    Pool(std::function<std::unique_ptr<T>()> make, unsigned most)
        : make_(std::move(make)), free_(std::max(most, 1U)) {}

    /// One of one's own: the last that was given back, or a new one. Waits when all are taken;
    /// nullptr when asked to stop meanwhile.
    std::unique_ptr<T> take(const std::stop_token& stop) {
        std::unique_lock lock(mutex_);
        if (!returned_.wait(lock, stop, [this] { return free_ > 0; })) return nullptr;
        --free_;
        if (idle_.empty()) {
            lock.unlock();
            return make_();
        }
        auto one = std::move(idle_.back());
        idle_.pop_back();
        return one;
    }

    void give_back(std::unique_ptr<T> one) {
        {
            const std::lock_guard lock(mutex_);
            ++free_;
            idle_.push_back(std::move(one));
        }
        returned_.notify_one();
    }

  private:
    std::function<std::unique_ptr<T>()> make_;
    std::mutex mutex_;
    std::condition_variable_any returned_;
    unsigned free_;
    std::vector<std::unique_ptr<T>> idle_;
};

}  // namespace kube
