// What a DirectVolumeMigration says: whose it is, whether it has ended and how, which claims it
// copies and how far each has come (api/directvolumemigration_types.go).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/object.hpp"
#include "mtc/condition.hpp"
#include "mtc/migration.hpp"

namespace mtc {

/// One claim that is copied.
struct VolumeCopy {
    std::string ns;  // of the claim, on the source
    std::string claim;
    bool succeeded = false;
    bool failed = false;    // no attempt is left
    int attempts = 0;       // begun so far; 0: not known
    std::string reached{};  // "86%": how far the last attempt came; empty: not known
};

struct VolumeMigration {
    base::Object seen;          // its metadata
    std::string migration_uid;  // of its MigMigration; empty for one made by hand
    std::string phase;          // empty: the controller has not looked at it yet
    std::string itinerary;
    std::vector<std::string> namespaces;              // of its volumes on both sides, sorted
    std::vector<std::string> target_namespaces = {};  // of those that it copies to, sorted
    std::vector<VolumeCopy> copies;  // of spec.persistentVolumeClaims, in their order
    std::vector<std::string> errors;
    Conditions conditions;
    bool backwards = false;  // made by a rollback: nothing of the cutover's
    std::optional<base::Time> created = {};

    /// Not all was copied, and what is missing is not tried again. The condition says it, or an
    /// operation without one: which of them depends on the kind of error (dvm/migrate.go).
    bool failed() const;
    bool succeeded() const;
    /// Does no work any more: phase Completed, or failed. One with a Critical Failed blocks itself:
    /// it stays in phase MigrationFailed for good (dvm/migrate.go, dvm/validation.go).
    bool finished() const;
    /// Deleting it has the controller delete what it made, on both clusters.
    bool cleans_up() const;
};

/// A field that is missing or odd stays empty.
VolumeMigration decode_volume_migration(const base::Object& object);

/// The namespaces, on either side, of those volume migrations that these migrations made.
std::set<std::string> namespaces_copied(const std::vector<VolumeMigration>& volume_migrations,
                                        const std::vector<Migration>& migrations);

}  // namespace mtc
