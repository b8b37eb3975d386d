// Kills the program with SIGKILL at one of its requests.
#pragma once

#include <csignal>
#include <functional>
#include <memory>
#include <mutex>

#include "program.hpp"

namespace plugin_test {

/// The n-th request, counted over both servers, before or after it was processed. Of those that are
/// alike ("GET /api/...") one in sixteen stands for all.
struct Moment {
    std::size_t n;
    sandbox::Phase when;
    std::function<bool(const std::string& request)> alike;
};

/// The servers' threads may still speak of a request when the test has gone on: they hold it too.
class Killer {
  public:
    explicit Killer(Moment moment) : moment_(std::move(moment)) {}

    void see(const std::string& request, sandbox::Phase phase) {
        const std::scoped_lock lock(mutex_);
        if (phase != moment_.when || !counts(request) || ++seen_ != moment_.n) return;
        struck_ = true;
        // the first requests may come before the test knows the pid
        if (pid_ > 0) kill(pid_, SIGKILL);
    }
    void aim(pid_t pid) {
        const std::scoped_lock lock(mutex_);
        pid_ = pid;
        if (struck_) kill(pid_, SIGKILL);
    }
    /// The pid may soon be somebody else's.
    void disarm() {
        const std::scoped_lock lock(mutex_);
        struck_ = false;
        pid_ = -1;
    }

  private:
    bool counts(const std::string& request) {
        return !moment_.alike(request) || scans_++ % 16 == 0;
    }

    Moment moment_;
    std::mutex mutex_;
    std::size_t seen_ = 0;
    std::size_t scans_ = 0;
    bool struck_ = false;
    pid_t pid_ = -1;
};

/// True when it was killed, false when it ended before that request.
inline bool killed_at(Moment moment, sandbox::World& world, const Person& person,
                      const std::vector<std::string>& words) {
    const auto killer = std::make_shared<Killer>(std::move(moment));
    const auto observer = [killer](std::size_t, const std::string& method,
                                   const std::string& target, sandbox::Phase phase) {
        killer->see(method + " " + target, phase);
    };
    world.source_server().on_request(observer);
    world.target_server().on_request(observer);
    support::Process process(Person::command(words), person.options());
    killer->aim(process.pid());
    const int code = process.wait().code;
    killer->disarm();
    world.source_server().on_request({});
    world.target_server().on_request({});
    return code == 128 + SIGKILL;
}

}  // namespace plugin_test
