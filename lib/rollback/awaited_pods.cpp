#include "rollback/awaited_pods.hpp"

#include <algorithm>
#include <array>

#include "rollback/mounts.hpp"

namespace rollback {
namespace {

constexpr std::array<std::string_view, 3> ended{"Succeeded", "Failed", "Unknown"};
constexpr std::array<std::string_view, 6> owners{
    "ReplicationController",  "StatefulSet", "ReplicaSet", "DaemonSet", "Job",
    "VirtualMachineInstance",
};

// The controller keeps its copied claims by the namespace on the source, and looks for a pod's
// among them by the namespace on the target: in one that is mapped to another name it finds none.
bool copies_from(const mtc::Plan& plan, const std::string& ns) {
    return std::ranges::any_of(plan.volumes, [&](const mtc::PlanVolume& volume) {
        return volume.action == "copy" && volume.claim_ns == ns;
    });
}

bool belongs_to_a_workload(const mtc::Plan& plan, const Object& pod) {
    return std::ranges::any_of(base::items_at(pod.body, "/metadata/ownerReferences"),
                               [&](const Json& owner) {
                                   const std::string kind = base::text_or_empty(owner, "/kind");
                                   // a live migration leaves the machines running
                                   if (plan.live_migrate && kind == "VirtualMachineInstance")
                                       return false;
                                   return std::ranges::count(owners, kind) > 0;
                               });
}

bool mounts_another_claim(const mtc::Plan& plan, const Object& pod) {
    return std::ranges::any_of(
        claims_of(pod), [&](const std::string& claim) { return !plan.copies(pod.ref.ns, claim); });
}

bool is_awaited(const mtc::Plan& plan, const Object& pod) {
    const std::string phase = base::text_or_empty(pod.body, "/status/phase");
    return std::ranges::count(ended, phase) == 0 && copies_from(plan, pod.ref.ns) &&
           belongs_to_a_workload(plan, pod) && !mounts_another_claim(plan, pod);
}

}  // namespace

std::vector<Object> awaited_pods(const mtc::Plan& plan, const std::vector<Object>& pods) {
    std::vector<Object> out;
    std::ranges::copy_if(pods, std::back_inserter(out),
                         [&](const Object& pod) { return is_awaited(plan, pod); });
    return out;
}

}  // namespace rollback
