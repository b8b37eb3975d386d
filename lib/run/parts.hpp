// The parts of a State that are kept up to date by watch while the application comes back: which
// they are, and how what a watch tells is put in the place of what was seen before.
#pragma once

#include <vector>

#include "kube/reflector.hpp"
#include "run/session.hpp"

namespace run {

/// One set of objects that is kept up to date, and the part of the State that it is: a list of one
/// side, or without one the plan.
struct Part {
    kube::Cluster* cluster;
    base::ResourceType type;
    kube::ListOptions options;
    rollback::ClusterView rollback::State::* side = nullptr;
    std::vector<Object> rollback::ClusterView::* list = nullptr;

    bool is_plan() const { return side == nullptr; }
};

/// What can still change of `state` on the way to a recovery: the plan, the source's workloads,
/// pods, claims, routes and endpoints, and what terminates on the target.
std::vector<Part> parts_of(const Session& session, const rollback::State& state);

/// Puts `objects`, which are all there are now, in the place of that part of `state`.
void replace(rollback::State& state, const Part& part, kube::ObjectMap objects);

}  // namespace run
