#include "plugin/render_assessment.hpp"
#include "plugin/render_json.hpp"
#include "plugin/render_leftovers.hpp"

namespace plugin {
namespace {

using base::Json;
using rollback::Leftover;
using rollback::LeftoversReport;

Json of(const Leftover& each, const std::string& called_as) {
    return {{"cluster", word(each.side)},
            {"kind", each.kind->id},
            {"object", record_of(each.object.ref)},
            {"uid", each.object.uid},
            {"created", time_or_null(each.created)},
            {"owner", each.owner},
            {"inTheWay", !each.in_the_way.empty()},
            {"why", each.in_the_way.empty() ? each.kind->meaning : each.in_the_way},
            {"removal", word(each.removal)},
            {"whyNot", command_of(each.why_not, called_as)}};
}

}  // namespace

Json to_json(const LeftoversReport& report, const std::string& called_as) {
    const auto to_record = [&](const Leftover& each) { return of(each, called_as); };
    const auto as_name = [](const std::string& name) { return Json{{"name", name}}; };
    return {{"apiVersion", "mtc-rollback/v1"},
            {"kind", "Leftovers"},
            {"namespace", report.ns},
            {"plan", report.plan},
            {"planUID", report.plan_uid},
            {"outcome", word(report.outcome)},
            {"clusters",
             {{"control", record_of(report.control)},
              {"source", record_of(report.source)},
              {"target", record_of(report.target)}}},
            {"leftovers", list(report.leftovers, to_record)},
            {"gaps", list(report.gaps)},
            {"runbook", report.runbook ? record_of(*report.runbook) : Json()},
            {"written", list(report.written)},
            {"candidates", list(report.candidates, as_name)},
            {"seenAt", base::rfc3339(report.seen_at)},
            {"error", report.error},
            {"hint", report.hint},
            {"exitCode", report.exit_code}};
}

}  // namespace plugin
