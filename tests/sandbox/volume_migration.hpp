// How a DirectVolumeMigration ends, in the words of a scenario (`copy`): its own object, and what
// its end leaves in the status of its MigMigration (dvm/migrate.go, dvm/rsync.go, mm/task.go).
// Pure.
#pragma once

#include "sandbox/seed.hpp"

namespace sandbox {

/// The DirectVolumeMigration that a cutover of a plan with volumes made.
Json volume_migration_manifest(const MigrationWords& words, const Object& migration,
                               const Scenario& scenario);

/// The status of the MigMigration, with what its DirectVolumeMigration has left in it.
Json with_copy(const MigrationWords& words, const Object& plan, Json status);

}  // namespace sandbox
