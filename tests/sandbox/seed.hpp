// Puts a scenario on two clusters through the port: everything that the person would find there.
// What exists already is left alone, so that a seeding that was cut short can be repeated.
#pragma once

#include "sandbox/phases.hpp"
#include "sandbox/scenario.hpp"

namespace sandbox {

/// How the MigCluster of the source is reached.
struct SourceAccess {
    std::string url = "https://source.example:6443";
    std::string ca_pem = {};
    std::string token = "source-token";
    bool insecure = false;  // only without a CA
};

struct SeedOptions {
    SourceAccess source = {};
    /// The source's workloads are created running, and stopped by the controller's own code when
    /// their pods are ready. Somebody has to run the pods meanwhile.
    bool quiesce_live = false;
};

Result<void> seed(const Scenario& scenario, const Clusters& clusters, const SeedOptions& options,
                  std::stop_token stop);

}  // namespace sandbox
