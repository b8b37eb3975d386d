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
#include "rollback/command.hpp"
#include "rollback/other_owners.hpp"
#include "rollback/paused_change.hpp"
#include "rollback/pods.hpp"
#include "rollback/several_plans.hpp"
#include "rollback/why_not_serving.hpp"

namespace rollback::check {
namespace {

bool is_active(const Object& ns) {
    return base::text_at(ns.body, "/status/phase").value_or("Active") == "Active";
}

// The snapshot may speak of a larger part of the plan than this look.
std::map<mtc::WorkloadKey, const RecordedWorkload*> recorded_by_key(const Evidence& e) {
    std::map<mtc::WorkloadKey, const RecordedWorkload*> out;
    for (const RecordedWorkload& recorded : e.record.workloads) {
        if (std::ranges::count(e.state.source.namespaces, recorded.ref.ns) > 0)
            out.emplace(mtc::key_of(recorded.ref), &recorded);
    }
    return out;
}

// No workload is told to run, and there is no pod.
bool nothing_runs(const Evidence& e) {
    return e.state.source.pods.empty() && !e.state.source.namespaces.empty() &&
           std::ranges::all_of(e.state.source.workloads, [](const Object& workload) {
               return mtc::workload_kind(workload.ref.type)->at_rest(workload);
           });
}

// Unless of each it is known that it did not, or that an autoscaler may keep it at 0.
bool may_have_run(const Evidence& e) {
    const auto kept_at_rest = [&](const ObjectRef& workload) {
        return scales_to_zero(e.state.source, workload) != nullptr;
    };
    const auto situation = workloads_of(e.state, e.record);
    return std::ranges::any_of(situation,
                               [&](const WorkloadSituation& each) {
                                   return each.source && each.before.ran != false &&
                                          !kept_at_rest(each.workload);
                               }) ||
           std::ranges::any_of(e.record.workloads, [&](const RecordedWorkload& recorded) {
               return recorded.told().ran == true && !kept_at_rest(recorded.ref);
           });
}

std::string patch_of(const ObjectRef& ref, const std::string& field, const std::string& value,
                     const CheckWriter& out) {
    return out.oc(
        "patch", ref,
        " --type=merge -p " + base::shell_quoted("{\"spec\":{\"" + field + "\":" + value + "}}"));
}

std::string patch(const RecordedWorkload& recorded, const std::string& field,
                  const std::string& value, const CheckWriter& out) {
    return patch_of(recorded.ref, field, value, out);
}

// By the clock of its cluster: a wrong one counts runs that were not missed.
bool never_starts_again(const Evidence& e, const Object& workload) {
    if (workload.ref.type.plural != "cronjobs" || !e.state.source.now) return false;
    if (base::bool_at(workload.body, "/spec/suspend").value_or(false)) return false;
    return mtc::when_resumed(workload, *e.state.source.now).what == mtc::Resumption::What::Never;
}

// "before the migration it was", or who says so where that may be another time.
std::string said_of_before(const RecordedWorkload& recorded) {
    return recorded.told_by == Witness::Copy && !recorded.quiesced
               ? "its copy on the target was told "
               : "before the migration it was ";
}

// An autoscaler, or a person, may have chosen another number since: that is a failure only when it
// is none.
void compare_replicas(const Evidence& e, const RecordedWorkload& recorded, const mtc::Wanted& now,
                      CheckWriter& out) {
    const auto& before = recorded.before.replicas;
    if (!before || before == now.replicas) return;
    const std::string predicate = " is told to run " + mtc::describe({.replicas = now.replicas}) +
                                  ", " + said_of_before(recorded) + std::to_string(*before);
    const std::string field = recorded.ref.type.plural == "jobs" ? "parallelism" : "replicas";
    const std::string remedy = patch(recorded, field, std::to_string(*before), out);
    const Object* scaler =
        now.replicas == 0 ? scales_to_zero(e.state.source, recorded.ref) : nullptr;
    if (scaler != nullptr) {
        out.warn(
            recorded.ref.path(),
            predicate + "; " + scaler->ref.label() + " may keep it at 0 while nothing is to do",
            out.oc("describe", scaler->ref));
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
             patch(recorded, flag.field, *before ? "true" : "false", out));
}

void compare_selector(const RecordedWorkload& recorded, const mtc::Wanted& now, CheckWriter& out) {
    if (!recorded.before.node_selector || recorded.before.node_selector == now.node_selector)
        return;
    out.fail(recorded.ref.path(),
             " runs " + mtc::describe(now) + ", before the migration it ran " +
                 mtc::describe(recorded.before),
             out.oc("edit", recorded.ref));
}

void compare_strategy(const RecordedWorkload& recorded, const mtc::Wanted& now, CheckWriter& out) {
    const auto& before = recorded.before.run_strategy;
    if (!before || before == now.run_strategy) return;
    out.fail(recorded.ref.path(),
             " has " + mtc::describe({.run_strategy = now.run_strategy}) +
                 ", before the migration it was " + *before,
             patch(recorded, "runStrategy", "\"" + *before + "\"", out));
}

// A DeploymentConfig that was started by hand; its controller starts no pods while it is paused.
bool is_to_be_paused(const Object& workload) {
    return mtc::pause_again(workload).has_value();
}

void compare_fields(const Evidence& e, const RecordedWorkload& recorded, const Object& workload,
                    CheckWriter& out) {
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

// Its pause is as before, its pods are not.
void compare_template(const Evidence& e, const RecordedWorkload& recorded, CheckWriter& out) {
    if (recorded.before.paused != true || recorded.ref.type.plural != "deployments") return;
    if (const auto change = rolled_out_since(e.state, recorded.ref, stopped_since(e.state)))
        out.warn(recorded.ref.path(), ": " + describe_change(*change),
                 undo_change(e.state, *change, recorded.ref));
}

bool runs(const Object* copy) {
    if (copy == nullptr || mtc::workload_kind(copy->ref.type)->at_rest(*copy)) return false;
    return copy->ref.type.plural != "jobs" || !mtc::job_ended(*copy);
}

// Of what rests, or has no number to compare with.
bool says_enough(const Evidence& e, const RecordedWorkload& recorded, const Pair& pair,
                 CheckWriter& out) {
    const Before before = recorded.told();
    const bool rests = mtc::workload_kind(recorded.ref.type)->at_rest(*pair.source);
    const std::string subject = recorded.ref.path();
    if (rests && before.told_by != Witness::Operator && runs(pair.copy(e.state))) {
        out.fail(subject, " is at rest, and its copy on the target runs",
                 "start it by the manual flow, with --set " + recorded.ref.ns + "/" +
                     recorded.ref.label() + "=N");
        return false;
    }
    // it rested when it was written down, and runs now
    const bool rested = !rests && !recorded.quiesced && mtc::runs(recorded.before) == false;
    if (before.wanted.known() || rested) {
        // a strategy that waits for a request is the same whether it runs or not
        if (rests && before.ran == true && recorded.before.run_strategy &&
            mtc::workload_kind(recorded.ref.type)->current(*pair.source) == before.wanted)
            out.fail(subject, " is stopped, before the migration it ran",
                     out.oc("describe", recorded.ref));
        return true;
    }
    if (recorded.ref.type.plural == "cronjobs" && recorded.quiesced && !rests) {
        out.warn(subject,
                 " is not suspended; whether it was before the migration is not known: MTC's "
                 "annotation does not tell",
                 "if it was: " + patch(recorded, "suspend", "true", out));
    } else if (recorded.quiesced) {
        out.unknown(subject, ": what it ran before the migration is not known",
                    out.oc("get", recorded.ref));
    } else if (rests) {
        out.warn(subject, " is at rest; whether it ran before the migration is not known",
                 "if it did, start it by the manual flow, with --set " + recorded.ref.ns + "/" +
                     recorded.ref.label() + "=N");
    }
    return false;
}

void compare(const Evidence& e, const RecordedWorkload& recorded, const Pair& pair,
             CheckWriter& out) {
    if (!says_enough(e, recorded, pair, out)) return;
    compare_fields(e, recorded, *pair.source, out);
    compare_template(e, recorded, out);
}

// Of a record that the proof itself has made.
bool tells_nothing(const RecordedWorkload& recorded) {
    const Witness told_by = recorded.told().told_by;
    return told_by == Witness::Source || told_by == Witness::Nobody;
}

// A Job that was not stopped has come to its end, and was tidied away.
void report_missing(const Evidence& e, const RecordedWorkload& recorded, CheckWriter& out) {
    const bool unseen = std::ranges::any_of(e.state.gaps, [](const Gap& gap) {
        return gap.side == Side::Source && is_workload(gap.resource);
    });
    const bool migrated = recorded.told_by == Witness::Copy && recorded.ran == true &&
                          recorded.ref.type.plural != "jobs";
    if (unseen) return;            // a gap says so
    if (recorded.managed) return;  // of a CronJob: it has ended, and runs no more
    if (recorded.quiesced) {
        out.fail(recorded.ref.path(), " is gone", out.oc("get", recorded.ref));
    } else if (migrated) {
        out.fail_for_good(recorded.ref.path(),
                          " is not on the source, though its copy was migrated",
                          out.oc("get", recorded.ref));
    }
}

const Object* copy_of_pod(const Evidence& e, const RecordedPod& recorded) {
    const auto& pods = e.state.target.pods;
    const auto it = std::ranges::find_if(pods, [&](const Object& pod) {
        return pod.ref.name == recorded.name && pod.ref.ns == e.state.plan.target_of(recorded.ns);
    });
    return it == pods.end() ? nullptr : &*it;
}

// No controller makes them anew. One that somebody tidied away may have been a test of theirs.
void report_missing_pods(const Evidence& e, CheckWriter& out) {
    const auto& here = e.state.source.namespaces;
    if (out.has_gap("pods")) return;
    for (const RecordedPod& recorded : e.record.pods) {
        const bool there = std::ranges::any_of(e.state.source.pods, [&](const Object& pod) {
            return pod.ref.name == recorded.name && pod.ref.ns == recorded.ns;
        });
        if (there || std::ranges::count(here, recorded.ns) == 0) continue;
        const std::string subject = recorded.ns + "/pod/" + recorded.name;
        const Object* copy = copy_of_pod(e, recorded);
        const std::string remedy =
            copy == nullptr ? "make it again from its manifest"
                            : "make it again; what it was: " +
                                  oc(e.state, Side::Target, "get", copy->ref, " -o yaml");
        if (recorded.borrowed) {
            out.fail_for_good(subject,
                              " is gone: MTC had borrowed it as a stage pod, and deletes these "
                              "where a plan is closed; nothing makes it anew",
                              remedy);
        } else {
            out.warn(subject, " ran before and is gone; nothing makes it anew", remedy);
        }
    }
}

// A pod that MTC borrowed is labelled as a stage pod, but it is the application's.
bool is_counted_elsewhere(const Object& pod) {
    return base::is_terminating(pod) || is_transfer_pod(pod) || only_sleeps(pod);
}

constexpr auto patience_with_pods = std::chrono::seconds(30);

// Its grace is over, by the clock of its cluster, and it is still there.
bool hangs(const ClusterView& view, const Object& pod) {
    if (!base::is_terminating(pod) || is_stage_pod(pod) || is_transfer_pod(pod)) return false;
    const auto until =
        base::parse_rfc3339(base::text_or_empty(pod.body, "/metadata/deletionTimestamp"));
    return until && view.now && *view.now > *until + patience_with_pods;
}

// It may be the only record of the number.
std::string what_the_mark_says(const Object& workload) {
    const mtc::WorkloadKind& kind = *mtc::workload_kind(workload.ref.type);
    const mtc::Wanted before = kind.recorded(workload);
    const mtc::Wanted now = kind.current(workload);
    if (!before.replicas || before.replicas == now.replicas) return {};
    return " (it ran " + mtc::describe({.replicas = before.replicas}) +
           " then, and now it is told " + std::to_string(now.replicas.value_or(0)) + ")";
}

// By hand nothing starts whose count nobody knows.
std::string how_to_start(const Evidence& e, const Object& workload) {
    const RecordedWorkload* recorded = e.record.of(workload.ref);
    const bool known = recorded != nullptr && recorded->before.known();
    // MTC passes it over as often as it is run
    if (is_left_out(e.state, workload))
        return "start it by the manual flow: several plans list one namespace, and MTC passes it "
               "over";
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
                out.fail("namespace " + name, " is terminating",
                         out.oc("describe namespace " + base::shell_word(name)));
        } else if (e.state.source.namespaces_read && !out.has_gap("namespaces")) {
            out.fail("namespace " + name, " does not exist", out.oc("get namespaces"));
        }
    }
    if (const auto left_out = e.state.plan.left_out_namespaces(); !left_out.empty())
        out.warn("", "not looked at, as it was asked for: " + base::first_of(left_out, 3),
                 "verify without --source-namespaces");
    out.add_gaps([](const std::string& r) { return r == "namespaces"; });
    out.must_be_seen(e.state.source.namespaces_read, "the namespaces");
    return std::move(out).done(base::count(e.state.source.namespaces.size(), "namespace") +
                               " active");
}

std::vector<Finding> nothing_quiesced(const Evidence& e) {
    CheckWriter out(e, "source-nothing-quiesced", Side::Source);
    for (const Object& workload : e.state.source.workloads) {
        if (mtc::is_quiesced(workload) && is_left_out(e.state, workload)) {
            out.fail_for_good(workload.ref.path(), " is still stopped by MTC",
                              how_to_start(e, workload));
        } else if (mtc::is_quiesced(workload)) {
            out.fail(workload.ref.path(), " is still stopped by MTC", how_to_start(e, workload));
        } else if (mtc::is_marked(workload)) {
            out.warn(workload.ref.path(),
                     " runs, but still carries the mark of having been stopped" +
                         what_the_mark_says(workload),
                     out.oc("annotate", workload.ref,
                            std::string(" ") + mtc::workload_kind(workload.ref.type)->mark + "-"));
        }
    }
    for (const Object& workload : e.state.source.elsewhere)
        out.fail_for_good(
            workload.ref.path(),
            " carries MTC's mark of having been stopped, and the plan does not list namespace " +
                workload.ref.ns + " any more: no rollback of it starts it",
            list_it_again(e.state));
    out.add_gaps(is_workload);
    return std::move(out).done("no workload is stopped by MTC");
}

std::vector<Finding> workloads_as_before(const Evidence& e) {
    CheckWriter out(e, "source-workloads-as-before", Side::Source);
    std::size_t compared = 0;
    std::size_t with_itself = 0;
    std::size_t as_said = 0;
    std::size_t since = 0;
    auto recorded = recorded_by_key(e);
    for (const Pair& pair : pairs_of(e.state)) {
        const auto noted = recorded.extract(mtc::key_of(pair.workload));
        const Object* copy = pair.copy(e.state);
        if (pair.source == nullptr && copy == nullptr && noted.empty()) continue;
        // that it is stopped says another check
        if (pair.source != nullptr && noted.empty() && mtc::is_quiesced(*pair.source)) continue;
        const RecordedWorkload before = noted.empty() ? recorded_of(pair, copy) : *noted.mapped();
        if (pair.source == nullptr) {
            report_missing(e, before, out);
        } else {
            compare(e, before, pair, out);
            ++compared;
            if (tells_nothing(before)) ++with_itself;
            if (!noted.empty() && before.told().told_by == Witness::Source) ++since;
            if (before.told_by == Witness::Operator) ++as_said;
        }
    }
    for (const auto& [key, gone] : recorded) report_missing(e, *gone, out);
    report_missing_pods(e, out);
    for (const ObjectRef& owner : only_on_target(e.state))
        out.fail_for_good(owner.path(), describe_owner(e.state, owner).substr(owner.path().size()),
                          "start it on the source before anything is deleted on the target: " +
                              out.oc("get all -n " + base::shell_word(owner.ns)));
    if (nothing_runs(e) && may_have_run(e) && !out.has_failed())
        out.unknown(
            "",
            "nothing runs on the source: no workload is told to run, and there is no pod; "
            "that it was so before the migration is not known",
            "see the workloads: " +
                out.oc("get all -n " + base::shell_word(e.state.source.namespaces.front())));
    if (!e.before_is_known && with_itself > 0)
        out.warn("",
                 base::count(with_itself, "workload") +
                     " could not be compared with what ran before the migration: no "
                     "snapshot of it was kept here",
                 "verify where the rollback was run");
    out.add_gaps(is_workload);
    return std::move(out).done(
        base::count(compared, "workload") + " told to run the same as before" +
        (as_said == 0
             ? ""
             : ", " + std::to_string(as_said) + " of them as --set said, whatever it was") +
        (since == 0 ? ""
                    : ", " + std::to_string(since) +
                          " of them as when it was written down: what they ran before the "
                          "migration nobody tells"));
}

std::vector<Finding> workloads_serve(const Evidence& e) {
    CheckWriter out(e, "source-workloads-serve", Side::Source);
    for (const Object& workload : e.state.source.workloads) {
        const mtc::Serving serving = mtc::workload_kind(workload.ref.type)->serving(workload);
        if (!serving.yes) {
            // one that is still stopped does not start by being waited for
            out.fail(workload.ref.path(), ": " + why_not_serving(workload, serving, e.state.source),
                     out.oc("describe", workload.ref), !mtc::is_quiesced(workload));
        } else if (!serving.but.empty()) {
            out.warn(workload.ref.path(), ": " + serving.but, out.oc("describe", workload.ref));
        } else if (never_starts_again(e, workload)) {
            out.warn(workload.ref.path(),
                     " never starts again: it missed more than 100 runs while it was suspended, "
                     "and a cluster before Kubernetes 1.21 then gives it up",
                     patch_of(workload.ref, "startingDeadlineSeconds", "600", out));
        }
    }
    out.add_gaps(is_workload);
    const auto resting = static_cast<std::size_t>(
        std::ranges::count_if(e.state.source.workloads, [](const Object& workload) {
            return mtc::workload_kind(workload.ref.type)->at_rest(workload);
        }));
    return std::move(out).done(base::count(e.state.source.workloads.size() - resting, "workload") +
                               " serving" +
                               (resting == 0 ? "" : ", " + std::to_string(resting) + " at rest"));
}

std::vector<Finding> pods_healthy(const Evidence& e) {
    CheckWriter out(e, "source-pods-healthy", Side::Source);
    std::size_t healthy = 0;
    for (const Object& pod : e.state.source.pods) {
        if (hangs(e.state.source, pod))
            out.warn(pod.ref.path(),
                     " " + how_it_terminates(pod) + ", and was to be gone at " +
                         base::text_or_empty(pod.body, "/metadata/deletionTimestamp"),
                     out.oc("describe", pod.ref));
        if (is_counted_elsewhere(pod)) continue;
        const std::string why = why_not_ready(pod, e.state.source.events);
        if (why.empty()) {
            ++healthy;
        } else if (base::text_at(pod.body, "/status/phase") == "Failed") {
            // evicted pods and failed attempts of a Job lie about for long; their workload tells
            // what matters
            out.warn(pod.ref.path(), " has ended: " + why, out.oc("describe", pod.ref));
        } else {
            out.fail(pod.ref.path(), ": " + why, out.oc("describe", pod.ref), true);
        }
    }
    out.add_gaps([](const std::string& r) { return r == "pods"; });
    return std::move(out).done(base::count(healthy, "pod") + " running and ready, or done");
}

}  // namespace rollback::check
