#include "support/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>

namespace support {
namespace {

template <auto free_function>
struct Free {
    template <class T>
    void operator()(T* pointer) const {
        free_function(pointer);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;

void check(bool succeeded, const char* what) {
    if (!succeeded) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

Key new_key() {
    Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    check(key != nullptr, "EVP_PKEY_Q_keygen");
    return key;
}

struct Issuer {
    X509* certificate;
    EVP_PKEY* key;
};

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
    check(extension != nullptr, value);
    check(X509_add_ext(certificate, extension.get(), -1) == 1, value);
}

void set_random_serial(X509* certificate) {
    std::int64_t serial = 0;
    check(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "RAND_bytes");
    check(ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate), serial & INT64_MAX) == 1,
          "serial");
}

/// A certificate without extensions and signature.
Certificate blank(const std::string& name, EVP_PKEY* key) {
    Certificate certificate(X509_new());
    check(certificate != nullptr, "X509_new");
    X509_set_version(certificate.get(), X509_VERSION_3);
    set_random_serial(certificate.get());
    constexpr long day = 24L * 60 * 60;
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), day);
    check(X509_set_pubkey(certificate.get(), key) == 1, "X509_set_pubkey");
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    check(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1, "CN");
    return certificate;
}

void sign(X509* certificate, const Issuer& issuer) {
    check(X509_set_issuer_name(certificate, X509_get_subject_name(issuer.certificate)) == 1,
          "X509_set_issuer_name");
    check(X509_sign(certificate, issuer.key, EVP_sha256()) > 0, "X509_sign");
}

Certificate authority(const std::string& name, EVP_PKEY* key) {
    Certificate ca = blank(name, key);
    add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
    sign(ca.get(), {ca.get(), key});
    return ca;
}

Certificate server(EVP_PKEY* key, const Issuer& issuer) {
    Certificate leaf = blank("kube-apiserver", key);
    add_extension(leaf.get(), issuer.certificate, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(leaf.get(), issuer.certificate, NID_ext_key_usage, "serverAuth");
    add_extension(leaf.get(), issuer.certificate, NID_subject_alt_name,
                  "IP:127.0.0.1,IP:::1,DNS:localhost");
    sign(leaf.get(), issuer);
    return leaf;
}

template <class Write>
std::string pem(const Write& write) {
    const Bio bio(BIO_new(BIO_s_mem()));
    check(bio != nullptr && write(bio.get()) == 1, "PEM");
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
    return pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::string pem_of(EVP_PKEY* key) {
    return pem([&](BIO* bio) {
        return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
}

}  // namespace

Certificates make_certificates(const std::string& name) {
    const Key ca_key = new_key();
    const Certificate ca = authority(name, ca_key.get());
    const Key key = new_key();
    const Certificate leaf = server(key.get(), {ca.get(), ca_key.get()});
    return {pem_of(ca.get()), pem_of(leaf.get()), pem_of(key.get())};
}

}  // namespace support
