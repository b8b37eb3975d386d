#include "plugin/view_canvas.hpp"

#include <algorithm>

#include "plugin/text_width.hpp"

namespace plugin {
namespace {

constexpr int widest = 100;      // longer lines are hard to read
constexpr int unknown = 80;      // a width that is not known
constexpr int fewest_lines = 3;  // however low the terminal is

// One column stays free: a terminal may wrap when the last one is written.
int usable(const Style& style) {
    const int width = style.width <= 0 ? unknown : style.width;
    return std::max(1, std::min(width - 1, widest));
}

}  // namespace

Canvas::Canvas(const Style& style) : style_(style), width_(usable(style)) {}

std::string Canvas::safe(std::string_view text) const {
    return style_.unicode ? one_line(text) : one_ascii_line(text);
}

Cell Canvas::column(std::string_view text, int width, Tone tone) const {
    return {padded(cut(safe(text), width, ellipsis()), width + 1), tone};
}

void Canvas::add(Rank rank, const std::vector<Cell>& cells) {
    std::string out;
    int room = width_;
    for (const Cell& cell : cells) {
        const std::string text = cut(cell.text, room, ellipsis());
        out += style_.paint(cell.tone, text);
        room -= display_width(text);
        if (text != cell.text) break;
    }
    lines_.push_back({.text = std::move(out), .rank = rank});
}

void Canvas::blank() {
    lines_.push_back({});
}

void Canvas::paragraph(const Cell& mark, std::string_view text) {
    bool first = true;
    for (const std::string& line : wrapped(safe(text), std::max(width_ - 4, 8))) {
        add(Rank::Trouble, {{"  "}, first ? mark : Cell{" "}, {" "}, {line}});
        first = false;
    }
}

std::vector<std::string> Canvas::lines(int rows) const {
    std::vector<Line> kept = lines_;
    const auto most = static_cast<std::size_t>(std::max(rows - 1, fewest_lines));
    while (rows > 0 && kept.size() > most) {
        // the last of the least important
        const auto least = std::ranges::max_element(kept.rbegin(), kept.rend(), {}, &Line::rank);
        kept.erase(std::next(least).base());
    }
    std::vector<std::string> out;
    for (Line& line : kept) out.push_back(std::move(line.text));
    return out;
}

}  // namespace plugin
