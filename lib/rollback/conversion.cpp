#include "rollback/conversion.hpp"

#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "rollback/mounts.hpp"

namespace rollback {
namespace {

bool is_converted(const State& state, const mtc::PlanVolume& volume) {
    return volume.action == "copy" && volume.claim_on_target() != volume.claim &&
           state.plan.target_of(volume.claim_ns) == volume.claim_ns &&
           is_also_source(state, volume.claim_ns);
}

// Once, not for each workload: there are thousands of both, and mostly none of these.
std::vector<mtc::PlanVolume> converted_volumes(const State& state) {
    std::vector<mtc::PlanVolume> out;
    std::ranges::copy_if(
        state.plan.volumes, std::back_inserter(out),
        [&](const mtc::PlanVolume& volume) { return is_converted(state, volume); });
    return out;
}

}  // namespace

std::vector<ObjectRef> converted_workloads(const State& state) {
    const auto volumes = converted_volumes(state);
    std::vector<ObjectRef> out;
    for (const Object& workload : state.source.workloads) {
        if (std::ranges::any_of(volumes, [&](const mtc::PlanVolume& volume) {
                return volume.claim_ns == workload.ref.ns &&
                       mounts(workload, volume.claim_on_target());
            }))
            out.push_back(workload.ref);
    }
    return out;
}

std::string describe_conversion(const State& state) {
    std::vector<std::string> names;
    for (const ObjectRef& workload : converted_workloads(state)) names.push_back(workload.path());
    if (names.empty()) return {};
    const bool one = names.size() == 1;
    return std::string(one ? "a workload mounts" : "workloads mount") +
           " the new claims of a storage conversion: MTC's own rollback switches back to the old "
           "ones, `manual` starts " +
           (one ? "it" : "them") + " with the new ones: " + base::first_of(std::move(names), 3) +
           "; to switch, MTC stops all workloads of the namespaces and starts them again";
}

}  // namespace rollback
