// How wide text is on a screen, and cutting and wrapping it to a width. Text from a server passes
// through `one_line` before anything else, so that it can neither drive the terminal nor break a
// layout.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plugin {

/// Text from a server as one safe line: control characters visible, newlines and tabs as spaces,
/// and "?" for what is no UTF-8 or would turn the direction of writing.
std::string one_line(std::string_view text);
/// The same, with "?" for everything that is not ASCII: for a terminal that cannot show it.
std::string one_ascii_line(std::string_view text);

/// In columns; of a text that `one_line` has seen, without escape sequences.
int display_width(std::string_view text);

/// At most `width` columns, with `ellipsis` at the end of what was cut.
std::string cut(std::string_view text, int width, std::string_view ellipsis);

/// Filled with spaces up to `width` columns.
std::string padded(std::string text, int width);

/// Lines of at most `width` columns, broken between words; a longer word stays whole. 0: one line.
std::vector<std::string> wrapped(std::string_view text, int width);

}  // namespace plugin
