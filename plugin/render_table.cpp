#include "plugin/render_table.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "plugin/text_width.hpp"

namespace plugin {
namespace {

constexpr int gap = 3;
constexpr int least_for_wrapping = 24;

std::string spaces(int n) {
    return std::string(static_cast<std::size_t>(std::max(n, 0)), ' ');
}

// Escape sequences have no width, so the padding is outside of them.
std::string painted(const Cell& cell, int width, const Style& style) {
    return style.paint(cell.tone, cell.text) + spaces(width - display_width(cell.text));
}

int room_for_last(int column, const Style& style) {
    const int room = style.width - column;
    return style.width == 0 || room < least_for_wrapping ? 0 : room;
}

std::string last_column(const Cell& cell, int column, const Style& style) {
    std::string out;
    for (const std::string& line : wrapped(cell.text, room_for_last(column, style))) {
        if (!out.empty()) out += "\n" + spaces(column);
        out += style.paint(cell.tone, line);
    }
    return out;
}

std::string without_trailing_space(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

}  // namespace

Cell failure_mark(const Style& style) {
    return {style.unicode ? "✗" : "x", Tone::Bad};
}

Cell warning_mark() {
    return {"!", Tone::Warning};
}

std::string marked(const Cell& mark, std::string_view text, const Style& style, int indent) {
    const int column = indent + display_width(mark.text) + 1;
    std::string out = spaces(indent) + style.paint(mark.tone, mark.text) + " ";
    bool first = true;
    for (const std::string& line : wrapped(one_line(text), room_for_last(column, style))) {
        out += (first ? "" : spaces(column)) + line + "\n";
        first = false;
    }
    return out;
}

std::string remedy_line(std::string_view text, const Style& style, int indent) {
    return spaces(indent) + style.paint(Tone::Dim, "->") + " " + one_line(text) + "\n";
}

void Table::row(std::vector<Cell> cells) {
    for (Cell& cell : cells) cell.text = one_line(cell.text);
    rows_.push_back({.cells = std::move(cells)});
}

void Table::note(const std::string& text) {
    if (!rows_.empty()) rows_.back().notes.push_back({.text = text});
}

void Table::remedy(const std::string& text) {
    if (!rows_.empty() && !text.empty())
        rows_.back().notes.push_back({.text = text, .remedy = true});
}

std::vector<int> Table::widths() const {
    std::vector<int> widths;
    for (const std::string& header : headers_) widths.push_back(display_width(header));
    for (const Row& row : rows_) {
        for (std::size_t i = 0; i < row.cells.size(); ++i)
            widths[i] = std::max(widths[i], display_width(row.cells[i].text));
    }
    return widths;
}

std::string Table::render(const Style& style) const {
    const std::vector<int> widths = this->widths();
    int last = 0;
    for (std::size_t i = 0; i + 1 < widths.size(); ++i) last += widths[i] + gap;
    std::string header;
    for (std::size_t i = 0; i < headers_.size(); ++i)
        header += padded(headers_[i], widths[i] + gap);
    std::string out = without_trailing_space(header);
    for (const Row& row : rows_) out += render(row, widths, last, style);
    return out;
}

std::string Table::render(const Row& row, const std::vector<int>& widths, int last,
                          const Style& style) {
    std::string line;
    for (std::size_t i = 0; i + 1 < row.cells.size(); ++i)
        line += painted(row.cells[i], widths[i] + gap, style);
    std::string out = without_trailing_space(line + last_column(row.cells.back(), last, style));
    for (const Note& note : row.notes)
        out += note.remedy ? remedy_line(note.text, style)
                           : marked(warning_mark(), note.text, style, 2);
    return out;
}

}  // namespace plugin
