#include "kube/http_socket.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <memory>

#include "base/text.hpp"

namespace kube {
namespace {

constexpr int knock_milliseconds = 1000;

void set_option(int socket, int level, int option, int value) {
    ::setsockopt(socket, level, option, &value, sizeof value);
}

// A watch may be silent for minutes: the kernel finds out after about one that the other side is
// gone.
void keep_alive(int socket) {
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, 3);
}

// Puts a socket of another family in its place, so that connecting it fails at once.
void make_useless(int socket) {
    const int other = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (other < 0) return;
    ::dup2(other, socket);
    ::close(other);
}

struct FreeAddresses {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

int look_up(const std::string& host, int port, Addresses& addresses) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
    addresses.reset(list);
    return error;
}

std::string numeric(const addrinfo& address) {
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> port{};
    if (::getnameinfo(address.ai_addr, address.ai_addrlen, host.data(), host.size(), port.data(),
                      port.size(), NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return "?";
    }
    const std::string name = host.data();
    return (address.ai_family == AF_INET6 ? "[" + name + "]" : name) + ":" + port.data();
}

int outcome(int socket) {
    pollfd waiting{.fd = socket, .events = POLLOUT, .revents = 0};
    if (::poll(&waiting, 1, knock_milliseconds) <= 0) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

// The errno of connecting to an address, 0 when it works.
int knock(const addrinfo& address) {
    const int socket = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) return errno;
    int error = ::connect(socket, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) error = outcome(socket);
    ::close(socket);
    return error;
}

}  // namespace

Breaker::~Breaker() {
    if (fd_ >= 0) ::close(fd_);
}

void Breaker::adopt(int socket) {
    const std::lock_guard lock(mutex_);
    if (tripped_) {
        make_useless(socket);
        return;
    }
    keep_alive(socket);
    if (fd_ >= 0) ::close(fd_);
    fd_ = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
}

void Breaker::trip() {
    const std::lock_guard lock(mutex_);
    tripped_ = true;
    if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);
}

void Breaker::reset() {
    const std::lock_guard lock(mutex_);
    tripped_ = false;
}

bool Breaker::is_dead() {
    const std::lock_guard lock(mutex_);
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    return fd_ < 0 || ::poll(&waiting, 1, 0) != 0;
}

void ignore_sigpipe() {
    static std::once_flag once;
    std::call_once(once, [] {
        struct sigaction now{};
        if (::sigaction(SIGPIPE, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
        now.sa_handler = SIG_IGN;
        ::sigaction(SIGPIPE, &now, nullptr);
    });
}

DialTrouble dial_trouble(const std::string& host, int port, bool timed_out) {
    Addresses addresses;
    const int unknown = look_up(host, port, addresses);
    if (unknown == EAI_NONAME || unknown == EAI_NODATA) {
        return {.text = "dial tcp: lookup " + host + ": no such host"};
    }
    if (unknown != 0) return {.text = "dial tcp: lookup " + host + ": " + ::gai_strerror(unknown)};
    const std::string dial = "dial tcp " + numeric(*addresses) + ": ";
    if (timed_out) return {.text = dial + "i/o timeout"};
    const int error = knock(*addresses);
    if (error == ETIMEDOUT) return {.text = dial + "i/o timeout"};
    if (error == 0) return {.text = dial + "the connection broke while it was made"};
    return {.refused = error == ECONNREFUSED, .text = dial + "connect: " + base::reason_of(error)};
}

}  // namespace kube
