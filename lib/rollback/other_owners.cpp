#include "rollback/other_owners.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "mtc/workload.hpp"
#include "rollback/acceptance.hpp"
#include "rollback/command.hpp"
#include "rollback/pods.hpp"

namespace rollback {
namespace {

const Json* controller_of(const Object& pod) {
    const auto& owners = base::items_at(pod.body, "/metadata/ownerReferences");
    const auto it = std::ranges::find_if(owners, [](const Json& owner) {
        return base::bool_at(owner, "/controller").value_or(false);
    });
    if (it != owners.end()) return &*it;
    return owners.empty() ? nullptr : &owners.front();
}

bool mtc_stops(const Object& pod, const std::string& kind) {
    // whose controllers are the deployments of a DeploymentConfig
    if (kind == "ReplicationController") return is_of_deployment_config(pod);
    return kind == "VirtualMachineInstance" ||
           std::ranges::any_of(mtc::workload_kinds(),
                               [&](const auto& row) { return row.type.kind == kind; });
}

ObjectRef owner_in(const Json& owner, const std::string& ns) {
    const std::string api = base::text_or_empty(owner, "/apiVersion");
    const std::string kind = base::text_or_empty(owner, "/kind");
    const auto slash = api.find('/');
    const bool core = slash == std::string::npos;
    return {.type = {.group = core ? "" : api.substr(0, slash),
                     .version = core ? api : api.substr(slash + 1),
                     .plural = base::lower(kind) + "s",
                     .kind = kind},
            .ns = ns,
            .name = base::text_or_empty(owner, "/name")};
}

bool runs(const Object& pod) {
    const bool of_mtc = (is_stage_pod(pod) && !is_borrowed(pod)) || is_transfer_pod(pod);
    return !has_ended(pod) && !base::is_terminating(pod) && !of_mtc;
}

// Kind and name tell it; two clusters may serve it in different versions.
using OwnerKey = std::array<std::string, 3>;
OwnerKey key_of(const std::string& ns, const ObjectRef& owner) {
    return {ns, owner.type.kind, owner.name};
}

bool unseen(const State& state) {
    return std::ranges::any_of(state.gaps, [](const Gap& gap) {
        return gap.side != Side::Control && gap.resource == "pods";
    });
}

std::set<OwnerKey> migrated(const State& state) {
    std::set<OwnerKey> out;
    for (const Object& object : state.target.labelled)
        out.insert(key_of(object.ref.ns, object.ref));
    return out;
}

std::set<OwnerKey> running_on_source(const State& state) {
    std::set<OwnerKey> out;
    for (const Object& pod : state.source.pods) {
        const auto owner = runs(pod) ? other_owner(pod) : std::nullopt;
        if (owner) out.insert(key_of(pod.ref.ns, *owner));
    }
    return out;
}

bool is_owner_accepted(const State& state, const ObjectRef& owner) {
    return is_accepted(state, runs_on_target_only_id, owner.path());
}

std::string how_to_start(const State& state, const ObjectRef& owner) {
    if (owner.type.kind != "ReplicationController") return "start it on the source first";
    return "start it on the source first: " +
           oc(state, Side::Source, "scale", owner, " --replicas=N");
}

}  // namespace

std::optional<ObjectRef> other_owner(const Object& pod) {
    const Json* controller = controller_of(pod);
    if (controller == nullptr) return pod.ref;
    if (mtc_stops(pod, base::text_or_empty(*controller, "/kind"))) return std::nullopt;
    return owner_in(*controller, pod.ref.ns);
}

std::vector<ObjectRef> only_on_target(const State& state) {
    if (unseen(state)) return {};
    const auto on_source = running_on_source(state);
    const auto of_the_plan = migrated(state);
    std::set<ObjectRef> out;
    for (const Object& pod : state.target.pods) {
        if (is_also_source(state, pod.ref.ns) || !runs(pod)) continue;
        auto owner = other_owner(pod);
        // a pod by itself says so; of others the labels tell, where they were looked at
        const bool own = base::label_of(pod, mtc::labels::migrated_by_plan) == state.plan.uid;
        if (!owner || !(own || of_the_plan.contains(key_of(pod.ref.ns, *owner)))) continue;
        owner->ns = state.plan.source_of(pod.ref.ns);
        if (!on_source.contains(key_of(owner->ns, *owner))) out.insert(std::move(*owner));
    }
    return {out.begin(), out.end()};
}

std::vector<ObjectRef> on_both_sides(const State& state) {
    const auto on_source = running_on_source(state);
    std::set<ObjectRef> out;
    for (const Object& pod : state.target.pods) {
        if (is_also_source(state, pod.ref.ns) || !runs(pod)) continue;
        const auto owner = other_owner(pod);
        if (owner && on_source.contains(key_of(state.plan.source_of(pod.ref.ns), *owner)))
            out.insert(*owner);
    }
    return {out.begin(), out.end()};
}

std::string describe_owner(const State& state, const ObjectRef& owner) {
    const std::string on_target = state.plan.target_of(owner.ns);
    return owner.path() + " runs on the target" +
           (on_target == owner.ns ? "" : " (in namespace " + on_target + ")") +
           ", and has no pod on the source";
}

std::vector<Blocker> runs_on_target_only(const State& state) {
    std::vector<Blocker> out;
    for (const ObjectRef& owner : only_on_target(state)) {
        if (is_owner_accepted(state, owner)) continue;
        out.push_back({.id = runs_on_target_only_id,
                       .what = describe_owner(state, owner) + ": MTC starts no " + owner.type.kind +
                               ", and its rollback deletes the one that runs",
                       .remedy = how_to_start(state, owner) + "; if it is to stay down: " +
                                 accept_flag(runs_on_target_only_id, owner.path())});
    }
    return out;
}

std::vector<std::string> accepted_owners(const State& state) {
    std::vector<std::string> out;
    for (const ObjectRef& owner : only_on_target(state)) {
        if (is_owner_accepted(state, owner))
            out.push_back("accepted: " + describe_owner(state, owner) + ", and stays down");
    }
    return out;
}

namespace {

// Told to run, and by its pods it does not.
bool serves_only_as_copy(const WorkloadSituation& each) {
    const bool here =
        each.source && !each.source->at_rest && !each.source->ended && !each.source->serves.yes;
    return here && each.migrated && !each.target->at_rest && !each.target->ended &&
           each.target->serves.yes;
}

std::string serving_in_words(const WorkloadSituation& each) {
    return each.workload.path() + " serves on the target, and not on the source (" +
           each.source->serves.why + ")";
}

}  // namespace

void add_serving_on_target_only(const State& state, const Situation& situation,
                                std::vector<Blocker>& out) {
    for (const WorkloadSituation& each : situation.workloads) {
        if (!serves_only_as_copy(each)) continue;
        if (is_accepted(state, serves_on_target_only_id, each.workload.path())) continue;
        out.push_back(
            {.id = serves_on_target_only_id,
             .what = serving_in_words(each) + ": a rollback deletes the only one that serves",
             .remedy = "see why it does not serve: " +
                       oc(state, Side::Source, "describe", each.workload) +
                       "; to go on all the same: " +
                       accept_flag(serves_on_target_only_id, each.workload.path())});
    }
}

std::vector<std::string> accepted_serving(const State& state, const Situation& situation) {
    std::vector<std::string> out;
    for (const WorkloadSituation& each : situation.workloads) {
        if (serves_only_as_copy(each) &&
            is_accepted(state, serves_on_target_only_id, each.workload.path()))
            out.push_back("accepted: " + serving_in_words(each));
    }
    return out;
}

}  // namespace rollback
