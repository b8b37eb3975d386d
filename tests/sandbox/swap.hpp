// The end of a storage conversion, and of its rollback: workloads mount the other claims
// (SwapPVCReferences, mm/storage.go), bugs included. It starts most kinds itself, and leaves their
// marks; a Job that has not ended makes it fail, because API servers from 1.27 on refuse the copy
// that it makes; CronJobs it does not find, because it asks for batch/v1beta1.
#pragma once

#include "sandbox/phases.hpp"

namespace sandbox {

/// Why it failed, one reason for a kind: nothing is undone. Empty when it did not.
Result<std::vector<std::string>> swap_claims(kube::Cluster& cluster, const PlanFacts& plan,
                                             bool rollback, std::stop_token stop);

}  // namespace sandbox
