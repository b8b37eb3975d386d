// A scenario under other names, so that many can live on the same clusters.
#pragma once

#include "sandbox/scenario.hpp"

namespace e2e {

/// The plan, its migrations and all its namespaces get the suffix.
sandbox::Scenario renamed(sandbox::Scenario scenario, const std::string& suffix);

}  // namespace e2e
