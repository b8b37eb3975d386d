// What every workload of the source was told to run before it was stopped. MTC deletes these
// numbers as it restores them, so they are taken down before a rollback begins, and verify compares
// with them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mtc/workload.hpp"
#include "rollback/before.hpp"
#include "rollback/state.hpp"

namespace rollback {

struct RecordedWorkload {
    ObjectRef ref;
    mtc::Wanted before;     // empty fields: not known
    bool quiesced = false;  // it was stopped when the record was made
    bool managed = false;   // a Job of a CronJob, which comes and goes
    std::optional<bool> ran = {};
    Witness told_by = Witness::Nobody;

    /// The same as one answer: nothing of a workload that rested, unmarked, when it was written
    /// down. Records of earlier versions say less: what they hold of a workload that was not
    /// stopped is what it ran when they were made.
    Before told() const;
};

/// What is known now of one: before_of() it. `copy` is its migrated copy, or nullptr.
RecordedWorkload recorded_of(const Pair& pair, const Object* copy);

struct RecordedVolume {
    std::string name;            // of the PersistentVolume
    std::string reclaim_policy;  // "Delete", "Retain"
    std::string claim_ns;
    std::string claim;
};

/// One that ran and that no controller makes anew.
struct RecordedPod {
    std::string ns;
    std::string name;
    /// MTC had labelled it as a stage pod: the controller deletes those when a plan is closed.
    bool borrowed = false;
};

struct Record {
    std::string plan_uid;
    std::string rollback;  // the name under which the MigMigration was, or was about to be, created
    base::Time made_at = {};
    std::vector<std::string> migrations =
        {};  // the uids of the plan's, rollbacks left out, at that time
    /// The uids of the rollbacks that had come after the cutover when the first of its kind was
    /// made: that what runs had run before is not known then.
    std::vector<std::string> rollbacks = {};
    /// Those that there were when the manual flow last set out; nothing: it never did.
    std::optional<std::vector<std::string>> by_hand_after = {};
    std::vector<RecordedWorkload> workloads;
    std::vector<RecordedVolume> volumes = {};  // of the claims that were bound
    std::vector<RecordedPod> pods = {};
    Json plan = nullptr;  // the MigPlan, so that it is known when the control cluster is gone

    bool remembered = false;  // from an earlier run, in part at least; not written down

    const RecordedWorkload* of(const ObjectRef& ref) const;
    const RecordedVolume* volume(const std::string& name) const;
    const RecordedVolume* volume_of(const std::string& claim_ns, const std::string& claim) const;
};

/// The uids of the plan's rollbacks.
std::vector<std::string> rollbacks_known(const State& state);

/// True when the manual flow has set out since that rollback was made.
bool was_by_hand_since(const Record& record, const std::string& rollback_uid);

/// True when it holds what is lost with a mark, a migrated copy or a pod that somebody deletes.
bool tells_what_may_be_lost(const Record& record);

/// The plan as it was when the record was made; nothing when that is not in it.
std::optional<mtc::Plan> plan_of(const Record& record);

/// What is known now of every workload that is on the source, or that was migrated: before_of() it.
Record record_of(const State& state, std::string rollback_name);

/// Writes down the volumes of the source, unless an earlier run has.
void add_volumes(Record& record, const State& state);

/// What `older` says of each workload, and `newer` of the rest: a second run must not forget what
/// the first one wrote down.
Record merged(const Record& older, Record newer);

/// True while a record of an earlier run speaks of the same story: the plan has no migration that
/// it does not know. (Times would not do: they come from two clocks.)
bool still_applies(const Record& older, const State& state);

Json to_json(const Record& record);
/// Malformed when it is no record; unknown kinds of workload are left out.
base::Result<Record> record_from(const Json& json);

}  // namespace rollback
