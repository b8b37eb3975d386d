#include "run/file.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "support/folder.hpp"

namespace file_test {

namespace fs = std::filesystem;
using support::Folder;

namespace {

std::string content(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

std::ptrdiff_t files_in(const fs::path& folder) {
    return std::distance(fs::directory_iterator(folder), {});
}

}  // namespace

TEST_CASE("a file is replaced as a whole, is its owner's, and nothing else is left") {
    const Folder folder;
    const fs::path file = folder.path / "a.md";
    std::ofstream(file) << "older and longer";
    fs::permissions(file, fs::perms::all);
    REQUIRE(run::replace_file(file, "new"));
    CHECK(content(file) == "new");
    CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(files_in(folder.path) == 1);
}

TEST_CASE("a file that cannot be replaced is an error that names it, and leaves nothing behind") {
    const Folder folder;
    const auto missing = run::replace_file(folder.path / "missing" / "a.md", "new");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().message ==
          "create " + (folder.path / "missing" / "a.md").string() + ": no such file or directory");
    fs::create_directory(folder.path / "a.md");
    REQUIRE_FALSE(run::replace_file(folder.path / "a.md", "new"));
    CHECK(files_in(folder.path) == 1);
}

TEST_CASE("whether a file can be replaced is known beforehand, and changes nothing") {
    const Folder folder;
    const fs::path file = folder.path / "a.md";
    CHECK(run::check_replaceable(file));
    CHECK(files_in(folder.path) == 0);
    std::ofstream(file) << "kept";
    CHECK(run::check_replaceable(file));
    CHECK(content(file) == "kept");
    CHECK_FALSE(run::check_replaceable(folder.path));
    CHECK_FALSE(run::check_replaceable(file / "below-a-file.md"));
    fs::create_symlink(file, folder.path / "link.md");
    CHECK_FALSE(run::check_replaceable(folder.path / "link.md"));
    CHECK(files_in(folder.path) == 2);
}

}  // namespace file_test
