#include "plugin/render_findings.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace plugin {
namespace {

using rollback::Finding;
using rollback::Severity;

constexpr std::array order{Severity::Failure, Severity::Unknown, Severity::Warning, Severity::Ok};

auto rank(const Finding& finding) {
    return std::ranges::find(order, finding.severity) - order.begin();
}

}  // namespace

Cell result_cell(Severity severity) {
    switch (severity) {
        case Severity::Ok:
            return {"ok", Tone::Good};
        case Severity::Warning:
            return {"warning", Tone::Warning};
        case Severity::Failure:
            return {"FAILED", Tone::Bad};
        case Severity::Unknown:
            return {"unknown", Tone::Warning};
    }
    return {};
}

std::vector<Finding> worst_first(std::vector<Finding> findings) {
    std::ranges::stable_sort(findings, {}, rank);
    return findings;
}

std::string tally(const std::vector<Finding>& findings) {
    std::vector<std::string> parts;
    for (const Severity severity : order) {
        const auto n = std::ranges::count(findings, severity, &Finding::severity);
        if (n > 0) parts.push_back(std::to_string(n) + " " + result_cell(severity).text);
    }
    return base::join(parts);
}

}  // namespace plugin
