// A storage conversion: a migration within one cluster and one namespace, at whose end the
// workloads mount a new claim of another storage class in place of the old one (mm/storage.go).
#pragma once

#include <string>
#include <vector>

#include "rollback/assess.hpp"

namespace rollback {

/// The workloads that mount the new claim of a volume of the plan.
std::vector<ObjectRef> converted_workloads(const State& state);

/// Which way of rolling back leads them to which claims: MTC's controller switches them back
/// (SwapPVCReferences), the manual flow does not. Empty when there are none.
std::string describe_conversion(const State& state);

/// The id of what add_jobs_that_fail_it() finds, by which it is accepted:
/// "conversion-copies-job=shop/job/import".
inline constexpr const char* conversion_copies_job_id = "conversion-copies-job";

/// The id of what add_sets_on_new_claims() finds, by which it is accepted:
/// "conversion-moves-set=shop/statefulset/db".
inline constexpr const char* conversion_moves_set_id = "conversion-moves-set";

/// StatefulSets that mount claims which the conversion made: MTC's rollback makes the set anew and
/// deletes these claims, and where it does not find the way back to the old ones, after a second
/// conversion or an edited plan, their data goes with them (seen with MTC 1.8).
void add_sets_on_new_claims(const State& state, std::vector<Blocker>& out);

/// To switch claims back MTC's rollback copies every Job that has not completed, which API servers
/// since Kubernetes 1.27 refuse: it fails after it has stopped everything (mm/storage.go).
void add_jobs_that_fail_it(const State& state, std::vector<Blocker>& out);

}  // namespace rollback
