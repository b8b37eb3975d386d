// What the migrations that the real controller ran testify about the application: whether it was
// stopped, by the phase in which they ended.
#include "support/recorded.hpp"

#include <doctest/doctest.h>

#include "mtc/names.hpp"
#include "rollback/testimony.hpp"

namespace recorded_test {
namespace {

struct Row {
    const char* name;
    bool stopped;
    const char* words;
};

constexpr Row rows[] = {
    {"cutover-a2", true,
     "cutover cutover-a2 failed in phase FinalRestoreCreated, when it had begun to stop the "
     "application"},
    {"cutover-e2", true,
     "cutover cutover-e2 failed in phase StageRestoreCreated, when it had begun to stop the "
     "application"},
    {"cutover-h", true,
     "cutover cutover-h failed in phase WaitForDirectVolumeMigrationToComplete, when it had begun "
     "to stop the application"},
    {"conv-i", true,
     "state migration conv-i failed in phase SwapPVCReferences, when it had begun to stop the "
     "application"},
    {"stage-e", false, "cutover stage-e does not stop the application"},
    {"cutover-d2", false, "the newest migration, cutover cutover-d2, is: succeeded"},
    {"rollback-nmyqgv74", false, "the newest migration, rollback rollback-nmyqgv74, is: canceled"},
    {"rollback-o3b9r35q", false, "the newest migration, rollback rollback-o3b9r35q, is: failed"},
};

}  // namespace

TEST_CASE(
    "a migration that the real controller ended testifies whether it stopped the application") {
    for (const Row& row : rows) {
        CAPTURE(row.name);
        const auto testimony = rollback::testimony_of(mtc::decode_migration(
            base::object_of(mtc::types::migmigrations, recorded::one("migmigrations", row.name))));
        CHECK(testimony.stopped == row.stopped);
        CHECK(testimony.words == row.words);
    }
}

}  // namespace recorded_test
