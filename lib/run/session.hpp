// The three clusters of a plan, connected: control (where the plan lives), source and target. They
// come from the plan's MigClusters and their Secrets, or from contexts that the operator names
// instead.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "kube/cluster.hpp"
#include "kube/kubeconfig.hpp"
#include "kube/rest_cluster.hpp"
#include "mtc/plan.hpp"
#include "rollback/state.hpp"

namespace run {

using base::Object;
using base::ObjectRef;
using base::Result;

/// A cluster with the words that a message uses for it.
struct Endpoint {
    std::shared_ptr<kube::Cluster> cluster;
    std::string described_as;  // "context prod", "MigCluster openshift-migration/ocp3"
    std::string user;
    std::string absent = {};  // why there is no such cluster for us; empty: there is
    std::string reach = {};   // the flags with which a person's `oc` gets there; empty: not known
    bool by_context = false;  // the operator named a context for this side
};

struct Session {
    Endpoint control;
    Endpoint source;
    Endpoint target;
    ObjectRef plan;
    mtc::MigCluster source_cluster;
    mtc::MigCluster target_cluster;
    std::optional<mtc::Plan> plan_from_file = {};
    std::vector<std::string> only = {};      // of the plan's source namespaces; empty: all
    std::vector<std::string> accepted = {};  // ids of findings that the operator accepts
    /// The plan of that uid as an earlier run wrote it down; without it nobody has.
    std::function<std::optional<mtc::Plan>(const std::string& uid)> plan_as_it_was = {};
};

/// The time by that cluster's clock, as far as it has told; otherwise by ours.
base::Time now_by(const kube::Cluster& cluster);
/// How far that clock is ahead of ours, whenever it is asked; 0 as long as it has not told.
std::function<std::chrono::seconds()> clock_of(std::shared_ptr<const kube::Cluster> cluster);

const Endpoint& endpoint_of(const Session& session, rollback::Side side);

/// A command on the cluster of that side: see rollback/command.hpp.
std::string oc(const Session& session, rollback::Side side, std::string_view words);

struct ConnectOptions {
    kube::KubeconfigOptions kubeconfig;
    std::string ns;  // of the MTC objects
    std::string plan;
    std::string source_context;  // empty: the MigCluster's URL and Secret
    std::string target_context;
    kube::RequestLog log = {};
    std::string plan_file = {};  // the MigPlan; then there is no control cluster
    std::vector<std::string> source_namespaces = {};  // a part of the plan; empty: all of it
    bool target_may_be_absent = false;                // --assume-target-stopped
    std::vector<std::string> accepted = {};           // ids of findings
    bool sides_may_be_absent = false;                 // for what needs the control cluster only
};

/// The control cluster alone: what `options` say of the kubeconfig.
Result<Endpoint> open_control(const ConnectOptions& options);

/// Reads the plan and its MigClusters and opens all three clusters; with a plan_file source and
/// target only, by their contexts. An error names the MigCluster
/// and the Secret that failed, and the way out.
Result<Session> connect(const ConnectOptions& options, std::stop_token stop);

}  // namespace run
