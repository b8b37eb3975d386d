#include "sandbox/server_discovery.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "support/refusal.hpp"
#include "support/types.hpp"

namespace sandbox {
namespace {

using base::Json;
using support::served_types;
using support::ServedType;

const std::vector<std::string> all_verbs{"create", "delete", "deletecollection", "get",
                                         "list",   "patch",  "update",           "watch"};
const std::vector<std::string> subresource_verbs{"get", "patch", "update"};

std::string version_of(const std::string& group_version) {
    return group_version.substr(group_version.find('/') + 1);
}

std::string group_of(const std::string& group_version) {
    const auto slash = group_version.find('/');
    return slash == std::string::npos ? "" : group_version.substr(0, slash);
}

std::vector<const ServedType*> types_in(const std::string& group_version) {
    std::vector<const ServedType*> rows;
    for (const ServedType& served : served_types()) {
        if (served.type.api_version() == group_version) rows.push_back(&served);
    }
    return rows;
}

/// "apps/v1", ... in the table's order, then the broken ones; without the core group.
std::vector<std::string> named_groups(const DiscoveryOptions& options) {
    std::vector<std::string> names;
    for (const ServedType& served : served_types()) {
        const std::string name = served.type.api_version();
        if (!served.type.group.empty() && std::ranges::find(names, name) == names.end()) {
            names.push_back(name);
        }
    }
    names.emplace_back("authorization.k8s.io/v1");
    for (const std::string& name : options.broken) {
        if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
    return names;
}

std::vector<std::string> subresources_of(const ServedType& served) {
    std::vector<std::string> names;
    if (served.status_subresource) names.emplace_back("status");
    if (served.scale_subresource) names.emplace_back("scale");
    return names;
}

Json kind_of(const base::ResourceType& type) {
    return {{"group", type.group}, {"version", type.version}, {"kind", type.kind}};
}

Json resource_v2(const ServedType& served) {
    Json row = {{"resource", served.type.plural},
                {"responseKind", kind_of(served.type)},
                {"scope", served.type.namespaced ? "Namespaced" : "Cluster"},
                {"singularResource", served.singular},
                {"verbs", all_verbs}};
    if (!served.short_names.empty()) row["shortNames"] = served.short_names;
    for (const std::string& name : subresources_of(served)) {
        row["subresources"].push_back({{"subresource", name},
                                       {"responseKind", kind_of(served.type)},
                                       {"verbs", subresource_verbs}});
    }
    return row;
}

Json access_review_v2() {
    return {{"resource", "selfsubjectaccessreviews"},
            {"responseKind", kind_of(support::types::selfsubjectaccessreviews)},
            {"scope", "Cluster"},
            {"singularResource", "selfsubjectaccessreview"},
            {"verbs", {"create"}}};
}

Json group_v2(const std::string& group_version, const DiscoveryOptions& options) {
    const bool broken = options.broken.contains(group_version);
    Json version = {{"version", version_of(group_version)},
                    {"freshness", broken ? "Stale" : "Current"}};
    if (!broken) version["resources"] = Json::array();
    for (const ServedType* served : types_in(group_version)) {
        if (!broken) version["resources"].push_back(resource_v2(*served));
    }
    if (group_version == "authorization.k8s.io/v1")
        version["resources"] = Json::array({access_review_v2()});
    Json group = {{"metadata", Json::object()}, {"versions", {version}}};
    const std::string name = group_of(group_version);
    if (!name.empty()) group["metadata"]["name"] = name;
    return group;
}

DiscoveryPage aggregated(const std::vector<std::string>& groups, const DiscoveryOptions& options) {
    Json items = Json::array();
    for (const std::string& name : groups) items.push_back(group_v2(name, options));
    return {.content_type = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
            .body = {{"kind", "APIGroupDiscoveryList"},
                     {"apiVersion", "apidiscovery.k8s.io/v2"},
                     {"metadata", Json::object()},
                     {"items", items}}};
}

Json classic_group(const std::string& group_version) {
    const Json version = {{"groupVersion", group_version}, {"version", version_of(group_version)}};
    return {
        {"name", group_of(group_version)}, {"versions", {version}}, {"preferredVersion", version}};
}

Json classic_groups(const DiscoveryOptions& options) {
    Json groups = Json::array();
    for (const std::string& name : named_groups(options)) groups.push_back(classic_group(name));
    return {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", groups}};
}

Json classic_resource(const ServedType& served) {
    Json row = {{"name", served.type.plural},
                {"singularName", served.singular},
                {"namespaced", served.type.namespaced},
                {"kind", served.type.kind},
                {"verbs", all_verbs}};
    if (!served.short_names.empty()) row["shortNames"] = served.short_names;
    return row;
}

Json classic_subresource(const ServedType& served, const std::string& name) {
    return {{"name", served.type.plural + "/" + name},
            {"singularName", ""},
            {"namespaced", served.type.namespaced},
            {"kind", served.type.kind},
            {"verbs", subresource_verbs}};
}

std::optional<DiscoveryPage> resources_page(const std::string& group_version,
                                            const DiscoveryOptions& options) {
    if (options.broken.contains(group_version)) {
        return DiscoveryPage{.status = 503,
                             .body = support::refusal::unavailable(
                                 "the server is currently unable to handle the request")};
    }
    Json rows = Json::array();
    for (const ServedType* served : types_in(group_version)) {
        rows.push_back(classic_resource(*served));
        for (const std::string& name : subresources_of(*served)) {
            rows.push_back(classic_subresource(*served, name));
        }
    }
    if (group_version == "authorization.k8s.io/v1") {
        rows.push_back({{"name", "selfsubjectaccessreviews"},
                        {"singularName", "selfsubjectaccessreview"},
                        {"namespaced", false},
                        {"kind", "SelfSubjectAccessReview"},
                        {"verbs", {"create"}}});
    }
    if (rows.empty()) return std::nullopt;
    return DiscoveryPage{.body = {{"kind", "APIResourceList"},
                                  {"apiVersion", "v1"},
                                  {"groupVersion", group_version},
                                  {"resources", rows}}};
}

std::optional<DiscoveryPage> group_page(const std::string& group, const DiscoveryOptions& options) {
    for (const std::string& name : named_groups(options)) {
        if (group_of(name) != group) continue;
        Json body = classic_group(name);
        body["kind"] = "APIGroup";
        body["apiVersion"] = "v1";
        return DiscoveryPage{.body = body};
    }
    return std::nullopt;
}

}  // namespace

std::optional<DiscoveryPage> discovery_page(const std::string& path, const std::string& accept,
                                            const DiscoveryOptions& options) {
    const bool wants_v2 = options.aggregated &&
                          accept.find("as=APIGroupDiscoveryList") != std::string::npos &&
                          accept.find("v=v2;") != std::string::npos;
    if (path == "/api") {
        if (wants_v2) return aggregated({"v1"}, options);
        return DiscoveryPage{.body = {{"kind", "APIVersions"}, {"versions", {"v1"}}}};
    }
    if (path == "/apis") {
        if (wants_v2) return aggregated(named_groups(options), options);
        return DiscoveryPage{.body = classic_groups(options)};
    }
    const auto segments = base::split(std::string_view(path).substr(1), '/');
    if (path == "/api/v1") return resources_page("v1", options);
    if (segments.size() == 2 && segments[0] == "apis") return group_page(segments[1], options);
    if (segments.size() != 3 || segments[0] != "apis") return std::nullopt;
    return resources_page(segments[1] + "/" + segments[2], options);
}

}  // namespace sandbox
