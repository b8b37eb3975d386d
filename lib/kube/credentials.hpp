// Turns Auth into what is sent with a request. The place where further ways to log in will go: an
// alternative of Auth in connection.hpp, and its branch here.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "kube/connection.hpp"

namespace kube {

class Credentials {
  public:
    /// `auth` must outlive it. A token that came from a file is read again after `keep_for`.
    explicit Credentials(const Auth& auth,
                         std::chrono::milliseconds keep_for = std::chrono::minutes(1));
    /// The value of the Authorization header, or an empty Secret when there is none. Read from its
    /// file when that is due; an error names the file.
    base::Result<base::Secret> authorization();

  private:
    base::Result<base::Secret> from_file(const std::string& path);

    const Auth& auth_;
    std::chrono::milliseconds keep_for_;
    std::mutex mutex_;
    base::Secret from_file_;
    std::chrono::steady_clock::time_point read_at_;
};

}  // namespace kube
