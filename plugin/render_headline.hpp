// The first line of a result: what somebody reads who reads nothing else. "Rollback succeeded"
// stands for a rollback that ended well and was verified, and for nothing else.
#pragma once

#include <string>

#include "plugin/terminal.hpp"
#include "rollback/report.hpp"

namespace plugin {

std::string headline(const rollback::RunReport& report);
Tone headline_tone(const rollback::RunReport& report);

/// It ended well, and every check was well.
bool is_proved(const rollback::RunReport& report);

}  // namespace plugin
