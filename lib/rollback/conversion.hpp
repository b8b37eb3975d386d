// A storage conversion: a migration within one cluster and one namespace, at whose end the
// workloads mount a new claim of another storage class in place of the old one (mm/storage.go).
#pragma once

#include <string>
#include <vector>

#include "rollback/state.hpp"

namespace rollback {

/// The workloads that mount the new claim of a volume of the plan.
std::vector<ObjectRef> converted_workloads(const State& state);

/// Which way of rolling back leads them to which claims: MTC's controller switches them back
/// (SwapPVCReferences), the manual flow does not. Empty when there are none.
std::string describe_conversion(const State& state);

}  // namespace rollback
