#include "sandbox/server_route.hpp"

#include <vector>

#include "base/text.hpp"
#include "support/types.hpp"

namespace sandbox {
namespace {

using Segments = std::vector<std::string>;

/// The group and version in front of the path, taken off it.
std::optional<base::ResourceType> group_of(Segments& segments) {
    const bool core = segments.size() >= 2 && segments[0] == "api";
    const bool named = segments.size() >= 3 && segments[0] == "apis";
    if (!core && !named) return std::nullopt;
    base::ResourceType type;
    if (named) type.group = segments[1];
    type.version = segments[core ? 1 : 2];
    segments.erase(segments.begin(), segments.begin() + (core ? 2 : 3));
    return type;
}

/// The namespace in front of the rest, taken off it. /namespaces/x/status is about the namespace
/// itself.
std::string namespace_of(Segments& segments) {
    if (segments.size() < 3 || segments[0] != "namespaces") return {};
    if (segments[2] == "status" || segments[2] == "finalize") return {};
    std::string ns = segments[1];
    segments.erase(segments.begin(), segments.begin() + 2);
    return ns;
}

}  // namespace

std::optional<Route> route_of(const std::string& path) {
    Segments segments = base::split(std::string_view(path).substr(1), '/');
    auto type = group_of(segments);
    if (!type || segments.empty()) return std::nullopt;
    Route route{.ref = {.type = *type, .ns = namespace_of(segments), .name = {}}};
    route.ref.type.plural = segments[0];
    route.ref.type.namespaced = !route.ref.ns.empty();
    if (segments.size() > 1) route.ref.name = segments[1];
    if (segments.size() > 2) route.subresource = segments[2];
    const auto* served = support::served_type(type->group, type->version, segments[0]);
    if (served != nullptr) route.ref.type = served->type;
    return route;
}

}  // namespace sandbox
