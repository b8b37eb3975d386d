#include "run/snapshot.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "fixture.hpp"

namespace snapshot_test {

using namespace run_test;
namespace fs = std::filesystem;

namespace {

rollback::Record record() {
    rollback::Record record{.plan_uid = plan_uid,
                            .rollback = "rollback-abcd1234",
                            .made_at = base::now(),
                            .workloads = {}};
    record.workloads.push_back({.ref = {support::types::deployments, "shop", "web"},
                                .before = {.replicas = 3, .paused = false},
                                .quiesced = true});
    return record;
}

}  // namespace

TEST_CASE("what is saved is loaded again") {
    const Folder folder;
    REQUIRE(run::save_snapshot(folder.path / "a" / "b", record()));
    const auto loaded = run::load_snapshot(folder.path / "a" / "b", plan_uid);
    REQUIRE(loaded);
    REQUIRE(*loaded);
    CHECK((*loaded)->rollback == "rollback-abcd1234");
    REQUIRE((*loaded)->workloads.size() == 1);
    CHECK((*loaded)->workloads[0].before.replicas == 3);
    CHECK((*loaded)->workloads[0].quiesced);
}

TEST_CASE("only its owner may read a snapshot, and nothing half-written stays beside it") {
    const Folder folder;
    const auto path = run::save_snapshot(folder.path / "state", record());
    REQUIRE(path);
    CHECK(fs::status(*path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(fs::status(path->parent_path()).permissions() == fs::perms::owner_all);
    CHECK(std::distance(fs::directory_iterator(path->parent_path()), {}) == 1);
}

TEST_CASE("no snapshot is nothing, a broken one is an error that names the file") {
    const Folder folder;
    CHECK_FALSE(*run::load_snapshot(folder.path, plan_uid));
    std::ofstream(*run::save_snapshot(folder.path, record())) << "{\"apiVersion\": \"x\"";
    const auto loaded = run::load_snapshot(folder.path, plan_uid);
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().message.find(plan_uid) != std::string::npos);
}

TEST_CASE("what somebody else may have put there is neither believed nor followed") {
    const Folder folder;
    REQUIRE(run::save_snapshot(folder.path / "real", record()));
    SUBCASE("a folder that is a link") {
        fs::create_directory_symlink(folder.path / "real", folder.path / "link");
        CHECK_FALSE(run::load_snapshot(folder.path / "link", plan_uid));
        CHECK_FALSE(run::save_snapshot(folder.path / "link", record()));
    }
    SUBCASE("a file that is a link") {
        const auto path = *run::save_snapshot(folder.path / "other", record());
        fs::remove(path);
        fs::create_symlink(folder.path / "real" / path.filename(), path);
        CHECK_FALSE(run::load_snapshot(folder.path / "other", plan_uid));
        // it is replaced, not written through
        REQUIRE(run::save_snapshot(folder.path / "other", record()));
        CHECK(fs::is_regular_file(fs::symlink_status(path)));
    }
    SUBCASE("what belongs to another user") {
        if (::geteuid() != 0) return;  // only root may give it away
        const auto path = *run::save_snapshot(folder.path / "real", record());
        REQUIRE(::lchown(path.c_str(), 65534, 65534) == 0);
        CHECK_FALSE(run::load_snapshot(folder.path / "real", plan_uid));
        REQUIRE(::lchown((folder.path / "real").c_str(), 65534, 65534) == 0);
        CHECK_FALSE(run::save_snapshot(folder.path / "real", record()));
    }
}

TEST_CASE("a UID from a server cannot leave the folder") {
    const Folder folder;
    rollback::Record odd = record();
    odd.plan_uid = "../../etc/x";
    const auto path = run::save_snapshot(folder.path, odd);
    REQUIRE(path);
    CHECK(path->parent_path() == folder.path);
}

TEST_CASE("a folder that cannot be written is an error that says what to set") {
    const Folder folder;
    std::ofstream(folder.path / "file") << "x";
    const auto saved = run::save_snapshot(folder.path / "file" / "state", record());
    REQUIRE_FALSE(saved);
    CHECK(saved.error().hint.find("XDG_STATE_HOME") != std::string::npos);
}

TEST_CASE("the folder follows XDG_STATE_HOME, then HOME") {
    setenv("XDG_STATE_HOME", "/x/state", 1);
    CHECK(run::snapshot_folder() == "/x/state/oc-mtc-rollback");
    setenv("XDG_STATE_HOME", "relative", 1);
    setenv("HOME", "/home/u", 1);
    CHECK(run::snapshot_folder() == "/home/u/.local/state/oc-mtc-rollback");
    unsetenv("XDG_STATE_HOME");
    CHECK(run::snapshot_folder() == "/home/u/.local/state/oc-mtc-rollback");
}

}  // namespace snapshot_test
