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
    std::erase_if(found->items,
                  [&](const Object& o) { return !std::ranges::count(place.namespaces, o.ref.ns); });
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
    if (place.namespaces.size() > few_namespaces && list_cluster_wide(place, look)) return;
    for (const std::string& ns : place.namespaces) {
        take(place, look, place.cluster.list(look.type, options(look, ns), place.stop),
             ns.empty() ? "" : " in namespace " + ns);
    }
}

}  // namespace

void look_at(const Place& place, const std::vector<Look>& looks) {
    kube::in_parallel(looks.size(), place.parallel, [&](std::size_t i) { list(place, looks[i]); });
}

Result<kube::Discovery> discover(const Place& place) {
    auto discovery = place.cluster.discover(place.stop);
    if (!discovery)
        return std::unexpected(
            base::within("the " + rollback::word(place.side) + " cluster", discovery.error()));
    for (const std::string& broken : discovery->broken) {
        place.notes.gap({.side = place.side,
                         .resource = "discovery",
                         .what = "discover " + broken,
                         .why = broken});
    }
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
