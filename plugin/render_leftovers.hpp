// What a migration left behind, and what became of it: as text for a person, and as the document of
// -o json|yaml. Pure: the same value and style give the same bytes.
#pragma once

#include <string>

#include "plugin/render.hpp"
#include "rollback/leftovers.hpp"

namespace plugin {

/// What will be deleted and what stays, before anybody is asked. For stderr.
std::string render_deletion_preview(const rollback::LeftoversReport& report,
                                    const RenderContext& context);

/// What was found; after a deletion what became of it, and what is left. For stdout.
std::string render_leftovers(const rollback::LeftoversReport& report, const RenderContext& context);

/// The names of -o name, as `oc get -o name` prints them: of what is left.
std::string render_leftover_names(const rollback::LeftoversReport& report);

/// {"apiVersion": "mtc-rollback/v1", "kind": "Leftovers", ...}
base::Json to_json(const rollback::LeftoversReport& report, const std::string& called_as);

/// "Delete", "ByController", ...
std::string word(rollback::Removal removal);

}  // namespace plugin
