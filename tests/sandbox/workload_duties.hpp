// What the workload controller does for one object of a kind: make what is missing, delete what is
// too much, write the status. Errors are ignored: the object has moved, and its next event brings
// it here again.
#pragma once

#include "sandbox/workload_controller.hpp"

namespace sandbox {

/// Through one ReplicaSet for its template; older ones are scaled to none.
void follow_deployment(const Work& work, const Object& deployment);
/// Through one ReplicationController. Unlike OpenShift's, a paused one is scaled all the same.
void follow_deployment_config(const Work& work, const Object& config);
/// A ReplicaSet or a ReplicationController.
void follow_replicas(const Work& work, const Object& set);
/// Its claims too. All pods at once, in no order.
void follow_stateful_set(const Work& work, const Object& set);
void follow_daemon_set(const Work& work, const Object& set);
/// As many pods as its parallelism, which run for ever.
void follow_job(const Work& work, const Object& job);

}  // namespace sandbox
