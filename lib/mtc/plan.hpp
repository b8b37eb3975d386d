// What a MigPlan and a MigCluster say, decoded tolerantly: a field that is missing or odd stays
// empty, and only what no rollback can do without is an error (api/migplan_types.go,
// api/migcluster_types.go).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/object.hpp"
#include "base/result.hpp"
#include "mtc/condition.hpp"

namespace mtc {

/// A namespace of the plan on both sides ("shop", or "billing:billing-new").
struct NamespacePair {
    std::string source;
    std::string target;
};

struct Reference {
    std::string ns;
    std::string name;
};

/// One of spec.persistentVolumes.
struct PlanVolume {
    std::string name;      // of the PersistentVolume
    std::string claim_ns;  // the PVC on the source
    std::string claim;     // its name on the source
    std::string target_claim;
    std::string action;       // copy, move, skip
    std::string copy_method;  // filesystem, snapshot, block; of a copy

    /// False for one that is skipped, which is no volume of both sides, or has no claim.
    bool is_migrated() const { return !claim.empty() && action != "skip"; }
    /// The claim's name on the target: the same where the plan does not rename it.
    const std::string& claim_on_target() const {
        return target_claim.empty() ? claim : target_claim;
    }
};

struct Plan {
    std::string ns;
    std::string name;
    std::string uid;
    std::vector<NamespacePair> namespaces;
    Reference source;  // MigClusters
    Reference target;
    std::vector<PlanVolume> volumes;
    bool closed = false;
    bool live_migrate = false;
    bool indirect_volumes = false;  // copied by Velero, not by a DirectVolumeMigration
    std::vector<std::string> hook_namespaces = {};  // in which its hooks run, on either side
    // What this part of it is not about.
    std::vector<NamespacePair> left_out = {};
    std::vector<PlanVolume> left_out_volumes = {};
    Conditions conditions;

    bool ready() const { return has(conditions, "Ready"); }
    /// A DirectVolumeMigration copies one of its volumes. Only then a rollback stops what runs on
    /// the target before it deletes (mm/task.go, flag DirectVolume).
    bool copies_directly() const;
    /// True for a claim that the plan copies, as the controller looks it up in a rollback: by the
    /// namespace on the source, and the name on the target.
    bool copies(const std::string& source_namespace, const std::string& claim_on_target) const;
    std::vector<std::string> source_namespaces() const;
    std::vector<std::string> target_namespaces() const;
    /// Those of the source that this part of it is not about.
    std::vector<std::string> left_out_namespaces() const;
    /// The same namespace on the other side; one that is not of the plan has the same name there.
    std::string target_of(const std::string& source_namespace) const;
    std::string source_of(const std::string& target_namespace) const;
};

/// The part of a plan that is about these namespaces of the source. NotFound naming one that is not
/// in the plan.
base::Result<Plan> part_of(const Plan& plan, const std::vector<std::string>& source_namespaces);

/// A MigPlan that decodes to the same plan, of a part to the whole, its status left out: for a
/// snapshot.
base::Json plan_manifest(const Plan& plan);

/// Malformed when the plan names no namespaces (or has an entry that names none), no source or no
/// target cluster.
base::Result<Plan> decode_plan(const base::Object& object);

struct MigCluster {
    std::string ns;
    std::string name;
    bool host = false;  // spec.isHostCluster: the control cluster itself
    std::string url;
    std::string ca_pem;  // decoded from spec.caBundle
    bool insecure = false;
    Reference secret;  // holds data.saToken; empty for the host
    std::string operator_version;
    Conditions conditions;

    bool ready() const { return has(conditions, "Ready"); }
};

/// Malformed when a cluster that is not the host has no URL or no Secret, or its CA bundle is no
/// base64.
base::Result<MigCluster> decode_cluster(const base::Object& object);

/// The token of a MigCluster's Secret (data.saToken), or Malformed naming the Secret and the key.
base::Result<std::string> service_account_token(const base::Object& secret);

/// True when both MigClusters are one cluster: the same object, both host, or URLs with the same
/// host (api/migplan_types.go, IsIntraCluster).
bool same_cluster(const MigCluster& a, const MigCluster& b);

/// False when the served CRD of MigMigration does not know spec.rollback (before MTC 1.4), so that
/// a rollback would be read as a cutover.
bool knows_rollback(const base::Object& crd);

}  // namespace mtc
