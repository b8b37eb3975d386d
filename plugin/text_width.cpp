#include "plugin/text_width.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace plugin {
namespace {

constexpr char32_t invalid = 0xFFFFFFFF;

struct Decoded {
    char32_t point = invalid;
    std::size_t length = 1;
};

std::size_t length_of(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

bool is_valid(char32_t point, std::size_t length) {
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    return point >= least[length] && point <= 0x10FFFF && (point < 0xD800 || point > 0xDFFF);
}

// The first character of a text that is not empty; `invalid` of one byte where it is no UTF-8.
Decoded decode(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t length = length_of(lead);
    if (length == 0 || length > text.size()) return {};
    if (length == 1) return {.point = lead, .length = 1};
    char32_t point = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if ((byte & 0xC0U) != 0x80) return {};
        point = (point << 6U) | (byte & 0x3FU);
    }
    return is_valid(point, length) ? Decoded{.point = point, .length = length} : Decoded{};
}

struct Range {
    char32_t first;
    char32_t last;
};

template <std::size_t N>
bool within(const std::array<Range, N>& ranges, char32_t point) {
    return std::ranges::any_of(ranges,
                               [&](const Range& r) { return point >= r.first && point <= r.last; });
}

// C1 controls, line separators, and what reorders text (Trojan Source).
constexpr std::array<Range, 6> unsafe{{{0x80, 0x9F},
                                       {0x61C, 0x61C},
                                       {0x200E, 0x200F},
                                       {0x2028, 0x202E},
                                       {0x2066, 0x2069},
                                       {0xFFF9, 0xFFFB}}};

// Combining marks and what joins: the common blocks, enough to keep a table straight.
constexpr std::array<Range, 12> zero_width{{{0x300, 0x36F},
                                            {0x483, 0x489},
                                            {0x591, 0x5BD},
                                            {0x610, 0x61A},
                                            {0x64B, 0x65F},
                                            {0x1AB0, 0x1AFF},
                                            {0x1DC0, 0x1DFF},
                                            {0x200B, 0x200D},
                                            {0x20D0, 0x20FF},
                                            {0xFE00, 0xFE0F},
                                            {0xFE20, 0xFE2F},
                                            {0xFEFF, 0xFEFF}}};

// East Asian Wide and Fullwidth, and the emoji blocks.
constexpr std::array<Range, 11> wide{{{0x1100, 0x115F},
                                      {0x231A, 0x231B},
                                      {0x2E80, 0x303E},
                                      {0x3041, 0xA4CF},
                                      {0xA960, 0xA97F},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0x1F300, 0x1FAFF},
                                      {0x20000, 0x3FFFD}}};

int columns(char32_t point) {
    if (within(zero_width, point)) return 0;
    return within(wide, point) ? 2 : 1;
}

template <class Keep>
std::string filtered(std::string_view text, Keep keep) {
    std::string safe = base::printable(text);
    std::ranges::replace(safe, '\n', ' ');
    std::ranges::replace(safe, '\t', ' ');
    std::string out;
    for (std::string_view rest = safe; !rest.empty();) {
        const Decoded next = decode(rest);
        if (next.point != invalid && keep(next.point)) {
            out += rest.substr(0, next.length);
        } else {
            out += '?';
        }
        rest.remove_prefix(next.length);
    }
    return std::string(base::trimmed(out));
}

}  // namespace

std::string one_line(std::string_view text) {
    return filtered(text, [](char32_t point) { return !within(unsafe, point); });
}

std::string one_ascii_line(std::string_view text) {
    return filtered(text, [](char32_t point) { return point < 0x80; });
}

int display_width(std::string_view text) {
    int width = 0;
    while (!text.empty()) {
        const Decoded next = decode(text);
        width += next.point == invalid ? 1 : columns(next.point);
        text.remove_prefix(next.length);
    }
    return width;
}

std::string cut(std::string_view text, int width, std::string_view ellipsis) {
    if (width <= 0) return {};
    if (display_width(text) <= width) return std::string(text);
    const int room = width - display_width(ellipsis);
    if (room < 0) return cut(text, width, "");
    std::size_t end = 0;
    int used = 0;
    while (end < text.size()) {
        const Decoded next = decode(text.substr(end));
        used += next.point == invalid ? 1 : columns(next.point);
        if (used > room) break;
        end += next.length;
    }
    return std::string(text.substr(0, end)).append(ellipsis);
}

std::string padded(std::string text, int width) {
    const int missing = width - display_width(text);
    if (missing > 0) text.append(static_cast<std::size_t>(missing), ' ');
    return text;
}

std::vector<std::string> wrapped(std::string_view text, int width) {
    if (width <= 0) return {std::string(text)};
    std::vector<std::string> lines{""};
    for (const std::string& word : base::split(text, ' ')) {
        if (word.empty()) continue;
        std::string& line = lines.back();
        const bool fits = display_width(line) + 1 + display_width(word) <= width;
        if (line.empty()) {
            line = word;
        } else if (fits) {
            line += " " + word;
        } else {
            lines.push_back(word);
        }
    }
    return lines;
}

}  // namespace plugin
