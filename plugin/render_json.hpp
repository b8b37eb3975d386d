// The parts of the documents that more than one output writes: the report of -o json and the JSON
// lines of
// --progress json. Lists hold records, times are RFC 3339, enums are words.
#pragma once

#include "base/object.hpp"
#include "mtc/migration.hpp"

namespace plugin {

/// "Pending", "Running", "SucceededWithWarnings", ...
std::string state_word(const mtc::MigrationState& state);

base::Json to_json(const mtc::Migration& migration);

/// [{"message": ...}, ...]
base::Json records(const std::vector<std::string>& texts);

/// One line; bytes that are no UTF-8 are replaced, and everything beyond ASCII is escaped.
std::string json_line(const base::Json& json);

}  // namespace plugin
