// A real HTTPS server on the loopback in front of a Store, speaking the Kubernetes API as lib/kube
// does: the whole client, TLS included, can be tested without a cluster. Faults are made on demand.
// It is no proof: a real API server is.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kube/connection.hpp"
#include "sandbox/server_answer.hpp"
#include "sandbox/server_faults.hpp"

namespace sandbox {

struct ServerOptions {
    std::string name = "sandbox";  // of the CA, and in messages
    std::map<std::string, std::string> users = {{"admin-token", "admin"}};  // bearer token -> user
    DiscoveryOptions discovery = {};
    std::chrono::seconds bookmark_every{60};   // on watches that allow them
    std::chrono::seconds watch_timeout{1800};  // of watches that name none
};

enum class Phase { Before, After };  // before processing; after it, before the answer is sent

/// Called for every request, in the order of `n` for one client, from the connections' threads.
using Observer = std::function<void(std::size_t n, const std::string& method,
                                    const std::string& target, Phase phase)>;

class ApiServer {
  public:
    /// Listens when the constructor returns. The store must outlive the server.
    explicit ApiServer(support::Store& store, ServerOptions options = {});
    ApiServer(const ApiServer&) = delete;
    ApiServer& operator=(const ApiServer&) = delete;
    ~ApiServer();

    /// Ends every request and every stream at once and closes the port.
    void stop();

    std::string url() const;  // "https://127.0.0.1:PORT"
    const std::string& ca_pem() const;
    /// What kube::open_cluster() needs.
    kube::Connection connection(const std::string& token = "admin-token") const;

    void inject(Fault fault);
    void clear_faults();
    /// Breaks every connection that is open, streams included; the server goes on.
    void drop_connections();
    void on_request(Observer observer);
    /// "GET /api/v1/pods?limit=500", in the order of arrival.
    std::vector<std::string> requests() const;
    void forget_requests();
    /// Of its Date header, before ours; also negative. Without it there is none.
    void set_clock(std::optional<std::chrono::seconds> ahead);
    void set_token(const std::string& token, const std::string& user);
    void set_discovery(DiscoveryOptions options);

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// One context of a kubeconfig for programs that read one.
struct KubeconfigContext {
    std::string name;
    const ApiServer& server;
    std::string token = "admin-token";
    std::string ns = "default";
};

/// A kubeconfig (YAML) with these contexts; the first is the current one.
std::string kubeconfig(const std::vector<KubeconfigContext>& contexts);

}  // namespace sandbox
