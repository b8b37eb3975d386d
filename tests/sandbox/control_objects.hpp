// The MTC objects of a scenario as manifests with their statuses: MigClusters and their Secret, the
// MigPlan, the MigMigrations in the states they are in. Pure.
#pragma once

#include "sandbox/seed.hpp"

namespace sandbox {

Json host_cluster();
Json remote_cluster(const SourceAccess& access);
Json remote_secret(const SourceAccess& access);
Json plan_manifest(const Scenario& scenario);
Json migration_manifest(const MigrationWords& migration, const Object& plan);

}  // namespace sandbox
