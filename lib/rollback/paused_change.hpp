// A Deployment that was paused while a change of its template waited: MTC unpauses it as it stops
// it, so that its controller makes the new template's ReplicaSet, and pausing it again does not
// undo that.
#pragma once

#include <optional>

#include "rollback/state.hpp"

namespace rollback {

struct RolledOut {
    std::string now;       // the ReplicaSet whose template its pods have
    std::string before;    // the one that they had
    std::string revision;  // of that one, as `oc rollout undo` takes it
};

/// What came with a migration that began at `since`; nothing when its newest ReplicaSet is older.
std::optional<RolledOut> rolled_out_since(const State& state, const ObjectRef& deployment,
                                          std::optional<base::Time> since);

/// "its pods run replicaset/web-2, a change that was not rolled out before ...": for a person.
std::string describe_change(const RolledOut& change);
/// The commands that undo it.
std::string undo_change(const RolledOut& change, const ObjectRef& deployment);

}  // namespace rollback
