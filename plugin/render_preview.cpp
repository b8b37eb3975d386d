#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "plugin/render.hpp"
#include "plugin/render_parts.hpp"
#include "plugin/text_width.hpp"

namespace plugin {
namespace {

using rollback::Assessment;
using rollback::Return;
using rollback::State;
using rollback::Verdict;

std::string_view in_a_heading(Verdict verdict) {
    switch (verdict) {
        case Verdict::NotNeeded:
            return "not needed";
        case Verdict::Required:
            return "required";
        case Verdict::RequiredManual:
            return "required, by hand";
        case Verdict::Recommended:
            return "recommended";
        case Verdict::Dangerous:
            return "urgent: both sides write";
        case Verdict::InProgress:
            return "running already";
        case Verdict::AlreadyRolledBack:
            return "done already";
        case Verdict::Unknown:
            return "perhaps needed";
    }
    return "";
}

std::string headline(const State& state, const Assessment& assessment,
                     const RenderContext& context) {
    std::string out = context.style.paint(Tone::Bold, one_line("Rollback of plan " + state.plan.ns +
                                                               "/" + state.plan.name)) +
                      ": " + std::string(in_a_heading(assessment.verdict)) + "\n";
    for (const std::string& reason : assessment.reasons) out += "  " + one_line(reason) + "\n";
    if (assessment.stopped_since)
        out += "  " + stopped_since(*assessment.stopped_since, assessment.stopped_for) + "\n";
    return out;
}

std::string clusters(const State& state, const rollback::ClusterName& control,
                     const RenderContext& context) {
    return "\n" + cluster_table(control, name_of(state.source), name_of(state.target))
                      .render(context.style);
}

// What comes back
// -------------------------------------------------------------------------------------------

// The ones with a note first where not all are shown: they are what a person must know.
std::vector<const Return*> chosen(const std::vector<Return>& returns, bool all) {
    std::vector<const Return*> rows;
    for (const Return& item : returns) rows.push_back(&item);
    if (all || rows.size() <= most_rows) return rows;
    std::ranges::stable_partition(rows, [](const Return* item) { return !item->note.empty(); });
    rows.resize(most_rows);
    return rows;
}

std::string comes_back(const Assessment& assessment, const RenderContext& context) {
    const auto& returns = assessment.effects.returns;
    if (returns.empty())
        return heading("Comes back on the source: nothing seen that MTC has stopped", context);
    Table table({"NAMESPACE", "WORKLOAD", "NOW", "THEN"});
    const auto rows = chosen(returns, context.wide);
    for (const Return* item : rows) {
        const bool known = item->then != mtc::Wanted{};
        table.row({{item->workload.ns},
                   {item->workload.label()},
                   {or_unknown(item->now)},
                   {or_unknown(item->then), known ? Tone::Plain : Tone::Warning}});
        if (!item->note.empty()) table.note(item->note);
    }
    return heading("Comes back on the source: " + base::count(returns.size(), "workload"),
                   context) +
           table.render(context.style) + and_more(returns.size() - rows.size(), "", context);
}

// What is deleted
// -------------------------------------------------------------------------------------------

using ByNamespace =
    std::map<std::string, std::map<std::string, std::vector<const rollback::ObjectRef*>>>;

ByNamespace by_namespace(const Assessment& assessment) {
    ByNamespace out;
    for (const auto& [resource, refs] : assessment.effects.deleted) {
        for (const auto& ref : refs) out[ref.ns][resource].push_back(&ref);
    }
    return out;
}

std::string counts(
    const std::map<std::string, std::vector<const rollback::ObjectRef*>>& by_resource) {
    std::vector<std::string> parts;
    for (const auto& [resource, refs] : by_resource) {
        // label() is "kind/name", the kind in lower case
        const std::string label = one_line(refs.front()->label());
        parts.push_back(
            base::count(refs.size(), label.substr(0, label.find('/')), refs.front()->type.plural));
    }
    return base::join(parts);
}

std::size_t total(const Assessment& assessment) {
    std::size_t n = 0;
    for (const auto& [resource, refs] : assessment.effects.deleted) n += refs.size();
    return n;
}

Table names_table(const ByNamespace& objects) {
    Table table({"NAMESPACE", "OBJECT"});
    for (const auto& [ns, by_resource] : objects) {
        for (const auto& [resource, refs] : by_resource) {
            for (const auto* ref : refs) table.row({{ns}, {ref->label()}});
        }
    }
    return table;
}

Table counts_table(const ByNamespace& objects) {
    Table table({"NAMESPACE", "OBJECTS"});
    for (const auto& [ns, by_resource] : objects) table.row({{ns}, {counts(by_resource)}});
    return table;
}

std::string deleted(const Assessment& assessment, const RenderContext& context) {
    const auto objects = by_namespace(assessment);
    if (objects.empty())
        return heading("Deleted on the target: nothing seen that was migrated", context);
    const Table table = context.wide ? names_table(objects) : counts_table(objects);
    return heading("Deleted on the target: " + base::count(total(assessment), "object") +
                       (context.wide ? "" : " (-o wide shows their names)"),
                   context) +
           table.render(context.style);
}

// What to know
// ----------------------------------------------------------------------------------------------

std::string unseen(const State& state, const RenderContext& context) {
    if (state.gaps.empty()) return {};
    return heading("Could not be seen: " + base::count(state.gaps.size(), "gap"), context) +
           gap_table(state.gaps).render(context.style);
}

std::string warnings(const Assessment& assessment, const RenderContext& context) {
    const auto& all = assessment.effects.warnings;
    return all.empty() ? "" : heading("Warnings", context) + warning_lines(all, context);
}

}  // namespace

std::string render_preview(const State& state, const Assessment& assessment,
                           const rollback::ClusterName& control, const RenderContext& context) {
    return headline(state, assessment, context) + clusters(state, control, context) +
           comes_back(assessment, context) + deleted(assessment, context) + unseen(state, context) +
           warnings(assessment, context);
}

std::string render_blockers(const std::vector<rollback::Blocker>& blockers,
                            const RenderContext& context, std::string_view of) {
    std::string out =
        context.style.paint(Tone::Bold,
                            "Nothing was changed: " + base::count(blockers.size(), "thing") +
                                (blockers.size() == 1 ? " stands" : " stand") + " in the way of " +
                                std::string(of)) +
        "\n";
    for (const rollback::Blocker& blocker : blockers) out += "\n" + blocker_lines(blocker, context);
    return out;
}

}  // namespace plugin
