// A stop token that asks after a while: bounds a wait that only knows tokens.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

namespace sandbox {

class Deadline {
  public:
    explicit Deadline(std::chrono::milliseconds after)
        : thread_([this, after](std::stop_token gone) {
              std::unique_lock lock(mutex_);
              if (!changed_.wait_for(lock, gone, after, [] { return false; }) &&
                  !gone.stop_requested())
                  passed_.request_stop();
          }) {}
    std::stop_token token() const { return passed_.get_token(); }

  private:
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::stop_source passed_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace sandbox
