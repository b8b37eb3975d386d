#include "mtc/velero.hpp"

#include <doctest/doctest.h>

#include "builders.hpp"

namespace velero_test {

using base::ResourceType;

TEST_CASE("Velero works on a backup or restore until a phase that is an end") {
    struct Row {
        const char* phase;  // "": it has none yet
        bool works;
        const char* word;
    };
    const Row rows[] = {
        {"", true, "New"},
        {"New", true, "New"},
        {"Queued", true, "Queued"},
        {"InProgress", true, "InProgress"},
        {"WaitingForPluginOperations", true, "WaitingForPluginOperations"},
        {"WaitingForPluginOperationsPartiallyFailed", true,
         "WaitingForPluginOperationsPartiallyFailed"},
        {"Finalizing", true, "Finalizing"},
        {"FinalizingPartiallyFailed", true, "FinalizingPartiallyFailed"},
        {"SomethingNew", true, "SomethingNew"},
        {"Completed", false, "Completed"},
        {"PartiallyFailed", false, "PartiallyFailed"},
        {"Failed", false, "Failed"},
        {"FailedValidation", false, "FailedValidation"},
        {"Deleting", false, "Deleting"},
    };
    for (const char* plural : {"backups", "restores"}) {
        for (const Row& row : rows) {
            CAPTURE(row.phase);
            build::Thing thing(ResourceType{"velero.io", "v1", plural, "", true},
                               "openshift-migration", "one");
            if (*row.phase != 0) std::move(thing).status({{"phase", row.phase}});
            CHECK(mtc::velero_works_on(thing) == row.works);
            CHECK(mtc::velero_phase(thing) == row.word);
        }
    }
}

}  // namespace velero_test
