// One line for every plan: what `assess` without a plan shows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rollback/assess.hpp"

namespace rollback {

struct PlanLine {
    std::string ns;
    std::string plan;
    std::optional<Verdict> verdict = {};       // nothing: it could not be looked at, see error
    std::string reason = {};                   // the first one
    std::vector<std::string> namespaces = {};  // "shop", "billing:billing-new"
    std::string last_migration = {};           // "cutover cutover-1: failed"; empty: there is none
    std::size_t stopped = 0;                   // workloads of the source
    std::optional<base::Time> stopped_since = {};
    std::optional<std::chrono::seconds> stopped_for = {};
    std::size_t gaps = 0;
    std::string error = {};
};

/// The line of a plan that was looked at.
PlanLine line_of(const State& state, const Assessment& assessment);

}  // namespace rollback
