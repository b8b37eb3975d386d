// Every kind of workload in the states that matter to what it ran before: it runs, it rests, MTC
// stopped it. For the tests of the three columns.
#pragma once

#include <vector>

#include "unit/rollback/builders.hpp"

namespace build {

/// A kind, how it says what it runs, and MTC's marks on it when it was stopped while it ran so.
struct Told {
    const char* kind;
    Json runs;   // the spec of one that runs
    Json other;  // of one that runs otherwise
    Json rests;  // of one that is at rest
    std::vector<std::pair<const char*, const char*>> marks;
    const char* set;  // by which it is named on the command line
};

inline std::vector<Told> kinds_told() {
    const Json nodes = {{"zone", "a"}};
    const Json other_nodes = {{"zone", "b"}};
    const Json no_node = {{"zone", "a"}, {mtc::annotations::quiesce_daemonset, "true"}};
    const auto on = [](const Json& selector) {
        return Json{{"template", {{"spec", {{"nodeSelector", selector}}}}}};
    };
    const std::vector<std::pair<const char*, const char*>> count{{mtc::annotations::replicas, "3"}};
    std::vector<Told> out;
    for (const char* kind : {"Deployment", "DeploymentConfig", "StatefulSet", "ReplicaSet"})
        out.push_back({kind, {{"replicas", 3}}, {{"replicas", 7}}, {{"replicas", 0}}, count, kind});
    out.push_back(
        {"Job", {{"parallelism", 3}}, {{"parallelism", 7}}, {{"parallelism", 0}}, count, "Job"});
    out.push_back({"CronJob",
                   {{"suspend", false}},
                   {{"suspend", false}},
                   {{"suspend", true}},
                   {{mtc::annotations::suspend, "true"}},
                   "CronJob"});
    out.push_back({"DaemonSet",
                   on(nodes),
                   on(other_nodes),
                   on(no_node),
                   {{mtc::annotations::node_selector, R"({"zone":"a"})"}},
                   "DaemonSet"});
    out.push_back(
        {"VirtualMachine",
         {{"runStrategy", "Always"}},
         {{"runStrategy", "Manual"}},
         {{"runStrategy", "Halted"}},
         {{mtc::annotations::start_vm, "true"}, {mtc::annotations::run_strategy, "Always"}},
         "VirtualMachine"});
    return out;
}

inline Object told(const Told& kind, const Json& spec) {
    return workload(kind.kind, "web")
        .spec(spec)
        .status({{"readyReplicas", 3}, {"updatedReplicas", 3}, {"ready", true}, {"created", true}});
}

inline Object marked(const Told& kind, Object object) {
    for (const auto& [key, value] : kind.marks) object.body["metadata"]["annotations"][key] = value;
    return object;
}

/// After a cutover that failed: it rests on the source without a mark, and its copy runs.
inline State left_at_rest(const Told& kind) {
    State state = well();
    state.migrations = {failed_cutover()};
    state.source.workloads = {told(kind, kind.rests)};
    state.source.pods.clear();
    state.source.services.clear();
    state.source.endpoints.clear();
    state.source.routes.clear();
    state.target.workloads = {migrated(told(kind, kind.runs))};
    state.target.labelled = {labelled(row(kind.kind).type, "web")};
    return state;
}

}  // namespace build
