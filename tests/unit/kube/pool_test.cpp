#include "kube/pool.hpp"

#include <doctest/doctest.h>

#include <thread>

#include "kube/parallel.hpp"

namespace pool_test {

namespace {

struct Counted {
    int uses = 0;
};

}  // namespace

TEST_CASE("a pool makes no more than it may, and hands out what came back") {
    int made = 0;
    kube::Pool<Counted> pool([&made] { return ++made, std::make_unique<Counted>(); }, 2);
    auto first = pool.take({});
    auto second = pool.take({});
    CHECK(made == 2);
    Counted* const kept = second.get();
    pool.give_back(std::move(first));
    pool.give_back(std::move(second));
    CHECK(pool.take({}).get() == kept);
    CHECK(made == 2);
}

TEST_CASE("each is used by one thread at a time, and no use is lost") {
    kube::Pool<Counted> pool([] { return std::make_unique<Counted>(); }, 3);
    kube::in_parallel(1000, 8, [&](std::size_t) {
        auto one = pool.take({});
        ++one->uses;  // not atomic: a race would lose some, and the thread sanitizer would say so
        pool.give_back(std::move(one));
    });
    int uses = 0;
    for (const auto& one : {pool.take({}), pool.take({}), pool.take({})}) uses += one->uses;
    CHECK(uses == 1000);
}

TEST_CASE("waiting for one ends when asked to stop") {
    kube::Pool<Counted> pool([] { return std::make_unique<Counted>(); }, 0);
    const auto taken = pool.take({});
    REQUIRE(taken);
    std::stop_source source;
    const std::jthread later([&source] {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        source.request_stop();
    });
    CHECK_FALSE(pool.take(source.get_token()));
}

}  // namespace pool_test
