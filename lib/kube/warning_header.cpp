#include <optional>

#include "base/text.hpp"
#include "kube/request_log.hpp"

namespace kube {
namespace {

constexpr std::size_t longest_text = 4096;

struct Warning {
    std::string_view code;
    std::string text;
};

/// Takes the characters before the next space, and the space.
std::optional<std::string_view> take_word(std::string_view& rest) {
    const auto space = rest.find(' ');
    if (space == std::string_view::npos || space == 0) return std::nullopt;
    const auto word = rest.substr(0, space);
    rest.remove_prefix(space + 1);
    return word;
}

/// Takes "text", in which a backslash makes the next character an ordinary one.
std::optional<std::string> take_quoted(std::string_view& rest) {
    if (!rest.starts_with('"')) return std::nullopt;
    std::string text;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '"') {
            rest = base::trimmed(rest.substr(i + 1));
            return text;
        }
        if (rest[i] == '\\') ++i;
        if (i == rest.size()) break;
        text += rest[i];
    }
    return std::nullopt;
}

bool skip_date(std::string_view& rest) {
    if (!rest.starts_with('"')) return true;
    const auto quote = rest.find('"', 1);
    if (quote == std::string_view::npos) return false;
    rest = base::trimmed(rest.substr(quote + 1));
    return true;
}

bool skip_comma(std::string_view& rest) {
    if (rest.empty()) return true;
    if (!rest.starts_with(',')) return false;
    rest = base::trimmed(rest.substr(1));
    return true;
}

bool is_code(std::string_view word) {
    return word.size() == 3 && word.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Takes one warning and the comma behind it: code, agent ("-" or a host), text, perhaps a date.
std::optional<Warning> take_warning(std::string_view& rest) {
    const auto code = take_word(rest);
    if (!code || !is_code(*code) || !take_word(rest)) return std::nullopt;
    auto text = take_quoted(rest);
    if (!text || !skip_date(rest) || !skip_comma(rest)) return std::nullopt;
    return Warning{*code, std::move(*text)};
}

/// Cut where a character of UTF-8 begins.
std::string shortened(std::string text) {
    if (text.size() <= longest_text) return text;
    std::size_t end = longest_text;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
    text.resize(end);
    return text;
}

}  // namespace

std::vector<std::string> warnings_in(const std::string& header) {
    std::vector<std::string> texts;
    std::string_view rest = base::trimmed(header);
    while (!rest.empty()) {
        auto warning = take_warning(rest);
        if (!warning) break;  // where the next one would begin is not known
        if (warning->code == "299") texts.push_back(shortened(std::move(warning->text)));
    }
    return texts;
}

}  // namespace kube
