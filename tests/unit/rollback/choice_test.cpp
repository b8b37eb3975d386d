#include "rollback/choice.hpp"

#include <doctest/doctest.h>

#include "builders.hpp"

namespace choice_test {

using Names = std::vector<std::string>;
using mtc::MigrationKind;
using rollback::choose_plan;

namespace {

mtc::Migration of(const std::string& plan, MigrationKind kind) {
    auto migration = build::migration(plan + "-1", kind, 0);
    migration.plan = plan;
    return migration;
}

}  // namespace

TEST_CASE("the only plan is meant, whatever its history") {
    CHECK(choose_plan({"shop"}, {}).plan == "shop");
    CHECK(choose_plan({"shop"}, {of("bank", MigrationKind::Rollback)}).plan == "shop");
}

TEST_CASE("of several plans the only one with a rollback is meant") {
    CHECK(choose_plan({"bank", "shop"},
                      {of("bank", MigrationKind::Cutover), of("shop", MigrationKind::Rollback)})
              .plan == "shop");
}

TEST_CASE("where no plan is meant alone, the candidates are told by name") {
    SUBCASE("no rollback yet: all of them") {
        const auto choice = choose_plan(
            {"shop", "bank"}, {of("shop", MigrationKind::Cutover), of("bank", MigrationKind::Stage),
                               of("gone", MigrationKind::Rollback)});
        CHECK_FALSE(choice.plan);
        CHECK(choice.candidates == Names{"bank", "shop"});
    }
    SUBCASE("several with a rollback: those") {
        const auto choice =
            choose_plan({"shop", "till", "bank"},
                        {of("shop", MigrationKind::Rollback), of("bank", MigrationKind::Rollback)});
        CHECK_FALSE(choice.plan);
        CHECK(choice.candidates == Names{"bank", "shop"});
    }
    SUBCASE("there are none") {
        const auto choice = choose_plan({}, {of("gone", MigrationKind::Rollback)});
        CHECK_FALSE(choice.plan);
        CHECK(choice.candidates.empty());
    }
}

}  // namespace choice_test
