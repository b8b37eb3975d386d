// Why cpp-httplib's verification is switched off: up to 0.46 a CA given in memory is added to the
// system's instead of replacing them, and 0.11 (Debian 12) compares IP addresses with uninitialised
// memory and falls back to the subject's common name. OpenSSL's own check, during the handshake,
// has none of that and is the same with every version. It is set up to agree with Go, and so with
// kubectl:
//  - the CA of the kubeconfig is the only anchor; without one, the system's are;
//  - any certificate given as CA is an anchor, be it an intermediate or the server's own
//  (PARTIAL_CHAIN);
//  - the subject's common name is never looked at; no partial wildcards;
//  - an IP address must be among the IP SANs, and is not sent as SNI;
//  - tls-server-name replaces the host in both; TLS 1.2 at least.
#include "kube/http_tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <vector>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "kube/file.hpp"

namespace kube {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;

template <auto release>
struct Release {
    template <class T>
    void operator()(T* it) const {
        release(it);
    }
};
using Bio = std::unique_ptr<BIO, Release<&BIO_free>>;
using Certificate = std::unique_ptr<X509, Release<&X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Release<&EVP_PKEY_free>>;
using Store = std::unique_ptr<X509_STORE, Release<&X509_STORE_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, Release<&GENERAL_NAMES_free>>;

Bio reader(const std::string& text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::vector<Certificate> certificates_in(const std::string& pem) {
    std::vector<Certificate> certificates;
    const Bio bio = reader(pem);
    while (BIO_eof(bio.get()) == 0) {
        // one that cannot be parsed is skipped, as Go does
        Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
        if (certificate) certificates.push_back(std::move(certificate));
    }
    ERR_clear_error();
    return certificates;
}

std::unexpected<base::Error> unreadable(const std::string& why) {
    return fail(ErrorKind::Malformed, "error: tls: " + why);
}

// Why there is none, in Go's words where it has some (crypto/tls X509KeyPair).
std::string no_certificate(const std::string& pem) {
    if (pem.contains("-----BEGIN CERTIFICATE")) return "failed to parse the certificate";
    if (pem.contains("PRIVATE KEY-----")) {
        return "failed to find certificate PEM data in certificate input, but did find a private "
               "key; PEM inputs may have been switched";
    }
    return "failed to find any PEM data in certificate input";
}

std::string no_key(const std::string& pem) {
    if (pem.contains("ENCRYPTED")) return "the private key is locked by a passphrase";
    if (pem.contains("PRIVATE KEY-----")) return "failed to parse private key";
    if (pem.contains("-----BEGIN CERTIFICATE")) {
        return "found a certificate rather than a key in the PEM for the private key";
    }
    return "failed to find any PEM data in key input";
}

// One more owner of the same.
Store shared(const Store& store) {
    X509_STORE_up_ref(store.get());
    return Store(store.get());
}
Certificate shared(const Certificate& certificate) {
    X509_up_ref(certificate.get());
    return Certificate(certificate.get());
}
Key shared(const Key& key) {
    EVP_PKEY_up_ref(key.get());
    return Key(key.get());
}

// Without a callback OpenSSL would ask for the passphrase on the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
    return -1;
}

Key key_in(const std::string& pem) {
    Key key(PEM_read_bio_PrivateKey(reader(pem).get(), nullptr, no_passphrase, nullptr));
    ERR_clear_error();
    return key;
}

// OpenSSL reads of SSL_CERT_DIR only what is called by its hash; Go reads all of it.
void trust_folders(X509_STORE* store) {
    const char* folders = ::getenv(X509_get_default_cert_dir_env());
    if (folders == nullptr) return;
    for (const std::string& folder : base::split(folders, ':')) {
        std::error_code unreadable;
        for (const auto& file : std::filesystem::directory_iterator(folder, unreadable)) {
            if (file.is_regular_file(unreadable)) X509_STORE_load_file(store, file.path().c_str());
        }
    }
    ERR_clear_error();
}

// A static binary carries the folder of the machine that built it: look where Go looks.
void trust_system(X509_STORE* store) {
    X509_STORE_set_default_paths(store);
    trust_folders(store);
    const bool configured = ::getenv(X509_get_default_cert_file_env()) != nullptr ||
                            ::getenv(X509_get_default_cert_dir_env()) != nullptr;
    if (configured || exists(X509_get_default_cert_file())) return;
    for (const char* bundle :
         {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem"}) {
        if (exists(bundle) && X509_STORE_load_file(store, bundle) == 1) break;
    }
    ERR_clear_error();
}

std::string no_authority(const std::string& pem) {
    if (pem.contains("-----BEGIN CERTIFICATE")) return "failed to parse certificate";
    if (pem.contains("-----BEGIN ")) return "no valid certificate authority data seen";
    return "unable to parse bytes as PEM block";
}

Result<Store> trusted(const Tls& tls) {
    Store store(X509_STORE_new());
    if (tls.insecure) return store;
    if (tls.ca_pem.empty()) {
        trust_system(store.get());
        return store;
    }
    const auto anchors = certificates_in(tls.ca_pem);
    if (anchors.empty()) {
        return fail(ErrorKind::Malformed,
                    "error: unable to load root certificates: " + no_authority(tls.ca_pem));
    }
    for (const Certificate& anchor : anchors) X509_STORE_add_cert(store.get(), anchor.get());
    return store;
}

std::string text_of(const ASN1_STRING* text) {
    const auto* bytes = ASN1_STRING_get0_data(text);
    return {bytes, bytes + ASN1_STRING_length(text)};
}

std::string address_of(const ASN1_OCTET_STRING* bytes) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
    if (family == AF_INET6 && ASN1_STRING_length(bytes) != 16) return "?";
    return ::inet_ntop(family, ASN1_STRING_get0_data(bytes), text.data(), text.size());
}

std::vector<std::string> names_of(const X509* certificate, bool addresses) {
    std::vector<std::string> found;
    const Names names(static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (addresses && name->type == GEN_IPADD) found.push_back(address_of(name->d.iPAddress));
        if (!addresses && name->type == GEN_DNS) found.push_back(text_of(name->d.dNSName));
    }
    return found;
}

bool has_common_name(const X509* certificate) {
    const X509_NAME* subject = X509_get_subject_name(certificate);
    return X509_NAME_get_index_by_NID(subject, NID_commonName, -1) >= 0;
}

std::string time_in(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return "?";
    return base::rfc3339(std::chrono::time_point_cast<std::chrono::seconds>(
        std::chrono::system_clock::from_time_t(::timegm(&parts))));
}

// "certificate has expired or is not yet valid: current time T is after T2"
std::string outside_its_time(const X509* certificate, bool expired) {
    return "certificate has expired or is not yet valid: current time " +
           base::rfc3339(base::now()) + (expired ? " is after " : " is before ") +
           time_in(expired ? X509_get0_notAfter(certificate) : X509_get0_notBefore(certificate));
}

std::string mismatch(const X509* certificate, const TlsPeer& peer) {
    const auto names = names_of(certificate, peer.is_ip);
    if (!names.empty()) {
        return "certificate is valid for " + base::join(names) + ", not " + peer.name;
    }
    if (peer.is_ip) {
        return "cannot validate certificate for " + peer.name +
               " because it doesn't contain any IP SANs";
    }
    if (names_of(certificate, true).empty() && has_common_name(certificate)) {
        return "certificate relies on legacy Common Name field, use SANs instead";
    }
    return "certificate is not valid for any names, but wanted to match " + peer.name;
}

std::string rejection_of(X509_STORE_CTX* verified, const TlsPeer& peer) {
    const int error = X509_STORE_CTX_get_error(verified);
    switch (error) {
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
            return "certificate signed by unknown authority";
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return mismatch(X509_STORE_CTX_get0_cert(verified), peer);
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return outside_its_time(X509_STORE_CTX_get_current_cert(verified),
                                    error == X509_V_ERR_CERT_HAS_EXPIRED);
        case X509_V_ERR_INVALID_PURPOSE:
            return "certificate specifies an incompatible key usage";
        default:
            return X509_verify_cert_error_string(error);
    }
}

int verify(X509_STORE_CTX* chain, void* user) {
    auto& peer = *static_cast<TlsPeer*>(user);
    const int ok = X509_verify_cert(chain);
    if (ok != 1) peer.rejection = "x509: " + rejection_of(chain, peer);
    return ok;
}

int peer_index() {
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

// The last word on SNI: cpp-httplib has set the host by now, even when it is an IP address.
void set_server_name(SSL* connection, const TlsPeer& peer) {
    // OpenSSL takes the name by non-const pointer, and copies it
    char* name = peer.is_ip ? nullptr : const_cast<char*>(peer.name.c_str());
    SSL_ctrl(connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name);
}

bool is_about_our_certificate(int alert) {
    switch (alert) {
        case SSL_AD_HANDSHAKE_FAILURE:
        case SSL_AD_BAD_CERTIFICATE:
        case SSL_AD_UNSUPPORTED_CERTIFICATE:
        case SSL_AD_CERTIFICATE_REVOKED:
        case SSL_AD_CERTIFICATE_EXPIRED:
        case SSL_AD_CERTIFICATE_UNKNOWN:
        case SSL_AD_UNKNOWN_CA:
        case SSL_AD_ACCESS_DENIED:
        case SSL_AD_CERTIFICATE_REQUIRED:
            return true;
        default:
            return false;
    }
}

// Where Go's words (crypto/tls/alert.go) are not OpenSSL's.
std::string alert_text(int alert) {
    switch (alert & 0xff) {
        case SSL_AD_UNKNOWN_CA:
            return "unknown certificate authority";
        case SSL_AD_PROTOCOL_VERSION:
            return "protocol version not supported";
        case SSL_AD_CERTIFICATE_REVOKED:
            return "revoked certificate";
        case SSL_AD_CERTIFICATE_EXPIRED:
            return "expired certificate";
        case SSL_AD_CERTIFICATE_UNKNOWN:
            return "unknown certificate";
        case SSL_AD_CERTIFICATE_REQUIRED:  // OpenSSL 3.0 has no text for it
            return "certificate required";
        default:
            return SSL_alert_desc_string_long(alert);
    }
}

void note_alert(int alert, TlsPeer& peer) {
    if (alert >> 8 != SSL3_AL_FATAL) return;
    const int description = alert & 0xff;
    peer.alert = alert_text(alert);
    peer.alert_is_about_us = is_about_our_certificate(description);
}

void watch_connection(const SSL* ssl, int where, int value) {
    auto& peer = *static_cast<TlsPeer*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), peer_index()));
    // with TLS 1.3, OpenSSL may call this again for a session ticket
    if ((where & SSL_CB_HANDSHAKE_START) != 0 && SSL_in_before(ssl) != 0) {
        set_server_name(const_cast<SSL*>(ssl), peer);
        if (peer.before_handshake) peer.before_handshake();
    }
    if ((where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT) note_alert(value, peer);
}

