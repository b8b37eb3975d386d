// Splits a command line with pflag's habits (-n x, -nx, -n=x, -yn x, --flag x, --flag=x,
// --yes=false, --) into flags in one spelling and the other words. It checks that flags exist and
// have a value, not what it says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plugin/options_table.hpp"

namespace plugin {

struct Word {
    std::string text;
    bool literal = false;  // after "--": never a command
};

/// The last word is a flag, and the value that it needs does not follow.
struct OpenFlag {
    const Flag* flag;
    std::string written;  // as messages show it: "--context", "'n' in -yn"
};

struct Words {
    std::vector<std::string> flags;  // "--name=value", the long name always
    std::vector<Word> others;
    bool literal = false;  // "--" was among them: what follows is no flag
    std::optional<OpenFlag> open = {};
};

/// Throws UserError (Usage) for a flag that is unknown, not in this version, or lacks its value.
Words split_words(const std::vector<std::string>& arguments);

/// As split_words, of a line that is still being written: its last flag may lack its value.
Words split_unfinished(const std::vector<std::string>& arguments);

}  // namespace plugin
