#include "plugin/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

namespace plugin {
namespace {

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// The eight standard colours only: their bright sisters vanish on one background or the other.
std::string_view code(Tone tone) {
    switch (tone) {
        case Tone::Plain:
            return "";
        case Tone::Bold:
            return "1";
        case Tone::Dim:
            return "2";
        case Tone::Good:
            return "32";
        case Tone::Warning:
            return "35";  // yellow cannot be read on white; compilers warn in magenta too
        case Tone::Bad:
            return "31";
        case Tone::Active:
            return "36";
    }
    return "";
}

bool wants_color(int fd, ColorMode mode) {
    switch (mode) {
        case ColorMode::Always:
            return true;
        case ColorMode::Never:
            return false;
        case ColorMode::Auto:
            break;
    }
    return is_terminal(fd) && can_redraw() && std::getenv("NO_COLOR") == nullptr;
}

// POSIX: the first of these that is set and not empty decides.
bool locale_is_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        std::string value(environment(name));
        if (value.empty()) continue;
        std::ranges::transform(value, value.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        });
        return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
    }
    return false;
}

int columns_variable() {
    const std::string_view text = environment("COLUMNS");
    int columns = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), columns);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole ? std::max(columns, 0) : 0;
}

// The terminal itself knows best; COLUMNS speaks for what is none.
int width_of(int fd) {
    if (const int columns = screen_size(fd).columns; columns > 0) return columns;
    if (const int columns = columns_variable(); columns > 0) return columns;
    return is_terminal(fd) ? 80 : 0;
}

}  // namespace

std::string Style::paint(Tone tone, std::string_view text) const {
    if (!color || tone == Tone::Plain || text.empty()) return std::string(text);
    return "\x1b[" + std::string(code(tone)) + "m" + std::string(text) + "\x1b[0m";
}

Style style_of(int fd, ColorMode mode) {
    return {.color = wants_color(fd, mode), .unicode = locale_is_utf8(), .width = width_of(fd)};
}

bool is_terminal(int fd) {
    return ::isatty(fd) == 1;
}

bool can_redraw() {
    return environment("TERM") != "dumb";
}

ScreenSize screen_size(int fd) {
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) != 0) return {};
    return {.columns = size.ws_col, .rows = size.ws_row};
}

}  // namespace plugin
