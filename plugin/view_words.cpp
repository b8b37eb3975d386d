#include "plugin/view_words.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace plugin {
namespace {

using Entry = std::pair<std::string_view, std::string_view>;

// mm/task.go, RollbackItinerary
constexpr std::array<Entry, 6> step_words{{{"CleanupVelero", "Look for Velero backups"},
                                           {"CleanupHelpers", "Delete helper objects"},
                                           {"CleanupMigrated", "Delete migrated objects"},
                                           {"RollbackLiveMigration", "Move running VMs back"},
                                           {"CleanupUnquiesce", "Start the application"},
                                           {"Cleanup", "Finish"}}};

constexpr std::array<Entry, 18> phases{
    {{"Rollback", "the rollback begins"},
     {"DeleteBackups", "looking for Velero backups on the source; MTC's rollback deletes none"},
     {"DeleteRestores", "looking for Velero restores on the target; MTC's rollback deletes none"},
     {"DeleteRegistries", "deleting MTC's image registries"},
     {"EnsureStagePodsDeleted", "deleting stage pods on both clusters"},
     {"EnsureAnnotationsDeleted", "removing MTC's marks from volumes and pods"},
     {"QuiesceDestinationApplications", "stopping the workloads on the target"},
     {"EnsureDestQuiesced", "waiting until the target's pods have ended"},
     {"SwapPVCReferences", "switching workloads back to their old volumes"},
     {"CreateDirectVolumeMigrationRollback", "starting to move running VMs back"},
     {"WaitForDirectVolumeMigrationToRollbackComplete", "waiting until the VMs have moved back"},
     {"DeleteMigrated", "deleting migrated objects on the target"},
     {"EnsureMigratedDeleted", "waiting until migrated objects are gone"},
     {"UnQuiesceSrcApplications", "starting the application on the source"},
     {"Completed", "the controller is done"},
     {"Canceling", "being canceled"},
     {"Canceled", "canceled"},
     {"MigrationFailed", "failed; the controller tidies up"}}};

std::string looked_up(std::span<const Entry> table, std::string_view name) {
    const auto it = std::ranges::find(table, name, &Entry::first);
    return std::string(it == table.end() ? name : it->second);
}

}  // namespace

std::string step_in_words(std::string_view step) {
    return looked_up(step_words, step);
}

std::string phase_in_words(std::string_view phase) {
    return looked_up(phases, phase);
}

std::string in_words(const mtc::Conditions& conditions) {
    std::vector<std::string> parts;
    for (const mtc::Condition& condition : conditions)
        parts.push_back(condition.type +
                        (condition.message.empty() ? "" : ": " + condition.message));
    return base::join(parts, "; ");
}

std::string in_words(const rollback::Written& written) {
    const std::string what = written.object.path() + ": ";
    if (!written.error.empty()) return what + "not written: " + written.error;
    if (!written.left.empty()) return what + "left alone: " + written.left;
    return what + written.change;
}

}  // namespace plugin
