#include "run/snapshot.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

namespace run {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

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

std::unexpected<base::Error> failed(const std::string& doing, const fs::path& path, int error) {
    return base::fail(ErrorKind::Malformed,
                      "error: " + doing + " " + path.string() + ": " + std::strerror(error),
                      "set XDG_STATE_HOME to a folder that can be written");
}

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(fd) == 0;
}

base::Result<void> write_file(const fs::path& path, std::string_view text) {
    const int fd =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return failed("open", path, errno);
    const bool written = write_all(fd, text);
    const int error = errno;
    ::close(fd);
    if (!written) return failed("write", path, error);
    return {};
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
    const std::ifstream in(folder / file_name(plan_uid));
    if (!in) return std::nullopt;
    std::ostringstream text;
    text << in.rdbuf();
    const auto json = base::Json::parse(text.str(), nullptr, false);
    auto record = rollback::record_from(json);
    if (!record)
        return std::unexpected(
            base::within((folder / file_name(plan_uid)).string(), record.error()));
    return std::optional(std::move(*record));
}

base::Result<fs::path> save_snapshot(const fs::path& folder, const rollback::Record& record) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return failed("create", folder, error.value());
    fs::permissions(folder, fs::perms::owner_all, error);
    fs::path path = folder / file_name(record.plan_uid);
    const fs::path beside = path.string() + "." + std::to_string(::getpid());
    if (auto written = write_file(beside, rollback::to_json(record).dump(2) + "\n"); !written) {
        return std::unexpected(written.error());
    }
    fs::rename(beside, path, error);
    if (error) return failed("rename to", path, error.value());
    return path;
}

}  // namespace run
