// The checks on volumes: the application has its own again, and none is forgotten on the target.
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/check.hpp"
#include "rollback/volume_fate.hpp"

namespace rollback::check {
namespace {

using base::text_or_empty;

const Object* claim_of(const Evidence& e, const mtc::PlanVolume& volume) {
    const auto& claims = e.state.source.claims;
    const auto it = std::ranges::find_if(claims, [&](const Object& claim) {
        return claim.ref.ns == volume.claim_ns && claim.ref.name == volume.claim;
    });
    return it == claims.end() ? nullptr : &*it;
}

bool is_bound(const Object& claim_or_volume) {
    return text_or_empty(claim_or_volume.body, "/status/phase") == "Bound";
}

void check_claim(const Evidence& e, const mtc::PlanVolume& volume, CheckWriter& out) {
    const Object* claim = claim_of(e, volume);
    const std::string subject = volume.claim_ns + "/persistentvolumeclaim/" + volume.claim;
    const std::string remedy =
        out.oc("describe " + base::shell_word("persistentvolumeclaim/" + volume.claim) + " -n " +
               base::shell_word(volume.claim_ns));
    if (claim == nullptr) {
        if (!out.has_gap("persistentvolumeclaims")) out.fail(subject, " does not exist", remedy);
        return;
    }
    const auto phase = text_or_empty(claim->body, "/status/phase");
    if (phase != "Bound")
        out.fail(subject, " is " + (phase.empty() ? "not bound" : phase), remedy, phase != "Lost");
}

// The volume of a claim
// ------------------------------------------------------------------------------------------

std::string volume_of(const Object& claim) {
    return text_or_empty(claim.body, "/spec/volumeName");
}

const Object* named(const std::vector<Object>& volumes, const std::string& name) {
    const auto it = std::ranges::find_if(
        volumes, [&](const Object& volume) { return volume.ref.name == name; });
    return it == volumes.end() ? nullptr : &*it;
}

std::string describe(const std::string& volume, const CheckWriter& out) {
    return out.oc("describe " + base::shell_word("persistentvolume/" + volume));
}

void check_policy(const Evidence& e, const Object& volume, CheckWriter& out) {
    const RecordedVolume* recorded = e.record.volume(volume.ref.name);
    const std::string before =
        recorded != nullptr
            ? recorded->reclaim_policy
            : base::annotation_of(volume, mtc::annotations::reclaim_policy).value_or("");
    const std::string now = text_or_empty(volume.body, "/spec/persistentVolumeReclaimPolicy");
    if (before.empty() || before == now) return;
    out.warn(volume.ref.path(), " is told to " + now + ", before the migration it was " + before,
             out.oc("patch", volume.ref,
                    R"( -p '{"spec":{"persistentVolumeReclaimPolicy":")" + before + R"("}}')"));
}

void check_bound_volume(const Object& claim, const Object& volume, CheckWriter& out) {
    const std::string phase = text_or_empty(volume.body, "/status/phase");
    if (phase != "Bound")
        return out.fail(volume.ref.path(), " of " + claim.ref.path() + " is " + phase,
                        describe(volume.ref.name, out), phase == "Available");
    if (text_or_empty(volume.body, "/spec/claimRef/uid") != claim.uid)
        out.fail(volume.ref.path(), " is bound to another claim than " + claim.ref.path(),
                 describe(volume.ref.name, out));
}

void check_volume(const Evidence& e, const Object& claim, CheckWriter& out) {
    const std::string name = volume_of(claim);
    const RecordedVolume* recorded = e.record.volume_of(claim.ref.ns, claim.ref.name);
    if (recorded != nullptr && recorded->name != name)
        out.fail(claim.ref.path(),
                 " is bound to " + name + ", before the migration to " + recorded->name,
                 out.oc("describe", claim.ref));
    const Object* volume = named(e.state.source.volumes, name);
    if (volume != nullptr) {
        check_bound_volume(claim, *volume, out);
        check_policy(e, *volume, out);
    } else if (e.state.source.volumes_seen && !out.has_gap("persistentvolumes")) {
        out.fail(claim.ref.path(), " is bound to " + name + ", which does not exist",
                 out.oc("describe", claim.ref));
    }
}

bool is_about_volumes(const std::string& resource) {
    return resource == "persistentvolumes";
}

// What is left on the target
// -------------------------------------------------------------------------------------

const mtc::PlanVolume* volume_of_the_plan(const State& state, const Object& volume) {
    const std::string ns = text_or_empty(volume.body, "/spec/claimRef/namespace");
    const std::string claim = text_or_empty(volume.body, "/spec/claimRef/name");
    if (is_also_source(state, ns)) return nullptr;
    const auto it = std::ranges::find_if(state.plan.volumes, [&](const mtc::PlanVolume& each) {
        return each.is_migrated() && state.plan.target_of(each.claim_ns) == ns &&
               each.claim_on_target() == claim;
    });
    return it == state.plan.volumes.end() ? nullptr : &*it;
}

bool is_kept(const Object& volume) {
    return text_or_empty(volume.body, "/spec/persistentVolumeReclaimPolicy") == "Retain";
}

// What is on it is the source's now: only the object here can go, and never what it stands for.
void check_moved(const Evidence& e, const Object& volume, CheckWriter& out) {
    if (is_kept(volume)) {
        out.warn(volume.ref.path(),
                 " of a claim that was rolled back is left: it is the moved volume that the source "
                 "has again",
                 "only while its reclaim policy is Retain: " + out.oc("delete", volume.ref));
    } else {
        out.fail(volume.ref.path(),
                 " is the moved volume that the source has again, and its reclaim policy here is " +
                     text_or_empty(volume.body, "/spec/persistentVolumeReclaimPolicy"),
                 keep_command(e.state, {volume.ref.name}));
    }
}

void check_left(const Evidence& e, const Object& volume, CheckWriter& out) {
    const std::string phase = text_or_empty(volume.body, "/status/phase");
    const std::string remedy = "if nobody needs what is on it: " + out.oc("delete", volume.ref);
    const mtc::PlanVolume* planned = volume_of_the_plan(e.state, volume);
    if (phase == "Released" && planned != nullptr && planned->action == "move") {
        check_moved(e, volume, out);
    } else if (phase == "Released" && planned != nullptr) {
        out.warn(volume.ref.path(), " of a claim that was rolled back is left, with its data",
                 remedy);
    } else if (base::label_of(volume, mtc::labels::migrated_by_plan) == e.state.plan.uid) {
        // MTC deletes those on NFS only (mm/rollback.go)
        out.warn(volume.ref.path(), " carries the plan's label", remedy);
    }
}

}  // namespace

std::vector<Finding> claims_bound(const Evidence& e) {
    CheckWriter out(e, "source-claims-bound", Side::Source);
    std::size_t looked_at = 0;
    for (const mtc::PlanVolume& volume : e.state.plan.volumes) {
        if (!volume.is_migrated()) continue;
        check_claim(e, volume, out);
        ++looked_at;
    }
    out.add_gaps([](const std::string& r) { return r == "persistentvolumeclaims"; });
    return std::move(out).done(base::count(looked_at, "volume claim") + " of the plan bound");
}

std::vector<Finding> volumes_as_before(const Evidence& e) {
    CheckWriter out(e, "source-volumes-as-before", Side::Source);
    std::size_t looked_at = 0;
    for (const mtc::PlanVolume& volume : e.state.plan.volumes) {
        const Object* claim = volume.is_migrated() ? claim_of(e, volume) : nullptr;
        // one that is not bound is told by another check
        if (claim == nullptr || !is_bound(*claim)) continue;
        check_volume(e, *claim, out);
        ++looked_at;
    }
    if (looked_at > 0) {
        out.add_gaps(is_about_volumes);
        if (!out.has_gap("persistentvolumes"))
            out.must_be_seen(e.state.source.volumes_seen, "the volumes");
    }
    return std::move(out).done(base::count(looked_at, "volume") + " bound as before");
}

std::vector<Finding> no_volumes_left(const Evidence& e) {
    CheckWriter out(e, "target-no-volumes-left", Side::Target);
    for (const Object& volume : e.state.target.volumes) check_left(e, volume, out);
    out.add_gaps(is_about_volumes);
    if (!out.has_gap("persistentvolumes"))
        out.must_be_seen(e.state.target.volumes_seen, "the volumes");
    return std::move(out).done("no volume of the migration is left");
}

}  // namespace rollback::check
