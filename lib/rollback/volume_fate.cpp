#include "rollback/volume_fate.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/acceptance.hpp"
#include "rollback/command.hpp"

namespace rollback {
namespace {

using ByClaim = std::map<std::pair<std::string, std::string>, const Object*>;

ByClaim claims_by_name(const ClusterView& view) {
    ByClaim claims;
    for (const Object& claim : view.claims)
        claims.emplace(std::pair(claim.ref.ns, claim.ref.name), &claim);
    return claims;
}

std::map<std::string, const Object*> volumes_by_name(const ClusterView& view) {
    std::map<std::string, const Object*> volumes;
    for (const Object& volume : view.volumes) volumes.emplace(volume.ref.name, &volume);
    return volumes;
}

std::set<std::pair<std::string, std::string>> labelled_claims(const ClusterView& view) {
    std::set<std::pair<std::string, std::string>> claims;
    for (const Object& object : view.labelled) {
        if (object.ref.type.plural == "persistentvolumeclaims")
            claims.emplace(object.ref.ns, object.ref.name);
    }
    return claims;
}

bool is_unseen(const State& state, Side side, const char* resource) {
    return std::ranges::any_of(
        state.gaps, [&](const Gap& gap) { return gap.side == side && gap.resource == resource; });
}

Fate fate_of(const std::string& policy) {
    if (policy == "Retain") return Fate::Kept;
    // a policy that nobody knows is none that keeps
    return policy == "Delete" || policy == "Recycle" ? Fate::Destroyed : Fate::Unseen;
}

/// Looks the volumes of one plan up in what was seen of both sides.
class Lookup {
  public:
    explicit Lookup(const State& state)
        : source_claims_(claims_by_name(state.source)),
          target_claims_(claims_by_name(state.target)),
          target_volumes_(volumes_by_name(state.target)),
          labelled_(labelled_claims(state.target)),
          source_claims_unseen_(is_unseen(state, Side::Source, "persistentvolumeclaims")),
          target_claims_unseen_(is_unseen(state, Side::Target, "persistentvolumeclaims")),
          target_volumes_unseen_(!state.target.volumes_seen ||
                                 is_unseen(state, Side::Target, "persistentvolumes")) {}

    TargetVolume judge(const mtc::PlanVolume& volume, const std::string& ns) const {
        TargetVolume out{.volume = volume, .claim_ns = ns, .claim = volume.claim_on_target()};
        judge_source(out);
        const std::pair name(out.claim_ns, out.claim);
        const auto claim = target_claims_.find(name);
        if (claim == target_claims_.end()) {
            // it may have come between the two lists
            if (target_claims_unseen_ || labelled_.contains(name)) out.fate = Fate::Unseen;
            return out;
        }
        out.name = base::text_or_empty(claim->second->body, "/spec/volumeName");
        if (!out.name.empty()) judge_target(out);
        return out;
    }

  private:
    void judge_source(TargetVolume& out) const {
        if (out.volume.action == "move") {
            out.only_copy = true;
            return;
        }
        const auto claim = source_claims_.find({out.volume.claim_ns, out.volume.claim});
        if (claim != source_claims_.end()) {
            out.only_copy = base::text_or_empty(claim->second->body, "/status/phase") == "Lost";
        } else {
            out.source_unseen = source_claims_unseen_;
            out.only_copy = !source_claims_unseen_;
        }
    }

    void judge_target(TargetVolume& out) const {
        const auto volume = target_volumes_.find(out.name);
        if (volume != target_volumes_.end()) {
            out.policy =
                base::text_or_empty(volume->second->body, "/spec/persistentVolumeReclaimPolicy");
            out.fate = fate_of(out.policy);
        } else {
            // all were read, and none of this name is bound to a claim of these namespaces
            out.fate = target_volumes_unseen_ ? Fate::Unseen : Fate::NoVolume;
        }
    }

