// The parts of text that more than one output shows: headings, who acts on which clusters, what
// could not be seen, what stands in the way. What stands around them is each output's own.
#pragma once

#include <string>
#include <vector>

#include "plugin/render.hpp"
#include "plugin/render_table.hpp"

namespace plugin {

/// How many workloads are shown without -o wide.
inline constexpr std::size_t most_rows = 20;

/// The text in bold, on a line of its own below an empty one.
std::string heading(std::string_view text, const RenderContext& context);

/// "and 3 more (-o wide shows all)", with `which` behind "more"; nothing when none was left out.
std::string and_more(std::size_t left_out, std::string_view which, const RenderContext& context);

/// The cluster as outputs name it.
rollback::ClusterName name_of(const rollback::ClusterView& view);
/// Who acts on which cluster: a row for each of the three.
Table cluster_table(const rollback::ClusterName& control, const rollback::ClusterName& source,
                    const rollback::ClusterName& target);
/// What could not be seen: a row for each gap.
Table gap_table(const std::vector<rollback::Gap>& gaps);

/// What stands in the way, marked, and the remedy below it.
std::string blocker_lines(const rollback::Blocker& blocker, const RenderContext& context);
/// Each warning with its mark.
std::string warning_lines(const std::vector<std::string>& warnings, const RenderContext& context);

/// What the runbook leaves as it is, marked, and how to have it started.
std::string skipped_lines(const rollback::Runbook& runbook, const RenderContext& context);
/// "Create migmigration/x in namespace ...": what a step does.
std::string in_words(const rollback::Step& step);

/// "stopped since 2026-01-01T00:00:00Z, for 5m", for an application that is stopped.
std::string stopped_since(base::Time since, std::optional<std::chrono::seconds> length);
/// "pod/web", "route.route.openshift.io/web": as `oc get -o name` prints it.
std::string resource_name(const base::ObjectRef& ref);

/// What a workload is told to be: "2 replicas", or "unknown".
std::string or_unknown(const mtc::Wanted& wanted);

}  // namespace plugin
