// The evidence of a run: what was seen before, what was done and when, what was verified, and what
// was not seen. For a ticket, an audit, a postmortem; read without the cluster at hand. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rollback/report.hpp"

namespace plugin {

enum class EvidenceFormat { Markdown, Html, Json };

/// By the ending of a file's name: .md, .html or .htm, .json. Nothing for any other.
std::optional<EvidenceFormat> evidence_format(std::string_view file);

struct EvidenceContext {
    std::string called_as = "oc mtc-rollback";
    std::string version;
};

/// JSON is the document of -o json.
std::string render_evidence(const rollback::RunReport& report, EvidenceFormat format,
                            const EvidenceContext& context);

}  // namespace plugin
