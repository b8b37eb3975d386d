#include "run/observe_proof.hpp"

#include <algorithm>
#include <set>

#include "mtc/names.hpp"
#include "mtc/workload.hpp"
#include "rollback/pods.hpp"
#include "run/types.hpp"

namespace run {
namespace {

using base::Object;
using base::ResourceType;
using rollback::ClusterView;

bool is_of(const ClusterView& view, const Object& volume, const std::string& plan_uid) {
    const auto ns = base::text_or_empty(volume.body, "/spec/claimRef/namespace");
    return std::ranges::count(view.namespaces, ns) > 0 ||
           base::label_of(volume, mtc::labels::migrated_by_plan) == plan_uid;
}

// Where a status does not tell enough: of a pod, or of a workload, which says no more than a count.
std::set<std::string> namespaces_with_riddles(const ClusterView& view) {
    std::set<std::string> namespaces;
    for (const Object& pod : view.pods) {
        if (rollback::keeps_its_reason(pod)) namespaces.insert(pod.ref.ns);
    }
    for (const Object& workload : view.workloads) {
        const mtc::WorkloadKind* kind = mtc::workload_kind(workload.ref.type);
        if (kind != nullptr && !kind->serving(workload).yes && !mtc::is_quiesced(workload))
            namespaces.insert(workload.ref.ns);
    }
    return namespaces;
}

}  // namespace

std::vector<Look> traffic_looks(ClusterView& view, const kube::Discovery& discovery) {
    const ResourceType* slices = served(discovery, types::slices);
    std::vector<Look> looks{{.type = types::services, .keep = append_to(view.services)},
                            {.type = slices == nullptr ? types::endpoints : *slices,
                             .keep = append_to(view.endpoints)}};
    for (const ResourceType& wanted : {types::routes, types::ingresses}) {
        if (const ResourceType* type = served(discovery, wanted))
            looks.push_back({.type = *type, .keep = append_to(view.routes)});
    }
    return looks;
}

void look_at_volumes(const Place& place, ClusterView& view, const std::string& plan_uid) {
    auto all = place.cluster.list(types::volumes, {}, place.stop);
    if (!all) {
        return place.notes.failed({.side = place.side,
                                   .resource = types::volumes.resource(),
                                   .what = "list persistentvolumes",
                                   .why = {}},
                                  all.error());
    }
    std::erase_if(all->items, [&](const Object& volume) { return !is_of(view, volume, plan_uid); });
    const std::scoped_lock lock(place.notes.mutex());
    view.volumes = std::move(all->items);
    view.volumes_seen = true;
}

void look_at_events(const Place& place, ClusterView& view) {
    for (const std::string& ns : namespaces_with_riddles(view)) {
        auto events = place.cluster.list(types::events,
                                         {.ns = ns, .field_selector = "type=Warning"}, place.stop);
        if (events) append_to(view.events)(std::move(events->items));
    }
}

}  // namespace run
