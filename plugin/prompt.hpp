// Asks yes or no on the terminal.
#pragma once

#include <stop_token>
#include <string>

namespace plugin {

enum class Answer { Yes, No, Interrupted };

/// Writes the question to stderr and reads a line from stdin. Only "y" and "yes" mean yes; the end
/// of the input means no.
Answer ask(const std::string& question, std::stop_token stop);

}  // namespace plugin
