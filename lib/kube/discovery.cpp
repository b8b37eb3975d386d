#include "kube/discovery.hpp"

#include <algorithm>
#include <iterator>

namespace kube {
namespace {

using base::items_at;
using base::text_or_empty;

std::vector<std::string> texts_at(const Json& json, std::string_view pointer) {
    std::vector<std::string> texts;
    for (const Json& item : items_at(json, pointer)) {
        if (item.is_string()) texts.push_back(item.get<std::string>());
    }
    return texts;
}

bool is_known(const Discovery& discovery, const ResourceType& type) {
    return std::ranges::any_of(discovery.resources, [&type](const DiscoveredResource& known) {
        return known.type.group == type.group && known.type.plural == type.plural;
    });
}

void add(ResourceType type, std::vector<std::string> verbs, Discovery& discovery) {
    // a name with a slash is a subresource; without a kind there is nothing but subresources
    const bool is_resource =
        !type.kind.empty() && !type.plural.empty() && !type.plural.contains('/');
    if (!is_resource || is_known(discovery, type)) return;
    discovery.resources.push_back({.type = std::move(type), .verbs = std::move(verbs)});
}

void add_version(const std::string& group, const Json& version, Discovery& discovery) {
    const GroupVersion name{.group = group, .version = text_or_empty(version, "/version")};
    const auto& resources = items_at(version, "/resources");
    if (resources.empty() && text_or_empty(version, "/freshness") == "Stale") {
        discovery.broken.push_back(name.text() + ": the server that serves it does not answer");
        return;
    }
    for (const Json& resource : resources) {
        add({.group = group,
             .version = name.version,
             .plural = text_or_empty(resource, "/resource"),
             .kind = text_or_empty(resource, "/responseKind/kind"),
             .namespaced = text_or_empty(resource, "/scope") == "Namespaced"},
            texts_at(resource, "/verbs"), discovery);
    }
}

void note_without_versions(const std::string& name, const Json& group, Discovery& discovery) {
    if (items_at(group, "/versions").empty())
        discovery.broken.push_back((name.empty() ? "v1" : name) + ": no version of it is served");
}

}  // namespace

const std::string_view discovery_accept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

std::string GroupVersion::text() const {
    return group.empty() ? version : group + "/" + version;
}

bool is_aggregated_discovery(const Json& document) {
    return text_or_empty(document, "/kind") == "APIGroupDiscoveryList";
}

void add_aggregated(const Json& document, Discovery& discovery) {
    for (const Json& group : items_at(document, "/items")) {
        const std::string name = text_or_empty(group, "/metadata/name");
        note_without_versions(name, group, discovery);
        for (const Json& version : items_at(group, "/versions")) {
            add_version(name, version, discovery);
        }
    }
}

std::vector<GroupVersion> versions_in(const Json& document, Discovery& discovery) {
    std::vector<GroupVersion> versions;
    for (const std::string& version : texts_at(document, "/versions")) {
        versions.push_back({.group = {}, .version = version});
    }
    for (const Json& group : items_at(document, "/groups")) {
        const std::string name = text_or_empty(group, "/name");
        const std::string preferred = text_or_empty(group, "/preferredVersion/version");
        note_without_versions(name, group, discovery);
        std::vector<GroupVersion> others;
        for (const Json& version : items_at(group, "/versions")) {
            GroupVersion each{.group = name, .version = text_or_empty(version, "/version")};
            auto& list = each.version == preferred ? versions : others;
            list.push_back(std::move(each));
        }
        std::ranges::move(others, std::back_inserter(versions));
    }
    return versions;
}

void add_classic(const GroupVersion& version, const Json& document, Discovery& discovery) {
    for (const Json& resource : items_at(document, "/resources")) {
        add({.group = version.group,
             .version = version.version,
             .plural = text_or_empty(resource, "/name"),
             .kind = text_or_empty(resource, "/kind"),
             .namespaced = base::bool_at(resource, "/namespaced").value_or(false)},
            texts_at(resource, "/verbs"), discovery);
    }
}

}  // namespace kube
