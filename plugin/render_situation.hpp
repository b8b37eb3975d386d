// The part of an assessment that says where the application stands: its workloads and its volumes
// on both sides. Where there are many workloads only those that a person must see are shown.
#pragma once

#include <string>
#include <vector>

#include "plugin/render_assessment.hpp"
#include "plugin/render_table.hpp"

namespace plugin {

/// WORKLOAD, NAMESPACE, SOURCE, TARGET, RETURNS TO. `gaps` are of the same look: where there is
/// one, what is absent was not seen.
std::vector<Cell> workload_row(const std::vector<rollback::Gap>& gaps,
                               const rollback::WorkloadSituation& item);
/// CLAIM, ACTION, MOUNTED ON SOURCE BY, MOUNTED ON TARGET BY; names at most `most` pods.
std::vector<Cell> volume_row(const std::vector<rollback::Gap>& gaps,
                             const rollback::VolumeSituation& item, std::size_t most);

/// "not copied: claim data in shop (2 attempts, 86%)"; empty for a volume that was copied.
std::string not_copied(const rollback::Assessment& assessment,
                       const rollback::VolumeSituation& item);

/// Of a report with an assessment.
std::string render_situation(const AssessmentReport& report, const RenderContext& context);

}  // namespace plugin
