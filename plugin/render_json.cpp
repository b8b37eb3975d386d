#include "plugin/render_json.hpp"

#include <variant>

#include "base/text.hpp"
#include "base/yaml.hpp"
#include "plugin/render.hpp"

namespace plugin {
namespace {

using base::Json;
using rollback::RunReport;

Json of(const mtc::PipelineStep& step) {
    return {{"name", step.name},
            {"phase", step.phase},
            {"message", step.message},
            {"progress", records(step.progress)},
            {"failed", step.failed},
            {"skipped", step.skipped},
            {"started", time_or_null(step.started)},
            {"completed", time_or_null(step.completed)}};
}

Json of(const char* role, const rollback::ClusterName& cluster) {
    Json record = record_of(cluster);
    record["role"] = role;
    return record;
}

struct StepRecord {
    Json operator()(const rollback::Create& step) const {
        return {{"action", "Create"},
                {"cluster", word(step.side)},
                {"object", record_of(step.what)},
                {"manifest", step.manifest}};
    }
    Json operator()(const rollback::AwaitMigration& step) const {
        return {{"action", "AwaitMigration"}, {"object", record_of(step.what)}};
    }
    Json operator()(const rollback::AwaitServing&) const { return {{"action", "AwaitServing"}}; }
    Json operator()(const rollback::Patch& step) const {
        return {{"action", "Patch"},
                {"cluster", word(step.side)},
                {"object", record_of(step.seen.ref)},
                {"change", step.change},
                {"startRequest", step.request_start},
                {"operations", step.operations}};
    }
    Json operator()(const rollback::Delete& step) const {
        return {{"action", "Delete"},
                {"cluster", word(step.side)},
                {"object", record_of(step.seen.ref)}};
    }
    Json operator()(const rollback::AwaitNoStagePods& step) const {
        return {{"action", "AwaitNoStagePods"}, {"cluster", word(step.side)}};
    }
    Json operator()(const rollback::AwaitTargetStopped&) const {
        return {{"action", "AwaitTargetStopped"}};
    }
    Json operator()(const rollback::AwaitGone& step) const {
        return {{"action", "AwaitGone"},
                {"byController", step.by_controller},
                {"objects",
                 list(step.what, [](const auto& each) { return record_of(each.seen.ref); })}};
    }
};

Json of(const rollback::Step& step) {
    Json record = std::visit(StepRecord{}, step.action);
    record["why"] = step.why;
    return record;
}

Json of(const rollback::Skipped& skipped) {
    return {
        {"object", record_of(skipped.workload)}, {"why", skipped.why}, {"remedy", skipped.remedy}};
}

Json of(const rollback::Stage& stage) {
    return {{"name", stage.name},
            {"began", base::rfc3339(stage.began)},
            {"ended", base::rfc3339(stage.ended)}};
}

constexpr auto as_record = [](const auto& item) { return of(item); };

Json clusters(const RunReport& report) {
    return Json::array(
        {of("control", report.control), of("source", report.source), of("target", report.target)});
}

std::string kind_of(const RunReport& report) {
    if (report.task == rollback::Task::Verify) return "Verification";
    return report.outcome == rollback::Outcome::DryRun ? "Runbook" : "RunReport";
}

Json rollback_of(const RunReport& report) {
    if (!report.rollback) return nullptr;
    Json record = to_json(*report.rollback);
    record["attached"] = report.attached;
    return record;
}

}  // namespace

Json time_or_null(const std::optional<base::Time>& time) {
    return time ? Json(base::rfc3339(*time)) : Json();
}

Json record_of(const rollback::Runbook& runbook) {
    return {{"steps", list(runbook.steps, as_record)},
            {"blockers", list(runbook.blockers)},
            {"skipped", list(runbook.skipped, as_record)}};
}

Json record_of(const mtc::Condition& condition) {
    return {{"type", condition.type},
            {"category", condition.category},
            {"reason", condition.reason},
            {"message", condition.message}};
}

Json record_of(const base::ObjectRef& ref) {
    return {{"apiVersion", ref.type.api_version()},
            {"kind", ref.type.kind},
            {"namespace", ref.ns},
            {"name", ref.name}};
}

Json record_of(const rollback::Written& written) {
    return {{"cluster", word(written.side)},
            {"object", record_of(written.object)},
            {"change", written.change},
            {"left", written.left},
            {"error", written.error}};
}

Json record_of(const rollback::Blocker& blocker) {
    return {{"id", blocker.id}, {"message", blocker.what}, {"remedy", blocker.remedy}};
}

Json record_of(const rollback::Gap& gap) {
    return {{"cluster", word(gap.side)},
            {"what", gap.what},
            {"why", gap.why},
            {"forbidden", gap.forbidden}};
}

Json record_of(const rollback::ClusterName& cluster) {
    return {
        {"server", cluster.server}, {"describedAs", cluster.described_as}, {"user", cluster.user}};
}

std::string state_word(const mtc::MigrationState& state) {
    struct Visitor {
        std::string operator()(const mtc::Pending&) const { return "Pending"; }
        std::string operator()(const mtc::Blocked&) const { return "Blocked"; }
        std::string operator()(const mtc::Running&) const { return "Running"; }
        std::string operator()(const mtc::Canceling&) const { return "Canceling"; }
        std::string operator()(const mtc::Canceled&) const { return "Canceled"; }
        std::string operator()(const mtc::Failed&) const { return "Failed"; }
        std::string operator()(const mtc::SucceededWithWarnings&) const {
            return "SucceededWithWarnings";
        }
        std::string operator()(const mtc::Succeeded&) const { return "Succeeded"; }
    };
    return std::visit(Visitor{}, state);
}

Json record_of(const rollback::CopyOfVolumes& copy) {
    const auto missing = [](const mtc::VolumeCopy& each) {
        return Json{{"namespace", each.ns},
                    {"claim", each.claim},
                    {"attempts", each.attempts},
                    {"reached", each.reached}};
    };
    return {{"end", word(copy.end)},
            {"volumeMigration", copy.volume_migration},
            {"missing", list(copy.missing, missing)},
            {"why", copy.why}};
}

Json records(const std::vector<std::string>& texts) {
    return list(texts, [](const std::string& text) { return Json{{"message", text}}; });
}

Json to_json(const mtc::Migration& migration) {
    const mtc::MigrationState state = migration.state();
    Json record{{"namespace", migration.ns},
                {"name", migration.name},
                {"uid", migration.uid},
                {"plan", migration.plan},
                {"state", state_word(state)},
                {"phase", migration.phase},
                {"itinerary", migration.itinerary},
                {"started", time_or_null(migration.started)},
                {"errors", records(migration.errors)},
                {"conditions", list(migration.conditions)},
                {"pipeline", list(migration.pipeline, as_record)}};
    if (const auto* running = std::get_if<mtc::Running>(&state)) {
        record["step"] = running->step;
        record["total"] = running->total;
    }
    return record;
}

Json to_json(const rollback::Finding& finding) {
    return {{"check", finding.check},
            {"cluster", word(finding.side)},
            {"severity", word(finding.severity)},
            {"subject", finding.subject},
            {"message", finding.message},
            {"remedy", finding.remedy},
            {"mayHeal", finding.may_heal}};
}

Json to_json(const RunReport& report, const std::string& called_as) {
    return {{"apiVersion", "mtc-rollback/v1"},
            {"kind", kind_of(report)},
            {"task", word(report.task)},
            {"flow", word(report.flow)},
            {"outcome", word(report.outcome)},
            {"exitCode", report.exit_code},
            {"plan", {{"namespace", report.ns}, {"name", report.plan}, {"uid", report.plan_uid}}},
            {"clusters", clusters(report)},
            {"assessment", report.assessment ? record_of(*report.assessment, called_as) : Json()},
            {"runbook", report.runbook ? record_of(*report.runbook) : Json()},
            {"rollback", rollback_of(report)},
            {"canceled", list(report.canceled, [](const auto& m) { return to_json(m); })},
            {"written", list(report.written)},
            {"findings", list(report.findings, [](const auto& f) { return to_json(f); })},
            {"gapsBefore", list(report.gaps_before)},
            {"gaps", list(report.gaps)},
            {"stages", list(report.stages, as_record)},
            {"began", base::rfc3339(report.began)},
            {"ended", base::rfc3339(report.ended)},
            {"error", report.error},
            {"hint", report.hint}};
}

std::string json_text(const Json& json) {
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string json_line(const Json& json) {
    return json_text(json) + "\n";
}

bool is_document(OutputFormat output) {
    return output == OutputFormat::Json || output == OutputFormat::Yaml;
}

std::string render_document(const Json& document, OutputFormat output) {
    // within the strings, for nowhere else is there any
    const std::string json =
        base::escaped_deceptive(document.dump(2, ' ', false, Json::error_handler_t::replace)) +
        "\n";
    // by way of the JSON text, in which bytes that are no UTF-8 are replaced already
    return output == OutputFormat::Yaml ? base::to_yaml(Json::parse(json)) : json;
}

}  // namespace plugin
