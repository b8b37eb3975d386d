// The file of --report: whether it can be written is known before a cluster is touched, and it is
// written when all is over, however that was.
#pragma once

#include "plugin/commands.hpp"
#include "rollback/report.hpp"

namespace plugin {

/// An error that says why it could not be written; nothing is left behind. Well without --report.
base::Result<void> check_evidence_file(const Options& options);

/// Writes the report, with its exit code, as the file's ending says; nothing without --report.
/// Where that fails an error says so, and Done becomes Error. Returns the report's exit code.
ExitCode write_evidence(rollback::RunReport& report, const Options& options,
                        const std::string& called_as);

}  // namespace plugin
