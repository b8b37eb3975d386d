#include "plugin/render_manual.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "plugin/render_parts.hpp"
#include "plugin/text_width.hpp"
#include "rollback/conversion.hpp"

namespace plugin {
namespace {

using rollback::Patch;
using rollback::Purpose;
using rollback::Runbook;
using rollback::Side;
using rollback::State;

std::vector<const Patch*> patches(const Runbook& runbook, Purpose purpose) {
    std::vector<const Patch*> out;
    for (const rollback::Step& step : runbook.steps) {
        const auto* patch = std::get_if<Patch>(&step.action);
        if (patch != nullptr && patch->purpose == purpose) out.push_back(patch);
    }
    return out;
}

std::size_t stage_pods(const Runbook& runbook, Side side) {
    return static_cast<std::size_t>(std::ranges::count_if(runbook.steps, [&](const auto& step) {
        const auto* remove = std::get_if<rollback::Delete>(&step.action);
        return remove != nullptr && remove->side == side;
    }));
}

std::string changes(std::string_view title, const std::vector<const Patch*>& all,
                    const RenderContext& context) {
    if (all.empty()) return {};
    Table table({"NAMESPACE", "WORKLOAD", "CHANGE"});
    const std::size_t shown = context.wide ? all.size() : std::min(all.size(), most_rows);
    for (std::size_t i = 0; i < shown; ++i)
        table.row({{all[i]->seen.ref.ns}, {all[i]->seen.ref.label()}, {all[i]->change}});
    return heading(std::string(title) + ": " + base::count(all.size(), "workload"), context) +
           table.render(context.style) + and_more(all.size() - shown, "", context);
}

std::string stage_pod_lines(const Runbook& runbook, const RenderContext& context) {
    std::vector<std::string> lines;
    for (const Side side : {Side::Target, Side::Source}) {
        if (const std::size_t n = stage_pods(runbook, side); n > 0)
            lines.push_back(base::count(n, "stage pod") + " of the " + word(side) +
                            ": deleted, and waited for");
    }
    if (const auto n = patches(runbook, Purpose::GiveBack).size(); n > 0)
        lines.push_back(base::count(n, "pod") +
                        " of the application that MTC labelled as stage pods: kept, without the "
                        "labels");
    std::string out;
    for (const std::string& line : lines) out += "  " + one_line(line) + "\n";
    return out.empty() ? out : heading("Stage pods", context) + out;
}

std::string skipped(const Runbook& runbook, const RenderContext& context) {
    if (runbook.skipped.empty()) return {};
    return heading("Left as it is", context) + skipped_lines(runbook, context);
}

bool guards(const Runbook& runbook) {
    return std::ranges::any_of(runbook.steps, [](const auto& step) {
        return std::holds_alternative<rollback::AwaitTargetStopped>(step.action);
    });
}

bool is_known(const rollback::Assessment& assessment, const rollback::ObjectRef& workload) {
    return std::ranges::any_of(assessment.situation.workloads, [&](const auto& each) {
        return each.workload == workload && each.before.wanted.known();
    });
}

// MTC's mark on a CronJob does not say whether it was suspended before (mm/quiesce.go).
std::vector<std::string> resumed(const std::vector<const Patch*>& starts,
                                 const rollback::Assessment& assessment,
                                 const rollback::ManualOptions& options) {
    std::vector<std::string> warnings;
    for (const Patch* patch : starts) {
        const auto& ref = patch->seen.ref;
        const bool said = std::ranges::any_of(options.set, [&](const auto& given) {
            return given.name == ref.name && mtc::is_called(ref.type, given.kind);
        });
        if (ref.type.plural != "cronjobs" || said || is_known(assessment, ref)) continue;
        warnings.push_back(ref.label() + " in " + ref.ns +
                           " will run, though nobody knows whether it was suspended before the "
                           "migration; --set " +
                           ref.ns + "/" + ref.label() + "=0 leaves it suspended");
    }
    return warnings;
}

std::string warnings(const State& state, const rollback::Assessment& assessment,
                     const Runbook& runbook, const rollback::ManualOptions& options,
                     const RenderContext& context) {
    std::vector<std::string> all;
    const auto started = patches(runbook, Purpose::Start);
    const bool starts = !started.empty();
    std::ranges::move(resumed(started, assessment, options), std::back_inserter(all));
    if (starts && options.assume_target_stopped && !guards(runbook) && !state.plan.volumes.empty())
        all.emplace_back(
            "--assume-target-stopped: nobody has seen that the target is stopped. If anything runs "
            "there with a volume of the plan, both sides write to it, and its data is corrupted");
    if (std::string what = rollback::describe_conversion(state); starts && !what.empty())
        all.push_back(std::move(what));
    if (starts)
        all.emplace_back(
            "what was migrated stays on the target; only MTC's own rollback deletes it");
    return all.empty() ? "" : heading("Warnings", context) + warning_lines(all, context);
}

std::string not_seen(const State& state, const RenderContext& context) {
    if (state.gaps.empty()) return {};
    return heading("Could not be seen", context) + gap_table(state.gaps).render(context.style);
}

}  // namespace

std::string render_manual_preview(const State& state, const rollback::Assessment& assessment,
                                  const Runbook& runbook, const rollback::ManualOptions& options,
                                  const rollback::ClusterName& control,
                                  const RenderContext& context) {
    const std::string title = "Manual rollback of plan " + state.plan.ns + "/" + state.plan.name;
    std::string why;
    for (const std::string& reason : assessment.reasons) why += "  " + one_line(reason) + "\n";
    return context.style.paint(Tone::Bold, one_line(title)) + "\n" + why + "\n" +
           cluster_table(control, name_of(state.source), name_of(state.target))
               .render(context.style) +
           stage_pod_lines(runbook, context) +
           changes("Stopped on the target first", patches(runbook, Purpose::Stop), context) +
           changes("Started on the source", patches(runbook, Purpose::Start), context) +
           changes("Paused again, once its pods run", patches(runbook, Purpose::Pause), context) +
           skipped(runbook, context) + not_seen(state, context) +
           warnings(state, assessment, runbook, options, context);
}

}  // namespace plugin
