// Everything that is needed to talk to one API server, whichever way it became known: a
// kubeconfig's context, or a MigCluster with its Secret. Plain values; credentials.hpp turns Auth
// into headers.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "base/secret.hpp"

namespace kube {

struct NoAuth {};
struct BearerToken {
    base::Secret token;
};
/// Read again when it is older than a minute, as client-go does.
struct TokenFile {
    std::string path;
};
/// How a request says who is asking. Basic, impersonation and exec plugins will be further
/// alternatives.
using Auth = std::variant<NoAuth, BearerToken, TokenFile>;

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
    std::string described_as = {};  // "context prod" or "MigCluster ocp3", for messages
    std::string user = {};          // the kubeconfig's user or the Secret, for messages
    std::string ns = {};            // the context's namespace
    std::chrono::milliseconds request_timeout{
        0};                 // --request-timeout; 0: only the client's own limits
    unsigned parallel = 8;  // connections at most, watches not counted
};

}  // namespace kube
