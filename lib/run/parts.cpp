#include "run/parts.hpp"

#include <algorithm>
#include <set>

#include "mtc/names.hpp"
#include "mtc/workload.hpp"
#include "rollback/pods.hpp"
#include "run/listing.hpp"
#include "run/types.hpp"

namespace run {
namespace {

using base::ResourceType;
using rollback::ClusterView;
using rollback::State;

bool belongs(const Part& part, const Object& object) {
    return object.ref.type == part.type &&
           (part.options.ns.empty() || object.ref.ns == part.options.ns);
}

// What a list of the whole cluster holds beyond the plan, and what another workload manages.
bool is_of_no_concern(const ClusterView& view, const Object& object) {
    return std::ranges::count(view.namespaces, object.ref.ns) == 0 ||
           (mtc::workload_kind(object.ref.type) != nullptr && mtc::is_hidden(object));
}

std::set<ResourceType> types_of(const std::vector<Object>& objects, bool terminating_only) {
    std::set<ResourceType> types;
    for (const Object& object : objects) {
        if (!terminating_only || base::is_terminating(object)) types.insert(object.ref.type);
    }
    return types;
}

// Of many namespaces the whole cluster is watched, with one connection for each resource type.
std::vector<std::string> scopes(const ClusterView& view) {
    if (view.namespaces.size() > few_namespaces) return {""};
    return view.namespaces;
}

// One that is gone or cannot be read leaves what was seen: the last look says what is so.
void replace_plan(State& state, const kube::ObjectMap& plans) {
    const auto it = plans.find({mtc::types::migplans, state.plan.ns, state.plan.name});
    if (it == plans.end()) return;
    auto plan = mtc::decode_plan(it->second);
    if (plan && !state.plan.left_out.empty())
        plan = mtc::part_of(*plan, state.plan.source_namespaces());
    if (plan) state.plan = std::move(*plan);
}

}  // namespace

std::vector<Part> parts_of(const Session& session, const State& state) {
    // of the plan the whole namespace: a watch by name would need the same rights
    std::vector<Part> parts{
        {session.control.cluster.get(), mtc::types::migplans, {.ns = session.plan.ns}}};
    for (const std::string& ns : scopes(state.source)) {
        const auto source = [&](const ResourceType& type, std::vector<Object> ClusterView::* list) {
            parts.push_back({session.source.cluster.get(),
                             type,
                             {.ns = ns, .without = types::unread},
                             &State::source,
                             list});
        };
        source(types::pods, &ClusterView::pods);
        source(types::claims, &ClusterView::claims);
        for (const auto list :
             {&ClusterView::workloads, &ClusterView::endpoints, &ClusterView::routes}) {
            for (const auto& type : types_of(state.source.*list, false)) source(type, list);
        }
    }
    const bool stage_pods = std::ranges::any_of(state.target.pods, [](const Object& pod) {
        return rollback::is_stage_pod(pod) || rollback::is_transfer_pod(pod);
    });
    for (const std::string& ns : scopes(state.target)) {
        if (stage_pods) {
            parts.push_back({session.target.cluster.get(),
                             types::pods,
                             {.ns = ns, .without = types::unread},
                             &State::target,
                             &ClusterView::pods});
        }
        for (const auto& type : types_of(state.target.labelled, true)) {
            parts.push_back({session.target.cluster.get(),
                             type,
                             {.ns = ns,
                              .label_selector =
                                  std::string(mtc::labels::migrated_by_plan) + "=" + state.plan.uid,
                              .metadata_only = true},
                             &State::target,
                             &ClusterView::labelled});
        }
    }
    return parts;
}

void replace(State& state, const Part& part, kube::ObjectMap objects) {
    if (part.is_plan()) return replace_plan(state, objects);
    ClusterView& view = state.*part.side;
    std::vector<Object>& list = view.*part.list;
    std::erase_if(list, [&](const Object& object) { return belongs(part, object); });
    for (auto& [ref, object] : objects) {
        if (!is_of_no_concern(view, object)) list.push_back(std::move(object));
    }
    std::ranges::sort(list, {}, &Object::ref);
}

}  // namespace run
