// How a server is verified and how we prove who we are, on OpenSSL. Used by http.cpp and
// http_channel.cpp only. Nothing here relies on cpp-httplib's own verification, see http_tls.cpp.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "kube/connection.hpp"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace kube {

/// One connection's view of its server. It must not move: OpenSSL's callbacks point to it.
struct TlsPeer {
    std::string name;  // what the certificate must be valid for: a host name or an IP address
    bool is_ip = false;
    bool insecure = false;
    std::function<void()> before_handshake;  // called when the socket is connected, or empty
    std::string rejection;                   // why we refused its certificate, in Go's words
    std::string alert;                       // with which fatal alert it ended the connection
    bool alert_is_about_us = false;  // it did not like our certificate, or that there was none
};

/// CA, certificate and key, parsed once and shared by the connections of one Http.
class TlsMaterial {
  public:
    static base::Result<std::shared_ptr<const TlsMaterial>> load(const Tls& tls);
    /// The same, with this certificate unless it has one of its own already: as in client-go, the
    /// kubeconfig's wins over an exec plugin's.
    base::Result<std::shared_ptr<const TlsMaterial>> with(const ClientCertificate& ours) const;
    TlsMaterial(const TlsMaterial&) = delete;
    TlsMaterial& operator=(const TlsMaterial&) = delete;
    ~TlsMaterial();

    /// Sets a connection's SSL_CTX up. `peer` must outlive it.
    void configure(ssl_ctx_st* context, TlsPeer& peer) const;

  private:
    struct Parts;
    explicit TlsMaterial(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// Whether the name is an IP address, which is verified differently and never sent as SNI.
bool is_ip_address(const std::string& name);

/// Forgets this thread's OpenSSL errors, so that tls_failure() reports the next ones.
void forget_tls_errors();
/// What went wrong with TLS on this thread since forget_tls_errors(), in Go's words; empty when
/// OpenSSL has nothing to say.
std::string tls_failure();

}  // namespace kube
