// Writes the patches and deletions of a runbook, several at a time, each guarded by what was seen.
// After a conflict or a lost answer the object is looked at again and decided anew: what somebody
// else has changed meanwhile is never written over.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "rollback/manual.hpp"
#include "rollback/report.hpp"
#include "run/session.hpp"

namespace run {

/// What a patch has become for the object as it is now; nothing when nothing is left to do.
using Decide = std::function<std::optional<rollback::Patch>(const rollback::Patch&, const Object&)>;

struct WriteJob {
    const Session& session;
    std::size_t parallel;
    bool dry_run = false;  // dryRun=All
    Decide decide;
    /// Called after each write, from one thread at a time.
    std::function<void(const rollback::Written&)> told;
};

/// Writes those of the steps that write (Patch, Delete), in no order. What cannot be written is in
/// its Written; an error only when nothing more can be written (the cluster is out of reach, the
/// login is refused, the token asks). `written` has what was tried until then.
Result<void> write_all(const WriteJob& job, std::span<const rollback::Step> steps,
                       std::vector<rollback::Written>& written, std::stop_token stop);

/// True for a step that write_all writes.
bool is_write(const rollback::Step& step);

}  // namespace run
