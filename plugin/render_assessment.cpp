#include "plugin/render_assessment.hpp"

#include "base/text.hpp"
#include "plugin/render_parts.hpp"
#include "plugin/render_situation.hpp"
#include "plugin/text_width.hpp"

namespace plugin {
namespace {

using rollback::Assessment;
using rollback::Verdict;

std::string line(std::string_view text, const RenderContext& context) {
    return marked({" ", Tone::Plain}, text, context.style);
}

// Verdict
// --------------------------------------------------------------------------------------------------

std::string verdict(const AssessmentReport& report, const RenderContext& context) {
    const Assessment& assessment = *report.assessment;
    std::string out =
        context.style.paint(Tone::Bold, one_line("Plan " + report.ns + "/" + report.plan)) + ": " +
        context.style.paint(tone_of(assessment.verdict), in_words(assessment.verdict)) + "\n";
    for (const std::string& reason : assessment.reasons) out += line(reason, context);
    if (assessment.stopped_since)
        out += line(stopped_since(*assessment.stopped_since, assessment.stopped_for), context);
    return out;
}

std::string clusters(const AssessmentReport& report, const RenderContext& context) {
    return heading("Clusters", context) +
           cluster_table(report.control, report.source, report.target).render(context.style);
}

// What to do
// ------------------------------------------------------------------------------------------------

std::string what_to_do(const rollback::Advice& advice, const RenderContext& context) {
    std::string out = heading("What to do", context);
    if (!advice.why.empty()) out += line(advice.why, context);
    if (advice.why.empty() && advice.commands.empty()) out += line("nothing", context);
    for (const std::string& command : advice.commands)
        out += remedy_line(command_of(command, context.called_as), context.style);
    return out;
}

std::string in_the_way(const std::vector<rollback::Blocker>& blockers,
                       const RenderContext& context) {
    if (blockers.empty()) return {};
    std::string out = heading("In the way: " + base::count(blockers.size(), "thing"), context);
    for (const rollback::Blocker& blocker : blockers) out += blocker_lines(blocker, context);
    return out;
}

// A rollback would
// ------------------------------------------------------------------------------------------

std::string deleted_by_kind(const rollback::Effects& effects) {
    std::vector<std::string> parts;
    for (const auto& [resource, refs] : effects.deleted) {
        if (refs.empty()) continue;
        parts.push_back(base::count(refs.size(), base::lower(refs.front().type.kind),
                                    refs.front().type.plural));
    }
    return base::join(parts);
}

std::string a_rollback_would(const rollback::Effects& effects, const RenderContext& context) {
    const std::string gone = deleted_by_kind(effects);
    std::string out = heading("A rollback would", context);
    out += line(
        effects.returns.empty()
            ? "start nothing on the source: nothing seen that MTC has stopped"
            : "start " + base::count(effects.returns.size(), "workload") + " on the source again",
        context);
    out += line(gone.empty() ? "delete nothing on the target: nothing seen that was migrated"
                             : "delete on the target: " + gone,
                context);
    return out + warning_lines(effects.warnings, context);
}

std::string not_seen(const std::vector<rollback::Gap>& gaps, const RenderContext& context) {
    if (gaps.empty()) return {};
    return heading("Not seen: " + base::count(gaps.size(), "gap"), context) +
           gap_table(gaps).render(context.style);
}

}  // namespace

Tone tone_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::NotNeeded:
        case Verdict::AlreadyRolledBack:
            return Tone::Good;
        case Verdict::Required:
        case Verdict::RequiredManual:
        case Verdict::Dangerous:
            return Tone::Bad;
        case Verdict::Recommended:
        case Verdict::Unknown:
            return Tone::Warning;
        case Verdict::InProgress:
            return Tone::Active;
    }
    return Tone::Plain;
}

std::string in_words(Verdict verdict) {
    switch (verdict) {
        case Verdict::NotNeeded:
            return "no rollback is needed";
        case Verdict::Required:
            return "a rollback is required";
        case Verdict::RequiredManual:
            return "a rollback is required, by hand";
        case Verdict::Recommended:
            return "a rollback is recommended";
        case Verdict::Dangerous:
            return "urgent: both sides write";
        case Verdict::InProgress:
            return "a rollback is running";
        case Verdict::AlreadyRolledBack:
            return "rolled back already";
        case Verdict::Unknown:
            return "not known whether a rollback is needed";
    }
    return {};
}

std::string command_of(std::string command, const std::string& called_as) {
    constexpr std::string_view placeholder = "{plugin}";
    for (std::size_t at = 0; (at = command.find(placeholder, at)) != std::string::npos;
         at += called_as.size())
        command.replace(at, placeholder.size(), called_as);
    return command;
}

std::string render_assessment(const AssessmentReport& report, const RenderContext& context) {
    const Assessment& assessment = *report.assessment;
    return verdict(report, context) + clusters(report, context) +
           what_to_do(assessment.advice, context) + in_the_way(assessment.blockers, context) +
           render_situation(report, context) + a_rollback_would(assessment.effects, context) +
           not_seen(report.gaps, context);
}

}  // namespace plugin
