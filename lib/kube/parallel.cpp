#include "kube/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace kube {
namespace {

/// Hands out the numbers 0 ... n-1, and keeps the first exception.
class Queue {
  public:
    Queue(std::size_t n, const std::function<void(std::size_t)>& work) : n_(n), work_(work) {}

    void drain() {
        for (std::size_t i = next_++; i < n_; i = next_++) run(i);
    }

    void rethrow() const {
        if (first_) std::rethrow_exception(first_);
    }

  private:
    void run(std::size_t i) {
        try {
            work_(i);
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!first_) first_ = std::current_exception();
        }
    }

    std::size_t n_;
    const std::function<void(std::size_t)>& work_;
    std::atomic<std::size_t> next_ = 0;
    std::mutex mutex_;
    std::exception_ptr first_;
};

}  // namespace

void in_parallel(std::size_t n, std::size_t width, const std::function<void(std::size_t)>& work) {
    Queue queue(n, work);
    {
        std::vector<std::jthread> threads;
        const std::size_t helpers = std::min(n, std::max<std::size_t>(width, 1));
        try {
            // the calling thread is one of them
            for (std::size_t i = 1; i < helpers; ++i) {
                threads.emplace_back([&queue] { queue.drain(); });
            }
        } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch)
            // no more threads to be had: fewer do the same work
        }
        queue.drain();
    }
    queue.rethrow();
}

}  // namespace kube
