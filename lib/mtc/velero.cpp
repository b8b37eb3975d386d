#include "mtc/velero.hpp"

#include <algorithm>
#include <string_view>

namespace mtc {
namespace {

// velero/pkg/apis/velero/v1, backup_types.go and restore_types.go
constexpr std::string_view phases_of_an_end[] = {"Completed", "PartiallyFailed", "Failed",
                                                 "FailedValidation", "Deleting"};

}  // namespace

std::string velero_phase(const base::Object& backup_or_restore) {
    const std::string phase = base::text_or_empty(backup_or_restore.body, "/status/phase");
    return phase.empty() ? "New" : phase;
}

bool velero_works_on(const base::Object& backup_or_restore) {
    return std::ranges::count(phases_of_an_end, velero_phase(backup_or_restore)) == 0;
}

}  // namespace mtc
