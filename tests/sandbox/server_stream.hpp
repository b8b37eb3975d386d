// A watch on its way to the client: events as lines, bookmarks when it is quiet, an end when its
// time is over. It decides what is sent and when, and sends nothing itself.
#pragma once

#include <stop_token>
#include <string>

#include "sandbox/server_answer.hpp"

namespace sandbox {

struct StreamTimes {
    std::chrono::seconds bookmark_every;
    std::chrono::seconds timeout;  // when the client names none
};

enum class Then { GoOn, End, Break };

struct Step {
    std::string text = {};  // to be sent first; may be empty
    Then then = Then::GoOn;
};

class Sender {
  public:
    Sender(Stream stream, const StreamTimes& times, std::stop_token stop);
    /// Waits for what is next: about a second at most, so that the caller can see whether the
    /// client is still there.
    Step step();

  private:
    using Clock = std::chrono::steady_clock;
    Step told(const support::WatchEvent& event) const;
    Step quiet();

    Stream stream_;
    std::stop_token stop_;
    std::chrono::seconds bookmark_every_;
    Clock::time_point deadline_;
    Clock::time_point next_bookmark_;
};

}  // namespace sandbox
