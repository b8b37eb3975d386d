// What an operator can answer for (--accept): what was found of the clusters, could not be seen, or
// runs on the target alone, and that alone keeps a command from going on. Never a second writer,
// nor data that is known to be lost.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rollback/state.hpp"

namespace rollback {

struct Acceptable {
    std::string_view id;
    std::string_view object;  // what has to be named with it; empty: nothing

    /// "volume-policy-unseen=NAMESPACE/CLAIM"
    std::string usage() const;
    /// True for "ID", or "ID=OBJECT" where an object has to be named.
    bool matches(std::string_view given) const;
};

std::vector<Acceptable> what_can_be_accepted();

/// The flag that accepts it of that object, as a shell's words: "--accept ID=OBJECT".
std::string accept_flag(std::string_view id, const std::string& object);
/// True when the operator has.
bool is_accepted(const State& state, std::string_view id, const std::string& object);

}  // namespace rollback
