// The checks on the source: the application is back, as it was.
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "mtc/schedule.hpp"
#include "mtc/unquiesce.hpp"
#include "mtc/workload.hpp"
#include "rollback/autoscalers.hpp"
#include "rollback/check.hpp"
#include "rollback/pods.hpp"
#include "rollback/why_not_serving.hpp"

namespace rollback::check {
namespace {

bool is_active(const Object& ns) {
    return base::text_at(ns.body, "/status/phase").value_or("Active") == "Active";
}

std::map<mtc::WorkloadKey, const Object*> by_key(const std::vector<Object>& workloads) {
    std::map<mtc::WorkloadKey, const Object*> out;
    for (const Object& workload : workloads) out.emplace(mtc::key_of(workload.ref), &workload);
    return out;
}

std::string patch_of(const ObjectRef& ref, const std::string& field, const std::string& value) {
    return oc("patch", ref, " --type=merge -p '{\"spec\":{\"" + field + "\":" + value + "}}'");
}

std::string patch(const RecordedWorkload& recorded, const std::string& field,
                  const std::string& value) {
    return patch_of(recorded.ref, field, value);
}

// By the clock of its cluster: a wrong one counts runs that were not missed.
bool never_starts_again(const Evidence& e, const Object& workload) {
    if (workload.ref.type.plural != "cronjobs" || !e.state.source.now) return false;
    if (base::bool_at(workload.body, "/spec/suspend").value_or(false)) return false;
    return mtc::when_resumed(workload, *e.state.source.now).what == mtc::Resumption::What::Never;
}

// An autoscaler, or a person, may have chosen another number since: that is a failure only when it
// is none.
void compare_replicas(const Evidence& e, const RecordedWorkload& recorded, const mtc::Wanted& now,
                      CheckWriter& out) {
    const auto& before = recorded.before.replicas;
    if (!before || before == now.replicas) return;
    const std::string predicate = " is told to run " + mtc::describe({.replicas = now.replicas}) +
                                  ", before the migration it was " + std::to_string(*before);
    const std::string field = recorded.ref.type.plural == "jobs" ? "parallelism" : "replicas";
    const std::string remedy = patch(recorded, field, std::to_string(*before));
    const Object* scaler =
        now.replicas == 0 ? scales_to_zero(e.state.source, recorded.ref) : nullptr;
    if (scaler != nullptr) {
        out.warn(
            recorded.ref.path(),
            predicate + "; " + scaler->ref.label() + " may keep it at 0 while nothing is to do",
            oc("describe", scaler->ref));
    } else if (now.replicas == 0) {
        out.fail(recorded.ref.path(), predicate, remedy);
    } else {
        out.warn(recorded.ref.path(), predicate, remedy);
    }
}

struct Flag {
    const char* word;   // "paused"
    const char* field;  // of the spec
    std::optional<bool> mtc::Wanted::* value;
};
constexpr Flag flags[] = {{"paused", "paused", &mtc::Wanted::paused},
                          {"suspended", "suspend", &mtc::Wanted::suspended}};

void compare_flag(const RecordedWorkload& recorded, const mtc::Wanted& now, const Flag& flag,
                  CheckWriter& out) {
    const auto& before = recorded.before.*flag.value;
    if (!before || before == now.*flag.value) return;
    out.fail(recorded.ref.path(),
             std::string(*before ? " is not " : " is ") + flag.word +
                 ", before the migration it was" + (*before ? "" : " not"),
             patch(recorded, flag.field, *before ? "true" : "false"));
}

void compare_selector(const RecordedWorkload& recorded, const mtc::Wanted& now, CheckWriter& out) {
    if (!recorded.before.node_selector || recorded.before.node_selector == now.node_selector)
        return;
    out.fail(recorded.ref.path(),
             " runs " + mtc::describe(now) + ", before the migration it ran " +
                 mtc::describe(recorded.before),
             oc("edit", recorded.ref));
}

void compare_strategy(const RecordedWorkload& recorded, const mtc::Wanted& now, CheckWriter& out) {
    const auto& before = recorded.before.run_strategy;
    if (!before || before == now.run_strategy) return;
    out.fail(recorded.ref.path(),
             " has " + mtc::describe({.run_strategy = now.run_strategy}) +
                 ", before the migration it was " + *before,
             patch(recorded, "runStrategy", "\"" + *before + "\""));
}

// A DeploymentConfig that was started by hand; its controller starts no pods while it is paused.
bool is_to_be_paused(const Object& workload) {
    return mtc::pause_again(workload).has_value();
}

void compare(const Evidence& e, const RecordedWorkload& recorded, const Object& workload,
             CheckWriter& out) {
    if (recorded.quiesced && !recorded.before.known()) {
        return out.unknown(recorded.ref.path(), ": what it ran before the migration is not known",
                           oc("get", recorded.ref));
    }
    const mtc::Wanted now = mtc::workload_kind(workload.ref.type)->current(workload);
    compare_replicas(e, recorded, now, out);
    for (const Flag& flag : flags) {
        if (is_to_be_paused(workload) && flag.value == &mtc::Wanted::paused) continue;
        compare_flag(recorded, now, flag, out);
    }
    if (is_to_be_paused(workload))
        out.warn(recorded.ref.path(), " was paused before, and can be so again once its pods run",
                 "run the manual flow again then");
    compare_selector(recorded, now, out);
    compare_strategy(recorded, now, out);
}

// A pod that MTC borrowed is labelled as a stage pod, but it is the application's.
bool is_counted_elsewhere(const Object& pod) {
    return base::is_terminating(pod) || is_transfer_pod(pod) ||
           (is_stage_pod(pod) && !is_borrowed(pod));
}

constexpr auto patience_with_pods = std::chrono::seconds(30);

// Its grace is over, by the clock of its cluster, and it is still there.
bool hangs(const ClusterView& view, const Object& pod) {
    if (!base::is_terminating(pod) || is_stage_pod(pod) || is_transfer_pod(pod)) return false;
    const auto until =
        base::parse_rfc3339(base::text_or_empty(pod.body, "/metadata/deletionTimestamp"));
    return until && view.now && *view.now > *until + patience_with_pods;
}

// By hand nothing starts whose count nobody knows.
std::string how_to_start(const Evidence& e, const Object& workload) {
    const RecordedWorkload* recorded = e.record.of(workload.ref);
    const bool known = recorded != nullptr && recorded->before.known();
    if (e.flow == Flow::Console && e.rollback.empty()) return "roll back: that starts it";
    if (e.flow != Flow::Manual || known)
        return "run the rollback again; it goes on with what is left";
    return "run it again with --set " + workload.ref.ns + "/" + workload.ref.label() + "=N";
}

}  // namespace

std::vector<Finding> namespaces_active(const Evidence& e) {
    CheckWriter out(e, "source-namespaces-active", Side::Source);
    for (const std::string& name : e.state.source.namespaces) {
        const auto& found = e.state.source.found_namespaces;
        const auto it =
            std::ranges::find_if(found, [&](const Object& ns) { return ns.ref.name == name; });
        if (it != found.end()) {
            if (!is_active(*it))
                out.fail("namespace " + name, " is terminating", "oc describe namespace " + name);
        } else if (e.state.source.namespaces_seen && !out.has_gap("namespaces")) {
            out.fail("namespace " + name, " does not exist", "oc get namespaces");
        }
    }
    out.add_gaps([](const std::string& r) { return r == "namespaces"; });
    out.must_be_seen(e.state.source.namespaces_seen, "the namespaces");
    return std::move(out).done(base::count(e.state.source.namespaces.size(), "namespace") +
                               " active");
}

std::vector<Finding> nothing_quiesced(const Evidence& e) {
    CheckWriter out(e, "source-nothing-quiesced", Side::Source);
    for (const Object& workload : e.state.source.workloads) {
        if (mtc::is_quiesced(workload)) {
            out.fail(workload.ref.path(), " is still stopped by MTC", how_to_start(e, workload));
        } else if (mtc::is_marked(workload)) {
            out.warn(workload.ref.path(),
                     " runs, but still carries the mark of having been stopped",
                     oc("annotate", workload.ref,
                        std::string(" ") + mtc::workload_kind(workload.ref.type)->mark + "-"));
        }
    }
    out.add_gaps(is_workload);
    return std::move(out).done("no workload is stopped by MTC");
}

std::vector<Finding> workloads_as_before(const Evidence& e) {
    CheckWriter out(e, "source-workloads-as-before", Side::Source);
    std::size_t compared = 0;
    const auto workloads = by_key(e.state.source.workloads);
    for (const RecordedWorkload& recorded : e.record.workloads) {
        // the snapshot may speak of a larger part of the plan than this look
        if (std::ranges::count(e.state.source.namespaces, recorded.ref.ns) == 0) continue;
        const auto it = workloads.find(mtc::key_of(recorded.ref));
        if (it != workloads.end()) {
            compare(e, recorded, *it->second, out);
            ++compared;
        } else if (recorded.quiesced) {
            out.fail(recorded.ref.path(), " is gone", oc("get", recorded.ref));
        }
    }
    if (!e.before_is_known && compared > 0)
        out.warn("",
                 base::count(compared, "workload") +
                     " could not be compared with what ran before the migration: no "
                     "snapshot of it was kept here",
                 "verify where the rollback was run");
    out.add_gaps(is_workload);
    return std::move(out).done(base::count(compared, "workload") +
                               " told to run the same as before");
}

std::vector<Finding> workloads_serve(const Evidence& e) {
    CheckWriter out(e, "source-workloads-serve", Side::Source);
    for (const Object& workload : e.state.source.workloads) {
        const mtc::Serving serving = mtc::workload_kind(workload.ref.type)->serving(workload);
        if (!serving.yes) {
            // one that is still stopped does not start by being waited for
            out.fail(workload.ref.path(), ": " + why_not_serving(workload, serving, e.state.source),
                     oc("describe", workload.ref), !mtc::is_quiesced(workload));
        } else if (!serving.but.empty()) {
            out.warn(workload.ref.path(), ": " + serving.but, oc("describe", workload.ref));
        } else if (never_starts_again(e, workload)) {
            out.warn(workload.ref.path(),
                     " never starts again: it missed more than 100 runs while it was suspended, "
                     "and a cluster before Kubernetes 1.21 then gives it up",
                     patch_of(workload.ref, "startingDeadlineSeconds", "600"));
        }
    }
    out.add_gaps(is_workload);
    return std::move(out).done(base::count(e.state.source.workloads.size(), "workload") +
                               " serving");
}

std::vector<Finding> pods_healthy(const Evidence& e) {
    CheckWriter out(e, "source-pods-healthy", Side::Source);
    std::size_t healthy = 0;
    for (const Object& pod : e.state.source.pods) {
        if (hangs(e.state.source, pod))
            out.warn(pod.ref.path(),
                     " " + how_it_terminates(pod) + ", and was to be gone at " +
                         base::text_or_empty(pod.body, "/metadata/deletionTimestamp"),
                     oc("describe", pod.ref));
        if (is_counted_elsewhere(pod)) continue;
        const std::string why = why_not_ready(pod, e.state.source.events);
        if (why.empty()) {
            ++healthy;
        } else if (base::text_at(pod.body, "/status/phase") == "Failed") {
            // evicted pods and failed attempts of a Job lie about for long; their workload tells
            // what matters
            out.warn(pod.ref.path(), " has ended: " + why, oc("describe", pod.ref));
        } else {
            out.fail(pod.ref.path(), ": " + why, oc("describe", pod.ref), true);
        }
    }
    out.add_gaps([](const std::string& r) { return r == "pods"; });
    return std::move(out).done(base::count(healthy, "pod") + " running and ready, or done");
}

}  // namespace rollback::check
