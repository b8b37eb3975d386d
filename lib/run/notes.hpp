// What one observation gathers from several threads: gaps, and the first error that is no gap and
// therefore ends it. It asks nothing itself.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "rollback/state.hpp"

namespace run {

class Notes {
  public:
    explicit Notes(std::vector<rollback::Gap>& gaps) : gaps_(gaps) {}

    void gap(rollback::Gap gap);
    void fatal(base::Error error);
    /// An answer that says "you may not" or "this part is broken" makes `gap` one, with its words;
    /// no answer at all is fatal.
    void failed(rollback::Gap gap, const base::Error& error);
    /// Held by who writes down what was seen.
    std::mutex& mutex() { return mutex_; }
    base::Result<void> result() const;

  private:
    std::mutex mutex_;
    std::vector<rollback::Gap>& gaps_;
    std::optional<base::Error> fatal_;
};

/// False when the error means that there was no answer.
bool is_gap(const base::Error& error);

}  // namespace run
