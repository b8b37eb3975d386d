#include "kube/parallel.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "kube/pause.hpp"

TEST_CASE("each piece of work is done once, whatever the width") {
    for (const std::size_t width : {0UL, 1UL, 3UL, 100UL}) {
        std::vector<int> done(20);
        kube::in_parallel(done.size(), width, [&](std::size_t i) { ++done[i]; });
        CHECK(done == std::vector<int>(20, 1));
    }
    kube::in_parallel(0, 4, [](std::size_t) { FAIL("there is no work"); });
}

TEST_CASE("no more than the width is at work at a time, and that many are") {
    std::atomic<int> working = 0;
    std::atomic<int> most = 0;
    kube::in_parallel(12, 3, [&](std::size_t) {
        const int now = ++working;
        int seen = most;
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
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
