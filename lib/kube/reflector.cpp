#include "kube/reflector.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "kube/pause.hpp"

namespace kube {
namespace {

using base::Error;
using base::ErrorKind;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds longest_pause = std::chrono::seconds(30);
// A Retry-After of years would be a wait without an end.
constexpr std::chrono::seconds most_patience{60};

bool repetition_may_cure(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::Expired:
        case ErrorKind::Unavailable:
        case ErrorKind::Unreachable:
        case ErrorKind::Lost:
        case ErrorKind::TimedOut:
            return true;
        case ErrorKind::NotFound:
        case ErrorKind::Forbidden:
        case ErrorKind::Unauthorized:
        case ErrorKind::Conflict:
        case ErrorKind::AlreadyExists:
        case ErrorKind::Invalid:
        case ErrorKind::Interrupted:
        case ErrorKind::Malformed:
            return false;
    }
    return false;
}

/// The state of one reflect() call.
class Reflector {
  public:
    Reflector(Cluster& cluster, const ResourceType& type, const ListOptions& options,
              const ReflectorHandler& handler, std::stop_token stop)
        : cluster_(cluster),
          type_(type),
          options_(options),
          handler_(handler),
          stop_(std::move(stop)),
          pause_(handler.first_pause) {}

    Result<void> run() {
        while (!done_) {
            if (stop_.stop_requested()) return base::interrupted();
            const auto round = needs_list_ ? list() : watch();
            if (round || done_) continue;
            if (auto end = endure(round.error())) return std::unexpected(std::move(*end));
        }
        return {};
    }

  private:
    Result<void> list() {
        auto listed = cluster_.list(type_, options_, stop_);
        if (!listed) return std::unexpected(std::move(listed.error()));
        objects_.clear();
        for (Object& object : listed->items) {
            objects_.insert_or_assign(object.ref, std::move(object));
        }
        resource_version_ = std::move(listed->resource_version);
        needs_list_ = false;
        report();
        return {};
    }

    Result<void> watch() {
        const auto begun = Clock::now();
        worked_ = false;
        auto watched = cluster_.watch(
            type_, options_, resource_version_,
            [this](const WatchEvent& event) { return take(event); }, stop_);
        // whatever it gave: events and an end, again and again, are a storm of requests
        worked_ = Clock::now() - begun >= handler_.shortest_good_watch;
        if (worked_) pause_ = handler_.first_pause;
        if (!watched || done_ || worked_) return watched;
        return base::fail(ErrorKind::Lost, "error: the server ended the watch of " +
                                               type_.resource() + " as soon as it had begun");
    }

    bool take(const WatchEvent& event) {
        if (!event.object.resource_version.empty()) {
            resource_version_ = event.object.resource_version;
        }
        switch (event.type) {
            case WatchEventType::Bookmark:
                return true;
            case WatchEventType::Added:
            case WatchEventType::Modified:
                objects_.insert_or_assign(event.object.ref, event.object);
                break;
            case WatchEventType::Deleted:
                objects_.erase(event.object.ref);
                break;
        }
        report();
        return !done_;
    }

    void report() { done_ = !handler_.changed(objects_); }

    /// Waits out an error; gives it back when waiting does not help.
    std::optional<Error> endure(const Error& error) {
        if (!repetition_may_cure(error.kind)) return error;
        if (error.kind == ErrorKind::Expired) needs_list_ = true;
        // a watch that grew old: listing again is all it takes
        if (error.kind == ErrorKind::Expired && std::exchange(worked_, false)) return std::nullopt;
        if (handler_.trouble) handler_.trouble(error);
        const std::chrono::seconds asked =
            std::clamp(error.retry_after.value_or(std::chrono::seconds(0)), std::chrono::seconds(0),
                       most_patience);
        if (!pause(std::max<milliseconds>(pause_, asked), stop_))
            return base::interrupted().error();
        pause_ = std::min(pause_ * 2, longest_pause);
        return std::nullopt;
    }

    Cluster& cluster_;
    const ResourceType& type_;
    const ListOptions& options_;
    const ReflectorHandler& handler_;
    std::stop_token stop_;
    milliseconds pause_;
    ObjectMap objects_;
    std::string resource_version_;
    bool needs_list_ = true;
    bool worked_ = false;  // the last watch lasted
    bool done_ = false;
};

}  // namespace

Result<void> reflect(Cluster& cluster, const ResourceType& type, const ListOptions& options,
                     const ReflectorHandler& handler, std::stop_token stop) {
    return Reflector(cluster, type, options, handler, std::move(stop)).run();
}

}  // namespace kube
