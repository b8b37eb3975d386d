// What is known of a terminal: whether it is one, its size, whether it wants colour. And the
// colours, which carry a meaning that the words beside them carry too.
#pragma once

#include <string>
#include <string_view>

#include "plugin/options.hpp"

namespace plugin {

/// Readable on dark and on light backgrounds, so nothing bright; Active marks what runs now.
enum class Tone { Plain, Bold, Dim, Good, Warning, Bad, Active };

struct Style {
    bool color = false;
    bool unicode = false;  // the locale can show check marks and ellipses
    int width = 80;        // in columns; 0: no limit, for what is no terminal

    std::string paint(Tone tone, std::string_view text) const;
};

/// The style for a file descriptor (1 or 2): --color, NO_COLOR by its presence, TERM=dumb, COLUMNS,
/// the locale.
Style style_of(int fd, ColorMode mode);

bool is_terminal(int fd);
/// False where the cursor cannot be moved (TERM=dumb).
bool can_redraw();

struct ScreenSize {
    int columns = 0;  // 0: not known
    int rows = 0;
};
ScreenSize screen_size(int fd);

}  // namespace plugin
