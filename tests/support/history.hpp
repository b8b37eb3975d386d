// What happened in a store, in order, as far back as it is kept: what watches are fed from. It
// locks nothing; the store that owns it does.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "support/types.hpp"

namespace support {

using Stored = std::shared_ptr<const base::Json>;
using Revision = std::uint64_t;

/// One write. A created object has no `before`, a deleted one no `after`; a bookmark has neither.
struct Change {
    Revision revision = 0;
    const ServedType* served = nullptr;
    std::string ns = {};
    std::string name = {};
    Stored before = {};
    Stored after = {};
    Stored last = {};  // of a deleted object: its last state, with the revision of the deletion
};

class History {
  public:
    /// A history that begins at `now`.
    History(std::size_t limit, Revision now) : limit_(limit), oldest_(now) {}
    void add(Change change);
    /// Drops everything up to `now`: an older watch cannot be continued.
    void forget(Revision now);
    /// A watch may begin at this revision or later.
    Revision oldest() const { return oldest_; }
    /// The first change after `revision`, or nullptr. Valid until the next add().
    const Change* after(Revision revision) const;

  private:
    std::size_t limit_;
    Revision oldest_;
    std::deque<Change> changes_;
};

}  // namespace support
