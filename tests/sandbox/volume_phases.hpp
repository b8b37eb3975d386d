// The phases that are about a migration's DirectVolumeMigration (mm/dvm.go), and its
// DirectImageMigration. They copy nothing.
#pragma once

#include "sandbox/phases.hpp"

namespace sandbox {

Result<Outcome> create_volume_migration(const Journey& j);
Result<Outcome> await_volume_migration(const Journey& j);
Result<Outcome> delete_volume_migrations(const Journey& j);
Result<Outcome> delete_image_migrations(const Journey& j);

}  // namespace sandbox
