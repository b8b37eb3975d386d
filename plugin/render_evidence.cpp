#include "plugin/render_evidence.hpp"

#include "base/text.hpp"
#include "plugin/evidence_markup.hpp"
#include "plugin/render.hpp"

namespace plugin {

std::optional<EvidenceFormat> evidence_format(std::string_view file) {
    const std::string name = base::lower(file.substr(file.rfind('/') + 1));
    const auto dot = name.rfind('.');
    // a file that is called ".md" has no ending
    if (dot == std::string::npos || dot == 0) return std::nullopt;
    const std::string ending = name.substr(dot);
    if (ending == ".md") return EvidenceFormat::Markdown;
    if (ending == ".html" || ending == ".htm") return EvidenceFormat::Html;
    if (ending == ".json") return EvidenceFormat::Json;
    return std::nullopt;
}

std::string render_evidence(const rollback::RunReport& report, EvidenceFormat format,
                            const EvidenceContext& context) {
    switch (format) {
        case EvidenceFormat::Markdown:
            return evidence::to_markdown(evidence::document_of(report, context.version));
        case EvidenceFormat::Html:
            return evidence::to_html(evidence::document_of(report, context.version));
        case EvidenceFormat::Json:
            return render_document(to_json(report, context.called_as), OutputFormat::Json);
    }
    return {};
}

}  // namespace plugin
