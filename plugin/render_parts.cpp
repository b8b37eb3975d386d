#include "plugin/render_parts.hpp"

#include "base/text.hpp"
#include "plugin/text_width.hpp"

namespace plugin {
namespace {

std::string server_and_access(const rollback::ClusterName& cluster) {
    std::vector<std::string> access;
    for (const std::string& part : {cluster.described_as, cluster.user}) {
        if (!part.empty()) access.push_back(part);
    }
    return cluster.server + (access.empty() ? "" : " (" + base::join(access) + ")");
}

}  // namespace

std::string heading(std::string_view text, const RenderContext& context) {
    return "\n" + context.style.paint(Tone::Bold, one_line(text)) + "\n";
}

std::string and_more(std::size_t left_out, std::string_view which, const RenderContext& context) {
    if (left_out == 0) return {};
    return "and " + std::to_string(left_out) + " more" + std::string(which) + " (" +
           context.style.paint(Tone::Bold, "-o wide") + " shows all)\n";
}

rollback::ClusterName name_of(const rollback::ClusterView& view) {
    return {view.server, view.described_as, view.user, view.reach};
}

Table cluster_table(const rollback::ClusterName& control, const rollback::ClusterName& source,
                    const rollback::ClusterName& target) {
    Table table({"CLUSTER", "SERVER AND ACCESS"});
    table.row({{"control"}, {server_and_access(control)}});
    table.row({{"source"}, {server_and_access(source)}});
    table.row({{"target"}, {server_and_access(target)}});
    return table;
}

Table gap_table(const std::vector<rollback::Gap>& gaps) {
    Table table({"CLUSTER", "COULD NOT", "WHY"});
    for (const rollback::Gap& gap : gaps) table.row({{word(gap.side)}, {gap.what}, {gap.why}});
    return table;
}

std::string blocker_lines(const rollback::Blocker& blocker, const RenderContext& context) {
    return marked(failure_mark(context.style), blocker.what, context.style) +
           (blocker.remedy.empty() ? "" : remedy_line(blocker.remedy, context.style));
}

std::string warning_lines(const std::vector<std::string>& warnings, const RenderContext& context) {
    std::string out;
    for (const std::string& warning : warnings)
        out += marked(warning_mark(), warning, context.style);
    return out;
}

std::string skipped_lines(const rollback::Runbook& runbook, const RenderContext& context) {
    std::string out;
    for (const rollback::Skipped& each : runbook.skipped)
        out += marked(warning_mark(), each.workload.path() + " " + each.why, context.style) +
               remedy_line(each.remedy, context.style);
    return out;
}

std::string stopped_since(base::Time since, std::optional<std::chrono::seconds> length) {
    return "stopped since " + base::rfc3339(since) +
           (length ? ", for " + base::human(*length) : std::string());
}

std::string resource_name(const base::ObjectRef& ref) {
    const std::string group = ref.type.group.empty() ? "" : "." + ref.type.group;
    return base::lower(ref.type.kind) + group + "/" + ref.name;
}

std::string or_unknown(const mtc::Wanted& wanted) {
    const std::string text = mtc::describe(wanted);
    return text.empty() ? "unknown" : text;
}

}  // namespace plugin