void expect_name(X509_VERIFY_PARAM* expected, const TlsPeer& peer) {
    X509_VERIFY_PARAM_set_flags(expected, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_hostflags(
        expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    if (peer.is_ip) {
        X509_VERIFY_PARAM_set1_ip_asc(expected, peer.name.c_str());
    } else {
        X509_VERIFY_PARAM_set1_host(expected, peer.name.data(), peer.name.size());
    }
}

}  // namespace

struct TlsMaterial::Parts {
    Store store;
    std::vector<Certificate> chain;  // ours, then what leads to its CA
    Key key;

    Result<void> read(const ClientCertificate& certificate);
};

Result<void> TlsMaterial::Parts::read(const ClientCertificate& certificate) {
    chain = certificates_in(certificate.chain_pem);
    key = key_in(certificate.key_pem.reveal());
    if (chain.empty()) return unreadable(no_certificate(certificate.chain_pem));
    if (!key) return unreadable(no_key(certificate.key_pem.reveal()));
    if (X509_check_private_key(chain.front().get(), key.get()) == 1) return {};
    ERR_clear_error();
    return unreadable("private key does not match public key");
}

TlsMaterial::TlsMaterial(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TlsMaterial::~TlsMaterial() = default;

Result<std::shared_ptr<const TlsMaterial>> TlsMaterial::load(const Tls& tls) {
    auto parts = std::make_unique<Parts>();
    auto store = trusted(tls);
    if (!store) return std::unexpected(std::move(store.error()));
    parts->store = std::move(*store);
    if (tls.certificate) {
        if (auto read = parts->read(*tls.certificate); !read) return std::unexpected(read.error());
    }
    return std::shared_ptr<const TlsMaterial>(new TlsMaterial(std::move(parts)));
}

Result<std::shared_ptr<const TlsMaterial>> TlsMaterial::with(const ClientCertificate& ours) const {
    auto parts = std::make_unique<Parts>();
    parts->store = shared(parts_->store);
    if (parts_->key) {
        for (const Certificate& one : parts_->chain) parts->chain.push_back(shared(one));
        parts->key = shared(parts_->key);
    } else if (auto read = parts->read(ours); !read) {
        return std::unexpected(read.error());
    }
    return std::shared_ptr<const TlsMaterial>(new TlsMaterial(std::move(parts)));
}

void TlsMaterial::configure(ssl_ctx_st* context, TlsPeer& peer) const {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_ex_data(context, peer_index(), &peer);
    SSL_CTX_set_info_callback(context, watch_connection);
    SSL_CTX_set1_cert_store(context, parts_->store.get());
    expect_name(SSL_CTX_get0_param(context), peer);
    SSL_CTX_set_cert_verify_callback(context, verify, &peer);
    SSL_CTX_set_verify(context, peer.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
    if (parts_->chain.empty()) return;
    SSL_CTX_use_certificate(context, parts_->chain.front().get());
    SSL_CTX_use_PrivateKey(context, parts_->key.get());
    for (std::size_t i = 1; i < parts_->chain.size(); ++i) {
        SSL_CTX_add1_chain_cert(context, parts_->chain[i].get());
    }
}

bool is_ip_address(const std::string& name) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return ::inet_pton(AF_INET, name.c_str(), address.data()) == 1 ||
           ::inet_pton(AF_INET6, name.c_str(), address.data()) == 1;
}

void forget_tls_errors() {
    ERR_clear_error();
}

std::string tls_failure() {
    const unsigned long error = ERR_peek_error();  // the first: closing adds others
    if (error == 0 || ERR_GET_LIB(error) != ERR_LIB_SSL) return {};
    const int reason = ERR_GET_REASON(error);
    if (reason == SSL_R_UNEXPECTED_EOF_WHILE_READING) return "EOF";
    if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST) {
        return "tls: first record does not look like a TLS handshake";
    }
    const char* text = ERR_reason_error_string(error);
    return text == nullptr ? "" : std::string("tls: ") + text;
}

}  // namespace kube
