// What `assess` found, of one plan or of all of a namespace: as text for a person, and as the
// document of -o json|yaml. Pure: the same value and style give the same bytes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugin/render.hpp"
#include "rollback/survey.hpp"

namespace plugin {

struct AssessmentReport {
    std::string ns;
    std::string plan;
    std::string plan_uid = {};
    rollback::ClusterName control = {};
    rollback::ClusterName source = {};
    rollback::ClusterName target = {};
    std::optional<rollback::Assessment> assessment = {};  // nothing: see error
    std::vector<rollback::Gap> gaps = {};
    base::Time seen_at = {};
    std::string error = {};
    std::string hint = {};
    int exit_code = 0;
};

struct SurveyReport {
    std::string ns;
    std::vector<rollback::PlanLine> lines = {};
    base::Time seen_at = {};
    std::string error = {};  // when not even the plans could be listed
    std::string hint = {};
    int exit_code = 0;
};

/// For stdout. Of one plan with an assessment.
std::string render_assessment(const AssessmentReport& report, const RenderContext& context);
/// For stdout: a table, and below it what could not be looked at.
std::string render_survey(const SurveyReport& report, const RenderContext& context);

/// {"apiVersion": "mtc-rollback/v1", "kind": "Assessment", ...}; what is not known for an error is
/// null.
base::Json to_json(const AssessmentReport& report, const std::string& called_as);
/// {"apiVersion": "mtc-rollback/v1", "kind": "AssessmentList", "items": [...], ...}
base::Json to_json(const SurveyReport& report);

Tone tone_of(rollback::Verdict verdict);
/// "a rollback is required"
std::string in_words(rollback::Verdict verdict);
/// A command of an advice, as this program was called.
std::string command_of(std::string command, const std::string& called_as);

}  // namespace plugin
