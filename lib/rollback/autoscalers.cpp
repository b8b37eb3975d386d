#include "rollback/autoscalers.hpp"

#include <algorithm>

namespace rollback {
namespace {

bool is_scaled_object(const Object& autoscaler) {
    return autoscaler.ref.type.kind == "ScaledObject";
}

bool may_be_zero(const Object& autoscaler) {
    if (is_scaled_object(autoscaler)) {
        if (base::annotation_of(autoscaler, "autoscaling.keda.sh/paused-replicas") == "0")
            return true;
        const auto idle = base::number_at(autoscaler.body, "/spec/idleReplicaCount");
        return idle.value_or(
                   base::number_at(autoscaler.body, "/spec/minReplicaCount").value_or(0)) == 0;
    }
    return base::number_at(autoscaler.body, "/spec/minReplicas").value_or(1) == 0;
}

}  // namespace

bool scales(const Object& autoscaler, const ObjectRef& workload) {
    const auto at = [&](const char* field) {
        return base::text_or_empty(autoscaler.body, std::string("/spec/scaleTargetRef/") + field);
    };
    // KEDA takes a Deployment where nothing else is said
    const std::string kind =
        at("kind").empty() && is_scaled_object(autoscaler) ? "Deployment" : at("kind");
    return autoscaler.ref.ns == workload.ns && kind == workload.type.kind &&
           at("name") == workload.name;
}

const Object* scales_to_zero(const ClusterView& view, const ObjectRef& workload) {
    const auto it = std::ranges::find_if(view.autoscalers, [&](const Object& autoscaler) {
        return scales(autoscaler, workload) && may_be_zero(autoscaler);
    });
    return it == view.autoscalers.end() ? nullptr : &*it;
}

}  // namespace rollback
