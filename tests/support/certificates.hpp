// A certificate authority and a server's certificate for the loopback, made in memory for one test:
// nothing is written to disk and nothing lasts longer than a day. The one file of tests that names
// OpenSSL's X.509.
#pragma once

#include <string>

namespace support {

struct Certificates {
    std::string ca_pem;
    std::string certificate_pem;  // for 127.0.0.1, ::1 and localhost
    std::string key_pem;
};

/// A new CA (EC P-256) called `name`, and a server certificate that it signed.
Certificates make_certificates(const std::string& name);

}  // namespace support
