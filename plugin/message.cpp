#include "plugin/message.hpp"

#include <array>
#include <cstdio>
#include <string_view>

#include "base/text.hpp"

namespace plugin {

std::string as_error(const std::string& message) {
    constexpr std::array<std::string_view, 5> known{"error: ", "Error from server",
                                                    "Error in configuration", "Unable to connect",
                                                    "The connection to"};
    for (const auto& prefix : known) {
        if (message.starts_with(prefix)) return message;
    }
    // "the source cluster: error: ..." is one error, told with where it happened
    constexpr std::string_view inner = ": error: ";
    std::string whole = "error: " + message;
    if (const auto at = whole.find(inner); at != std::string::npos)
        whole.erase(at + 2, inner.size() - 2);
    return whole;
}

void print_error(const std::string& message, const std::string& hint) {
    std::fprintf(stderr, "%s\n", base::printable(as_error(message)).c_str());
    for (const std::string& line : base::split(hint, '\n')) {
        std::fprintf(stderr, "  %s\n", base::printable(line).c_str());
    }
}

}  // namespace plugin
