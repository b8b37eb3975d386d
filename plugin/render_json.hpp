// The parts of the documents that more than one output writes: the documents of -o json and the
// JSON lines of --progress json. Lists hold records, times are RFC 3339, enums are words.
#pragma once

#include "base/object.hpp"
#include "mtc/migration.hpp"
#include "rollback/copy.hpp"
#include "rollback/report.hpp"

namespace plugin {

base::Json record_of(const mtc::Condition& condition);
base::Json record_of(const base::ObjectRef& ref);
base::Json record_of(const rollback::Blocker& blocker);
base::Json record_of(const rollback::Written& written);
base::Json record_of(const rollback::Gap& gap);
base::Json record_of(const rollback::ClusterName& cluster);
base::Json record_of(const rollback::Runbook& runbook);
base::Json record_of(const rollback::CopyOfVolumes& copy);
/// `called_as` stands in the commands of the advice.
base::Json record_of(const rollback::Assessment& assessment, const std::string& called_as);

/// A list of records; `write` makes one of an item.
template <class Items, class Write>
base::Json list(const Items& items, Write write) {
    base::Json out = base::Json::array();
    for (const auto& item : items) out.push_back(write(item));
    return out;
}

/// Of items that have a record_of().
template <class Items>
base::Json list(const Items& items) {
    return list(items, [](const auto& item) { return record_of(item); });
}

base::Json time_or_null(const std::optional<base::Time>& time);

/// "Pending", "Running", "SucceededWithWarnings", ...
std::string state_word(const mtc::MigrationState& state);

base::Json to_json(const mtc::Migration& migration);

/// [{"message": ...}, ...]
base::Json records(const std::vector<std::string>& texts);

/// Without line breaks; bytes that are no UTF-8 are replaced, and everything beyond ASCII is
/// escaped.
std::string json_text(const base::Json& json);
/// The same, as a line.
std::string json_line(const base::Json& json);

}  // namespace plugin
