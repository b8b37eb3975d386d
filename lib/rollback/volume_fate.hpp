// What becomes of the volumes behind the target's claims when MTC's rollback deletes these claims.
// A volume that was moved is the only one there is: with the reclaim policy Delete it goes with its
// claim, and the source has nothing to come back to.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rollback/assess.hpp"
#include "rollback/state.hpp"

namespace rollback {

enum class Fate {
    NoVolume,   // the target has no such claim, or none that is bound to a volume
    Kept,       // Retain: the volume stays, with all that is on it
    Destroyed,  // Delete or Recycle
    Unseen,     // the claim or its volume could not be read
};

/// A volume of the plan as it is on the target.
struct TargetVolume {
    mtc::PlanVolume volume;
    std::string claim_ns;     // on the target
    std::string claim;        // on the target
    std::string name = {};    // of the PersistentVolume there
    std::string policy = {};  // "Delete", as it was read
    Fate fate = Fate::NoVolume;
    /// Nobody else has what is on it: it was moved, or the source has lost its claim.
    bool only_copy = false;
    /// Where it is a copy: whether the source still has its own could not be seen.
    bool source_unseen = false;
    /// The plan does not list it, or as one to skip: whether it was moved is not known.
    bool unlisted = false;
};

/// One for each volume of the plan that is migrated, in the plan's order, then for each other claim
/// with the plan's label. Not those whose claim is one and the same on both sides.
std::vector<TargetVolume> volumes_on_target(const State& state);

/// True when a rollback destroys data that nobody else has.
bool is_destroyed(const TargetVolume& volume);
/// True when it could not be seen whether a rollback does.
bool may_be_destroyed(const TargetVolume& volume);

/// Those whose deletion destroys data that nobody else has, or may, by namespace and name of their
/// claims on the target.
std::map<std::pair<std::string, std::string>, TargetVolume> claims_at_stake(const State& state);
/// What has to come before such a claim is deleted.
std::string how_to_keep(const State& state, const TargetVolume& volume);

/// The command that keeps these volumes, for the target cluster.
std::string keep_command(const State& state, const std::vector<std::string>& volumes);

/// What keeps a rollback from being begun: volumes that it would destroy, in one blocker, and each
/// of which nobody could see whether it would, unless the operator accepts it by name.
std::vector<Blocker> volume_blockers(const State& state);
/// What is accepted so: "accepted: whether ..."
std::vector<std::string> accepted_volumes(const State& state);

/// The id by which that is accepted, with the claim on the target:
/// "volume-policy-unseen=shop/data".
inline constexpr const char* volume_policy_unseen = "volume-policy-unseen";

}  // namespace rollback
