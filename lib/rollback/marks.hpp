// Marks of MTC on workloads of the source by which its rollback fails, and counts that the operator
// gives against marks by which it succeeds: MTC starts by its own marks alone, at its last step,
// when what was migrated is deleted. Nothing is said here of the manual flow, which takes both.
#pragma once

#include <optional>
#include <vector>

#include "rollback/assess.hpp"

namespace rollback {

/// Those marks that MTC cannot read, as one reason to refuse; nothing when it reads all. The
/// remedy writes what is known of before, or what `set` says.
std::optional<Blocker> unreadable_marks(const State& state, const Situation& situation,
                                        const std::vector<ReplicaCount>& set);

/// One for each count that MTC's rollback would not heed, because a mark says another one.
std::vector<Blocker> counts_against_marks(const State& state, const std::vector<ReplicaCount>& set);

/// The id of the one blocker of unreadable_marks().
inline constexpr const char* mark_unreadable_id = "mark-unreadable";

}  // namespace rollback
