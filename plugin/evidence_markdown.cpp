#include <algorithm>
#include <span>

#include "plugin/evidence_markup.hpp"
#include "plugin/text_width.hpp"

namespace plugin::evidence {
namespace {

using Row = std::vector<Cell>;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// What would begin a list where a line begins.
std::string not_a_list(const std::string& text) {
    if (text.starts_with('-') || text.starts_with('+')) return "\\" + text;
    const auto end = std::ranges::find_if_not(text, is_digit);
    if (end == text.end() || (*end != '.' && *end != ')')) return text;
    return std::string(text.begin(), end) + "\\" + std::string(end, text.end());
}

std::string escaped(std::string_view text) {
    constexpr std::string_view marks = "\\`*_[]|~#$";
    std::string out;
    for (const char c : one_line(text)) {
        if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else {
            if (marks.find(c) != std::string_view::npos) out += '\\';
            out += c;
        }
    }
    return not_a_list(out);
}

std::string escaped(const Cell& cell) {
    const std::string text = escaped(cell.text);
    return cell.tone == Tone::Bad && !text.empty() ? "**" + text + "**" : text;
}

std::string row(const Row& cells) {
    std::string out = "|";
    for (const Cell& cell : cells) out += " " + escaped(cell) + " |";
    return out + "\n";
}

std::string table(const Records& records, std::span<const Row> rows) {
    std::string out = "|";
    std::string rule = "|";
    for (const std::string& header : records.headers) {
        out += " " + escaped(header) + " |";
        rule += "---|";
    }
    out += "\n" + rule + "\n";
    for (const Row& each : rows) out += row(each);
    return out;
}

std::string folded(const Records& records, std::span<const Row> rows) {
    if (rows.empty()) return {};
    return "\n<details><summary>and " + std::to_string(rows.size()) + " more</summary>\n\n" +
           table(records, rows) + "\n</details>\n";
}

std::string markdown_caption(const std::string& text) {
    return text.empty() ? "" : "\n### " + escaped(text) + "\n";
}

struct MarkdownWriter {
    std::string operator()(const Lines& lines) const {
        std::string out = markdown_caption(lines.caption) + "\n";
        for (const Cell& line : lines.items) out += "- " + escaped(line) + "\n";
        return out;
    }
    std::string operator()(const Records& records) const {
        const std::span<const Row> rows = records.rows;
        const auto open = std::min(rows.size(), most_open_rows);
        return markdown_caption(records.caption) + "\n" + table(records, rows.first(open)) +
               folded(records, rows.subspan(open));
    }
    // the tables of stages and of the pipeline say the same
    std::string operator()(const Timeline&) const { return {}; }
};

}  // namespace

std::string to_markdown(const Document& document) {
    std::string out =
        "# " + escaped(document.headline.text) + "\n\n" + escaped(document.title) + "\n\n";
    for (const Fact& fact : document.facts)
        out += "- **" + escaped(fact.name) + ":** " + escaped(fact.value.text) + "\n";
    for (const Section& section : document.sections) {
        out += "\n## " + escaped(section.title) + "\n";
        for (const Part& part : section.parts) out += std::visit(MarkdownWriter{}, part);
    }
    return out + "\n---\n\n" + escaped(document.footer) + "\n";
}

}  // namespace plugin::evidence
