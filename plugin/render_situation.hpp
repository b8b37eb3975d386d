// The part of an assessment that says where the application stands: its workloads and its volumes
// on both sides. Where there are many workloads only those that a person must see are shown.
#pragma once

#include <string>

#include "plugin/render_assessment.hpp"

namespace plugin {

/// Of a report with an assessment.
std::string render_situation(const AssessmentReport& report, const RenderContext& context);

}  // namespace plugin
