// What must rest on the target before anything is started on the source, and what else stands in
// the way of the manual flow.
#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "mtc/unquiesce.hpp"
#include "mtc/virtual_machine.hpp"
#include "rollback/check.hpp"
#include "rollback/identity.hpp"
#include "rollback/manual_parts.hpp"
#include "rollback/mounts.hpp"
#include "rollback/other_owners.hpp"
#include "rollback/other_plans.hpp"
#include "rollback/pods.hpp"
#include "rollback/situation.hpp"
#include "rollback/twice.hpp"

namespace rollback {
namespace manual {
namespace {

using Claim = std::pair<std::string, std::string>;  // namespace and name

std::set<Claim> claims_on_target(const State& state) {
    std::set<Claim> claims;
    for (const mtc::PlanVolume& volume : state.plan.volumes) {
        if (volume.is_migrated())
            claims.emplace(state.plan.target_of(volume.claim_ns), volume.claim_on_target());
    }
    // also what the plan lists no more, or otherwise
    for (const Object& claim : state.target.claims) {
        if (base::label_of(claim, mtc::labels::migrated_by_plan) == state.plan.uid &&
            !is_also_source(state, claim.ref.ns))
            claims.emplace(claim.ref.ns, claim.ref.name);
    }
    return claims;
}

bool mounts_any(const Object& workload, const std::set<Claim>& claims) {
    return std::any_of(claims.lower_bound({workload.ref.ns, ""}), claims.end(),
                       [&](const Claim& claim) {
                           return claim.first == workload.ref.ns && mounts(workload, claim.second);
                       });
}

// One that the source does not have.
bool is_the_only_one(const State& state, const Object& pod) {
    return std::ranges::none_of(state.source.pods, [&](const Object& other) {
        return other.ref.name == pod.ref.name && other.ref.ns == state.plan.source_of(pod.ref.ns) &&
               !has_ended(other);
    });
}

// Deleted, a pod that something makes would be made again, and one by itself never.
std::string how_to_stop(const State& state, const Object& pod, const ObjectRef& owner) {
    if (owner == pod.ref && is_the_only_one(state, pod))
        return "it is the only one that runs, and nothing makes it anew: see that it can be made "
               "on the source (" +
               oc(state, Side::Target, "get", pod.ref, " -o yaml") + "), and delete it then";
    if (owner == pod.ref) return oc(state, Side::Target, "delete", pod.ref);
    if (owner.type.kind == "ReplicationController")
        return oc(state, Side::Target, "scale", owner, " --replicas=0");
    return "see what makes it, " + owner.label() + ": " +
           oc(state, Side::Target, "get", pod.ref, " -o yaml");
}

Blocker pod_writes(const State& state, const Object& pod, const ObjectRef& owner) {
    return {.id = "target-pod-writes",
            .what = pod.ref.path() +
                    " on the target mounts a volume of the plan: started on the "
                    "source, the application would write to it, too",
            .remedy = how_to_stop(state, pod, owner)};
}

Blocker workload_runs(const Object& workload) {
    return {.id = "target-workload-runs",
            .what = workload.ref.path() + " on the target runs, or can run, with what was migrated",
            .remedy = "run the command again: it stops it first"};
}

void add_lone_pods(const State& state, bool stage_pods_go, std::vector<Blocker>& out) {
    const auto writing = pods_that_write(state);
    for (const Object& pod : state.target.pods) {
        // the pods of a workload go when it is stopped
        const auto owner = other_owner(pod);
        if (owner && std::ranges::binary_search(writing, pod.ref) && !base::is_terminating(pod) &&
            !(stage_pods_go && is_stage_pod(pod)))
            out.push_back(pod_writes(state, pod, *owner));
    }
}

bool hides_the_application(const Gap& gap, Side side) {
    return gap.side == side && (gap.resource == "pods" || is_workload(gap.resource));
}

void add_unseen_source(const State& state, std::vector<Blocker>& out) {
    const auto what = unseen(state, Side::Source);
    if (what.empty()) return;
    out.push_back({.id = "source-unseen",
                   .what = "not everything of the source could be seen: " + base::join(what),
                   .remedy = "name a context that may with --source-context, or the namespaces "
                             "that you may see with --source-namespaces"});
}

bool starts_something(const Step& step) {
    const auto* patch = std::get_if<Patch>(&step.action);
    return patch != nullptr && patch->purpose == Purpose::Start;
}

bool stops_something(const Step& step) {
    const auto* patch = std::get_if<Patch>(&step.action);
    return patch != nullptr && patch->purpose == Purpose::Stop;
}

// What was seen then is not where a second writer would be.
bool is_accepted_as_another(const State& state) {
    return std::ranges::any_of(doubts_of(state), [](const Doubt& doubt) {
        const bool of_clusters = doubt.id == "one-cluster" ||
                                 (doubt.id == "wrong-cluster" && doubt.side == Side::Target);
        return doubt.accepted && of_clusters;
    });
}

void add_unseen_target(const State& state, const ManualOptions& options,
                       std::vector<Blocker>& out) {
    auto what = unseen(state, Side::Target);
    const bool moved = std::ranges::count(state.plan.volumes, "move", &mtc::PlanVolume::action) > 0;
    if (moved && !state.target.searched_everywhere)
        what.emplace_back("search all namespaces for what the plan has migrated");
    if (is_accepted_as_another(state))
        what.emplace_back("look at the plan's target: as was accepted, another cluster is");
    if (what.empty() || options.assume_target_stopped || !has_volumes(state)) return;
    out.push_back({.id = "target-unseen",
                   .what = "whether the target writes to a volume of the plan could not be seen: " +
                           base::join(what),
                   .remedy = "name a context that may with --target-context; if you know that "
                             "nothing runs there: --assume-target-stopped"});
}

// Another plan has migrated it, and what is that plan's is not stopped by this one.
void add_doubles(const State& state, const std::vector<Step>& steps, std::vector<Blocker>& out) {
    std::set<std::string> started;
    for (const Step& step : steps) {
        const auto* patch = std::get_if<Patch>(&step.action);
        if (patch != nullptr && patch->purpose == Purpose::Start)
            started.insert(patch->seen.ref.path());
    }
    const auto stopped = workloads_to_stop(state);
    for (const Twin& twin : twins_of(state)) {
        if (!twin.plan.empty() && started.contains(twin.source->ref.path()) &&
            std::ranges::count(stopped, twin.target) == 0)
            out.push_back(twin_runs(state, twin));
    }
}

void add_migrations(const State& state, std::vector<Blocker>& out) {
    for (const mtc::Migration& m : mtc::ahead_of_a_rollback(state.migrations)) {
        const auto on_it = [&](const char* verb, const std::string& rest = {}) {
            return oc(state, Side::Control,
                      words_for(std::string(verb) + " migmigration", m.name, m.ns) + rest);
        };
        out.push_back(
            {.id = "migration-running",
             .what = mtc::word(m.kind) + " " + m.name +
                     " has not ended: the controller may act on the same workloads",
             .remedy = "cancel it, and wait: " +
                       on_it("patch", R"( --type=merge -p '{"spec":{"canceled":true}}')") +
                       "; or, where no controller runs any more: " + on_it("delete")});
    }
}

// Started by nobody, the application would be back in part only.
void add_undecided(const State& state, const Record& record, const ManualOptions& options,
                   const std::vector<Step>& steps, std::vector<Blocker>& out) {
    if (auto rests = undecided_by_hand(situation_of(state, record), options.starts(),
                                       std::ranges::any_of(steps, stops_something)))
        out.push_back(std::move(*rests));
}

bool stands_in_the_way(const Denied& denied, const std::vector<Need>& needs) {
    return std::ranges::any_of(needs, [&](const Need& need) {
        return need.side == denied.side && need.verb == denied.verb &&
               resource_of(need.type, need.subresource) == denied.resource &&
               (denied.ns.empty() || denied.ns == need.ns);
    });
}

}  // namespace

bool has_volumes(const State& state) {
    return !claims_on_target(state).empty();
}

std::vector<std::string> unseen(const State& state, Side side) {
    std::vector<std::string> what;
    for (const Gap& gap : state.gaps) {
        if (hides_the_application(gap, side)) what.push_back(gap.what);
    }
    return what;
}

Patch stop(const Object& workload, Json operations) {
    const mtc::Wanted now = mtc::workload_kind(workload.ref.type)->current(workload);
    return {.side = Side::Target,
            .purpose = Purpose::Stop,
            .seen = bare(workload),
            .operations = std::move(operations),
            .change = mtc::describe(now) + " -> stopped"};
}

std::vector<Step> stops(const State& state) {
    std::vector<Step> steps;
    for (const Object* workload : workloads_to_stop(state)) {
        if (auto operations = mtc::quiesce(*workload))
            steps.push_back({stop(*workload, std::move(*operations)),
                             "it must not write while the application starts on the source"});
    }
    return steps;
}

void add_denied(const std::vector<Denied>& all, const std::vector<Step>& steps,
                std::vector<Blocker>& out) {
    if (all.empty()) return;
    const auto needs = needs_of({.steps = steps, .blockers = {}});
    std::vector<std::string> what;
    for (const Denied& denied : all) {
        if (stands_in_the_way(denied, needs))
            what.push_back(word(denied.side) + ": " + denied.verb + " " + denied.resource +
                           (denied.ns.empty() ? "" : " in namespace " + denied.ns));
    }
    if (what.empty()) return;
    out.push_back({.id = "permissions",
                   .what = "you may not: " + base::join(what),
                   .remedy = "ask for these verbs, or name a context that may with "
                             "--source-context and --target-context"});
}

std::vector<Blocker> blockers(const State& state, const Record& record,
                              const ManualOptions& options, const std::vector<Step>& steps) {
    std::vector<Blocker> out = wrong_clusters(state);
    add_migrations(state, out);
    add_running_of_rivals(state, out);
    std::ranges::move(wrong_counts(state, options.set), std::back_inserter(out));
    add_unseen_source(state, out);
    if (options.workloads) add_undecided(state, record, options, steps, out);
    add_migrated_elsewhere(state, out);
    if (std::ranges::any_of(steps, starts_something)) {
        add_doubles(state, steps, out);
        add_unseen_target(state, options, out);
        add_lone_pods(state, options.stage_pods, out);
    }
    if (std::ranges::any_of(steps, stops_something))
        add_unmigrated_to_stop(state, workloads_to_stop(state), out);
    return out;
}

}  // namespace manual

std::string resource_of(const base::ResourceType& type, const std::string& subresource) {
    if (subresource.empty()) return type.resource();
    return type.plural + "/" + subresource + (type.group.empty() ? "" : "." + type.group);
}

namespace {

void add_needs(const Patch& patch, std::set<Need>& needs) {
    const std::string& ns = patch.seen.ref.ns;
    needs.insert({patch.side, "patch", patch.seen.ref.type, ns});
    if (patch.request_start)
        needs.insert({patch.side, "update", mtc::virtual_machine::start_requests, ns, "start"});
}

}  // namespace

std::vector<Need> needs_of(const Runbook& runbook) {
    std::set<Need> needs;
    for (const Step& step : runbook.steps) {
        if (const auto* patch = std::get_if<Patch>(&step.action)) add_needs(*patch, needs);
        if (const auto* remove = std::get_if<Delete>(&step.action))
            needs.insert({remove->side, "delete", remove->seen.ref.type, remove->seen.ref.ns});
        if (const auto* create = std::get_if<Create>(&step.action))
            needs.insert({create->side, "create", create->what.type, create->what.ns});
    }
    return {needs.begin(), needs.end()};
}

std::vector<ObjectRef> pods_that_write(const State& state) {
    const auto claims = manual::claims_on_target(state);
    std::set<ObjectRef> pods;
    for (const Object& pod : state.target.pods) {
        if (is_also_source(state, pod.ref.ns) || has_ended(pod) || only_sleeps(pod)) continue;
        if (std::ranges::any_of(claims_of(pod), [&](const std::string& claim) {
                return claims.contains({pod.ref.ns, claim});
            }))
            pods.insert(pod.ref);
    }
    return {pods.begin(), pods.end()};
}

bool mounts_a_volume_of_the_plan(const State& state, const Object& workload) {
    return manual::mounts_any(workload, manual::claims_on_target(state));
}

std::vector<const Object*> workloads_to_stop(const State& state) {
    const auto claims = manual::claims_on_target(state);
    std::vector<const Object*> out;
    for (const Object& workload : state.target.workloads) {
        // nothing to stop is also a Job that has ended
        if (is_also_source(state, workload.ref.ns) || !mtc::quiesce(workload)) continue;
        const auto plan = base::label_of(workload, mtc::labels::migrated_by_plan);
        if (plan == state.plan.uid || manual::mounts_any(workload, claims))
            out.push_back(&workload);
    }
    return out;
}

std::vector<Blocker> writers_on_target(const State& state, const ManualOptions& options) {
    std::vector<Blocker> out;
    manual::add_unseen_target(state, options, out);
    add_migrated_elsewhere(state, out);
    for (const Object* workload : workloads_to_stop(state))
        out.push_back(manual::workload_runs(*workload));
    manual::add_lone_pods(state, false, out);
    return out;
}

}  // namespace rollback
