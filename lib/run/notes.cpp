#include "run/notes.hpp"

namespace run {
namespace {

using base::ErrorKind;
using rollback::Gap;
using rollback::Side;

}  // namespace

bool is_gap(const base::Error& error) {
    switch (error.kind) {
        case ErrorKind::NotFound:
        case ErrorKind::Forbidden:
        case ErrorKind::Conflict:
        case ErrorKind::AlreadyExists:
        case ErrorKind::Invalid:
        case ErrorKind::Expired:
        case ErrorKind::Unavailable:
        case ErrorKind::Malformed:
            return true;
        case ErrorKind::Unauthorized:
        case ErrorKind::Unreachable:
        case ErrorKind::Lost:
        case ErrorKind::TimedOut:
        case ErrorKind::Interrupted:
            return false;
    }
    return false;
}

void Notes::gap(Gap gap) {
    const std::scoped_lock lock(mutex_);
    gaps_.push_back(std::move(gap));
}

void Notes::fatal(base::Error error) {
    const std::scoped_lock lock(mutex_);
    if (!fatal_) fatal_ = std::move(error);
}

void Notes::failed(Gap gap, const base::Error& error) {
    if (!is_gap(error)) {
        // the control cluster is the one that every command talks to: it needs no name
        return fatal(gap.side == Side::Control
                         ? error
                         : base::within("the " + rollback::word(gap.side) + " cluster", error));
    }
    gap.why = error.message;
    gap.forbidden = error.kind == ErrorKind::Forbidden;
    this->gap(std::move(gap));
}

base::Result<void> Notes::result() const {
    if (fatal_) return std::unexpected(*fatal_);
    return {};
}

}  // namespace run
