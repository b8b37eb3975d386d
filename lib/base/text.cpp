#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>

namespace base {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct Deceptive {
    char32_t first;
    char32_t last;
};
// C1 (terminals take them for ESC and a letter; U+0085 is a new line), Arabic letter mark, zero
// width and marks of direction, separators and overrides, isolates, byte order mark.
constexpr std::array<Deceptive, 7> deceptive{{{0x7f, 0x9f},
                                              {0x61c, 0x61c},
                                              {0x200e, 0x200f},
                                              {0x2028, 0x202e},
                                              {0x2066, 0x2069},
                                              {0xfeff, 0xfeff},
                                              {0xfff9, 0xfffb}}};

unsigned bits_of(char c) {
    return static_cast<unsigned char>(c) & 0x3fU;
}

// The character at the front, and how many bytes it has; 0 for one of another length, or for none.
std::pair<char32_t, std::size_t> short_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return {lead, 1};
    if ((lead & 0xe0U) == 0xc0 && text.size() > 1)
        return {((lead & 0x1fU) << 6U) | bits_of(text[1]), 2};
    if ((lead & 0xf0U) == 0xe0 && text.size() > 2)
        return {((lead & 0x0fU) << 12U) | (bits_of(text[1]) << 6U) | bits_of(text[2]), 3};
    return {0, 0};
}

// Its length where it is one of those; otherwise 0.
std::size_t deceptive_length(std::string_view text, char32_t& point) {
    const auto [found, length] = short_character(text);
    point = found;
    const bool is_one = length > 0 && std::ranges::any_of(deceptive, [&](const Deceptive& range) {
                            return found >= range.first && found <= range.last;
                        });
    return is_one ? length : 0;
}

std::string unicode_escape(char32_t point) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out = "\\u";
    for (unsigned shift = 16; shift > 0; shift -= 4) out += digits[(point >> (shift - 4)) & 15U];
    return out;
}

}  // namespace

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    std::string out;
    for (const std::string& part : parts) {
        if (!out.empty()) out += separator;
        out += part;
    }
    return out;
}

std::string first_of(std::vector<std::string> parts, std::size_t most, std::string_view separator) {
    const std::size_t left_out = parts.size() - std::min(parts.size(), most);
    parts.resize(parts.size() - left_out);
    return join(parts, separator) +
           (left_out > 0 ? " and " + std::to_string(left_out) + " more" : "");
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n') {
            out += "\\n";
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string shell_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string shell_word(std::string_view text) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:@%+,=";
    const bool is_plain = text.find_first_not_of(plain) == std::string_view::npos;
    return is_plain && !text.empty() ? std::string(text) : shell_quoted(text);
}

std::string reason_of(int error) {
    std::string reason = std::strerror(error);
    reason[0] = lower(reason.substr(0, 1))[0];
    return reason;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

std::string count(std::size_t n, std::string_view singular, std::string_view plural) {
    std::string out = std::to_string(n) + " ";
    if (n == 1) return out.append(singular);
    return plural.empty() ? out.append(singular).append("s") : out.append(plural);
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        char32_t point = 0;
        const std::size_t length = deceptive_length(text.substr(i), point);
        if (length > 1) {
            out += unicode_escape(point);
            i += length - 1;
        } else if (c == '\n' || c == '\t' || (byte >= 0x20 && byte != 0x7f)) {
            out += c;
        } else if (c == '\r') {
            out += "\\r";
        } else {
            out += '^';
            out += static_cast<char>(byte ^ 0x40U);
        }
    }
    return out;
}

std::string escaped_deceptive(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        char32_t point = 0;
        const std::size_t length = deceptive_length(text, point);
        out += length > 0 ? unicode_escape(point) : std::string(1, text[0]);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return out;
}

bool decode_base64(std::string_view text, std::string& out) {
    out.clear();
    std::uint32_t bits = 0;
    int held = 0;
    std::size_t padding = 0;
    std::size_t symbols = 0;
    for (const char c : text) {
        if (is_space(c)) continue;
        ++symbols;
        if (c == '=') {
            ++padding;
            continue;
        }
        const auto value = alphabet.find(c);
        if (value == std::string_view::npos || padding > 0) return false;
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        held += 6;
        if (held < 8) continue;
        held -= 8;
        out += static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xffU);
    }
    return symbols % 4 == 0 && padding <= 2;
}

std::string encode_base64(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = (group << 8U) | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            out += k <= n ? alphabet[(group >> (18U - 6U * static_cast<unsigned>(k))) & 63U] : '=';
        }
    }
    return out;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t k = 1; k <= b.size(); ++k) {
            const std::size_t substituted = diagonal + (a[i - 1] == b[k - 1] ? 0 : 1);
            diagonal = row[k];
            row[k] = std::min({row[k] + 1, row[k - 1] + 1, substituted});
        }
    }
    return row[b.size()];
}

}  // namespace base
