// The decisions do not know how this program was called: "{plugin}" stands for it in the commands
// that they propose. It is put in once, before anything is shown.
#pragma once

#include "rollback/report.hpp"

namespace plugin {

void name_program(rollback::Assessment& assessment, const std::string& called_as);
void name_program(rollback::RunReport& report, const std::string& called_as);

}  // namespace plugin
