#include "plugin/view.hpp"

#include "plugin/view_live.hpp"
#include "plugin/view_plain.hpp"

namespace plugin {
namespace {

class NoView final : public View {
  public:
    void show(const run::Event& /*event*/, base::Time /*now*/) override {}
    void finish() override {}
};

LineSink lines_to(std::FILE* out) {
    return [out](const std::string& line) {
        std::fwrite(line.data(), 1, line.size(), out);
        std::fflush(out);
    };
}

ProgressFormat resolved(const ViewOptions& options) {
    if (options.format != ProgressFormat::Auto) return options.format;
    return is_terminal(::fileno(options.out)) && can_redraw() ? ProgressFormat::Tty
                                                              : ProgressFormat::Plain;
}

}  // namespace

std::unique_ptr<View> make_view(const ViewOptions& options) {
    switch (resolved(options)) {
        case ProgressFormat::Tty:
            return make_live_view(options);
        case ProgressFormat::Json:
            return make_json_view(lines_to(options.out));
        case ProgressFormat::None:
            return std::make_unique<NoView>();
        case ProgressFormat::Auto:
        case ProgressFormat::Plain:
            break;
    }
    return make_plain_view(lines_to(options.out));
}

}  // namespace plugin
