// What the operator says of workloads that MTC's rollback does not start: which of them are to run,
// with which number. Rollback and manual flow refuse until each is decided.
#pragma once

#include <string>
#include <vector>

#include "rollback/situation.hpp"

namespace rollback {

/// A count that the operator gives for one workload (--set).
struct ReplicaCount {
    std::string ns;    // empty: whichever namespace has the workload
    std::string kind;  // "deployment", "deployments", "Deployment"
    std::string name;
    std::int64_t count = 0;  // of a CronJob: 0 leaves it suspended
};

struct StartChoice {
    std::vector<ReplicaCount> set = {};
    bool as_before = false;  // --start-as-before: with what before_of() knows
};

/// The flags that say so, as a shell's words: " --start-as-before --set shop/job/import=2".
std::string flags_of(const StartChoice& choice);

/// True when that names the workload.
bool is_about(const ReplicaCount& given, const ObjectRef& ref);
/// The count that is given for a workload, or nullptr.
const ReplicaCount* given_for(const ObjectRef& ref, const std::vector<ReplicaCount>& set);

/// `wanted` with that count, in the words of the kind: of a CronJob 0 is suspended, of a
/// VirtualMachine halted.
mtc::Wanted with_count(mtc::Wanted wanted, const mtc::WorkloadKind& kind, std::int64_t count);

/// True for a workload that is left at rest and of which nothing is said.
bool is_undecided(const WorkloadSituation& workload, const StartChoice& choice);

/// "deployment/web in shop (0 replicas here, 3 replicas on the target)": for a person.
std::string describe_rest(const WorkloadSituation& workload);

}  // namespace rollback
