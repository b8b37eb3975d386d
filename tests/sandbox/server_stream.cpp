#include "sandbox/server_stream.hpp"

#include <algorithm>

namespace sandbox {
namespace {

constexpr std::chrono::seconds heartbeat{1};

}  // namespace

Sender::Sender(Stream stream, const StreamTimes& times, std::stop_token stop)
    : stream_(std::move(stream)),
      stop_(std::move(stop)),
      bookmark_every_(times.bookmark_every),
      deadline_(Clock::now() + stream_.timeout.value_or(times.timeout)),
      next_bookmark_(Clock::now() + bookmark_every_) {}

Step Sender::step() {
    const auto until = std::min(deadline_, Clock::now() + heartbeat);
    const auto event = stream_.watcher.next(stop_, until);
    if (stop_.stop_requested()) return {.then = Then::Break};
    if (!event) return {watch_line({"ERROR", event.error()}, false), Then::End};
    if (*event) return told(**event);
    if (stream_.watcher.closed() || Clock::now() >= deadline_) return {.then = Then::End};
    return quiet();
}

Step Sender::told(const support::WatchEvent& event) const {
    if (event.type == "BOOKMARK" && !stream_.bookmarks) return {};
    return {watch_line(event, stream_.metadata_only)};
}

Step Sender::quiet() {
    if (!stream_.bookmarks || Clock::now() < next_bookmark_) return {};
    next_bookmark_ = Clock::now() + bookmark_every_;
    return {watch_line(stream_.watcher.bookmark(), stream_.metadata_only)};
}

}  // namespace sandbox
