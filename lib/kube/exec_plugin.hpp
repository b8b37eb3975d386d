// Runs an exec credential plugin: a program named by the kubeconfig that prints a token or a client
// certificate, such as `oc get-token` or the clouds' login helpers. It is started without a shell,
// with a deadline, and what it prints never reaches a message. It keeps nothing: credentials.hpp
// decides when it is run again. After client-go's plugin/pkg/client/auth/exec/exec.go.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>

#include "base/result.hpp"
#include "kube/connection.hpp"

namespace kube {

struct ExecCredential {
    base::Secret token;  // empty: none
    std::optional<ClientCertificate> certificate = {};
    /// expirationTimestamp; without one it serves as long as the program runs.
    std::optional<std::chrono::system_clock::time_point> expires = {};
};

struct ExecLimits {
    std::chrono::milliseconds quiet = std::chrono::minutes(1);  // where nobody can be asked
    std::chrono::milliseconds interactive =
        std::chrono::minutes(5);  // where a person may have to answer
};

/// Runs it once. Errors read as kubectl's ("getting credentials: exec: executable X failed with
/// exit code 3"); the way out (installHint) is the error's hint. Interrupted when asked to stop,
/// TimedOut at the deadline, else Malformed; the program is then ended.
base::Result<ExecCredential> run_exec_plugin(const ExecPlugin& plugin, const std::stop_token& stop,
                                             const ExecLimits& limits = {});

/// Whether it may stand in a header as it is: visible ASCII and nothing else. A line break in it
/// would become a header of its own (cpp-httplib before 0.20 sends what it gets).
bool is_sendable(const base::Secret& token);

}  // namespace kube
