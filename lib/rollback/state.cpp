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

bool is_also_source(const State& state, const std::string& target_namespace) {
    return state.source.server == state.target.server &&
           std::ranges::count(state.source.namespaces, target_namespace) > 0;
}

}  // namespace rollback
