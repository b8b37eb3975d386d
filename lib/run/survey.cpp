#include "run/survey.hpp"

#include "kube/parallel.hpp"
#include "run/choose_plan.hpp"
#include "run/observe.hpp"
#include "run/records.hpp"
#include "run/snapshot.hpp"

namespace run {
namespace {

using base::ErrorKind;
using rollback::PlanLine;

// Each plan has connections of its own to two clusters, so few are looked at together.
constexpr std::size_t plans_at_a_time = 4;

Result<PlanLine> look_at(const ConnectOptions& options, std::size_t parallel,
                         std::stop_token stop) {
    const auto session = connect(options, stop);
    if (!session) return std::unexpected(session.error());
    const auto state = observe(*session, {.parallel = parallel}, stop);
    if (!state) return std::unexpected(state.error());
    const auto record = recall(*state, "", snapshot_folder(), [](const std::string&) {});
    keep_what_may_be_lost(record, snapshot_folder());
    return rollback::line_of(*state, rollback::assess(*state, {.record = &record}));
}

PlanLine line_for(const ConnectOptions& options, std::size_t parallel, std::stop_token stop) {
    auto line = look_at(options, parallel, std::move(stop));
    if (line) return std::move(*line);
    return {.ns = options.ns, .plan = options.plan, .error = line.error().message};
}

}  // namespace

Result<std::vector<PlanLine>> survey(const ConnectOptions& options, std::size_t parallel,
                                     std::stop_token stop) {
    const auto plans = plan_names(options, stop);
    if (!plans) return std::unexpected(plans.error());
    std::vector<PlanLine> lines(plans->size());
    kube::in_parallel(plans->size(), plans_at_a_time, [&](std::size_t i) {
        ConnectOptions one = options;
        one.plan = (*plans)[i];
        lines[i] = line_for(one, parallel, stop);
    });
    if (stop.stop_requested()) return base::interrupted();
    return lines;
}

}  // namespace run
