#include "support/history.hpp"

#include <algorithm>

namespace support {

void History::add(Change change) {
    changes_.push_back(std::move(change));
    while (changes_.size() > limit_) {
        oldest_ = changes_.front().revision;
        changes_.pop_front();
    }
}

void History::forget(Revision now) {
    changes_.clear();
    oldest_ = now;
}

const Change* History::after(Revision revision) const {
    const auto it = std::ranges::upper_bound(changes_, revision, {}, &Change::revision);
    return it == changes_.end() ? nullptr : &*it;
}

}  // namespace support
