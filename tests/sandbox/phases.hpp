// What the phases of a migration do on the clusters (mm/task.go, stage.go, rollback.go, dvm.go):
// one function for each that does anything. It neither chooses the phase nor writes the migration.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/migration_status.hpp"
#include "sandbox/mirror.hpp"
#include "sandbox/resources.hpp"

namespace sandbox {

struct Clusters {
    kube::Cluster& control;
    kube::Cluster& source;
    kube::Cluster& target;
};

/// A claim that is not skipped, by its name on both sides.
struct ClaimPair {
    std::string ns;  // on the source
    std::string source;
    std::string target;
};

/// What the phases read of a MigPlan.
struct PlanFacts {
    std::string uid = {};
    std::string name = {};
    std::string suffix = {};
    std::vector<std::string> mappings = {};  // as they stand in the spec: "billing:billing-new"
    std::vector<std::string> source_namespaces = {};
    std::vector<std::string> target_namespaces = {};
    std::set<std::string> source_claims = {};  // copied ones, "namespace/name"
    std::set<std::string> target_claims =
        {};  // keyed by the source namespace, as the real one does
    std::vector<ClaimPair> claim_pairs = {};
};
PlanFacts facts_of(const Object& plan);

struct Journey {
    const Clusters& clusters;
    const PlanFacts& plan;
    const Object& migration;
    ConditionList& conditions;
    std::stop_token stop;
};

/// How a phase ends when it does not fail.
struct Outcome {
    enum class Then { Next, Wait, Jump, Fail } then = Then::Next;
    std::string jump_to = {};
    std::vector<std::string> reasons = {};  // of a phase that names them itself
    std::vector<Watched> on_source = {};    // what a waiting phase waits for
    std::vector<Watched> on_target = {};
};

/// On to the next phase, when that is done.
Result<Outcome> next_after(const Result<void>& done);

/// Phases without an entry in its table do nothing and go on.
Result<Outcome> run_phase(std::string_view phase, const Journey& journey);

}  // namespace sandbox
