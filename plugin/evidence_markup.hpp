// The evidence as Markdown and as HTML. Whatever text stands in the document is escaped here, so
// that it cannot be markup of either.
#pragma once

#include <string>

#include "plugin/evidence.hpp"

namespace plugin::evidence {

/// GitHub's flavour.
std::string to_markdown(const Document& document);

/// One file of its own: no script, nothing that is loaded, readable on a phone and on paper.
std::string to_html(const Document& document);

// Of to_html().
std::string html_text(std::string_view text);
std::string html_timeline(const Timeline& timeline);
extern const char* const html_style;

}  // namespace plugin::evidence
