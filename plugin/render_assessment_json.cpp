#include "plugin/render_assessment.hpp"
#include "plugin/render_json.hpp"

namespace plugin {
namespace {

using base::Json;
using rollback::Assessment;

Json of(const rollback::Return& item) {
    return {{"workload", record_of(item.workload)},
            {"now", mtc::to_json(item.now)},
            {"then", mtc::to_json(item.then)},
            {"note", item.note}};
}

Json deleted(const rollback::Effects& effects) {
    Json out = Json::array();
    for (const auto& [resource, refs] : effects.deleted) {
        for (const auto& ref : refs) out.push_back(record_of(ref));
    }
    return out;
}

Json of(const rollback::Advice& advice, const std::string& called_as) {
    const auto command = [&](const std::string& text) {
        return Json{{"command", command_of(text, called_as)}};
    };
    return {{"flow", word(advice.flow)},
            {"why", advice.why},
            {"commands", list(advice.commands, command)}};
}

Json presence(const std::optional<rollback::Presence>& side) {
    if (!side) return nullptr;
    return {{"told", mtc::to_json(side->told)},
            {"atRest", side->at_rest},
            {"serves", side->serves.yes},
            {"why", side->serves.why}};
}

Json of(const rollback::WorkloadSituation& item) {
    return {{"namespace", item.workload.ns},
            {"kind", item.workload.type.kind},
            {"name", item.workload.name},
            {"source", presence(item.source)},
            {"target", presence(item.target)},
            {"stopped", item.stopped},
            {"returnsTo", item.stopped ? mtc::to_json(item.returns_to) : Json()},
            {"before", mtc::to_json(item.before.wanted)},
            {"ranBefore", item.before.ran ? Json(*item.before.ran) : Json()},
            {"toldBy", word(item.before.told_by)},
            {"leftAtRest", rollback::is_left_at_rest(item)}};
}

Json of(const rollback::VolumeSituation& item) {
    return {{"name", item.volume.name},
            {"namespace", item.volume.claim_ns},
            {"claim", item.volume.claim},
            {"targetClaim", item.volume.target_claim},
            {"action", item.volume.action},
            {"copyMethod", item.volume.copy_method},
            {"moved", item.moved},
            {"sourcePods", list(item.source_pods)},
            {"targetPods", list(item.target_pods)},
            {"writtenByBoth", rollback::is_written_by_both(item)}};
}

Json of(const rollback::PlanLine& line) {
    const auto ns = [](const std::string& name) { return Json{{"name", name}}; };
    return {{"namespace", line.ns},
            {"plan", line.plan},
            {"verdict", line.verdict ? Json(word(*line.verdict)) : Json()},
            {"reason", line.reason},
            {"namespaces", list(line.namespaces, ns)},
            {"lastMigration", line.last_migration},
            {"stopped", line.stopped},
            {"stoppedSince", time_or_null(line.stopped_since)},
            {"gaps", line.gaps},
            {"error", line.error}};
}

constexpr auto as_assessment_record = [](const auto& item) { return of(item); };

// What is not known is null, so that a document has the same fields whatever happened.
Json fields(const std::optional<Assessment>& assessment, const std::string& called_as) {
    if (assessment) return record_of(*assessment, called_as);
    Json record = record_of(Assessment{}, called_as);
    for (auto& value : record) value = nullptr;
    return record;
}

}  // namespace

Json record_of(const Assessment& assessment, const std::string& called_as) {
    return {{"verdict", word(assessment.verdict)},
            {"flow", word(assessment.advice.flow)},
            {"reasons", records(assessment.reasons)},
            {"advice", of(assessment.advice, called_as)},
            {"blockers", list(assessment.blockers)},
            {"stoppedSince", time_or_null(assessment.stopped_since)},
            {"copy", record_of(assessment.copy)},
            {"workloads", list(assessment.situation.workloads, as_assessment_record)},
            {"volumes", list(assessment.situation.volumes, as_assessment_record)},
            {"returns", list(assessment.effects.returns, as_assessment_record)},
            {"deleted", deleted(assessment.effects)},
            {"warnings", records(assessment.effects.warnings)}};
}

Json to_json(const AssessmentReport& report, const std::string& called_as) {
    Json document{{"apiVersion", "mtc-rollback/v1"},
                  {"kind", "Assessment"},
                  {"namespace", report.ns},
                  {"plan", report.plan},
                  {"planUID", report.plan_uid},
                  {"clusters",
                   {{"control", record_of(report.control)},
                    {"source", record_of(report.source)},
                    {"target", record_of(report.target)}}},
                  {"gaps", list(report.gaps)},
                  {"seenAt", base::rfc3339(report.seen_at)},
                  {"error", report.error},
                  {"hint", report.hint},
                  {"exitCode", report.exit_code}};
    document.update(fields(report.assessment, called_as));
    return document;
}

Json to_json(const SurveyReport& report) {
    return {{"apiVersion", "mtc-rollback/v1"},
            {"kind", "AssessmentList"},
            {"namespace", report.ns},
            {"items", list(report.lines, as_assessment_record)},
            {"seenAt", base::rfc3339(report.seen_at)},
            {"error", report.error},
            {"hint", report.hint},
            {"exitCode", report.exit_code}};
}

}  // namespace plugin
