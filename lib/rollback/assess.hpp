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
#include "rollback/copy.hpp"
#include "rollback/situation.hpp"
#include "rollback/start_choice.hpp"
#include "rollback/state.hpp"

namespace rollback {

enum class Verdict {
    NotNeeded,          // nothing was stopped by a migration that failed
    Required,           // workloads of the source are stopped by MTC
    RequiredManual,     // the same, but MTC's controller cannot start them again
    Recommended,        // the application runs, but migrated objects lie on the target
    Dangerous,          // pods of both sides mount one volume now
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

/// Which way leads out.
enum class Flow {
    None,                // nothing is to be done
    Console,             // `run`
    ConsoleAfterCancel,  // a migration is in the way: cancel it, wait, then `run`
    Manual,              // what the controller would do, done by hand
    Attach,              // a rollback runs: `run` follows it
    LookFirst,           // what could not be seen comes first
};
/// "console", ...: as it is written in JSON
std::string word(Flow flow);

/// What to do next.
struct Advice {
    Flow flow = Flow::None;
    std::string why = {};
    /// The commands, in order; "{plugin}" stands for how this program was called. Empty for None,
    /// and where a person has to say something first, or to look.
    std::vector<std::string> commands = {};
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
    std::optional<base::Time> stopped_since = {};
    CopyOfVolumes copy = {};  // of the newest cutover or state migration, unless it was rolled back
    std::optional<std::chrono::seconds> stopped_for = {};  // by the clock that says since when
    Effects effects;
    Situation situation = {};
    Advice advice = {};
};

struct AssessOptions {
    bool will_verify = true;  // --no-verify: what only verification needs may be unseen
    /// What is known of before; without it what can be seen now.
    const Record* record = nullptr;
    StartChoice starts = {};
};

Assessment assess(const State& state, const AssessOptions& options = {});

/// True when a rollback would bring something back that is stopped or left at rest.
bool brings_back(const Assessment& assessment);

/// True when something ought to be done: --exit-code.
bool needs_action(Verdict verdict);

/// That a side is evidently not the plan's cluster: nothing that was seen there can be trusted, and
/// no flow may begin.
std::vector<Blocker> wrong_clusters(const State& state);
/// True of one of those.
bool is_wrong_cluster(const Blocker& blocker);

/// What was migrated into namespaces that the plan does not list any more: nothing stops it there,
/// and it may write to the volumes that the source's pods would.
void add_migrated_elsewhere(const State& state, std::vector<Blocker>& out);
/// Everything that stands in the way of a new rollback, all at once. For assess().
std::vector<Blocker> blockers_of(const State& state, const AssessOptions& options);
/// Those that are left at rest and undecided, as one reason to refuse; nothing when there are none.
std::optional<Blocker> undecided(const Situation& situation, const StartChoice& choice);
/// The same for the manual flow: it deletes no copies, and starts what MTC has stopped without a
/// mark, too. What is not on the source matters where it stops what runs on the target.
std::optional<Blocker> undecided_by_hand(const Situation& situation, const StartChoice& choice,
                                         bool stops_the_target);
/// A --set that nothing, or more than one workload, answers to is a slip of the pen.
std::vector<Blocker> wrong_counts(const State& state, const std::vector<ReplicaCount>& set);
/// The id of the one blocker of undecided().
inline constexpr const char* left_at_rest_id = "left-at-rest";
/// The id by which it is accepted that what runs could not be seen.
inline constexpr const char* running_unseen_id = "running-unseen";
/// What a rollback will do to both clusters. For assess().
Effects effects_of(const State& state, const Situation& situation, const StartChoice& starts);
/// With what is to be seen now, and nothing said of what is left at rest.
Effects effects_of(const State& state);
/// True when pods may run on the copies now: migrated workloads, ones that stand on both sides, or
/// what could not be seen. For assess().
bool may_run_on_the_copy(const State& state, const Situation& situation);
/// First what the copy means now, then which volumes are missing, then how it came about; empty
/// where all were copied. For assess().
std::vector<std::string> reasons_of_copy(const State& state, const CopyOfVolumes& copy, bool runs);
/// What to do next, from all the rest of the assessment. For assess().
Advice advice_of(const State& state, const Assessment& assessment);

/// Since when the application is stopped, as near as the newest cutover, stage or state migration
/// that quiesced tells: the end of its last step before that, else its start.
std::optional<base::Time> stopped_since(const State& state);

}  // namespace rollback
