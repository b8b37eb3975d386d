// What a DirectVolumeMigration says: whose it is, whether it has ended, which namespaces it copies
// between (api/directvolumemigration_types.go).
#pragma once

#include <string>
#include <vector>

#include "base/object.hpp"

namespace mtc {

struct VolumeMigration {
    base::Object seen;                    // its metadata
    std::string migration_uid;            // of its MigMigration; empty for one made by hand
    std::string phase;                    // empty: the controller has not looked at it yet
    std::vector<std::string> namespaces;  // of its volumes on both sides, sorted

    /// Never reconciled again: phase Completed, failed or not.
    bool finished() const { return phase == "Completed"; }
    /// Deleting it has the controller delete what it made, on both clusters.
    bool cleans_up() const;
};

/// A field that is missing or odd stays empty.
VolumeMigration decode_volume_migration(const base::Object& object);

}  // namespace mtc
