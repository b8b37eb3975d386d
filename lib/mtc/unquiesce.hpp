// How one workload is stopped and started again by hand, as JSON Patches (RFC 6902) that do what
// the controller does (mm/quiesce.go). Each first tests every value it depends on, so that the
// server refuses it when somebody has changed the workload since it was seen.
#pragma once

#include "base/object.hpp"
#include "mtc/workload.hpp"

namespace mtc {

/// Gives a workload back what it ran `before` and takes off the marks of quiescing, in one patch.
/// What runs again keeps what it runs. Fields that `before` does not know stay as they are; a
/// DeploymentConfig stays unpaused (see pause_again).
base::Json unquiesce(const base::Object& workload, const Wanted& before);

/// A kind whose workloads are paused by a patch of their own, when their pods are there.
bool pauses_by_itself(const WorkloadKind& kind);

/// The second patch that a DeploymentConfig needs which was paused before, to be made when its pods
/// are there: its controller starts none while it is paused. Nothing when there is none to make.
std::optional<base::Json> pause_again(const base::Object& workload);

/// Stops a workload as the controller does before it migrates one, marks included; nothing when it
/// is at rest.
std::optional<base::Json> quiesce(const base::Object& workload);

/// Gives a pod that MTC borrowed as a stage pod back to its application: takes off the labels and
/// the annotation of mm/stage.go. Nothing when it carries none.
std::optional<base::Json> unlabel_stage_pod(const base::Object& pod);

}  // namespace mtc
