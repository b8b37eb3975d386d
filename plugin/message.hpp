// An error and its hint on stderr, as kubectl words them.
#pragma once

#include <string>

namespace plugin {

/// "error: " is put before a message that does not begin as kubectl's errors do.
std::string as_error(const std::string& message);

/// The message, and the hint on a line of its own. Control characters are escaped.
void print_error(const std::string& message, const std::string& hint);

}  // namespace plugin
