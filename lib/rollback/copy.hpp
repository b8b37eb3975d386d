// Whether all data of a migration's volumes reached the target. A copy that fails does not fail the
// cutover: MTC 1.8 ends it as Succeeded, SucceededWithWarnings or Failed, by the kind of error. So
// its DirectVolumeMigration is read, and what the migration itself says of its copies. Nothing is
// decided here.
#pragma once

#include <string>
#include <vector>

#include "rollback/state.hpp"

namespace rollback {

enum class CopyEnd {
    None,        // no volume was to be copied, or it is not over
    Complete,    // every volume was copied
    Incomplete,  // one at least was not
    Unknown,     // what would tell it cannot be read, or is gone
};
/// "None", ...: as it is written in JSON
std::string word(CopyEnd end);

struct CopyOfVolumes {
    CopyEnd end = CopyEnd::None;
    std::string migration = {};         // "cutover cutover-1"
    std::string volume_migration = {};  // the DirectVolumeMigration's name, where there is one
    std::vector<mtc::VolumeCopy> missing = {};  // which were not copied, as far as it is recorded
    std::string why = {};                       // of Incomplete and Unknown
};

/// How the copies of that migration ended. `seen`: the DirectVolumeMigrations of its plan could be
/// read.
CopyOfVolumes copy_of(const mtc::Migration& migration, const mtc::Plan& plan,
                      const std::vector<mtc::VolumeMigration>& volume_migrations, bool seen);

/// True when the DirectVolumeMigrations of the plan could be read.
bool volume_migrations_seen(const std::vector<Gap>& gaps);

/// "claim data in shop (2 attempts, 86%)"
std::string describe_copy(const mtc::VolumeCopy& copy);
/// "claim data in shop (2 attempts, 86%), ... and 2 more"; empty when none is recorded.
std::string describe_missing(const CopyOfVolumes& copy);

}  // namespace rollback
