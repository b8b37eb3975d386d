#include "rollback/awaited_pods.hpp"

#include <doctest/doctest.h>

#include "unit/mtc/builders.hpp"

namespace awaited_pods_test {
namespace {

using base::Json;
using base::Object;

struct Row {
    const char* what;
    const char* ns;
    const char* owner;
    const char* phase;
    std::vector<std::string> claims;
    bool awaited;
};

const std::vector<Row>& rows() {
    static const std::vector<Row> all{
        {"without claims", "shop", "ReplicaSet", "Running", {}, true},
        {"that mounts a copied claim, by its name on the target",
         "shop",
         "StatefulSet",
         "Pending",
         {"data-new"},
         true},
        {"that mounts the claim's name on the source",
         "shop",
         "StatefulSet",
         "Running",
         {"data"},
         false},
        {"that mounts a copied and another claim",
         "shop",
         "ReplicaSet",
         "Running",
         {"data-new", "other"},
         false},
        {"that mounts a claim that is moved", "shop", "ReplicaSet", "Running", {"moved"}, false},
        {"of a DaemonSet", "shop", "DaemonSet", "Running", {}, true},
        {"of a Job", "shop", "Job", "Running", {}, true},
        {"of a DeploymentConfig", "shop", "ReplicationController", "Running", {}, true},
        {"of a virtual machine", "shop", "VirtualMachineInstance", "Running", {}, true},
        {"of a Node (static)", "shop", "Node", "Running", {}, false},
        {"of nobody", "shop", "", "Running", {}, false},
        {"that succeeded", "shop", "Job", "Succeeded", {}, false},
        {"that failed", "shop", "ReplicaSet", "Failed", {}, false},
        {"that is unknown", "shop", "ReplicaSet", "Unknown", {}, false},
        {"in a namespace without a copied claim", "plain", "ReplicaSet", "Running", {}, false},
        {"in a namespace that is called otherwise on the source",
         "billing-new",
         "ReplicaSet",
         "Running",
         {},
         false},
    };
    return all;
}

mtc::Plan plan() {
    mtc::Plan plan;
    plan.namespaces = {{"shop", "shop"}, {"plain", "plain"}, {"billing", "billing-new"}};
    const auto volume = [](const char* ns, const char* claim, const char* target,
                           const char* action) {
        mtc::PlanVolume out;
        out.claim_ns = ns;
        out.claim = claim;
        out.target_claim = target;
        out.action = action;
        return out;
    };
    plan.volumes = {volume("shop", "data", "data-new", "copy"), volume("shop", "moved", "", "move"),
                    volume("plain", "skipped", "", "skip"),
                    volume("billing", "ledger", "", "copy")};
    return plan;
}

Object pod(const Row& row) {
    Json body = {{"metadata", {{"name", "p"}, {"namespace", row.ns}}},
                 {"status", {{"phase", row.phase}}}};
    for (const std::string& claim : row.claims)
        body["spec"]["volumes"].push_back({{"persistentVolumeClaim", {{"claimName", claim}}}});
    if (*row.owner != '\0')
        body["metadata"]["ownerReferences"].push_back({{"kind", row.owner}, {"name", "w"}});
    return base::object_of(build::pods, body);
}

}  // namespace

TEST_CASE("a rollback waits for pods on the target as the controller's EnsureDestQuiesced does") {
    for (const Row& row : rows()) {
        CAPTURE(row.what);
        CHECK((rollback::awaited_pods(plan(), {pod(row)}).size() == 1) == row.awaited);
    }
    SUBCASE("not for virtual machines that are migrated live") {
        mtc::Plan live = plan();
        live.live_migrate = true;
        const Row row{"", "shop", "VirtualMachineInstance", "Running", {}, false};
        CHECK(rollback::awaited_pods(live, {pod(row)}).empty());
    }
}

}  // namespace awaited_pods_test
