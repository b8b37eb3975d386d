// The scripts that make bash, zsh and fish complete `oc-mtc-rollback` itself. They ask the program
// (`oc-mtc-rollback __complete WORDS...`) and know none of its words; kubectl and oc need no
// script.
#pragma once

#include <string>
#include <vector>

namespace plugin {

/// "bash", "zsh", "fish"
const std::vector<std::string>& completion_shells();

/// The script of one of them.
std::string completion_script(const std::string& shell);

}  // namespace plugin