    ByClaim source_claims_;
    ByClaim target_claims_;
    std::map<std::string, const Object*> target_volumes_;
    std::set<std::pair<std::string, std::string>> labelled_;
    bool source_claims_unseen_;
    bool target_claims_unseen_;
    bool target_volumes_unseen_;
};

// What carries the plan's label was migrated by it, whatever the plan says today.
void add_unlisted(const State& state, const Lookup& lookup, std::vector<TargetVolume>& out) {
    std::set<std::pair<std::string, std::string>> known;
    for (const TargetVolume& each : out) known.emplace(each.claim_ns, each.claim);
    for (const Object& claim : state.target.claims) {
        if (base::label_of(claim, mtc::labels::migrated_by_plan) != state.plan.uid ||
            is_also_source(state, claim.ref.ns) || known.contains({claim.ref.ns, claim.ref.name}))
            continue;
        mtc::PlanVolume volume;
        volume.claim_ns = state.plan.source_of(claim.ref.ns);
        volume.claim = claim.ref.name;
        out.push_back(lookup.judge(volume, claim.ref.ns));
        out.back().unlisted = true;
    }
}

}  // namespace

std::vector<TargetVolume> volumes_on_target(const State& state) {
    const Lookup lookup(state);
    std::vector<TargetVolume> out;
    for (const mtc::PlanVolume& volume : state.plan.volumes) {
        if (!volume.is_migrated()) continue;
        const std::string ns = state.plan.target_of(volume.claim_ns);
        if (is_also_source(state, ns) && ns == volume.claim_ns &&
            volume.claim_on_target() == volume.claim)
            continue;
        out.push_back(lookup.judge(volume, ns));
    }
    add_unlisted(state, lookup, out);
    return out;
}

bool is_destroyed(const TargetVolume& volume) {
    return volume.fate == Fate::Destroyed && volume.only_copy;
}

bool may_be_destroyed(const TargetVolume& volume) {
    const bool matters = volume.only_copy || volume.source_unseen;
    return (volume.fate == Fate::Unseen && (matters || volume.unlisted)) ||
           (volume.fate == Fate::Destroyed &&
            (volume.source_unseen || (volume.unlisted && !volume.only_copy)));
}

namespace {

std::string why_only_copy(const TargetVolume& volume) {
    return volume.volume.action == "move" ? "it was moved" : "the source has lost its claim";
}

std::string claim_path(const TargetVolume& volume) {
    return volume.claim_ns + "/" + volume.claim;
}

Blocker destroyed(const State& state, const std::vector<const TargetVolume*>& volumes) {
    std::vector<std::string> names;
    std::vector<std::string> described;
    for (const TargetVolume* each : volumes) {
        names.push_back(each->name);
        described.push_back(each->name + " of claim " + claim_path(*each) + " (" +
                            why_only_copy(*each) + "; reclaim policy " + each->policy + ")");
    }
    return {.id = "volume-destroyed",
            .what = "MTC's rollback deletes the claims on the target, and with them " +
                    base::count(volumes.size(), "volume") +
                    " of which there is no other copy: " + base::first_of(std::move(described), 3),
            .remedy = keep_command(state, names)};
}

std::string what_is_unseen(const TargetVolume& volume) {
    if (volume.unlisted && !volume.source_unseen && !volume.only_copy)
        return "claim " + claim_path(volume) +
               " on the target was migrated, and the plan does not list it: whether its volume "
               "was moved is not known, and a rollback " +
               (volume.fate == Fate::Destroyed
                    ? "destroys it (reclaim policy " + volume.policy + ")"
                    : "may destroy it");
    if (volume.source_unseen)
        return "whether the source still has claim " + volume.volume.claim_ns + "/" +
               volume.volume.claim + " could not be seen, and its copy on the target " +
               (volume.fate == Fate::Destroyed
                    ? "is destroyed by a rollback (reclaim policy " + volume.policy + ")"
                    : "may be destroyed by a rollback");
    return "whether a rollback destroys the volume of claim " + claim_path(volume) +
           " on the target could not be seen: its reclaim policy is not known, and there is no "
           "other copy (" +
           why_only_copy(volume) + ")";
}

std::string flag_to_accept(const TargetVolume& volume) {
    return accept_flag(volume_policy_unseen, claim_path(volume));
}

Blocker unseen_volume(const State& state, const TargetVolume& volume) {
    const bool source = volume.source_unseen;
    if (volume.unlisted && !source && !volume.name.empty())
        return {
            .id = volume_policy_unseen,
            .what = what_is_unseen(volume),
            .remedy = "if you know that the source has its own copy: " + flag_to_accept(volume) +
                      "; otherwise keep the volume: " + keep_command(state, {volume.name})};
    return {.id = volume_policy_unseen,
            .what = what_is_unseen(volume),
            .remedy = "name a context that may list persistentvolumeclaims" +
                      std::string(source ? "" : " and persistentvolumes") + " with --" +
                      (source ? "source" : "target") +
                      "-context; if you know that the reclaim policy on the target is Retain: " +
                      flag_to_accept(volume)};
}

bool is_volume_accepted(const State& state, const TargetVolume& volume) {
    return is_accepted(state, volume_policy_unseen, claim_path(volume));
}

// Of a look for a flow in which MTC deletes something.
std::vector<TargetVolume> volumes_at_stake(const State& state) {
    return state.target.labels_seen ? volumes_on_target(state) : std::vector<TargetVolume>();
}

}  // namespace

std::vector<Blocker> volume_blockers(const State& state) {
    const auto volumes = volumes_at_stake(state);
    std::vector<const TargetVolume*> lost;
    std::vector<Blocker> out;
    for (const TargetVolume& volume : volumes) {
        if (is_destroyed(volume)) lost.push_back(&volume);
        if (may_be_destroyed(volume) && !is_volume_accepted(state, volume))
            out.push_back(unseen_volume(state, volume));
    }
    if (!lost.empty()) out.insert(out.begin(), destroyed(state, lost));
    return out;
}

std::vector<std::string> accepted_volumes(const State& state) {
    std::vector<std::string> out;
    for (const TargetVolume& volume : volumes_at_stake(state)) {
        if (may_be_destroyed(volume) && is_volume_accepted(state, volume))
            out.push_back("accepted: " + what_is_unseen(volume));
    }
    return out;
}

std::map<std::pair<std::string, std::string>, TargetVolume> claims_at_stake(const State& state) {
    std::map<std::pair<std::string, std::string>, TargetVolume> out;
    for (TargetVolume& volume : volumes_on_target(state)) {
        if (!is_destroyed(volume) && !may_be_destroyed(volume)) continue;
        const std::pair name(volume.claim_ns, volume.claim);
        out.emplace(name, std::move(volume));
    }
    return out;
}

std::string how_to_keep(const State& state, const TargetVolume& volume) {
    const std::string why = "deleted, it may take the only copy of its data with it; ";
    if (volume.name.empty()) return why + "see that its volume's reclaim policy is Retain first";
    return why + "keep its volume first: " + keep_command(state, {volume.name});
}

std::string keep_command(const State& state, const std::vector<std::string>& volumes) {
    std::string words = "patch persistentvolume";
    for (const std::string& volume : volumes) words += " " + base::shell_word(volume);
    return oc(state, Side::Target,
              words + R"( --type=merge -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}')");
}

}  // namespace rollback
