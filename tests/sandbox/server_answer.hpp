// A Kubernetes API request turned into its answer: who asks, whether they may, and what the Store
// says. It knows no sockets; server.cpp carries requests and answers over HTTPS.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include "sandbox/server_discovery.hpp"
#include "support/store.hpp"

namespace sandbox {

struct ApiRequest {
    std::string method;
    std::string path;                               // decoded, without the query
    std::map<std::string, std::string> query = {};  // decoded
    std::string authorization = {};
    std::string accept = {};
    std::string content_type = {};
    std::string body = {};
};

struct Reply {
    int status = 200;
    std::string body = {};
    std::string content_type = "application/json";
};

/// A watch that was granted; what it sends is up to who holds the connection.
struct Stream {
    support::Watcher watcher;
    bool metadata_only = false;
    bool bookmarks = false;
    std::optional<std::chrono::seconds> timeout = {};
};

using ApiAnswer = std::variant<Reply, Stream>;

/// One line of a watch, with its newline.
std::string watch_line(const support::WatchEvent& event, bool metadata_only);

class Api {
  public:
    Api(support::Store& store, std::map<std::string, std::string> users, DiscoveryOptions discovery)
        : store_(store), users_(std::move(users)), discovery_(std::move(discovery)) {}

    ApiAnswer answer(const ApiRequest& request);
    /// A new bearer token and whose it is; an empty user revokes the token.
    void set_token(const std::string& token, const std::string& user);
    void set_discovery(DiscoveryOptions options);

  private:
    std::optional<std::string> user_of(const ApiRequest& request) const;
    DiscoveryOptions discovery() const;

    support::Store& store_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> users_;  // token -> user
    DiscoveryOptions discovery_;
};

}  // namespace sandbox
