// Everything that is needed to talk to one API server, whichever way it became known: a
// kubeconfig's context, or a MigCluster with its Secret. Plain values; credentials.hpp turns Auth
// into headers.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/secret.hpp"

namespace kube {

struct NoAuth {};
struct BearerToken {
    base::Secret token;
};
/// Read again when it is older than a minute, as client-go does.
struct TokenFile {
    std::string path;
    base::Secret otherwise = {};  // the token to use as long as the file cannot be read
};
struct BasicAuth {
    std::string username;
    base::Secret password;
};
/// A program that prints credentials, such as `oc get-token`; run by exec_plugin.hpp.
struct ExecPlugin {
    enum class Interactive { Never, IfAvailable, Always };  // whether it may use the terminal

    std::string user = {};                    // the kubeconfig's, for messages
    std::string command = {};                 // a path, or a name to be looked up in PATH
    std::vector<std::string> arguments = {};  // may hold secrets: never print them
    std::vector<std::pair<std::string, base::Secret>> environment = {};
    std::string api_version = {};  // "client.authentication.k8s.io/v1" or "/v1beta1"
    Interactive interactive = Interactive::IfAvailable;
    bool terminal = true;           // false: no terminal is to be used whatever `interactive` says
    std::string install_hint = {};  // what to do when the command is not there
    std::string cluster = {};       // provideClusterInfo: the JSON for spec.cluster; empty: none
};
/// How a request says who is asking.
using Auth = std::variant<NoAuth, BearerToken, TokenFile, BasicAuth, ExecPlugin>;

/// Who to act as; sent as Impersonate-* headers. Uid, groups and extra need a user.
struct Impersonation {
    std::string user = {};
    std::string uid = {};
    std::vector<std::string> groups = {};
    std::vector<std::pair<std::string, std::string>> extra = {};  // a key may come several times
};

struct ClientCertificate {
    std::string chain_pem;  // the certificate, then what leads to its CA
    base::Secret key_pem;
};

struct Tls {
    std::string ca_pem = {};       // the only trusted anchors; empty: the system's
    bool insecure = false;         // insecure-skip-tls-verify
    std::string server_name = {};  // tls-server-name: verified and sent as SNI instead of the host
    std::optional<ClientCertificate> certificate = {};
};

struct Connection {
    std::string server;  // "https://host:port/prefix"
    Tls tls = {};
    Auth auth = NoAuth{};
    Impersonation impersonation = {};
    base::Secret proxy_url = {};    // empty: what HTTPS_PROXY and NO_PROXY say; may hold a password
    bool compression = true;        // ask for compressed answers
    std::string described_as = {};  // "context prod" or "MigCluster ocp3", for messages
    std::string user = {};          // the kubeconfig's user or the Secret, for messages
    std::string ns = {};            // the context's namespace
    std::chrono::milliseconds request_timeout{
        0};                 // --request-timeout; 0: only the client's own limits
    unsigned parallel = 8;  // connections at most, watches not counted
};

}  // namespace kube
