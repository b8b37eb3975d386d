// A MigPlan from a file, for when the control cluster is gone: one that was saved with `oc get
// migplan -o yaml`, that a must-gather holds, or that a snapshot of ours keeps.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "mtc/plan.hpp"

namespace run {

/// The MigPlan `name` in a file of YAML or JSON: a MigPlan, a List of them, several documents, or a
/// snapshot. NotFound naming those that are there.
base::Result<mtc::Plan> plan_in_file(const std::string& path, const std::string& name);

/// The names of all MigPlans in it, in their order.
base::Result<std::vector<std::string>> plan_names_in_file(const std::string& path);

}  // namespace run
