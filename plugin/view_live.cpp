#include "plugin/view_live.hpp"

#include <algorithm>

#include "plugin/text_width.hpp"

namespace plugin {
namespace {

std::string without_escapes(const std::string& line) {
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\x1b')
            i = std::min(line.find('m', i), line.size());
        else
            out += line[i];
    }
    return out;
}

class LiveView final : public View {
  public:
    explicit LiveView(const ViewOptions& options)
        : out_(options.out), style_(options.style), clock_ahead_(options.clock_ahead) {
        model_.flow = options.flow;
        model_.stopped_since = options.stopped_since;
    }

    void show(const run::Event& event, base::Time now) override {
        now_ = now + clock_ahead_();
        model_.apply(event, now_);
        draw();
    }

    void finish() override {
        if (!model_.began || model_.over) return;
        model_.over = true;
        draw();
    }

  private:
    void draw() {
        const ScreenSize screen = screen_size(::fileno(out_));
        if (screen.columns > 0) style_.width = screen.columns;
        auto frame = live_frame(model_, style_, now_, screen.rows);
        if (frame == shown_ && style_.width == shown_at_width_) return;
        write(frame);
        shown_ = std::move(frame);
        shown_at_width_ = style_.width;
    }

    // One write, each line over the old one, so that nothing flickers.
    void write(const std::vector<std::string>& frame) {
        std::string text = "\r";
        if (const int up = height_of_shown(); up > 0) text += "\x1b[" + std::to_string(up) + "A";
        for (const std::string& line : frame) text += line + "\x1b[K\n";
        text += "\x1b[J";
        std::fwrite(text.data(), 1, text.size(), out_);
        std::fflush(out_);
    }

    // A terminal that became narrower has wrapped the old lines.
    int height_of_shown() const {
        int height = 0;
        for (const std::string& line : shown_) {
            const int width = display_width(without_escapes(line));
            height += style_.width > 0 ? std::max(1, (width + style_.width - 1) / style_.width) : 1;
        }
        return height;
    }

    std::FILE* out_;
    Style style_;
    std::function<std::chrono::seconds()> clock_ahead_;
    LiveModel model_;
    base::Time now_{};
    std::vector<std::string> shown_;
    int shown_at_width_ = 0;
};

}  // namespace

std::unique_ptr<View> make_live_view(const ViewOptions& options) {
    return std::make_unique<LiveView>(options);
}

}  // namespace plugin
