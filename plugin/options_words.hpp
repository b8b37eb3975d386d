// Splits a command line with pflag's habits (-n x, -nx, -n=x, -yn x, --flag x, --flag=x,
// --yes=false, --) into flags in one spelling and the other words. It checks that flags exist and
// have a value, not what it says.
#pragma once

#include <string>
#include <vector>

namespace plugin {

struct Word {
    std::string text;
    bool literal = false;  // after "--": never a command
};

struct Words {
    std::vector<std::string> flags;  // "--name=value", the long name always
    std::vector<Word> others;
};

/// Throws UserError (Usage) for a flag that is unknown, not in this version, or lacks its value.
Words split_words(const std::vector<std::string>& arguments);

}  // namespace plugin
