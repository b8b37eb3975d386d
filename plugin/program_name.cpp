#include "plugin/program_name.hpp"

#include "plugin/render_assessment.hpp"

namespace plugin {
namespace {

void put_in(std::string& text, const std::string& called_as) {
    text = command_of(std::move(text), called_as);
}

void put_in(std::vector<rollback::Blocker>& blockers, const std::string& called_as) {
    for (rollback::Blocker& blocker : blockers) put_in(blocker.remedy, called_as);
}

}  // namespace

void name_program(rollback::Assessment& assessment, const std::string& called_as) {
    put_in(assessment.blockers, called_as);
    put_in(assessment.advice.why, called_as);
    for (std::string& command : assessment.advice.commands) put_in(command, called_as);
    for (std::string& warning : assessment.effects.warnings) put_in(warning, called_as);
    for (rollback::Return& item : assessment.effects.returns) put_in(item.note, called_as);
}

void name_program(rollback::RunReport& report, const std::string& called_as) {
    if (report.assessment) name_program(*report.assessment, called_as);
    if (report.runbook) {
        put_in(report.runbook->blockers, called_as);
        for (rollback::Skipped& each : report.runbook->skipped) put_in(each.remedy, called_as);
    }
    for (rollback::Finding& finding : report.findings) put_in(finding.remedy, called_as);
    put_in(report.hint, called_as);
}

}  // namespace plugin
