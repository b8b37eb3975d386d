// Whether a rollback is needed, what stands in its way, and what it would do: computed from a State
// alone. reference: MTC's documentation ("if the application was stopped during the failed
// migration, you must roll back; if it was not stopped, a rollback is not necessary") and the
// controller's own rules.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mtc/workload.hpp"
#include "rollback/state.hpp"

namespace rollback {

enum class Verdict {
    NotNeeded,          // nothing was stopped, nothing was migrated
    Required,           // workloads of the source are stopped by MTC
    Recommended,        // the application runs, but migrated objects lie on the target
    InProgress,         // a rollback of this plan has not ended yet
    AlreadyRolledBack,  // the last thing that happened to the plan is a rollback that succeeded
    Unknown,            // a gap stands in the way of knowing
};
/// "NotNeeded", ...: as it is written in JSON
std::string word(Verdict verdict);

/// Why the console flow cannot begin, and the way out.
struct Blocker {
    std::string id;  // stable: "plan-closed"
    std::string what;
    std::string remedy;  // a command or a flag
};

/// A workload that comes back.
struct Return {
    ObjectRef workload;
    mtc::Wanted now;
    mtc::Wanted then;       // empty fields: not known
    std::string note = {};  // what MTC will restore wrongly
};

struct Effects {
    std::vector<Return> returns;
    std::map<std::string, std::vector<ObjectRef>>
        deleted;                        // by resource ("configmaps"), on the target
    std::vector<std::string> warnings;  // data lost, workloads that stay down, ...
};

struct Assessment {
    Verdict verdict = Verdict::Unknown;
    std::vector<std::string> reasons;
    std::vector<Blocker> blockers;
    std::optional<std::string> running_rollback = {};  // to attach to
    std::optional<std::string> last_rollback = {};     // the newest that ended well
    std::optional<base::Time> stopped_since = {};
    Effects effects;
};

struct AssessOptions {
    bool will_verify = true;  // --no-verify: what only verification needs may be unseen
};

Assessment assess(const State& state, const AssessOptions& options = {});

/// Everything that stands in the way of a new rollback, all at once. For assess().
std::vector<Blocker> blockers_of(const State& state, const AssessOptions& options);
/// What a rollback will do to both clusters. For assess().
Effects effects_of(const State& state);

/// Since when the application is stopped, as far as the migrations tell: the start of the newest
/// cutover, stage or state migration that quiesced.
std::optional<base::Time> stopped_since(const State& state);

}  // namespace rollback
