// effects_of(): what a rollback will do, and what it will not.
#include <algorithm>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/assess.hpp"
#include "rollback/autoscalers.hpp"
#include "rollback/command.hpp"
#include "rollback/conversion.hpp"
#include "rollback/copy.hpp"
#include "rollback/effects_parts.hpp"
#include "rollback/identity.hpp"
#include "rollback/other_owners.hpp"
#include "rollback/paused_change.hpp"
#include "rollback/several_plans.hpp"

namespace rollback {
namespace {

// A person reads a few.
std::string in_short(const std::vector<std::string>& names) {
    return base::first_of(names, 3);
}

std::vector<std::string> paths_of(const std::vector<Object>& objects) {
    std::vector<std::string> paths;
    for (const Object& object : objects) paths.push_back(object.ref.path());
    return paths;
}

// Several plans
// ------------------------------------------------------------------------------------------------

bool same(const mtc::Reference& a, const mtc::Reference& b) {
    return a.ns == b.ns && a.name == b.name;
}

std::vector<std::string> in_both(const std::vector<std::string>& a,
                                 const std::vector<std::string>& b) {
    std::vector<std::string> both;
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    return both;
}

/// Namespaces of the plan that another plan lists too, by side.
struct Shared {
    std::vector<std::string> source = {};
    std::vector<std::string> target = {};
};

Shared shared_by(const mtc::Plan& plan, const mtc::Plan& other) {
    Shared shared;
    if (same(plan.source, other.source))
        shared.source = in_both(plan.source_namespaces(), other.source_namespaces());
    if (same(plan.target, other.target))
        shared.target = in_both(plan.target_namespaces(), other.target_namespaces());
    return shared;
}

// Returns
// ------------------------------------------------------------------------------------------------

std::string patch(const State& state, const ObjectRef& ref, const std::string& spec) {
    return oc(state, Side::Source, "patch", ref,
              " --type=merge -p " + base::shell_quoted("{\"spec\":" + spec + "}"));
}

std::string note_on_claim_templates(const State& state, const Object& set,
                                    const mtc::Wanted& then) {
    const std::string replicas = then.replicas ? std::to_string(*then.replicas) : "N";
    return "another plan lists its namespace, and MTC 1.8 then starts no StatefulSet whose volumes "
           "come from volumeClaimTemplates only; afterwards: " +
           oc(state, Side::Source, "scale", set.ref, " --replicas=" + replicas);
}

// "0" is a number, but not the one that ran; anything else that is unknown is no number.
std::string note_on_record(const State& state, const Object& workload,
                           const mtc::WorkloadKind& kind) {
    const std::string text = base::annotation_of(workload, kind.mark).value_or("");
    if (text != "0") {
        return std::string("its annotation ") + kind.mark + " cannot be read (" + text +
               "), and MTC's rollback fails on it: correct it first: " +
               oc(state, Side::Source, "annotate --overwrite", workload.ref,
                  std::string(" ") + kind.mark + "=VALUE");
    }
    const bool job = workload.ref.type.plural == "jobs";
    return std::string("its recorded number is lost") +
           (job ? " (MTC overwrites it where it stops a Job twice)" : "") +
           "; MTC may leave it at 0; afterwards: " +
           (job ? patch(state, workload.ref, R"({"parallelism":N})")
                : oc(state, Side::Source, "scale", workload.ref, " --replicas=N"));
}

// MTC's mark on a CronJob does not say what it was.
std::string note_on_cron_job(const State& state, const Object& job, const Before& before) {
    const std::string suspend = patch(state, job.ref, R"({"suspend":true})");
    if (before.wanted.suspended == false) return {};
    if (before.wanted.suspended == true)
        return "it was suspended before the migration, and MTC resumes it; afterwards: " + suspend;
    return "MTC resumes it even if it was suspended before the migration; if it was: " + suspend;
}

std::string note_on_lost(const Before& before) {
    if (!before.wanted.known()) return {};
    return "; before the migration it ran " + mtc::describe(before.wanted) +
           " (--start-as-before gives it back)";
}

std::string note_on_another_answer(const mtc::Wanted& then, const Before& before) {
    if (!before.wanted.replicas || before.wanted.replicas == then.replicas) return {};
    return "MTC restores what its annotation says; before the migration it ran " +
           mtc::describe(before.wanted);
}

std::string note_for(const State& state, const Object& workload, const mtc::WorkloadKind& kind,
                     const mtc::Wanted& then, const Before& before) {
    const std::string& plural = workload.ref.type.plural;
    if (plural == "cronjobs") return note_on_cron_job(state, workload, before);
    if (!then.known()) return note_on_record(state, workload, kind) + note_on_lost(before);
    const bool templates = !base::items_at(workload.body, "/spec/volumeClaimTemplates").empty();
    if (plural == "statefulsets" && templates && is_left_out(state, workload))
        return note_on_claim_templates(state, workload, then);
    if (then.paused == true) {
        if (const auto change = rolled_out_since(state, workload.ref, stopped_since(state)))
            return describe_change(*change) +
                   "; afterwards: " + undo_change(state, *change, workload.ref);
    }
    return note_on_another_answer(then, before);
}

std::map<mtc::WorkloadKey, const Before*> known_before(const Situation& situation) {
    std::map<mtc::WorkloadKey, const Before*> known;
    for (const WorkloadSituation& each : situation.workloads)
        known.emplace(mtc::key_of(each.workload), &each.before);
    return known;
}

std::vector<Return> returns_by_mtc(const State& state, const Situation& situation) {
    std::vector<Return> returns;
    const auto known = known_before(situation);
    for (const Object& workload : state.source.workloads) {
        if (!mtc::is_quiesced(workload) || !mtc::is_marked(workload)) continue;
        const mtc::WorkloadKind* kind = mtc::workload_kind(workload.ref.type);
        mtc::Wanted then = kind->recorded(workload);
        const auto before = known.find(mtc::key_of(workload.ref));
        std::string note = note_for(state, workload, *kind, then,
                                    before == known.end() ? Before{} : *before->second);
        returns.push_back(
            {workload.ref, kind->current(workload), std::move(then), std::move(note)});
    }
    return returns;
}

std::string says(Witness witness) {
    switch (witness) {
        case Witness::Operator:
            return "--set";
        case Witness::Annotation:
            return "MTC's annotation";
        case Witness::Copy:
            return "its copy on the target";
        case Witness::Source:
        case Witness::Nobody:
            break;
    }
    return "the record of an earlier look";
}

// What this program starts when MTC's rollback has ended.
std::vector<Return> returns_by_us(const Situation& situation, const StartChoice& starts) {
    std::vector<Return> returns;
    for (const WorkloadSituation& each : situation.workloads) {
        if (!each.source || !each.source->at_rest || (each.stopped && each.marked)) continue;
        const ReplicaCount* given = given_for(each.workload, starts.set);
        const bool left = is_left_at_rest(each) && !is_undecided(each, starts);
        if (given == nullptr ? !left : given->count == 0) continue;
        const mtc::Wanted then =
            given == nullptr ? each.before.wanted
                             : with_count(each.before.wanted,
                                          *mtc::workload_kind(each.workload.type), given->count);
        returns.push_back({each.workload, each.source->told, then,
                           "started by this program when MTC's rollback has ended, as " +
                               says(given == nullptr ? each.before.told_by : Witness::Operator) +
                               " tells it"});
    }
    return returns;
}

// Warnings
// ------------------------------------------------------------------------------------------------

void starts_nobody(const Situation& situation, const StartChoice& starts, Warnings& out) {
    std::vector<std::string> names;
    for (const WorkloadSituation& each : situation.workloads) {
        const ReplicaCount* given = given_for(each.workload, starts.set);
        const bool stays = given != nullptr && given->count == 0;
        if (is_left_at_rest(each) && (stays || is_undecided(each, starts)))
            names.push_back(describe_rest(each));
    }
    if (names.empty()) return;
    const bool one = names.size() == 1;
    out.push_back("at rest on the source without MTC's mark: MTC " +
                  std::string(one ? "does not start it, and deletes its copy"
                                  : "starts none of them, and deletes their copies") +
                  " on the target: " + in_short(names));
}

std::string scale(const State& state, const ObjectRef& ref, std::int64_t replicas) {
    const std::string number = std::to_string(replicas);
    return ref.type.plural == "jobs"
               ? patch(state, ref, R"({"parallelism":)" + number + "}")
               : oc(state, Side::Source, "scale", ref, " --replicas=" + number);
}

// The mark is the only record of the number, and MTC takes it off without using it.
void keeps_another_number(const State& state, const Situation& situation, Warnings& out) {
    std::vector<std::string> names;
    std::vector<std::string> ways;
    for (const WorkloadSituation& each : situation.workloads) {
        if (!each.marked || !runs_with_another_number(each)) continue;
        names.push_back(each.workload.path() + " (" + mtc::describe(each.source->told) + " now, " +
                        mtc::describe(each.before.wanted) + " before)");
        ways.push_back(scale(state, each.workload, *each.before.wanted.replicas));
    }
    if (names.empty()) return;
    out.push_back("MTC's mark is on what runs with another number than before: " + in_short(names) +
                  ". MTC takes the mark off, and leaves the number as it is; afterwards: " +
                  base::first_of(ways, 3, "; "));
}

// The application then serves on the target: rolling back moves it, it does not repair it.
void serves_on_target(const State& state, const Effects& effects, Warnings& out) {
    if (effects.returns.empty()) return;
    for (const mtc::Migration& m : state.migrations) {
        if (m.kind != mtc::MigrationKind::Cutover) continue;
        const mtc::MigrationState end = m.state();
        // another one after it, or a rollback, has the last word
        const bool later = std::ranges::any_of(state.migrations, [&](const mtc::Migration& other) {
            return other.kind != mtc::MigrationKind::Stage && other.created > m.created &&
                   other.has_begun();
        });
        if (!mtc::went_through(end) || later) continue;
        const CopyOfVolumes copy =
            copy_of(m, state.plan, state.volume_migrations, volume_migrations_seen(state.gaps));
        const std::string data =
            copy.end == CopyEnd::Incomplete ? ", though its copy is not complete" : "";
        out.push_back("cutover " + m.name + " " + mtc::word(end) + data +
                      ": the application may serve on the target now, and this takes it back to "
                      "the source");
    }
}

bool runs_on(const State& state, const Object& workload) {
    const bool own = base::label_of(workload, mtc::labels::migrated_by_plan) == state.plan.uid;
    return !own && !mtc::is_quiesced(workload) && !is_also_source(state, workload.ref.ns) &&
           !mtc::workload_kind(workload.ref.type)->at_rest(workload);
}

// From 1.8 on the controller scales down every workload of the target's namespaces and starts none
// again; those with the label of another plan are not deleted either.
void stays_down(const State& state, const Effects&, Warnings& out) {
    if (!state.plan.copies_directly()) return;
    std::vector<std::string> names;
    for (const Object& workload : state.target.workloads) {
        if (runs_on(state, workload)) names.push_back(workload.ref.path());
    }
    if (names.empty()) return;
    const bool one = names.size() == 1;
    out.push_back("target: " + in_short(names) + (one ? " was" : " were") +
                  " not migrated by this plan, but MTC 1.8 stops " + (one ? "it" : "them") +
                  " and does not start " + (one ? "it" : "them") +
                  " again (what ran before is in the annotations)");
}

std::string described(const mtc::Plan& other, const Shared& shared) {
    std::vector<std::string> where;
    if (!shared.source.empty()) where.push_back("source: " + in_short(shared.source));
    if (!shared.target.empty()) where.push_back("target: " + in_short(shared.target));
    return other.name + (other.closed ? " (closed)" : "") + " [" + base::join(where, "; ") + "]";
}

// What it means that both sides, or one, are shared.
std::string consequence_of(bool source, bool target) {
    std::vector<std::string> parts;
    if (source) {
        parts.emplace_back(
            "this rollback also starts what they stopped on the source, by the one record there is "
            "of its replicas");
    }
    if (target) parts.emplace_back("MTC 1.8 also stops what they run on the target");
    parts.emplace_back(
        "the controller may report PlanConflict on the newer plan while both are open");
    return base::join(parts, "; ");
}

void several_plans(const State& state, const Effects&, Warnings& out) {
    std::vector<std::string> names;
    bool source = false;
    bool target = false;
    for (const mtc::Plan& other : state.other_plans) {
        const Shared shared = shared_by(state.plan, other);
        if (shared.source.empty() && shared.target.empty()) continue;
        names.push_back(described(other, shared));
        source = source || !shared.source.empty();
        target = target || (!shared.target.empty() && state.plan.copies_directly());
    }
    if (names.empty()) return;
    out.push_back(base::count(names.size(), "other plan") +
                  (names.size() == 1 ? " lists" : " list") + " namespaces of this plan too, " +
                  in_short(names) + ": " + consequence_of(source, target));
}

// Which workloads: a StatefulSet with claim templates has the command in its note too.
void left_at_rest(const State& state, const Effects& effects, Warnings& out) {
    std::vector<std::string> names;
    for (const Object& workload : state.source.workloads) {
        if (mtc::is_quiesced(workload) && is_left_out(state, workload))
            names.push_back(workload.ref.path());
    }
    if (names.empty() || effects.returns.empty()) return;
    out.push_back(
        "where several plans list one namespace, MTC 1.8 starts only what mounts a volume "
        "that this plan copies; these stay stopped though the rollback succeeds, unless "
        "the other plan is deleted before: " +
        in_short(names) + "; the manual flow starts them");
}

const Object* autoscaler_of(const State& state, const ObjectRef& workload) {
    const auto& all = state.source.autoscalers;
    const auto it = std::ranges::find_if(all, [&](const Object& each) {
        return each.ref.type.kind == "HorizontalPodAutoscaler" && scales(each, workload);
    });
    return it == all.end() ? nullptr : &*it;
}

// minReplicas is 1 where it is not given.
std::string range_of(const Object& autoscaler) {
    const auto least = base::number_at(autoscaler.body, "/spec/minReplicas").value_or(1);
    const auto most = base::number_at(autoscaler.body, "/spec/maxReplicas").value_or(least);
    return std::to_string(least) + ".." + std::to_string(most);
}

void autoscaled(const State& state, const Effects& effects, Warnings& out) {
    std::vector<std::string> names;
    for (const Return& back : effects.returns) {
        const Object* autoscaler = autoscaler_of(state, back.workload);
        if (autoscaler == nullptr) continue;
        const std::string count = back.then.replicas ? std::to_string(*back.then.replicas) : "?";
        names.push_back(back.workload.path() + " (" + count + ", then " + range_of(*autoscaler) +
                        " by " + autoscaler->ref.label() + ")");
    }
    if (names.empty()) return;
    out.push_back(
        "a HorizontalPodAutoscaler decides about the replicas once MTC has restored them "
        "(it does not scale up from 0, so it did nothing while they were stopped): " +
        in_short(names));
}

std::string whose(const State& state, const std::string& uid) {
    const auto it = std::ranges::find(state.other_plans, uid, &mtc::Plan::uid);
    if (it != state.other_plans.end()) return "of plan " + it->name + " (uid " + uid + ")";
    const bool unseen = std::ranges::any_of(state.gaps, [](const Gap& gap) {
        return gap.side == Side::Control && gap.resource == mtc::types::migplans.resource();
    });
    return "of another plan (uid " + uid + ")" +
           (unseen ? ""
                   : ", one that no longer exists (perhaps this plan before it was re-created)");
}

void belongs_to_others(const State& state, const Effects&, Warnings& out) {
    std::map<std::string, std::vector<Object>> by_plan;
    for (const Object& object : state.target.foreign) {
        const auto uid = base::label_of(object, mtc::labels::migrated_by_plan).value_or("");
        by_plan[uid].push_back(object);
    }
    for (const auto& [uid, objects] : by_plan) {
        const bool one = objects.size() == 1;
        out.push_back(base::count(objects.size(), "object") + " on the target " +
                      (one ? "carries" : "carry") + " the label " + whose(state, uid) +
                      ", which this rollback does not delete: " + in_short(paths_of(objects)));
    }
}

// "Velero's 2 backups and 1 restore of the plan"
std::string velero_objects(const State& state) {
    std::size_t backups = 0;
    std::size_t restores = 0;
    for (const ClusterView* view : {&state.source, &state.target}) {
        for (const Object& object : view->velero)
            ++(object.ref.type.plural == "backups" ? backups : restores);
    }
    if (backups + restores == 0) return "Velero backups and restores";
    return "Velero's " + base::count(backups, "backup") + " and " +
           base::count(restores, "restore") + " of the plan on both clusters";
}

// What the controller's DeleteMigrated passes over (mm/task.go).
void survives(const State& state, const Effects& effects, Warnings& out) {
    if (effects.deleted.empty()) return;
    out.push_back(
        "on the target MTC leaves behind: the namespaces (" + in_short(state.target.namespaces) +
        "), ServiceAccounts and other objects without the plan's label, cluster-scoped objects, " +
        velero_objects(state) +
        " (the controller's selector matches none), and volumes that are released, not "
        "deleted");
}

void broken_discovery(const State& state, const Effects&, Warnings& out) {
    for (const Gap& gap : state.gaps) {
        const bool broken = gap.resource == "discovery" || gap.what.starts_with("discover ");
        if (gap.side != Side::Target || !broken) continue;
        out.push_back("target: " + gap.why +
                      "; the controller fails when an API group cannot be discovered");
    }
}

void converted(const State& state, const Effects&, Warnings& out) {
    if (std::string what = describe_conversion(state); !what.empty())
        out.push_back(std::move(what));
}

void left_elsewhere(const State& state, const Effects&, Warnings& out) {
    if (!state.target.elsewhere.empty()) {
        const bool one = state.target.elsewhere.size() == 1;
        out.push_back("target: " + in_short(paths_of(state.target.elsewhere)) +
                      (one ? " carries" : " carry") +
                      " the plan's label, and the plan does not list the namespace any more: this "
                      "rollback neither deletes " +
                      (one ? "it" : "them") + " nor starts what " + (one ? "it was" : "they were") +
                      " made from; list the namespace again, as it was, first");
    }
    if (!state.source.elsewhere.empty())
        out.push_back(
            "source: " + in_short(paths_of(state.source.elsewhere)) +
            (state.source.elsewhere.size() == 1 ? " carries" : " carry") +
            " MTC's mark of having been stopped, and the plan does not list the namespace "
            "any more: this rollback starts nothing there; list the namespace again, as "
            "it was, first");
}

void not_searched(const State& state, const Effects& effects, Warnings& out) {
    if (state.target.searched_everywhere || effects.deleted.empty()) return;
    out.emplace_back(
        "target: only the plan's namespaces were searched for what it has migrated, the others may "
        "not be; a rollback touches nothing in a namespace that the plan no longer lists");
}

void doubtful_clusters(const State& state, const Effects&, Warnings& out) {
    for (const Doubt& doubt : doubts_of(state)) {
        if (doubt.weight == Weight::Refuses) continue;
        out.push_back(doubt.what + (doubt.remedy.empty() ? "" : "; " + doubt.remedy));
    }
}

// The worst first.
using WarningRule = void (*)(const State&, const Effects&, Warnings&);
constexpr WarningRule warning_rules[] = {
    doubtful_clusters, left_elsewhere,    what_is_accepted, serves_on_target,
    data_lost,         velero_at_work,    converted,        left_at_rest,
    stays_down,        several_plans,     broken_discovery, autoscaled,
    cron_jobs_resumed, belongs_to_others, not_searched,     survives};

}  // namespace

Effects effects_of(const State& state, const Situation& situation, const StartChoice& starts) {
    Effects effects{.returns = returns_by_mtc(state, situation), .deleted = {}, .warnings = {}};
    std::ranges::move(returns_by_us(situation, starts), std::back_inserter(effects.returns));
    for (const Object& object : state.target.labelled) {
        effects.deleted[object.ref.type.resource()].push_back(object.ref);
    }
    Warnings warnings;
    starts_nobody(situation, starts, warnings);
    std::ranges::move(accepted_serving(state, situation), std::back_inserter(warnings));
    for (const WarningRule rule : warning_rules) rule(state, effects, warnings);
    keeps_another_number(state, situation, warnings);
    effects.warnings = std::move(warnings);
    return effects;
}

Effects effects_of(const State& state) {
    return effects_of(state, situation_of(state), {});
}

}  // namespace rollback
