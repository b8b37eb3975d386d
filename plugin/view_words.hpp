// The controller's steps and phases in a person's words. What is not in the table is shown under
// its own name.
#pragma once

#include <string>
#include <string_view>

#include "mtc/migration.hpp"
#include "rollback/report.hpp"

namespace plugin {

/// "CleanupMigrated" -> "Delete migrated objects"
std::string step_in_words(std::string_view step);
/// "EnsureMigratedDeleted" -> "waiting until migrated objects are gone"
std::string phase_in_words(std::string_view phase);

/// "shop/deployment/web: 0 replicas -> 3 replicas", or why it was not written.
std::string in_words(const rollback::Written& written);

/// "PlanNotReady: ...; Postponed: ..."
std::string in_words(const mtc::Conditions& conditions);

}  // namespace plugin
