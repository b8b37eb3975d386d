#include "sandbox/server_connections.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace sandbox {
namespace {

thread_local Connections* serving = nullptr;
// A copy of the descriptor: it stays ours when httplib closes its own and the number is used again.
thread_local int own = -1;

}  // namespace

void Connections::serve(const std::function<void()>& work) {
    serving = this;
    work();
    retire();
    serving = nullptr;
}

Connections* Connections::current() {
    return serving;
}

void Connections::adopt(int socket) {
    if (own != -1) return;
    const std::lock_guard lock(mutex_);
    own = ::dup(socket);
    open_.insert(own);
    if (closed_) ::shutdown(own, SHUT_RDWR);
}

void Connections::drop_own() {
    ::shutdown(own, SHUT_RDWR);
}

void Connections::drop_all(bool for_good) {
    const std::lock_guard lock(mutex_);
    closed_ = closed_ || for_good;
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
}

void Connections::retire() {
    if (own == -1) return;
    const std::lock_guard lock(mutex_);
    open_.erase(own);
    ::close(std::exchange(own, -1));
}

}  // namespace sandbox
