#include "run/choose_plan.hpp"

#include <algorithm>

#include "mtc/names.hpp"
#include "run/plan_file.hpp"

namespace run {
namespace {

// What is not known of the past makes more candidates, never a wrong choice.
std::vector<mtc::Migration> history_on(kube::Cluster& control, const std::string& ns,
                                       std::stop_token stop) {
    const auto all = control.list(mtc::types::migmigrations, {.ns = ns}, std::move(stop));
    std::vector<mtc::Migration> migrations;
    if (!all) return migrations;
    std::ranges::transform(all->items, std::back_inserter(migrations), mtc::decode_migration);
    return migrations;
}

}  // namespace

Result<std::vector<std::string>> plan_names(const ConnectOptions& options, std::stop_token stop) {
    if (!options.plan_file.empty()) return plan_names_in_file(options.plan_file);
    const auto control = open_control(options);
    if (!control) return std::unexpected(control.error());
    const auto plans = control->cluster->list(
        mtc::types::migplans, {.ns = options.ns, .metadata_only = true}, std::move(stop));
    if (!plans) return std::unexpected(plans.error());
    std::vector<std::string> names;
    for (const Object& plan : plans->items) names.push_back(plan.ref.name);
    std::ranges::sort(names);
    return names;
}

Result<rollback::Choice> choose_plan(const ConnectOptions& options, std::stop_token stop) {
    auto names = plan_names(options, stop);
    if (!names) return std::unexpected(names.error());
    std::vector<mtc::Migration> history;
    if (names->size() > 1 && options.plan_file.empty()) {
        const auto control = open_control(options);
        if (control) history = history_on(*control->cluster, options.ns, std::move(stop));
    }
    return rollback::choose_plan(std::move(*names), history);
}

}  // namespace run
