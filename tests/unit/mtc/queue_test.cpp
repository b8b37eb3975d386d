#include <doctest/doctest.h>

#include "mtc/migration.hpp"
#include "unit/mtc/builders.hpp"

namespace queue_test {

using namespace mtc;
using Names = std::vector<std::string>;

namespace {

Migration migration(const std::string& name, MigrationKind kind, std::optional<int> minute,
                    const std::string& phase = "Completed") {
    Migration m;
    m.name = name;
    m.kind = kind;
    m.phase = phase;
    if (minute) m.created = build::at(*minute);
    return m;
}

Names names_of(const std::vector<Migration>& migrations) {
    Names names;
    for (const Migration& m : migrations) names.push_back(m.name);
    return names;
}

}  // namespace

TEST_CASE("migrations run stage first, then by creation, then by name") {
    using enum MigrationKind;
    CHECK(names_of(in_queue_order({migration("rollback", Rollback, 1), migration("late", Stage, 9),
                                   migration("cutover", Cutover, 2), migration("early", Stage, 5),
                                   migration("state", State, 0)})) ==
          Names{"early", "late", "state", "rollback", "cutover"});
    SUBCASE("names decide between equal times") {
        CHECK(names_of(in_queue_order({migration("b", Cutover, 1), migration("a", Cutover, 1),
                                       migration("c", Rollback, 1)})) == Names{"a", "b", "c"});
    }
    SUBCASE("one without a time comes last of its group") {
        CHECK(names_of(
                  in_queue_order({migration("a", Cutover, std::nullopt), migration("b", Cutover, 1),
                                  migration("s", Stage, std::nullopt)})) == Names{"s", "b", "a"});
    }
}

TEST_CASE("ahead of a rollback is all that has not ended, whatever state it is in") {
    using enum MigrationKind;
    const auto ahead = ahead_of_a_rollback(
        {migration("done", Cutover, 1), migration("running", Cutover, 3, "DeleteMigrated"),
         migration("failing", Cutover, 2, "InitialBackupFailed"), migration("new", Stage, 9, ""),
         migration("staged", Stage, 0)});
    CHECK(names_of(ahead) == Names{"new", "failing", "running"});
    CHECK(ahead_of_a_rollback({migration("done", Cutover, 1)}).empty());
    CHECK(ahead_of_a_rollback({}).empty());
}

}  // namespace queue_test
