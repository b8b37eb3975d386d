// The checks on the target: nothing of the migration is left. And stage pods, on both sides.
#include <algorithm>
#include <map>
#include <set>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "mtc/unquiesce.hpp"
#include "mtc/velero.hpp"
#include "mtc/workload.hpp"
#include "rollback/check.hpp"
#include "rollback/identity.hpp"
#include "rollback/manual_parts.hpp"
#include "rollback/mounts.hpp"
#include "rollback/other_owners.hpp"
#include "rollback/other_plans.hpp"
#include "rollback/pods.hpp"
#include "rollback/situation.hpp"
#include "rollback/twice.hpp"
#include "rollback/volume_fate.hpp"

namespace rollback::check {
namespace {

// What keeps an object that terminates, besides its finalizers: of a claim the pods that mount it
// (kubernetes.io/pvc-protection), of a pod its node.
std::string also_held_by(const State& state, const Object& object) {
    std::vector<std::string> holders;
    for (const Object& pod : state.target.pods) {
        if (pod.ref.ns != object.ref.ns) continue;
        if (object.ref.type.kind == "PersistentVolumeClaim" && mounts(pod, object.ref.name))
            holders.push_back(pod.ref.label());
        if (pod.ref == object.ref)
            holders.push_back("node " + base::text_or_empty(pod.body, "/spec/nodeName"));
    }
    return holders.empty() ? "" : ": " + base::join(holders);
}

std::string state_of(const State& state, const Object& object) {
    if (!base::is_terminating(object)) return " carries the plan's label";
    const auto finalizers = base::finalizers_of(object);
    const std::string holders = also_held_by(state, object);
    if (finalizers.empty()) return " is terminating" + holders;
    return " is terminating, held by " + base::join(finalizers) + holders;
}

// On the source they read the application's volumes, which is no matter to it. On the target only
// MTC's rollback takes them away.
void check_transfer_pod(const Object& pod, Side side, Flow flow, CheckWriter& out) {
    if (!is_transfer_pod(pod) || has_ended(pod)) return;
    const std::string predicate = " copies volumes for a migration";
    if (side == Side::Target && flow == Flow::Console) {
        out.fail(pod.ref.path(), predicate, out.oc("delete", pod.ref), base::is_terminating(pod));
    } else {
        out.warn(pod.ref.path(), predicate, out.oc("delete", pod.ref));
    }
}

void check_stage_pod(const State& state, const Object& pod, Side side, CheckWriter& out) {
    if (!is_stage_pod(pod)) return;
    if (side == Side::Target || !is_borrowed(pod)) {
        return out.fail(pod.ref.path(), " is a stage pod of MTC", out.oc("delete", pod.ref),
                        base::is_terminating(pod));
    }
    // since 1.6 MTC borrows running pods: deleting one of those would kill the application
    out.warn(pod.ref.path(), " is the application's own pod, still labelled as a stage pod",
             give_back_command(state, state.plan.name));
}

std::vector<Finding> no_stage_pods(const Evidence& e, const char* id, Side side,
                                   const ClusterView& view) {
    CheckWriter out(e, id, side);
    for (const Object& pod : view.pods) {
        // where both sides are one namespace its pods are the source's
        if (side == Side::Target && is_also_source(e.state, pod.ref.ns)) continue;
        check_stage_pod(e.state, pod, side, out);
        check_transfer_pod(pod, side, e.flow, out);
    }
    out.add_gaps([](const std::string& r) { return r == "pods"; });
    return std::move(out).done("no stage pods, and none that copies volumes");
}

// "; Some content in the namespace has finalizers remaining: ..."
std::string what_remains(const Object& ns) {
    std::string out;
    for (const Json& condition : base::items_at(ns.body, "/status/conditions")) {
        const std::string type = base::text_or_empty(condition, "/type");
        const bool holds = type == "NamespaceContentRemaining" ||
                           type == "NamespaceFinalizersRemaining" ||
                           type == "NamespaceDeletionDiscoveryFailure";
        if (holds && base::text_or_empty(condition, "/status") == "True")
            out += "; " + base::text_or_empty(condition, "/message");
    }
    return out;
}

std::string no_longer_listed(const State& state, const Object& object) {
    return " carries the plan's label, and the plan does not list namespace " + object.ref.ns +
           (is_also_source(state, object.ref.ns) ? ""
                                                 : ": no rollback touches it, and what it was "
                                                   "made from may be stopped on the source");
}

void check_elsewhere(const State& state, CheckWriter& out) {
    for (const Object& object : state.target.elsewhere)
        out.fail_for_good(object.ref.path(), no_longer_listed(state, object), list_it_again(state));
}

// Workloads of the target that run while the source's are at rest, or not there.
std::set<std::string> only_ones_that_run(const State& state) {
    const auto rests = [](const Object* workload) {
        return workload == nullptr || mtc::workload_kind(workload->ref.type)->at_rest(*workload);
    };
    std::set<std::string> paths;
    for (const Pair& pair : pairs_of(state)) {
        if (!rests(pair.target) && rests(pair.source)) paths.insert(pair.target->ref.path());
    }
    return paths;
}

// Beside the application on the source: what another plan has migrated, or what carries no label.
void check_twins(const State& state, CheckWriter& out) {
    const auto stopped = workloads_to_stop(state);
    for (const Twin& twin : twins_of(state)) {
        const bool runs_here = !mtc::workload_kind(twin.source->ref.type)->at_rest(*twin.source);
        if (!runs_here || std::ranges::count(stopped, twin.target) > 0) continue;
        const std::string subject = twin.target->ref.path();
        const std::string predicate =
            describe_twin(twin).substr(subject.size()) + "; it runs on the source, too";
        const std::string remedy = out.oc("get", twin.target->ref, " -o yaml");
        if (twin.plan.empty())
            out.warn(subject, predicate, remedy);
        else
            out.fail_for_good(subject, predicate, remedy);
    }
}

// "anywhere", or where it was looked for.
std::string searched(const State& state) {
    return state.target.searched_everywhere
               ? ""
               : " in the namespaces of the plan (" + base::first_of(state.target.namespaces, 3) +
                     "); others may not be searched";
}

bool hides_labels(const std::string& resource) {
    return resource == "discovery" || resource.starts_with(label_scan);
}

bool has_unseen_plans(const State& state) {
    return std::ranges::any_of(state.gaps, [](const Gap& gap) {
        return gap.side == Side::Control &&
               (gap.resource == mtc::types::migplans.resource() || gap.resource == "discovery");
    });
}

std::map<std::string, std::vector<const Object*>> of_unknown_plans(const State& state) {
    std::map<std::string, std::vector<const Object*>> found;
    for (const Object& object : state.target.foreign) {
        const auto plan = base::label_of(object, mtc::labels::migrated_by_plan).value_or("");
        const bool known = std::ranges::count(state.other_plans, plan, &mtc::Plan::uid) > 0;
        if (!known) found[plan].push_back(&object);
    }
    return found;
}

bool was_left_down(const State& state, const Object& workload) {
    return mtc::is_quiesced(workload) && !is_also_source(state, workload.ref.ns) &&
           !base::label_of(workload, mtc::labels::migrated_by_plan);
}

// With its marks: a later un-quiescing would take them for true.
std::string bring_back(const Object& workload, const mtc::Wanted& before, const CheckWriter& out) {
    if (!before.known()) return out.oc("edit", workload.ref);
    return out.oc(
        "patch", workload.ref,
        " --type=json -p " +
            base::shell_quoted(mtc::unquiesce(workload, before)
                                   .dump(-1, ' ', false, Json::error_handler_t::replace)));
}

std::string ran_before(const Object& workload, const mtc::Wanted& before) {
    // quiescing does not write down whether it was suspended
    if (workload.ref.type.plural == "cronjobs")
        return "whether it was suspended before is not known";
    return "it ran " + (before.known() ? mtc::describe(before) : "an unknown number");
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
    const auto at_stake = claims_at_stake(e.state);
    const auto lonely =
        e.state.target.labelled.empty() ? std::set<std::string>() : only_ones_that_run(e.state);
    for (const Object& object : e.state.target.labelled) {
        const bool terminating = base::is_terminating(object);
        const auto it = object.ref.type.plural == "persistentvolumeclaims"
                            ? at_stake.find({object.ref.ns, object.ref.name})
                            : at_stake.end();
        std::string remedy = out.oc(terminating ? "describe" : "delete", object.ref);
        if (it != at_stake.end()) remedy = how_to_keep(e.state, it->second);
        if (lonely.contains(object.ref.path()))
            remedy = "it is the only one that runs: start it on the source before it is deleted";
        out.fail(object.ref.path(), state_of(e.state, object), std::move(remedy), terminating);
    }
    check_elsewhere(e.state, out);
    check_twins(e.state, out);
    out.add_gaps(hides_labels);
    out.must_be_seen(e.state.target.labels_seen, "the labels of objects");
    return std::move(out).done("nothing carries the plan's label" + searched(e.state));
}

// Absent or Active are both well: MTC leaves a namespace, and somebody may have deleted it.
std::vector<Finding> namespaces_settled(const Evidence& e) {
    CheckWriter out(e, "target-namespaces-settled", Side::Target);
    for (const Object& ns : e.state.target.found_namespaces) {
        if (base::text_or_empty(ns.body, "/status/phase") != "Terminating") continue;
        out.fail("namespace " + ns.ref.name, " is terminating" + what_remains(ns),
                 out.oc("describe namespace " + base::shell_word(ns.ref.name)), true);
    }
    out.add_gaps([](const std::string& r) { return r == "namespaces"; });
    out.must_be_seen(e.state.target.namespaces_read, "the namespaces");
    return std::move(out).done("no namespace is terminating");
}

std::vector<Finding> no_orphans(const Evidence& e) {
    CheckWriter out(e, "target-no-orphans", Side::Target);
    for (const auto& [plan, objects] : of_unknown_plans(e.state)) {
        if (has_unseen_plans(e.state)) {
            out.unknown(objects.front()->ref.path(),
                        " is of another plan, and the plans could not be listed", "");
            continue;
        }
        out.warn(objects.front()->ref.path(),
                 (objects.size() == 1
                      ? ""
                      : " and " + base::count(objects.size() - 1, "more object", "more objects")) +
                     " of a plan that is not on this control cluster (its UID is " + plan + ")",
                 out.oc("get all,configmaps,secrets,persistentvolumeclaims -l " +
                        base::shell_word(std::string(mtc::labels::migrated_by_plan) + "=" + plan) +
                        " -n " + base::shell_word(objects.front()->ref.ns)));
    }
    out.add_gaps(hides_labels);
    out.must_be_seen(e.state.target.labels_seen, "the labels of objects");
    return std::move(out).done("nothing is left of a plan that is gone");
}

// One that a canceled migration has left goes on, and so does what it creates.
std::vector<Finding> no_restore_running(const Evidence& e) {
    CheckWriter out(e, "target-no-restore-running", Side::Target);
    for (const Object& object : e.state.target.velero) {
        if (object.ref.type.plural != "restores" || !mtc::velero_works_on(object)) continue;
        out.fail(object.ref.path(),
                 " is " + mtc::velero_phase(object) + ": Velero goes on creating objects",
                 out.oc("get", object.ref, " -w"));
    }
    out.add_gaps([](const std::string& r) { return r == "restores.velero.io"; });
    out.must_be_seen(e.state.target.velero_seen, "Velero's restores");
    return std::move(out).done("no restore of the plan is running");
}

std::vector<Finding> no_double_writer(const Evidence& e) {
    CheckWriter out(e, "target-no-double-writer", Side::Target);
    bool any_moved = false;
    for (const VolumeSituation& volume : volumes_of(e.state)) {
        any_moved = any_moved || volume.moved;
        if (!is_written_by_both(volume)) continue;
        const std::string subject = "volume " + volume.volume.name;
        out.fail(subject, describe_double_writer(volume).substr(subject.size()),
                 "stop what runs on the target: " +
                     out.oc("get", volume.target_pods.front(), " -o yaml"));
    }
    if (any_moved) out.add_gaps([](const std::string& r) { return r == "pods"; });
    if (any_moved && std::ranges::any_of(doubts_of(e.state), [](const Doubt& doubt) {
            return doubt.accepted && doubt.id != "no-namespaces";
        }))
        out.unknown("",
                    "whether a moved volume is mounted on the plan's target was not looked at: as "
                    "was accepted, another cluster was",
                    "verify without --accept, with the contexts of the plan's clusters");
    if (any_moved && !e.state.target.elsewhere.empty())
        out.unknown("",
                    "whether a moved volume is mounted in a namespace that the plan does not "
                    "list any more was not looked at",
                    list_it_again(e.state));
    if (any_moved && !e.state.target.searched_everywhere)
        out.unknown("",
                    "whether a moved volume is mounted in another namespace of the target "
                    "could not be seen: only those of the plan may be searched",
                    "name a context that may search them all with --target-context");
    return std::move(out).done(any_moved ? "no volume is mounted on both sides"
                                         : "each side has volumes of its own");
}

// Without volumes two of an application are confusing, with volumes they write to both sides.
std::vector<Finding> target_at_rest(const Evidence& e) {
    CheckWriter out(e, "target-at-rest", Side::Target);
    for (const Object* workload : workloads_to_stop(e.state)) {
        const std::string predicate = " runs, or can run, beside the application on the source";
        const std::string remedy = out.oc("get", workload->ref, " -o yaml");
        if (!manual::has_volumes(e.state)) {
            out.warn(workload->ref.path(), predicate, remedy);
        } else {
            out.fail(workload->ref.path(), predicate, remedy);
        }
    }
    for (const ObjectRef& pod : pods_that_write(e.state))
        out.fail(pod.path(), " mounts a volume of the plan", out.oc("describe", pod), true);
    for (const ObjectRef& owner : on_both_sides(e.state))
        out.warn(owner.path(),
                 " runs on both sides: of its kind neither MTC nor the manual flow stops any",
                 out.oc("get", owner, " -o yaml"));
    check_elsewhere(e.state, out);
    check_twins(e.state, out);
    out.add_gaps([](const std::string& r) { return r == "pods" || is_workload(r); });
    return std::move(out).done("nothing that was migrated runs" + searched(e.state));
}

std::vector<Finding> nothing_left_down(const Evidence& e) {
    CheckWriter out(e, "target-nothing-left-down", Side::Target);
    for (const Object& workload : e.state.target.workloads) {
        if (!was_left_down(e.state, workload)) continue;
        const mtc::Wanted before = mtc::workload_kind(workload.ref.type)->recorded(workload);
        if (mounts_a_volume_of_the_plan(e.state, workload)) {
            out.warn(workload.ref.path(),
                     " was not migrated, but it is stopped: it mounts a volume of the plan, which "
                     "the source would write to as well",
                     out.oc("describe", workload.ref));
            continue;
        }
        out.warn(workload.ref.path(),
                 " was not migrated, but MTC stopped it (" + ran_before(workload, before) + ")",
                 bring_back(workload, before, out));
    }
    out.add_gaps(is_workload);
    return std::move(out).done("no other workload is left stopped");
}

}  // namespace rollback::check
