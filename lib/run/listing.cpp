#include "run/listing.hpp"

#include <algorithm>

#include "kube/parallel.hpp"
#include "mtc/workload.hpp"
#include "run/types.hpp"

namespace run {
namespace {

using base::ErrorKind;
using base::Object;
using base::ResourceType;
using base::Result;

kube::ListOptions options(const Look& look, const std::string& ns) {
    return {.ns = ns,
            .label_selector = look.label_selector,
            .metadata_only = look.metadata_only,
            .without = types::unread};
}

void note(const Place& place, const Look& look, const base::Error& error,
          const std::string& where) {
    // a type that vanished since it was discovered has no objects that could carry a label
    if (error.kind == ErrorKind::NotFound && look.metadata_only) return;
    place.notes.failed({.side = place.side,
                        .resource = look.gap_prefix + look.type.resource(),
                        .what = "list " + look.type.resource() + where,
                        .why = {}},
                       error);
}

void take(const Place& place, const Look& look, Result<kube::ObjectList> found,
          const std::string& where) {
    if (!found) return note(place, look, found.error(), where);
    std::erase_if(found->items, [&](const Object& o) {
        return !look.everywhere && !std::ranges::count(place.namespaces, o.ref.ns);
    });
    const std::scoped_lock lock(place.notes.mutex());
    look.keep(std::move(found->items));
}

// False when that is forbidden: then each namespace is asked for by itself.
bool list_cluster_wide(const Place& place, const Look& look) {
    auto found = place.cluster.list(look.type, options(look, ""), place.stop);
    if (!found && found.error().kind == ErrorKind::Forbidden) return false;
    take(place, look, std::move(found), " in all namespaces");
    return true;
}

void list(const Place& place, const Look& look) {
    const bool wide = look.everywhere || place.namespaces.size() > few_namespaces;
    if (wide && list_cluster_wide(place, look)) return;
    if (look.everywhere && !look.refused()) return;
    for (const std::string& ns : place.namespaces) {
        take(place, look, place.cluster.list(look.type, options(look, ns), place.stop),
             ns.empty() ? "" : " in namespace " + ns);
    }
}

}  // namespace

void look_at(const Place& place, const std::vector<Look>& looks) {
    kube::in_parallel(looks.size(), place.parallel, [&](std::size_t i) { list(place, looks[i]); });
}

namespace {

// In which there is something that the flows look for by name.
constexpr std::string_view groups_looked_into[] = {"apps",
                                                   "apps.openshift.io",
                                                   "autoscaling",
                                                   "batch",
                                                   "discovery.k8s.io",
                                                   "extensions",
                                                   "kubevirt.io",
                                                   "migration.openshift.io",
                                                   "networking.k8s.io",
                                                   "route.openshift.io",
                                                   "velero.io"};

// "group/version: why". In another group (that of metrics is broken often) there can be nothing but
// an object with the plan's label.
std::string resource_of(const std::string& broken) {
    const std::string group = broken.substr(0, broken.find('/'));
    const bool looked_into = std::ranges::count(groups_looked_into, group) > 0;
    return looked_into || group == broken ? "discovery"
                                          : rollback::label_scan + ("API group " + group);
}

}  // namespace

// Every cluster has these; without them it has not told yet what it serves.
constexpr std::pair<const char*, const char*> always_served[] = {
    {"", "pods"}, {"apps", "deployments"}, {"batch", "jobs"}};

// "apps/v1: why", "apps: why", of the core group "v1: why".
bool is_of_group(const std::string& broken, const std::string& group) {
    return broken.substr(0, broken.find_first_of("/:")) == (group.empty() ? "v1" : group);
}

void must_be_whole(const Place& place, const kube::Discovery& discovery) {
    for (const auto& [group, plural] : always_served) {
        // a gap already
        const bool broken = std::ranges::any_of(
            discovery.broken, [&](const std::string& each) { return is_of_group(each, group); });
        if (broken ||
            served(discovery, {.group = group, .version = {}, .plural = plural, .kind = {}}))
            continue;
        place.notes.gap({.side = place.side,
                         .resource = "discovery",
                         .what = "discover " + std::string(plural),
                         .why = "the API server does not name them, as every cluster does: it may "
                                "be starting"});
    }
}

Result<kube::Discovery> discover(const Place& place) {
    auto discovery = place.cluster.discover(place.stop);
    if (!discovery)
        return std::unexpected(
            base::within("the " + rollback::word(place.side) + " cluster", discovery.error()));
    for (const std::string& broken : discovery->broken) {
        place.notes.gap({.side = place.side,
                         .resource = resource_of(broken),
                         .what = "discover " + broken,
                         .why = broken});
    }
    must_be_whole(place, *discovery);
    return discovery;
}

namespace {

const ResourceType* served_in(const kube::Discovery& discovery, const std::string& group,
                              const std::string& plural) {
    const auto it =
        std::ranges::find_if(discovery.resources, [&](const kube::DiscoveredResource& r) {
            return r.type.group == group && r.type.plural == plural;
        });
    return it == discovery.resources.end() ? nullptr : &it->type;
}

}  // namespace

const ResourceType* served(const kube::Discovery& discovery, const ResourceType& type) {
    const ResourceType* found = served_in(discovery, type.group, type.plural);
    if (found != nullptr || type.group != "apps") return found;
    return served_in(discovery, mtc::group_before_apps, type.plural);
}

}  // namespace run
