#include "rollback/state.hpp"

#include <algorithm>

namespace rollback {

std::string word(Side side) {
    switch (side) {
        case Side::Control:
            return "control";
        case Side::Source:
            return "source";
        case Side::Target:
            return "target";
    }
    return {};
}

const ClusterView& view_of(const State& state, Side side) {
    switch (side) {
        case Side::Control:
            return state.control;
        case Side::Source:
            return state.source;
        case Side::Target:
            return state.target;
    }
    return state.control;
}

namespace {

// A namespace has one uid as long as it lives, and no two clusters share one.
std::optional<bool> is_one_by_namespaces(const ClusterView& a, const ClusterView& b) {
    for (const Object& one : a.found_namespaces) {
        const auto other = std::ranges::find(b.found_namespaces, one.ref, &Object::ref);
        if (other == b.found_namespaces.end() || one.uid.empty() || other->uid.empty()) continue;
        return one.uid == other->uid;
    }
    return std::nullopt;
}

}  // namespace

std::optional<bool> is_known_as_one(const ClusterView& a, const ClusterView& b) {
    if (!a.uid.empty() && !b.uid.empty()) return a.uid == b.uid;
    return is_one_by_namespaces(a, b);
}

bool is_one_cluster(const State& state) {
    return is_known_as_one(state.source, state.target)
        .value_or(state.source.server == state.target.server);
}

std::optional<std::chrono::seconds> elapsed(base::Time since, base::Time now_here,
                                            std::optional<std::chrono::seconds> clock_ahead) {
    if (!clock_ahead) return std::nullopt;
    const auto passed = now_here + *clock_ahead - since;
    return passed < std::chrono::seconds(0) ? std::nullopt : std::optional(passed);
}

bool is_also_source(const State& state, const std::string& target_namespace) {
    return is_one_cluster(state) &&
           std::ranges::count(state.source.namespaces, target_namespace) > 0;
}

}  // namespace rollback
