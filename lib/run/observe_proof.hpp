// What only the proof of a recovery looks at: the way to the application (Services, Routes,
// Ingresses), volumes of the whole cluster, and events where a pod's status does not tell enough.
#pragma once

#include "run/listing.hpp"

namespace run {

/// To be listed with the rest of the source.
std::vector<Look> traffic_looks(rollback::ClusterView& view, const kube::Discovery& discovery);

/// PersistentVolumes are not namespaced: kept are those of the view's namespaces, and those with
/// the plan's label.
void look_at_volumes(const Place& place, rollback::ClusterView& view, const std::string& plan_uid);

/// Warnings of the namespaces in which a pod keeps its reason, or a workload does not serve.
/// They only explain: what may not be read is no gap.
void look_at_events(const Place& place, rollback::ClusterView& view);

}  // namespace run
