// Whatever a kubeconfig says, reading it ends, in a connection for each of its contexts or in an
// error with words in it.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "kube/kubeconfig.hpp"
#include "kube/proxy.hpp"
#include "kube/url.hpp"

namespace {

/// The input as a file that the reader can open.
class MemoryFile {
  public:
    MemoryFile(const std::uint8_t* data, std::size_t size) : fd_(::memfd_create("kubeconfig", 0)) {
        if (::write(fd_, data, size) != static_cast<ssize_t>(size)) std::abort();
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { ::close(fd_); }
    std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

  private:
    int fd_;
};

void must(bool holds) {
    if (!holds) std::abort();
}

void connect(const kube::Kubeconfig& config, const kube::KubeconfigOptions& options) {
    const auto connection = kube::connection_of(config, options);
    if (!connection) {
        must(!connection.error().message.empty());
        return;
    }
    must(kube::parse_server(connection->server, true).has_value());
    must(kube::parse_proxy(connection->proxy_url).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const MemoryFile file(data, size);
    const kube::KubeconfigOptions options{.kubeconfig = file.path()};
    const auto config = kube::load_kubeconfig(options);
    if (!config) {
        must(!config.error().message.empty());
        return 0;
    }
    connect(*config, options);
    for (const auto& [name, context] : config->contexts) {
        connect(*config, {.context = name, .as = "me"});
    }
    return 0;
}
