// Turns Auth into what is sent with a request, and knows when that has to be had anew: a token file
// that may have changed, an exec plugin's credential that has expired or was refused. To add a way
// to log in: an alternative of Auth in connection.hpp, and its branch here.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "kube/connection.hpp"

namespace kube {

/// What proves who is asking; made once, then shared by requests.
struct Login {
    base::Secret authorization = {};                    // the header's value; empty: none
    std::optional<ClientCertificate> certificate = {};  // instead of the connection's
};

class Credentials {
  public:
    /// `auth` must outlive it. A token that came from a file is read again after `keep_for`.
    explicit Credentials(const Auth& auth,
                         std::chrono::milliseconds keep_for = std::chrono::minutes(1));

    /// The one that is valid now, never nullptr. An exec plugin is run when it is due, one at a
    /// time; `stop` ends it. Errors name the file or the program.
    base::Result<std::shared_ptr<const Login>> login(const std::stop_token& stop);

    /// A server refused this one (401). True when login() gives another than `refused` from now on,
    /// or will try to.
    bool renew(const std::shared_ptr<const Login>& refused);

  private:
    base::Result<Login> make(const std::stop_token& stop);
    bool is_due() const;

    const Auth& auth_;
    std::chrono::milliseconds keep_for_;
    std::mutex mutex_;
    std::shared_ptr<const Login> current_;
    std::chrono::steady_clock::time_point read_at_;
    std::optional<std::chrono::system_clock::time_point> expires_;
    bool refused_ = false;
};

}  // namespace kube
