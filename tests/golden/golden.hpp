// Compares a text with a file of this folder, byte for byte. With ACCEPT=1 the file is rewritten
// instead, and the program reports "skipped" (77): a run that accepts proves nothing.
#pragma once

#include <string>

namespace golden {

bool accepting();
/// The differences are shown as a failed check.
void check(const std::string& file, const std::string& text);

}  // namespace golden
