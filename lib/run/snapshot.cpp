#include "run/snapshot.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include "base/text.hpp"
#include "run/file.hpp"

namespace run {
namespace {

namespace fs = std::filesystem;

// A UID comes from a server: only what a UID may hold becomes part of a file's name.
std::string file_name(const std::string& plan_uid) {
    std::string name = "plan-";
    for (const char c : plan_uid) {
        const bool plain =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
        name += plain ? c : '_';
    }
    return name + ".json";
}

// In a place that others may write to, somebody could have put what we would believe, or a link to
// what we would overwrite.
base::Result<void> must_be_ours(const fs::path& path, mode_t kind) {
    struct stat found = {};
    if (::lstat(path.c_str(), &found) != 0) return {};
    if ((found.st_mode & S_IFMT) == kind && found.st_uid == ::geteuid()) return {};
    return base::fail(base::ErrorKind::Malformed,
                      path.string() + " is a link, or belongs to somebody else");
}

base::Error with_hint(base::Error error) {
    error.hint = "set XDG_STATE_HOME to a folder that can be written";
    return error;
}

}  // namespace

fs::path snapshot_folder() {
    const char* state = std::getenv("XDG_STATE_HOME");
    if (state != nullptr && fs::path(state).is_absolute())
        return fs::path(state) / "oc-mtc-rollback";
    const char* home = std::getenv("HOME");
    if (home == nullptr || *home == '\0') return {};
    return fs::path(home) / ".local" / "state" / "oc-mtc-rollback";
}

base::Result<std::optional<rollback::Record>> load_snapshot(const fs::path& folder,
                                                            const std::string& plan_uid) {
    const fs::path path = folder / file_name(plan_uid);
    for (const auto& [each, kind] : {std::pair(folder, mode_t{S_IFDIR}), {path, mode_t{S_IFREG}}}) {
        if (auto ours = must_be_ours(each, kind); !ours) return std::unexpected(ours.error());
    }
    const std::ifstream in(path);
    if (!in) return std::nullopt;
    std::ostringstream text;
    text << in.rdbuf();
    const auto json = base::Json::parse(text.str(), nullptr, false);
    auto record = rollback::record_from(json);
    if (!record) return std::unexpected(base::within(path.string(), record.error()));
    return std::optional(std::move(*record));
}

base::Result<fs::path> save_snapshot(const fs::path& folder, const rollback::Record& record) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return std::unexpected(with_hint(
            {.message = "create " + folder.string() + ": " + base::reason_of(error.value())}));
    if (auto ours = must_be_ours(folder, S_IFDIR); !ours)
        return std::unexpected(with_hint(ours.error()));
    fs::permissions(folder, fs::perms::owner_all, error);
    fs::path path = folder / file_name(record.plan_uid);
    if (auto written = replace_file(path, rollback::to_json(record).dump(2) + "\n"); !written)
        return std::unexpected(with_hint(written.error()));
    return path;
}

}  // namespace run
