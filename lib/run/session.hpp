// The three clusters of a plan, connected: control (where the plan lives), source and target. They
// come from the plan's MigClusters and their Secrets, or from contexts that the operator names
// instead.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

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
};

struct Session {
    Endpoint control;
    Endpoint source;
    Endpoint target;
    ObjectRef plan;
    mtc::MigCluster source_cluster;
    mtc::MigCluster target_cluster;
};

struct ConnectOptions {
    kube::KubeconfigOptions kubeconfig;
    std::string ns;  // of the MTC objects
    std::string plan;
    std::string source_context;  // empty: the MigCluster's URL and Secret
    std::string target_context;
    kube::RequestLog log = {};
};

/// Reads the plan and its MigClusters and opens all three clusters. An error names the MigCluster
/// and the Secret that failed, and the way out.
Result<Session> connect(const ConnectOptions& options, std::stop_token stop);

}  // namespace run
