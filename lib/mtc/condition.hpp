// The conditions that every MTC object carries (api/condition.go). A condition that is no longer
// true is removed, not set to False; Critical and Error block.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/object.hpp"

namespace mtc {

struct Condition {
    std::string type;
    std::string category;  // Critical, Error, Warn, Required, Advisory
    std::string reason;
    std::string message;
    std::optional<base::Time> since = {};

    /// Critical or Error: nothing goes on while it stands.
    bool blocks() const { return category == "Critical" || category == "Error"; }
    bool warns() const { return category == "Warn"; }
};

using Conditions = std::vector<Condition>;

/// The conditions of status.conditions whose status is True (or missing); odd entries are left out.
Conditions decode_conditions(const base::Json& body);

/// The condition of that type, or nullptr.
const Condition* find(const Conditions& conditions, std::string_view type);
bool has(const Conditions& conditions, std::string_view type);
/// Those that block, in their order.
Conditions blocking(const Conditions& conditions);

}  // namespace mtc
