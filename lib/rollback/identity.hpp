// Whether the clusters that were looked at are those of the plan. A context is a name that somebody
// typed: what a cluster is, its own uid says (that of namespace kube-system), and where that is not
// known the plan's namespaces and the addresses.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rollback/state.hpp"

namespace rollback {

enum class Weight {
    Refuses,  // evidently another cluster
    Unknown,  // it could not be seen
    Warns,    // it may be well, and a person should know
};

struct Doubt {
    std::string id;  // stable: "wrong-cluster"
    Side side;
    Weight weight = Weight::Refuses;
    std::string what;
    std::string remedy;
    bool accepted = false;  // the operator answers for it; otherwise it would refuse
};

/// What --accept takes: the ids of doubts that refuse.
std::span<const std::string_view> acceptable_ids();

/// All of them, the gravest first. One that the operator accepts only warns.
std::vector<Doubt> doubts_of(const State& state);

/// True when one of them refuses.
bool refuses(const std::vector<Doubt>& doubts);

/// Whether the target's namespaces have to be looked at, to know it by them.
bool is_known_by_namespaces(const State& state, Side side);

}  // namespace rollback
