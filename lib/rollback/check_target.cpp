// The checks on the target: nothing of the migration is left. And stage pods, on both sides.
#include <algorithm>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "mtc/workload.hpp"
#include "rollback/check.hpp"
#include "rollback/manual_parts.hpp"

namespace rollback::check {
namespace {

std::string state_of(const Object& object) {
    if (!base::is_terminating(object)) return " carries the plan's label";
    const auto finalizers = base::finalizers_of(object);
    return finalizers.empty() ? " is terminating"
                              : " is terminating, held by " + base::join(finalizers);
}

void check_stage_pod(const Object& pod, Side side, CheckWriter& out) {
    if (!base::label_of(pod, mtc::labels::stage_pod)) return;
    if (side == Side::Target || !base::label_of(pod, mtc::labels::application_pod)) {
        return out.fail(pod.ref.path(), " is a stage pod of MTC", oc("delete", pod.ref),
                        base::is_terminating(pod));
    }
    // since 1.6 MTC borrows running pods: deleting one of those would kill the application
    out.warn(
        pod.ref.path(), " is the application's own pod, still labelled as a stage pod",
        oc("label", pod.ref,
           std::string(" ") + mtc::labels::stage_pod + "- " + mtc::labels::application_pod + "-"));
}

std::vector<Finding> no_stage_pods(const Evidence& e, const char* id, Side side,
                                   const ClusterView& view) {
    CheckWriter out(e, id, side);
    for (const Object& pod : view.pods) {
        // where both sides are one namespace its pods are the source's
        if (side == Side::Target && is_also_source(e.state, pod.ref.ns)) continue;
        check_stage_pod(pod, side, out);
    }
    out.add_gaps([](const std::string& r) { return r == "pods"; });
    return std::move(out).done("no stage pods");
}

bool was_left_down(const State& state, const Object& workload) {
    return mtc::is_quiesced(workload) && !is_also_source(state, workload.ref.ns) &&
           !base::label_of(workload, mtc::labels::migrated_by_plan);
}

std::string bring_back(const Object& workload, const mtc::Wanted& before) {
    if (!before.replicas || workload.ref.type.plural == "jobs") return oc("edit", workload.ref);
    return oc("scale", workload.ref, " --replicas=" + std::to_string(*before.replicas));
}

}  // namespace

std::vector<Finding> no_stage_pods_on_source(const Evidence& e) {
    return no_stage_pods(e, "source-no-stage-pods", Side::Source, e.state.source);
}

std::vector<Finding> no_stage_pods_on_target(const Evidence& e) {
    return no_stage_pods(e, "target-no-stage-pods", Side::Target, e.state.target);
}

std::vector<Finding> no_migrated_objects(const Evidence& e) {
    CheckWriter out(e, "target-no-migrated-objects", Side::Target);
    for (const Object& object : e.state.target.labelled) {
        const bool terminating = base::is_terminating(object);
        out.fail(object.ref.path(), state_of(object),
                 oc(terminating ? "describe" : "delete", object.ref), terminating);
    }
    out.add_gaps(
        [](const std::string& r) { return r == "discovery" || r.starts_with(label_scan); });
    return std::move(out).done("nothing carries the plan's label");
}

// Without volumes two of an application are confusing, with volumes they write to both sides.
std::vector<Finding> target_at_rest(const Evidence& e) {
    CheckWriter out(e, "target-at-rest", Side::Target);
    for (const Object* workload : workloads_to_stop(e.state)) {
        const std::string predicate = " runs, or can run, beside the application on the source";
        const std::string remedy = oc("get", workload->ref, " -o yaml");
        if (!manual::has_volumes(e.state)) {
            out.warn(workload->ref.path(), predicate, remedy);
        } else {
            out.fail(workload->ref.path(), predicate, remedy);
        }
    }
    for (const ObjectRef& pod : pods_that_write(e.state))
        out.fail(pod.path(), " mounts a volume of the plan", oc("describe", pod), true);
    out.add_gaps([](const std::string& r) { return r == "pods" || is_workload(r); });
    return std::move(out).done("nothing that was migrated runs");
}

std::vector<Finding> nothing_left_down(const Evidence& e) {
    CheckWriter out(e, "target-nothing-left-down", Side::Target);
    for (const Object& workload : e.state.target.workloads) {
        if (!was_left_down(e.state, workload)) continue;
        const mtc::Wanted before = mtc::workload_kind(workload.ref.type)->recorded(workload);
        out.warn(workload.ref.path(),
                 " was not migrated, but MTC stopped it (it ran " +
                     (before.known() ? mtc::describe(before) : "an unknown number") + ")",
                 bring_back(workload, before));
    }
    out.add_gaps(is_workload);
    return std::move(out).done("no other workload is left stopped");
}

}  // namespace rollback::check
