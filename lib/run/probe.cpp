#include "run/probe.hpp"

#include "kube/http.hpp"
#include "kube/parallel.hpp"
#include "kube/pause.hpp"
#include "rollback/addresses.hpp"

namespace run {
namespace {

using base::Result;
using rollback::Address;
using rollback::Probe;

Result<kube::HttpResponse> ask(const Address& address, bool insecure, const ProbeOptions& options,
                               const std::stop_token& stop) {
    auto http = kube::Http::open({.server = address.server,
                                  .tls = {.insecure = insecure},
                                  .request_timeout = options.timeout,
                                  .parallel = 1});
    if (!http) return std::unexpected(http.error());
    return (*http)->send({.method = "GET", .target = address.path, .accept = "*/*"}, stop);
}

// A certificate that is not trusted keeps nobody from asking whether the application answers.
Probe probe_once(const Address& address, const ProbeOptions& options, const std::stop_token& stop) {
    Probe probe{.route = address.route, .url = address.url()};
    auto answer = ask(address, false, options, stop);
    if (!answer && address.server.starts_with("https")) {
        auto untrusting = ask(address, true, options, stop);
        if (untrusting) probe.distrust = answer.error().message;
        answer = std::move(untrusting);
    }
    if (!answer) {
        probe.error = answer.error().message;
        return probe;
    }
    probe.status = answer->status;
    const auto location = answer->headers.find("location");
    if (location != answer->headers.end()) probe.location = location->second;
    return probe;
}

Probe probe_patiently(const Address& address, const ProbeOptions& options,
                      const std::stop_token& stop) {
    for (int attempt = 1;; ++attempt) {
        Probe probe = probe_once(address, options, stop);
        const bool answered = probe.error.empty() && probe.status < 500;
        if (answered || attempt == options.attempts || !kube::pause(options.pause, stop))
            return probe;
    }
}

}  // namespace

std::vector<Probe> probe(const std::vector<base::Object>& routes, const ProbeOptions& options,
                         const std::stop_token& stop) {
    std::vector<Address> addresses;
    for (const base::Object& route : routes) {
        for (Address& address : rollback::addresses_of(route))
            addresses.push_back(std::move(address));
    }
    std::vector<Probe> probes(addresses.size());
    kube::in_parallel(addresses.size(), options.parallel, [&](std::size_t i) {
        probes[i] = probe_patiently(addresses[i], options, stop);
    });
    return probes;
}

}  // namespace run
