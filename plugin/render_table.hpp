// A table as kubectl prints one: upper-case headers, three spaces between columns, no lines. The
// last column is wrapped at the style's width; nothing is ever cut, so that what is copied from it
// is whole.
#pragma once

#include <string>
#include <vector>

#include "plugin/terminal.hpp"

namespace plugin {

struct Cell {
    std::string text;
    Tone tone = Tone::Plain;
};

/// "✗" (or "x"): what is wrong. "!": what a person has to know.
Cell failure_mark(const Style& style);
Cell warning_mark();
/// A mark and the text behind it, wrapped at the style's width.
std::string marked(const Cell& mark, std::string_view text, const Style& style, int indent = 0);
/// "-> oc describe ...": on one line whatever its length, so that it can be copied.
std::string remedy_line(std::string_view text, const Style& style, int indent = 2);

class Table {
  public:
    explicit Table(std::vector<std::string> headers) : headers_(std::move(headers)) {}

    void row(std::vector<Cell> cells);
    /// What to know of the last row, and what to do about it, on lines below it.
    void note(const std::string& text);
    void remedy(const std::string& text);

    std::string render(const Style& style) const;

  private:
    struct Note {
        std::string text;
        bool remedy = false;
    };
    struct Row {
        std::vector<Cell> cells;
        std::vector<Note> notes = {};
    };

    std::vector<int> widths() const;
    static std::string render(const Row& row, const std::vector<int>& widths, int last,
                              const Style& style);

    std::vector<std::string> headers_;
    std::vector<Row> rows_;
};

}  // namespace plugin
