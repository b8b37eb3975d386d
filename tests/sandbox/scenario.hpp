// A scenario: what happened to an application before the person came, in few words of YAML. This
// file reads the words; expand.hpp makes manifests of them and seed.hpp puts those on clusters. The
// vocabulary is explained in scenarios/README.md.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "sandbox/kubelet.hpp"
#include "sandbox/mtc_controller.hpp"

namespace sandbox {

/// "ConfigMap/web" or {kind: Deployment, name: web, replicas: 3, ...}.
struct Item {
    std::string kind;
    std::string name;
    Json fields = Json::object();  // everything else that was said

    bool has(const char* field) const { return fields.contains(field); }
    std::string text(const char* field, const std::string& otherwise) const;
    std::int64_t number(const char* field, std::int64_t otherwise) const;
    bool flag(const char* field, bool otherwise) const;
};

struct PlanWords {
    std::string name = "shop-plan";
    std::vector<std::string> namespaces = {};  // "shop", "billing:billing-new"
    std::vector<std::string> volumes = {};     // "shop/data", "shop/data:new": claims on the source
    std::vector<std::string> moved = {};       // those of them that are moved, not copied
    bool indirect_volumes = false;  // copied by way of the storage, not from cluster to cluster
    bool direct_images = false;
    bool conversion = false;  // of storage: within the target's cluster, to claims of other names
    bool closed = false;
    std::vector<StatusCondition> conditions = {};
};

struct MigrationWords {
    std::string name;
    std::string kind = "cutover";     // stage, cutover, state, rollback
    std::string state = "succeeded";  // failed, warnings, canceled, running, pending
    std::string phase = {};           // where it failed, or is
    std::string error = {};
    std::string copy = {};  // how its volumes were copied: complete, rsync, error, fatal
    bool quiesce = true;
    bool canceled = false;
    std::chrono::milliseconds ago{std::chrono::minutes(30)};
};

struct TargetNamespace {
    std::vector<Item> migrated;  // with the plan's label
    std::vector<Item> existing;
};

/// Somebody who may not do everything. `resource` as in "deployments.apps"; "*" is anything.
struct Denied {
    std::string cluster = "*";  // source, target
    std::string verb = "*";
    std::string resource = "*";
    std::string ns = "*";
};
struct User {
    std::string name;
    std::vector<Denied> denied;
};

/// An answer of the HTTPS server instead of the true one.
struct FaultWords {
    std::string cluster = "target";
    std::string match;  // a regular expression, searched in "METHOD /path?query"
    int status = 503;
    int times = 1;  // 0: always
    int retry_after = 0;
};

struct Scenario {
    std::string name = {};
    std::string title = {};
    PlanWords plan = {};
    std::vector<MigrationWords> migrations = {};
    bool stopped = false;  // MTC has stopped the workloads of the source
    std::map<std::string, std::vector<Item>> source = {};
    std::map<std::string, TargetNamespace> target = {};
    std::map<std::string, Json> nodes = {};  // labels by name, on both clusters
    Behaviour controller = {};
    std::vector<UnreadyPods> unready_on_source = {};
    std::vector<UnreadyPods> unready_on_target = {};
    std::vector<User> users = {};
    std::vector<FaultWords> faults = {};
    std::vector<std::string> broken_on_source = {};  // API groups: "metrics.k8s.io/v1beta1"
    std::vector<std::string> broken_on_target = {};
    Json expect = Json::object();  // for the tests that play it
};

/// A name of those in scenarios/, or a path. The error names the file and the word.
base::Result<Scenario> load_scenario(const std::string& name_or_path);
base::Result<Scenario> parse_scenario(const std::string& name, const std::string& yaml);
std::vector<std::string> scenario_names();

}  // namespace sandbox
