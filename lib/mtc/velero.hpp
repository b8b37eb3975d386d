// What Velero says of its Backups and Restores. A migration that is canceled leaves them to Velero,
// which goes on.
#pragma once

#include <string>

#include "base/object.hpp"

namespace mtc {

/// status.phase of a Backup or Restore; "New" where Velero has not looked at it yet.
std::string velero_phase(const base::Object& backup_or_restore);

/// True until Velero is done with it: a Restore goes on creating objects, a Backup reading them. A
/// phase that nobody knows is none of an end.
bool velero_works_on(const base::Object& backup_or_restore);

}  // namespace mtc
