// What the executor says while it works. It never prints: a view in plugin/ turns these into a live
// table, lines or JSON.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "mtc/migration.hpp"
#include "rollback/report.hpp"

namespace run {

/// The rollback was created, or (attached) was there already.
struct RollbackStarted {
    base::ObjectRef migration;
    bool attached = false;
};
/// The followed MigMigration as it is now; sent for every change.
struct MigrationChanged {
    mtc::Migration migration;
};
/// Nothing has moved for `quiet`; why, and what helps, a line each.
struct Stalled {
    std::chrono::seconds quiet{0};
    std::vector<std::string> why;
};
/// The rollback has ended; these findings are not (yet) well. Sent for every look, empty when all
/// is well.
struct AwaitingApplication {
    std::vector<rollback::Finding> unwell;
};
/// Another write of the manual flow, or of the leftovers, was made, or tried; `done` of `total`.
struct Wrote {
    rollback::Written written;
    std::size_t done = 0;
    std::size_t total = 0;
};
/// Pods that have to go before anything else is done.
struct AwaitingPods {
    rollback::Side side;
    std::size_t left = 0;
};
/// Leftovers that have to go.
struct AwaitingGone {
    std::size_t left = 0;
};
/// The connection is in trouble and tried again.
struct Trouble {
    base::Error error;
};
/// A second has passed: clocks move on.
struct Tick {};

using Event = std::variant<RollbackStarted, MigrationChanged, Stalled, AwaitingApplication, Wrote,
                           AwaitingPods, AwaitingGone, Trouble, Tick>;
/// Called from one thread at a time.
using EventSink = std::function<void(const Event&)>;

}  // namespace run
