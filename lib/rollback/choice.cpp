#include "rollback/choice.hpp"

#include <algorithm>

namespace rollback {
namespace {

bool was_rolled_back(const std::string& plan, const std::vector<mtc::Migration>& migrations) {
    return std::ranges::any_of(migrations, [&](const mtc::Migration& migration) {
        return migration.plan == plan && migration.kind == mtc::MigrationKind::Rollback;
    });
}

}  // namespace

Choice choose_plan(std::vector<std::string> plans, const std::vector<mtc::Migration>& migrations) {
    std::ranges::sort(plans);
    if (plans.size() == 1) return {.plan = plans.front()};
    std::vector<std::string> rolled_back;
    std::ranges::copy_if(plans, std::back_inserter(rolled_back), [&](const std::string& plan) {
        return was_rolled_back(plan, migrations);
    });
    if (rolled_back.size() == 1) return {.plan = rolled_back.front()};
    return {.candidates = rolled_back.empty() ? std::move(plans) : std::move(rolled_back)};
}

}  // namespace rollback
