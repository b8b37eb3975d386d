// What only the target runs, by its pods: what makes them and is of a kind that MTC neither stops
// nor starts (a ReplicationController, the resource of an operator, a pod by itself), and workloads
// that are told to run on the source and do not. A rollback deletes the only one that runs.
#pragma once

#include <string>
#include <vector>

#include "rollback/assess.hpp"
#include "rollback/state.hpp"

namespace rollback {

/// The object that makes the pod: its controller, or the pod itself where it has none. Nothing
/// where that is of a kind that MTC stops, or one that such a kind makes.
std::optional<ObjectRef> other_owner(const Object& pod);

/// The migrated ones that run on the target and have no pod on the source, as they are called on
/// the source, in order: what is deleted on the target then runs nowhere. None where the labels of
/// the target, or the pods of a side, were not seen.
std::vector<ObjectRef> only_on_target(const State& state);
/// Those that run on the target, as they are called there, while one of the same kind and name runs
/// on the source.
std::vector<ObjectRef> on_both_sides(const State& state);

/// One reason to refuse for each, unless the operator accepts it by name.
std::vector<Blocker> runs_on_target_only(const State& state);
/// What is accepted so: "accepted: ..."
std::vector<std::string> accepted_owners(const State& state);
/// "shop/replicationcontroller/web runs on the target, and has no pod on the source"
std::string describe_owner(const State& state, const ObjectRef& owner);

/// The id by which that is accepted: "runs-on-target-only=shop/replicationcontroller/web".
inline constexpr const char* runs_on_target_only_id = "runs-on-target-only";

/// Workloads that serve on the target and not on the source, though they are told to run there,
/// too: one reason to refuse for each, unless the operator accepts it by name.
void add_serving_on_target_only(const State& state, const Situation& situation,
                                std::vector<Blocker>& out);
/// What is accepted so: "accepted: ..."
std::vector<std::string> accepted_serving(const State& state, const Situation& situation);

/// The id of what add_serving_on_target_only() refuses:
/// "serves-on-target-only=shop/deployment/web".
inline constexpr const char* serves_on_target_only_id = "serves-on-target-only";

}  // namespace rollback
