// KubeVirt's VirtualMachines, as MTC stops and starts them (mm/quiesce.go, since 1.8), and what
// KubeVirt makes of their run strategy (its pkg/virt-api/rest/lifecycle.go). A row of the table in
// workload.cpp; pure.
#pragma once

#include "base/object.hpp"
#include "mtc/workload.hpp"

namespace mtc::virtual_machine {

/// Its run strategy; of one that has the older `running` instead, the strategy that this means.
Wanted current(const base::Object& machine);
/// The strategy that MTC wrote down. Where it wrote none down the present one, unless that is what
/// stopping has made of it.
Wanted recorded(const base::Object& machine);
/// Nothing of it runs, and nothing is going to make it run.
bool at_rest(const base::Object& machine);
Serving serving(const base::Object& machine);

/// Adds to a JSON Patch what gives it that strategy, with a test of the one that was seen.
void set_strategy(base::Json& patch, const base::Object& machine, const std::string& strategy);

/// True for a strategy with which a machine starts only when it is asked to, by the subresource
/// "start"; with the others KubeVirt starts it by itself, and refuses that request.
bool starts_by_request(const std::string& strategy);

/// Where a start is asked for, with the subresource "start" behind it.
inline const base::ResourceType start_requests{"subresources.kubevirt.io", "v1", "virtualmachines",
                                               "VirtualMachine", true};

}  // namespace mtc::virtual_machine
