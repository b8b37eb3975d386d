// An HTTPS server of cpp-httplib with a certificate that nobody trusts, for one test.
#pragma once

#include <httplib.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "support/certificates.hpp"

namespace support {

/// Not listening yet. `name` is that of its certificate authority.
inline std::unique_ptr<httplib::SSLServer> https_server(const std::string& name) {
    using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
    const auto made = make_certificates(name);
    const auto bio = [](const std::string& pem) {
        return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    };
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        PEM_read_bio_X509(bio(made.certificate_pem).get(), nullptr, nullptr, nullptr), X509_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_bio_PrivateKey(bio(made.key_pem).get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    // it takes references of its own
    return std::make_unique<httplib::SSLServer>(certificate.get(), key.get());
}

}  // namespace support
