// The connections of a server that are open now, so that they can be broken at any moment. Each is
// served by one thread; it becomes known when its TLS handshake begins. Nothing is read or written
// here.
#pragma once

#include <functional>
#include <mutex>
#include <set>

namespace sandbox {

class Connections {
  public:
    /// Runs a connection from accept to close, on this thread.
    void serve(const std::function<void()>& work);
    /// The connections that this thread is serving one of; nullptr on other threads.
    static Connections* current();
    /// This thread's connection has this socket.
    void adopt(int socket);
    /// Breaks this thread's connection.
    void drop_own();
    /// Breaks all of them; `for_good`: and those that are still to come.
    void drop_all(bool for_good);

  private:
    void retire();
    std::mutex mutex_;
    std::set<int> open_;
    bool closed_ = false;
};

}  // namespace sandbox
