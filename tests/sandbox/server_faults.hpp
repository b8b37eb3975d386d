// What can go wrong between a client and an API server, on demand: a list of faults, each taken by
// the requests that it matches. What a fault does to a connection is server.cpp's work.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <regex>
#include <string>
#include <variant>
#include <vector>

#include "support/refusal.hpp"

namespace sandbox {

/// Answers this instead of processing the request.
struct AnswerWith {
    int status = 500;
    std::string body = {};
    std::string content_type = "application/json";
    std::map<std::string, std::string> headers = {};
};
struct DropBefore {};  // the connection breaks, nothing was processed
struct DropAfter {};   // the request was processed, then the connection breaks
struct Hang {};        // no answer until the server stops
struct HangAfter {};   // the request was processed, then no answer until the server stops
struct CutShort {};    // the request was processed, and half of its answer comes
struct Delay {         // the answer comes late
    std::chrono::milliseconds by;
};
using Effect = std::variant<AnswerWith, DropBefore, DropAfter, Hang, HangAfter, CutShort, Delay>;

struct Fault {
    std::string match = ".";  // a regular expression, searched in "METHOD /path?query"
    Effect effect = DropBefore{};
    int times = 1;  // how many requests it meets; 0: every one
};

/// The effect that answers with a Status object, with its code, and with Retry-After if given.
Effect answer_with(const base::Json& status, std::optional<int> retry_after = {});

class Faults {
  public:
    void add(Fault fault);
    void clear();
    /// The effect of the first fault that matches; it has then met one request more.
    std::optional<Effect> take(const std::string& method, const std::string& target);

  private:
    struct Armed {
        std::regex match;
        Fault fault;
    };
    std::mutex mutex_;
    std::vector<Armed> armed_;
};

}  // namespace sandbox
