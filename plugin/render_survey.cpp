#include "base/text.hpp"
#include "plugin/render_assessment.hpp"
#include "plugin/render_parts.hpp"

namespace plugin {
namespace {

using rollback::PlanLine;

constexpr std::size_t most_namespaces = 3;

std::string or_none(const std::string& text) {
    return text.empty() ? "<none>" : text;
}

Cell verdict_cell(const PlanLine& line) {
    if (!line.verdict) return {"Error", Tone::Bad};
    return {word(*line.verdict), tone_of(*line.verdict)};
}

std::string namespaces_in(const PlanLine& line, bool wide) {
    const auto& names = line.namespaces;
    return or_none(base::first_of(names, wide ? names.size() : most_namespaces, ","));
}

std::string age(const PlanLine& line) {
    if (!line.stopped_since) return "<none>";
    return line.stopped_for ? base::human(*line.stopped_for) : "<unknown>";
}

// What is not known of a plan that could not be looked at is no number.
std::string stopped(const PlanLine& line) {
    return line.verdict ? std::to_string(line.stopped) : "<unknown>";
}

std::vector<Cell> cells(const PlanLine& line, bool wide) {
    std::vector<Cell> cells{{line.plan},
                            verdict_cell(line),
                            {namespaces_in(line, wide)},
                            {or_none(line.last_migration)},
                            {stopped(line)},
                            {age(line)}};
    if (wide) cells.push_back({line.reason});
    return cells;
}

std::string errors(const SurveyReport& report, const RenderContext& context) {
    const Cell mark = failure_mark(context.style);
    std::string out;
    for (const PlanLine& line : report.lines) {
        if (!line.error.empty()) out += marked(mark, line.plan + ": " + line.error, context.style);
    }
    return out;
}

std::string unseen(const SurveyReport& report, const RenderContext& context) {
    std::string out;
    for (const PlanLine& line : report.lines) {
        if (line.gaps == 0) continue;
        out += marked(
            warning_mark(),
            line.plan + ": not everything could be seen (" + base::count(line.gaps, "gap") + ")",
            context.style);
    }
    return out;
}

std::string below(const std::string& text) {
    return text.empty() ? text : "\n" + text;
}

}  // namespace

std::string render_survey(const SurveyReport& report, const RenderContext& context) {
    std::vector<std::string> headers{"PLAN",           "VERDICT", "NAMESPACES",
                                     "LAST MIGRATION", "STOPPED", "SINCE"};
    if (context.wide) headers.emplace_back("REASON");
    Table table(headers);
    for (const PlanLine& line : report.lines) table.row(cells(line, context.wide));
    return table.render(context.style) + below(errors(report, context) + unseen(report, context));
}

}  // namespace plugin
