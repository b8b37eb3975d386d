// What cpp-httplib leaves open about sockets: shutting one down from another thread at any moment
// (its own stop() waits until a connect or a handshake is over), noticing that an idle one is dead,
// and the reason why no connection could be made. Used by http_channel.cpp.
#pragma once

#include <mutex>
#include <string>

namespace kube {

/// Holds a second descriptor of one connection's socket. Its own descriptor, so that it can never
/// hit another socket that got the same number meanwhile.
class Breaker {
  public:
    Breaker() = default;
    Breaker(const Breaker&) = delete;
    Breaker& operator=(const Breaker&) = delete;
    ~Breaker();

    /// Called with each new socket before it connects.
    void adopt(int socket);
    /// Ends whatever the socket is doing, and keeps new ones from connecting. From any thread.
    void trip();
    /// Before the next request: new sockets may connect again.
    void reset();
    /// The descriptor; -1 before there was a socket. For the thread that uses the connection.
    int socket() const { return fd_; }
    /// What `of` says of the descriptor; -1 before there was a socket. From any thread.
    template <class Of>
    auto with_socket(Of of) {
        const std::lock_guard lock(mutex_);
        return of(fd_);
    }
    /// True when an idle connection has something to read: its end, an error, or bytes nobody asked
    /// for.
    bool is_dead();

  private:
    std::mutex mutex_;
    int fd_ = -1;
    bool tripped_ = false;
};

/// Neither cpp-httplib nor OpenSSL's sockets pass MSG_NOSIGNAL. main() ignores SIGPIPE; so does
/// this, once, for other programs that use this library, unless they have a handler of their own.
void ignore_sigpipe();

struct DialTrouble {
    bool refused = false;
    std::string text;  // as Go words it: "dial tcp: lookup h: no such host"
};

/// Why connecting failed. Looks the name up, and knocks once more unless the attempt timed out.
DialTrouble dial_trouble(const std::string& host, int port, bool timed_out);

}  // namespace kube
