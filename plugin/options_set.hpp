// Reads the values of --set: replica counts, as [NAMESPACE/]KIND/NAME=N.
#pragma once

#include <string>
#include <vector>

#include "rollback/manual.hpp"

namespace plugin {

/// In their order. Throws UserError (Usage) for one that is not of that form, or that contradicts
/// another.
std::vector<rollback::ReplicaCount> replica_counts_of(const std::vector<std::string>& values);

}  // namespace plugin
