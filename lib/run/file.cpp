#include "run/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "base/text.hpp"

namespace run {
namespace {

namespace fs = std::filesystem;

std::unexpected<base::Error> failed(const std::string& doing, const fs::path& path, int error) {
    return base::fail(base::ErrorKind::Malformed,
                      doing + " " + path.string() + ": " + base::reason_of(error));
}

/// A new file beside another one, readable by its owner only; it goes unless it takes the other's
/// place.
class Beside {
  public:
    explicit Beside(const fs::path& path)
        : name_((path.parent_path() / ("." + path.filename().string() + ".XXXXXX")).string()),
          fd_(::mkostemp(name_.data(), O_CLOEXEC)),
          error_(errno) {}
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;
    ~Beside() {
        if (fd_ < 0) return;
        ::close(fd_);
        if (!kept_) ::unlink(name_.c_str());
    }

    bool is_open() const { return fd_ >= 0; }
    /// Of what failed last.
    int error() const { return error_; }

    bool write(std::string_view text) {
        while (!text.empty()) {
            const auto written = ::write(fd_, text.data(), text.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return note(false);
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return note(::fsync(fd_) == 0);
    }

    bool take_the_place_of(const fs::path& path) {
        kept_ = ::rename(name_.c_str(), path.c_str()) == 0;
        return note(kept_);
    }

  private:
    bool note(bool well) {
        if (!well) error_ = errno;
        return well;
    }

    std::string name_;
    int fd_;
    int error_;
    bool kept_ = false;
};

// In a folder like /tmp only the owner of a file, or of the folder, may replace it.
bool is_protected(const fs::path& path, const struct stat& file) {
    struct stat folder = {};
    const fs::path parent = path.has_parent_path() ? path.parent_path() : ".";
    if (::stat(parent.c_str(), &folder) != 0 || (folder.st_mode & S_ISVTX) == 0) return false;
    const auto me = ::geteuid();
    return me != 0 && file.st_uid != me && folder.st_uid != me;
}

}  // namespace

base::Result<void> replace_file(const fs::path& path, std::string_view text) {
    Beside beside(path);
    if (!beside.is_open()) return failed("create", path, beside.error());
    if (!beside.write(text)) return failed("write", path, beside.error());
    if (!beside.take_the_place_of(path)) return failed("replace", path, beside.error());
    return {};
}

base::Result<void> check_replaceable(const fs::path& path) {
    struct stat file = {};
    if (::lstat(path.c_str(), &file) == 0) {
        // a link would have to be followed to where nobody looks, or be destroyed
        if (!S_ISREG(file.st_mode))
            return base::fail(base::ErrorKind::Malformed,
                              path.string() + " is there, and is no regular file");
        if (is_protected(path, file)) return failed("replace", path, EPERM);
    }
    const Beside beside(path);
    if (!beside.is_open()) return failed("create", path, beside.error());
    return {};
}

}  // namespace run
