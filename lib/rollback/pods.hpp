// What a pod is to a rollback, and why one is not ready, in words, from what the kubelet and the
// scheduler wrote into its status.
#pragma once

#include <string>

#include "rollback/state.hpp"

namespace rollback {

/// "ImagePullBackOff: Back-off pulling image ...", "not scheduled: ...", or "" when the pod is
/// Running and Ready, or Succeeded. Where the status does not tell (a probe that fails, a volume
/// that cannot be mounted) the newest Warning about the pod among `events` does.
std::string why_not_ready(const Object& pod, const std::vector<Object>& events = {});

/// One that MTC made to hold volumes, or labelled so.
bool is_stage_pod(const Object& pod);
/// One of the application's own that MTC labelled as a stage pod (since 1.6).
bool is_borrowed(const Object& pod);
/// One that copies volumes for a direct volume migration.
bool is_transfer_pod(const Object& pod);

/// True of MTC's own stage pods, which write nothing; one that is labelled as the application's is
/// borrowed from it.
bool only_sleeps(const Object& pod);

/// True of a pod that has come to its end, well or not: it writes nothing any more.
bool has_ended(const Object& pod);

/// True of a pod of a DeploymentConfig, which makes ReplicationControllers.
bool is_of_deployment_config(const Object& pod);

/// True when only events can tell why the pod is not ready.
bool keeps_its_reason(const Object& pod);

/// True when `a` happened, or happened last, before `b`; both are events.
bool is_older(const Object& a, const Object& b);
/// "FailedCreate: pods ... is forbidden"
std::string event_in_words(const Object& event);

}  // namespace rollback
