#include "kube/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/text.hpp"

namespace kube {
namespace {

// far beyond any kubeconfig, so that a wrong path (/dev/zero) ends
constexpr std::size_t largest = 64UL << 20U;

std::unexpected<base::Error> trouble(const char* operation, const std::string& path, int error) {
    return base::fail(base::ErrorKind::Malformed,
                      std::string(operation) + " " + path + ": " + base::reason_of(error));
}

class OpenFile {
  public:
    explicit OpenFile(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    ~OpenFile() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const { return fd_; }

  private:
    int fd_;
};

}  // namespace

base::Result<std::string> read_file(const std::string& path) {
    const OpenFile file(path);
    if (file.get() < 0) return trouble("open", path, errno);
    std::string content;
    std::array<char, 16384> portion{};
    while (content.size() < largest) {
        const ssize_t n = ::read(file.get(), portion.data(), portion.size());
        if (n == 0) return content;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return trouble("read", path, errno);
        content.append(portion.data(), static_cast<std::size_t>(n));
    }
    return trouble("read", path, EFBIG);
}

bool exists(const std::string& path) {
    struct stat found{};
    return ::stat(path.c_str(), &found) == 0;
}

std::string process_environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace kube
