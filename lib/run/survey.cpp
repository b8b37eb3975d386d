#include "run/survey.hpp"

#include <algorithm>

#include "kube/parallel.hpp"
#include "mtc/names.hpp"
#include "run/observe.hpp"

namespace run {
namespace {

using base::ErrorKind;
using rollback::PlanLine;

// Each plan has connections of its own to two clusters, so few are looked at together.
constexpr std::size_t plans_at_a_time = 4;

Result<std::vector<std::string>> plan_names(const ConnectOptions& options, std::stop_token stop) {
    const auto config = kube::load_kubeconfig(options.kubeconfig);
    if (!config) return std::unexpected(config.error());
    auto connection = kube::connection_of(*config, options.kubeconfig);
    if (!connection) return std::unexpected(connection.error());
    const auto control = kube::open_cluster(std::move(*connection), options.log);
    if (!control) return std::unexpected(control.error());
    const auto plans =
        (*control)->list(mtc::types::migplans, {.ns = options.ns, .metadata_only = true}, stop);
    if (!plans) return std::unexpected(plans.error());
    std::vector<std::string> names;
    for (const Object& plan : plans->items) names.push_back(plan.ref.name);
    std::ranges::sort(names);
    return names;
}

Result<PlanLine> look_at(const ConnectOptions& options, std::size_t parallel,
                         std::stop_token stop) {
    const auto session = connect(options, stop);
    if (!session) return std::unexpected(session.error());
    const auto state = observe(*session, {.parallel = parallel}, stop);
    if (!state) return std::unexpected(state.error());
    return rollback::line_of(*state, rollback::assess(*state));
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
    if (stop.stop_requested()) return base::fail(ErrorKind::Interrupted, "error: interrupted");
    return lines;
}

}  // namespace run
