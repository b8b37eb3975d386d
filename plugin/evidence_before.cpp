// Who acted, and what was seen before anything was done.
#include <map>

#include "base/text.hpp"
#include "plugin/evidence.hpp"
#include "plugin/render_assessment.hpp"
#include "plugin/render_situation.hpp"

namespace plugin::evidence {
namespace {

using rollback::Assessment;
using rollback::ClusterName;
using rollback::RunReport;

constexpr std::size_t most_pods = 10;

std::vector<Cell> row_of(const char* role, const ClusterName& cluster) {
    const auto known = [](const std::string& text) {
        return text.empty() ? Cell{"not known", Tone::Dim} : Cell{text};
    };
    return {{role}, known(cluster.server), known(cluster.described_as), known(cluster.user)};
}

Lines judgement(const Assessment& assessment) {
    Lines lines{{},
                {{word(assessment.verdict) + ": " + in_words(assessment.verdict),
                  tone_of(assessment.verdict)}}};
    for (const std::string& reason : assessment.reasons) lines.items.push_back({reason});
    if (assessment.stopped_since)
        lines.items.push_back({"stopped since " + utc(*assessment.stopped_since) +
                               " UTC, as near as the migration that stopped it tells"});
    return lines;
}

Records workloads(const RunReport& report) {
    std::map<base::ObjectRef, std::string> notes;
    for (const auto& item : report.assessment->effects.returns) notes[item.workload] = item.note;
    Records out{.caption = "Workloads",
                .headers = {"Workload", "Namespace", "Source", "Target", "Ran before", "Note"},
                .rows = {}};
    for (const auto& item : report.assessment->situation.workloads) {
        out.rows.push_back(workload_row(report.gaps_before, item));
        out.rows.back().push_back({notes[item.workload]});
    }
    return out;
}

Records volumes(const RunReport& report) {
    Records out{.caption = "Volumes",
                .headers = {"Claim", "Action", "Mounted on the source by",
                            "Mounted on the target by", "Note"},
                .rows = {}};
    for (const auto& item : report.assessment->situation.volumes) {
        out.rows.push_back(volume_row(report.gaps_before, item, most_pods));
        const std::string missing = not_copied(*report.assessment, item);
        Cell note = missing.empty() ? Cell{} : Cell{missing, Tone::Bad};
        if (rollback::is_written_by_both(item)) note = {"both sides can write to it", Tone::Bad};
        out.rows.back().push_back(note);
    }
    return out;
}

Records migrated(const Assessment& assessment) {
    Records out{.caption = "Migrated objects on the target",
                .headers = {"Resource", "Objects"},
                .rows = {}};
    for (const auto& [resource, refs] : assessment.effects.deleted)
        out.rows.push_back({{resource}, {std::to_string(refs.size())}});
    return out;
}

Lines warnings(const Assessment& assessment) {
    Lines out{.caption = "Warnings", .items = {}};
    for (const std::string& warning : assessment.effects.warnings)
        out.items.push_back({warning, Tone::Warning});
    return out;
}

}  // namespace

Section acted(const RunReport& report) {
    return {.title = "Who acted on which clusters",
            .parts = {
                Records{.caption = {},
                        .headers = {"Cluster", "Server", "Reached by", "Acting as"},
                        .rows = {row_of("control", report.control), row_of("source", report.source),
                                 row_of("target", report.target)}}}};
}

Section seen_before(const RunReport& report) {
    Section out{.title = "What was seen before", .parts = {}};
    if (!report.assessment) {
        out.parts = {Lines{{}, {{"Nothing: the clusters were not looked at.", Tone::Warning}}}};
        return out;
    }
    out.parts = {judgement(*report.assessment), workloads(report), volumes(report),
                 migrated(*report.assessment), warnings(*report.assessment)};
    return out;
}

}  // namespace plugin::evidence
