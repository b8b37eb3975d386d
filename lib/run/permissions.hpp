// Asks each cluster beforehand whether one may do what the console flow will do
// (SelfSubjectAccessReviews), so that a missing permission is told before anything is begun. What a
// listing shows anyway is not asked for every kind and namespace.
#pragma once

#include <string>
#include <vector>

#include "rollback/manual.hpp"
#include "run/listing.hpp"

namespace run {

/// For the MTC objects in that namespace of the control cluster.
std::vector<rollback::Denied> denied_on_control(const Place& place, const std::string& ns);

/// For the pods and workloads of the source's namespaces.
std::vector<rollback::Denied> denied_on_source(const Place& place,
                                               const kube::Discovery& discovery);

/// Of what a runbook writes on that side. In many namespaces the whole cluster is asked for first.
std::vector<rollback::Denied> denied_of(const Place& place,
                                        const std::vector<rollback::Need>& needs);

}  // namespace run
