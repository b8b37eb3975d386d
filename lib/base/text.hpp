// Small work on text that every layer needs: joining, plurals, and making a server's text safe for
// a terminal. It formats nothing that belongs to a command: that is plugin's work.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace base {

/// "a, b, c"
std::string join(const std::vector<std::string>& parts, std::string_view separator = ", ");
/// "a, b, c and 2 more": the first `most` of the parts.
std::string first_of(std::vector<std::string> parts, std::size_t most,
                     std::string_view separator = ", ");
/// The parts between separators; an empty text has no parts.
std::vector<std::string> split(std::string_view text, char separator);
/// Without white space at both ends.
std::string_view trimmed(std::string_view text);
/// "\"name\"", with what would end it escaped: Go's %q, as far as it matters here.
std::string in_quotes(std::string_view text);
/// As a POSIX shell reads it back, whatever it holds: in single quotes.
std::string shell_quoted(std::string_view text);
/// The same, without quotes where the text needs none.
std::string shell_word(std::string_view text);
/// What an errno means, as Go words it: "no such file or directory".
std::string reason_of(int error);
/// With ASCII's capitals made small.
std::string lower(std::string_view text);
/// "1 pod", "3 pods"; the plural is given where an "s" does not make it.
std::string count(std::size_t n, std::string_view singular, std::string_view plural = {});
/// Control characters made visible as kubectl does it (ESC becomes "^["), so that text from a
/// server cannot drive the terminal, and what escaped_deceptive() escapes. Newlines and tabs stay.
std::string printable(std::string_view text);
/// Characters that nobody sees, but that turn the direction of writing, or that some readers take
/// for a new line or no text at all (DEL, C1, U+2028, U+202E, U+FEFF and their like), as JSON
/// escapes them: "\\u2028".
std::string escaped_deceptive(std::string_view text);
/// The base64 decoding (RFC 4648, white space ignored); false when the text is none.
bool decode_base64(std::string_view text, std::string& out);
std::string encode_base64(std::string_view bytes);
/// How many single-character edits lie between two words (Levenshtein): for "did you mean".
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace base
