#include "plugin/render_situation.hpp"

#include <algorithm>
#include <cstdint>

#include "base/text.hpp"
#include "plugin/render_parts.hpp"

namespace plugin {
namespace {

using rollback::Assessment;
using rollback::ObjectRef;
using rollback::Side;
using rollback::VolumeSituation;
using rollback::WorkloadSituation;

constexpr std::size_t most_pods = 3;

// Workloads
// -------------------------------------------------------------------------------------------------

using Gaps = std::vector<rollback::Gap>;

bool may_be_unseen(const Gaps& gaps, Side side, const base::ResourceType& type) {
    return std::ranges::any_of(gaps, [&](const rollback::Gap& gap) {
        return gap.side == side && (gap.resource == "discovery" || gap.resource == type.resource());
    });
}

Cell running(const rollback::Presence& side) {
    const std::string told = or_unknown(side.told);
    if (side.at_rest) return {told};
    if (side.serves.yes) return {told + ", serves", Tone::Good};
    return {told + ", does not serve" + (side.serves.why.empty() ? "" : ": " + side.serves.why),
            Tone::Bad};
}

Cell absent(const Gaps& gaps, Side side, const WorkloadSituation& item) {
    return may_be_unseen(gaps, side, item.workload.type) ? Cell{"not seen", Tone::Warning}
                                                         : Cell{"not there", Tone::Dim};
}

Cell on_source(const Gaps& gaps, const WorkloadSituation& item) {
    if (!item.source) return absent(gaps, Side::Source, item);
    if (rollback::is_left_at_rest(item))
        return {or_unknown(item.source->told) + " (without MTC's mark)", Tone::Bad};
    if (item.stopped) return {or_unknown(item.source->told) + " (stopped by MTC)", Tone::Warning};
    return running(*item.source);
}

Cell on_target(const Gaps& gaps, const WorkloadSituation& item) {
    return item.target ? running(*item.target) : absent(gaps, Side::Target, item);
}

Cell returns_to(const WorkloadSituation& item) {
    if (rollback::is_left_at_rest(item))
        return {"stays; before: " + or_unknown(item.before.wanted), Tone::Bad};
    if (!item.stopped) return {};
    const bool known = item.returns_to != mtc::Wanted{};
    return {or_unknown(item.returns_to), known ? Tone::Plain : Tone::Warning};
}

bool is_well(const std::optional<rollback::Presence>& side) {
    return side && (side->at_rest || side->serves.yes);
}

// What a person has to see where not everything is shown.
bool stands_out(const WorkloadSituation& item) {
    if (item.stopped || rollback::is_left_at_rest(item) || !is_well(item.source) ||
        !is_well(item.target))
        return true;
    return item.source->told != item.target->told;
}

std::string note_on(const Assessment& assessment, const ObjectRef& workload) {
    const auto it =
        std::ranges::find(assessment.effects.returns, workload, &rollback::Return::workload);
    return it == assessment.effects.returns.end() ? "" : it->note;
}

using Rows = std::vector<const WorkloadSituation*>;

Rows chosen(const std::vector<WorkloadSituation>& all, bool wide) {
    Rows rows;
    for (const WorkloadSituation& item : all) {
        if (wide || all.size() <= most_rows || stands_out(item)) rows.push_back(&item);
    }
    return rows;
}

std::string workload_table(const AssessmentReport& report, const Rows& rows, const Style& style) {
    if (rows.empty()) return {};
    Table table({"WORKLOAD", "NAMESPACE", "SOURCE", "TARGET", "RETURNS TO"});
    for (const WorkloadSituation* item : rows) {
        table.row(workload_row(report.gaps, *item));
        const std::string note = note_on(*report.assessment, item->workload);
        if (!note.empty()) table.note(note);
    }
    return table.render(style);
}

std::string workloads(const AssessmentReport& report, const RenderContext& context) {
    const auto& all = report.assessment->situation.workloads;
    if (all.empty()) return heading("Workloads: none seen", context);
    const Rows rows = chosen(all, context.wide);
    return heading("Workloads: " + std::to_string(all.size()), context) +
           workload_table(report, rows, context.style) +
           and_more(all.size() - rows.size(), ", well and alike on both sides", context);
}

// Volumes
// ---------------------------------------------------------------------------------------------------

std::string action_of(const mtc::PlanVolume& volume) {
    if (volume.action.empty()) return "unknown";
    const bool copied = volume.action == "copy" && !volume.copy_method.empty();
    return copied ? "copy (" + volume.copy_method + ")" : volume.action;
}

std::string claim_of(const mtc::PlanVolume& volume) {
    const bool renamed = volume.claim_on_target() != volume.claim;
    return volume.claim_ns + "/" + volume.claim + (renamed ? ":" + volume.target_claim : "");
}

Cell mounted_by(const Gaps& gaps, Side side, const std::vector<ObjectRef>& pods, std::size_t most) {
    static const base::ResourceType pod{"", "v1", "pods", "Pod", true};
    const bool unseen = may_be_unseen(gaps, side, pod);
    if (pods.empty()) return unseen ? Cell{"not seen", Tone::Warning} : Cell{"<none>"};
    std::vector<std::string> names;
    for (const ObjectRef& one : pods) names.push_back(one.name);
    return {base::first_of(names, most) + (unseen ? ", not all seen" : "")};
}

std::string volumes(const AssessmentReport& report, const RenderContext& context) {
    const auto& all = report.assessment->situation.volumes;
    if (all.empty()) return {};
    Table table({"CLAIM", "ACTION", "MOUNTED ON SOURCE BY", "MOUNTED ON TARGET BY"});
    for (const VolumeSituation& item : all) {
        table.row(volume_row(report.gaps, item, context.wide ? SIZE_MAX : most_pods));
        if (rollback::is_written_by_both(item)) table.note("both sides can write to this volume");
        if (const std::string note = not_copied(*report.assessment, item); !note.empty())
            table.note(note);
    }
    return heading("Volumes: " + std::to_string(all.size()), context) + table.render(context.style);
}

}  // namespace

std::vector<Cell> workload_row(const Gaps& gaps, const WorkloadSituation& item) {
    return {{item.workload.label()},
            {item.workload.ns},
            on_source(gaps, item),
            on_target(gaps, item),
            returns_to(item)};
}

std::vector<Cell> volume_row(const Gaps& gaps, const VolumeSituation& item, std::size_t most) {
    return {{claim_of(item.volume)},
            {action_of(item.volume)},
            mounted_by(gaps, Side::Source, item.source_pods, most),
            mounted_by(gaps, Side::Target, item.target_pods, most)};
}

std::string not_copied(const Assessment& assessment, const VolumeSituation& item) {
    for (const mtc::VolumeCopy& copy : assessment.copy.missing) {
        if (copy.ns == item.volume.claim_ns && copy.claim == item.volume.claim)
            return "not copied: " + rollback::describe_copy(copy);
    }
    return {};
}

std::string render_situation(const AssessmentReport& report, const RenderContext& context) {
    return workloads(report, context) + volumes(report, context);
}

}  // namespace plugin
