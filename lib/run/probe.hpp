// Asks the addresses of Routes and Ingresses over HTTP(S), as a user of the application would: with
// no login, from here, redirects not followed.
#pragma once

#include <chrono>
#include <stop_token>

#include "rollback/state.hpp"

namespace run {

struct ProbeOptions {
    std::size_t parallel = 8;
    std::chrono::milliseconds timeout{10'000};  // of one request
    /// A router takes a moment to find pods that have just become ready.
    int attempts = 4;
    std::chrono::milliseconds pause{1'500};
};

/// The answer of each address, in the order of the routes. Those that answer 5xx, or not at all,
/// are asked again a few times.
std::vector<rollback::Probe> probe(const std::vector<base::Object>& routes,
                                   const ProbeOptions& options, const std::stop_token& stop);

}  // namespace run
