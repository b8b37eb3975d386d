// Looks at every plan of a namespace, one after the other: for `assess` without a plan.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "kube/kubeconfig.hpp"
#include "kube/rest_cluster.hpp"
#include "rollback/survey.hpp"
#include "run/session.hpp"

namespace run {

struct SurveyOptions {
    kube::KubeconfigOptions kubeconfig;
    std::string ns;              // of the MTC objects
    std::string source_context;  // as in ConnectOptions, for every plan
    std::string target_context;
    std::size_t parallel = 8;
    kube::RequestLog log = {};
};

/// By name. A plan that cannot be looked at has the error in its line; an error only when the plans
/// themselves cannot be listed, or on an interrupt.
Result<std::vector<rollback::PlanLine>> survey(const SurveyOptions& options, std::stop_token stop);

}  // namespace run
