// The sheet that a frame is written on: lines that are cut where the terminal ends, wrapped
// paragraphs, and a rank for each line, so that a low terminal loses the least important ones
// first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plugin/render_table.hpp"

namespace plugin {

/// What a low terminal keeps longest stands first.
enum class Rank { Title, RunningStep, Clock, Trouble, Detail, OtherStep, Hint, Blank };

class Canvas {
  public:
    explicit Canvas(const Style& style);

    int width() const { return width_; }
    /// A server's text as one line that this terminal can show.
    std::string safe(std::string_view text) const;
    /// Cut or filled to `width` columns and a space.
    Cell column(std::string_view text, int width, Tone tone) const;

    /// The cells one behind the other, cut where the width ends.
    void add(Rank rank, const std::vector<Cell>& cells);
    void blank();
    /// A mark and the text behind it, on as many lines as it needs.
    void paragraph(const Cell& mark, std::string_view text);

    /// At most `rows` - 1 lines (0: all).
    std::vector<std::string> lines(int rows) const;

  private:
    struct Line {
        std::string text;
        Rank rank = Rank::Blank;
    };

    const char* ellipsis() const { return style_.unicode ? "…" : "..."; }

    Style style_;
    int width_;
    std::vector<Line> lines_;
};

}  // namespace plugin
