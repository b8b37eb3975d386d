#include "kube/watchdog.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

namespace kube {

namespace {

// While a header is awaited, for floods do not keep to deadlines.
constexpr std::chrono::milliseconds glance = std::chrono::milliseconds(100);
// More than the kernel keeps of a body that comes with the header, and less than hurts.
constexpr std::int64_t longest_header = 16L << 20U;

// tcpi_bytes_received of Linux's tcp_info, which glibc knows in part only; its places do not
// change.
constexpr std::size_t place_of_received = 128;

std::int64_t received_by(int socket) {
    std::array<char, place_of_received + sizeof(std::int64_t)> info{};
    socklen_t size = info.size();
    std::int64_t received = 0;
    if (socket < 0 || ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, info.data(), &size) != 0 ||
        size < info.size())
        return received;
    std::memcpy(&received, info.data() + place_of_received, sizeof received);
    return received;
}

std::int64_t received_so_far(Breaker& breaker) {
    return breaker.with_socket(received_by);
}

}  // namespace

Watchdog::Bite Watchdog::bite_of(const Watched& watched, Clock::time_point now) {
    if (watched.whole_by && now >= *watched.whole_by) return Bite::Whole;
    if (watched.header_complete) return Bite::None;
    if (now >= watched.header_by) return Bite::Header;
    const auto since = received_so_far(watched.breaker) - watched.received;
    return since > longest_header ? Bite::Flood : Bite::None;
}

Watchdog::Watchdog() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::optional<Watchdog::Clock::time_point> Watchdog::look_at_all(
    std::vector<std::function<void()>>& told) {
    const auto now = Clock::now();
    std::optional<Clock::time_point> next;
    const auto not_after = [&](Clock::time_point when) {
        next = std::min(next.value_or(when), when);
    };
    for (Watched& watched : watched_) {
        if (watched.bite != Bite::None) continue;
        watched.bite = bite_of(watched, now);
        if (watched.bite != Bite::None) {
            watched.breaker.trip();
            continue;
        }
        if (watched.whole_by) not_after(*watched.whole_by);
        if (watched.header_complete) continue;
        not_after(std::min(watched.header_by, now + glance));
        if (!watched.tells_at || now < *watched.tells_at) continue;
        watched.tells_at.reset();
        told.push_back(watched.tell);
    }
    return next;
}

void Watchdog::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        std::vector<std::function<void()>> told;
        const auto next = look_at_all(told);
        if (!told.empty()) {
            // a terminal may be slow, and what runs meanwhile has limits
            lock.unlock();
            for (const auto& tell : told) tell();
            lock.lock();
            continue;
        }
        const auto came = [this] { return std::exchange(came_, false); };
        if (next)
            changed_.wait_until(lock, stop, *next, came);
        else
            changed_.wait(lock, stop, came);
    }
}

Watchdog::Watch::Watch(Watchdog& dog, Breaker& breaker, const Patience& patience) : dog_(dog) {
    const auto now = Clock::now();
    const auto unless_none = [&](std::chrono::milliseconds limit) {
        return limit.count() > 0 ? std::optional(now + limit) : std::nullopt;
    };
    const std::lock_guard lock(dog_.mutex_);
    at_ = dog_.watched_.insert(
        dog_.watched_.end(),
        Watched{.breaker = breaker,
                .header_by = now + patience.header,
                .whole_by = unless_none(patience.whole),
                .received = received_so_far(breaker),
                .tells_at = patience.tell ? unless_none(patience.quiet) : std::nullopt,
                .tell = patience.tell});
    dog_.came_ = true;
    dog_.changed_.notify_all();
}

Watchdog::Watch::~Watch() {
    const std::lock_guard lock(dog_.mutex_);
    dog_.watched_.erase(at_);
}

void Watchdog::Watch::header_is_complete() {
    const std::lock_guard lock(dog_.mutex_);
    at_->header_complete = true;
}

Watchdog::Bite Watchdog::Watch::bite() const {
    const std::lock_guard lock(dog_.mutex_);
    return at_->bite;
}

}  // namespace kube
