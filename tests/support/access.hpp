// Who may do what on a simulated cluster: everything, except what a denial names. It stands in for
// RBAC, whose roles and bindings it does not know. Thread-safe: tests change it while clients run.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "support/refusal.hpp"

namespace support {

/// "*" matches anything. `resource` is "pods", "deployments.apps" or "pods/binding"; a resource
/// without
/// "/sub" does not cover its subresources. `ns` "" denies only requests across all namespaces; a
/// namespace denies what is asked in it, and then also what is asked across all.
struct Denial {
    std::string user = "*";
    std::string verb = "*";
    std::string resource = "*";
    std::string ns = "*";
};

class Access {
  public:
    void deny(Denial denial);
    void allow_everything();
    bool allows(const Attempt& attempt) const;

  private:
    mutable std::mutex mutex_;
    std::vector<Denial> denials_;
};

}  // namespace support
