#include "kube/parallel.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "kube/pause.hpp"

namespace parallel_test {

TEST_CASE("each piece of work is done once, whatever the width") {
    for (const std::size_t width : {0UL, 1UL, 3UL, 100UL}) {
        std::vector<int> done(20);
        kube::in_parallel(done.size(), width, [&](std::size_t i) { ++done[i]; });
        CHECK(done == std::vector<int>(20, 1));
    }
    kube::in_parallel(0, 4, [](std::size_t) { FAIL("there is no work"); });
}

TEST_CASE("no more than the width is at work at a time, and that many are") {
    std::mutex mutex;
    std::condition_variable came;
    int working = 0;
    int most = 0;
    kube::in_parallel(12, 3, [&](std::size_t) {
        std::unique_lock lock(mutex);
        most = std::max(most, ++working);
        came.notify_all();
        // a busy machine starts the third thread late
        came.wait_for(lock, std::chrono::seconds(30), [&] { return most >= 3; });
        lock.unlock();
        std::this_thread::sleep_for(std::chrono::milliseconds(5));  // time for one too many
        lock.lock();
        --working;
    });
    CHECK(most == 3);
}

TEST_CASE("an exception is thrown again when all the others are done") {
    std::atomic<int> done = 0;
    const auto work = [&](std::size_t i) {
        if (i == 3) throw std::runtime_error("third");
        ++done;
    };
    CHECK_THROWS_WITH(kube::in_parallel(10, 4, work), "third");
    CHECK(done == 9);
}

TEST_CASE("a pause ends at once when asked to stop") {
    std::stop_source source;
    const std::jthread later([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        source.request_stop();
    });
    CHECK_FALSE(kube::pause(std::chrono::seconds(30), source.get_token()));
    CHECK_FALSE(kube::pause(std::chrono::seconds(30), source.get_token()));
    CHECK(kube::pause(std::chrono::milliseconds(1), {}));
}

}  // namespace parallel_test
