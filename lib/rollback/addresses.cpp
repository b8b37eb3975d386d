#include "rollback/addresses.hpp"

#include <algorithm>

namespace rollback {
namespace {

using base::text_or_empty;

std::string path_of(const std::string& path) {
    return path.starts_with("/") ? path : "/" + path;
}

bool is_one_host(const std::string& host) {
    return !host.empty() && !host.contains('*');
}

std::vector<Address> address_of_route(const Object& route) {
    const std::string host = text_or_empty(route.body, "/spec/host");
    if (!is_one_host(host)) return {};
    const bool secure = base::find(route.body, "/spec/tls") != nullptr;
    return {{route.ref, (secure ? "https://" : "http://") + host,
             path_of(text_or_empty(route.body, "/spec/path"))}};
}

bool has_tls(const Object& ingress, const std::string& host) {
    return std::ranges::any_of(base::items_at(ingress.body, "/spec/tls"), [&](const Json& tls) {
        return std::ranges::count(base::texts_at(tls, "/hosts"), host) > 0;
    });
}

std::vector<Address> addresses_of_ingress(const Object& ingress) {
    std::vector<Address> addresses;
    for (const Json& rule : base::items_at(ingress.body, "/spec/rules")) {
        const std::string host = text_or_empty(rule, "/host");
        if (!is_one_host(host)) continue;
        const auto& paths = base::items_at(rule, "/http/paths");
        addresses.push_back({ingress.ref, (has_tls(ingress, host) ? "https://" : "http://") + host,
                             path_of(paths.empty() ? "" : text_or_empty(paths[0], "/path"))});
    }
    return addresses;
}

}  // namespace

std::vector<Address> addresses_of(const Object& route_or_ingress) {
    return route_or_ingress.ref.type.kind == "Route" ? address_of_route(route_or_ingress)
                                                     : addresses_of_ingress(route_or_ingress);
}

}  // namespace rollback
