// Makes manifests of a scenario's items: the few words about a workload become an object that a
// real API server accepts. Pure; nothing is created here.
#pragma once

#include "sandbox/scenario.hpp"

namespace sandbox {

enum class Side { Source, Target };

/// Where an item stands, and what marks it as migrated.
struct Place {
    Side side;
    std::string ns;
    bool migrated = false;  // with the plan's label
    std::string plan_uid = {};
    std::string migration_uid = {};
    std::string volume_migration_uid = {};
};

/// One manifest; of `DvmLeftovers` several. Statuses are included where something must say them
/// that no controller would (a Route's Admitted, the phase of a pod that has ended).
std::vector<Json> expand(const Item& item, const Place& place);

/// A volume and the claim that it is bound to: what a plan's volume is on the source.
Json source_volume(const std::string& ns, const std::string& claim);
Json source_claim(const std::string& ns, const std::string& claim);

}  // namespace sandbox
