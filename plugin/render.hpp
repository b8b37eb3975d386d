// Turns values into text and documents: what a person reads on stdout and stderr, and the one
// document of -o json|yaml. Pure: the same value and style give the same bytes.
#pragma once

#include <string>
#include <vector>

#include "plugin/exit_code.hpp"
#include "plugin/terminal.hpp"
#include "rollback/report.hpp"

namespace plugin {

struct RenderContext {
    Style style;
    bool wide = false;
    std::string called_as = "oc mtc-rollback";
};

/// What will happen, before anybody is asked: who acts on which clusters, what comes back, what is
/// deleted, what is lost, what could not be seen. For stderr. `control` is how the control cluster
/// is reached.
std::string render_preview(const rollback::State& state, const rollback::Assessment& assessment,
                           const rollback::ClusterName& control, const RenderContext& context);

/// Why nothing can be done, each with its remedy. For stderr.
std::string render_blockers(const std::vector<rollback::Blocker>& blockers,
                            const RenderContext& context, std::string_view of = "a rollback");

/// The runbook of --dry-run. For stdout.
std::string render_runbook(const rollback::Runbook& runbook, const RenderContext& context);

/// The result: "Rollback succeeded" or what it is instead, what was verified, what was left. For
/// stdout.
std::string render_result(const rollback::RunReport& report, const RenderContext& context);

/// The names of -o name: the rollback's, or those of the objects that the manual flow has written.
std::string render_names(const rollback::RunReport& report);

/// {"apiVersion": "mtc-rollback/v1", "kind": "RunReport", ...}, of kind Runbook for a dry run.
/// `called_as` stands in the commands of the advice.
base::Json to_json(const rollback::RunReport& report,
                   const std::string& called_as = RenderContext().called_as);
base::Json to_json(const rollback::Finding& finding);

/// -o json|yaml: one document on stdout instead of text.
bool is_document(OutputFormat output);
/// A document as text, ending with a newline: JSON, or YAML where `output` says so. Bytes of a
/// server that are no UTF-8 are replaced.
std::string render_document(const base::Json& document, OutputFormat output);

}  // namespace plugin
