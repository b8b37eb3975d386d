// Other plans that are in the way of this one, and what closing one of them does: the controller
// then deletes every pod that carries the plan's stage labels, also those that MTC borrowed from
// the application (mp/migplan_controller.go, ensureClosed).
#pragma once

#include <string>
#include <vector>

#include "rollback/assess.hpp"
#include "rollback/state.hpp"

namespace rollback {

/// The open plans that list a namespace of this one on the same cluster, on either side.
std::vector<const mtc::Plan*> rivals_of(const State& state);

/// The migrations of these that have begun and not ended: they act on the same workloads. As
/// reasons to refuse.
void add_running_of_rivals(const State& state, std::vector<Blocker>& out);

/// The pods that MTC borrowed for that plan, as far as this look goes, on both sides.
std::vector<ObjectRef> borrowed_for(const State& state, const mtc::Plan& plan);

/// True when every namespace of that plan was looked at, with its pods.
bool all_pods_seen(const State& state, const mtc::Plan& plan);

/// What gives the pods back that MTC borrowed for that plan, in the namespace of this one.
/// "{plugin}" stands for how this program was called.
std::string give_back_command(const State& state, const std::string& name);

/// How these plans are closed without loss: what is borrowed is given back first. "{plugin}" stands
/// for how this program was called.
std::string how_to_close_rivals(const State& state);

}  // namespace rollback
