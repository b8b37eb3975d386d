#include "sandbox/claims.hpp"

namespace sandbox {
namespace {

std::string volume_of(const Object& claim) {
    return base::text_or_empty(claim.body, "/spec/volumeName");
}

std::string phase_of(const Object& object) {
    return base::text_or_empty(object.body, "/status/phase");
}

Json value_at(const Object& object, const std::string& pointer, Json otherwise) {
    const Json* value = base::find(object.body, pointer);
    return value == nullptr ? otherwise : *value;
}

Json reference_to(const Object& claim) {
    return {{"apiVersion", "v1"},
            {"kind", "PersistentVolumeClaim"},
            {"namespace", claim.ref.ns},
            {"name", claim.ref.name},
            {"uid", claim.uid}};
}

Json volume_for(const Object& claim) {
    Json volume = manifest(types::persistentvolumes, {}, "pvc-" + claim.uid);
    volume["metadata"]["annotations"] = {{"pv.kubernetes.io/provisioned-by", "sandbox.csi"}};
    volume["spec"] = {
        {"capacity", {{"storage", value_at(claim, "/spec/resources/requests/storage", "1Gi")}}},
        {"accessModes", value_at(claim, "/spec/accessModes", Json::array({"ReadWriteOnce"}))},
        {"volumeMode", value_at(claim, "/spec/volumeMode", "Filesystem")},
        {"storageClassName", value_at(claim, "/spec/storageClassName", "")},
        {"persistentVolumeReclaimPolicy", "Delete"},
        {"claimRef", reference_to(claim)},
        {"csi", {{"driver", "sandbox.csi"}, {"volumeHandle", claim.uid}}}};
    return volume;
}

Result<void> provision(const ClaimWork& work, const Object& claim) {
    const Json body = volume_for(claim);
    const ObjectRef ref{types::persistentvolumes, {}, "pvc-" + claim.uid};
    if (!work.view.find(ref)) {
        const auto made = work.cluster.create(ref, body, {}, work.stop);
        if (!made && made.error().kind != base::ErrorKind::AlreadyExists)
            return std::unexpected(made.error());
    }
    if (!work.bind) return {};
    Json changed = claim.body;
    changed["spec"]["volumeName"] = ref.name;
    changed["metadata"]["annotations"]["pv.kubernetes.io/bind-completed"] = "yes";
    return update(work.cluster, claim, changed, work.stop);
}

Result<void> say_bound(const ClaimWork& work, const Object& claim, const Object& volume) {
    const Json status = {{"phase", "Bound"},
                         {"accessModes", value_at(claim, "/spec/accessModes", Json::array())},
                         {"capacity", value_at(volume, "/spec/capacity", Json::object())}};
    return set_status(work.cluster, claim, status, work.stop);
}

Result<void> claim_volume(const ClaimWork& work, const Object& volume, const Object& claim) {
    if (base::text_or_empty(volume.body, "/spec/claimRef/uid") != claim.uid) {
        Json changed = volume.body;
        changed["spec"]["claimRef"] = reference_to(claim);
        return update(work.cluster, volume, changed, work.stop);
    }
    if (phase_of(volume) == "Bound") return {};
    return set_status(work.cluster, volume, {{"phase", "Bound"}}, work.stop);
}

Result<void> let_go(const ClaimWork& work, const Object& volume) {
    if (base::text_or_empty(volume.body, "/spec/persistentVolumeReclaimPolicy") == "Delete")
        return work.cluster.remove(volume, {}, work.stop);
    if (!work.bind || phase_of(volume) == "Released") return {};
    return set_status(work.cluster, volume, {{"phase", "Released"}}, work.stop);
}

}  // namespace

Result<void> look_after_claim(const ClaimWork& work, const Object& claim) {
    if (base::is_terminating(claim) || phase_of(claim) == "Bound") return {};
    if (volume_of(claim).empty()) return provision(work, claim);
    const auto volume = work.view.find({types::persistentvolumes, {}, volume_of(claim)});
    if (!work.bind || !volume) return {};
    return say_bound(work, claim, *volume);
}

Result<void> look_after_volume(const ClaimWork& work, const Object& volume) {
    const auto uid = base::text_at(volume.body, "/spec/claimRef/uid");
    const std::string ns = base::text_or_empty(volume.body, "/spec/claimRef/namespace");
    const std::string name = base::text_or_empty(volume.body, "/spec/claimRef/name");
    if (name.empty() || base::is_terminating(volume)) return {};
    const auto claim = work.view.find({types::persistentvolumeclaims, ns, name});
    if (claim && (!uid || *uid == claim->uid))
        return work.bind ? claim_volume(work, volume, *claim) : Result<void>{};
    // a volume whose claim is not there yet waits for it; one that was bound once is let go, also
    // where the cluster's own controller was faster to say so
    const std::string phase = phase_of(volume);
    const bool was_bound = phase == "Bound" || phase == "Released";
    return uid && was_bound ? let_go(work, volume) : Result<void>{};
}

}  // namespace sandbox
