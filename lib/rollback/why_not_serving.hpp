// Why a workload does not serve, beyond the count that its status gives: what its controller says
// in events, and pods of it that do not go away, so that no others can be made.
#pragma once

#include <string>

#include "mtc/workload.hpp"
#include "rollback/state.hpp"

namespace rollback {

/// "0 of 1 pod ready; FailedCreate: pods "mq-0" is forbidden: ...; pod mq-0 is terminating, on node
/// n1, held by finalizer x"
std::string why_not_serving(const Object& workload, const mtc::Serving& serving,
                            const ClusterView& view);

/// "is terminating, on node n1, held by finalizer x"
std::string how_it_terminates(const Object& pod);

/// True when that workload made the pod, directly or by way of what it manages (a ReplicaSet, a
/// ReplicationController, a VirtualMachineInstance).
bool is_of(const Object& pod, const Object& workload);

}  // namespace rollback
