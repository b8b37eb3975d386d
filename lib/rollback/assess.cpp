#include "rollback/assess.hpp"

#include <algorithm>
#include <functional>

#include "base/text.hpp"
#include "rollback/check.hpp"
#include "rollback/marks.hpp"
#include "rollback/other_owners.hpp"
#include "rollback/other_plans.hpp"
#include "rollback/pods.hpp"
#include "rollback/testimony.hpp"
#include "rollback/twice.hpp"

namespace rollback {
namespace {

using mtc::Migration;
using mtc::MigrationKind;

bool touches_the_application(const Migration& m) {
    return m.kind != MigrationKind::Rollback || m.turned_from;
}

bool succeeded(const Migration& m) {
    return std::holds_alternative<mtc::Succeeded>(m.state());
}

std::vector<Migration> by_creation(std::vector<Migration> migrations) {
    std::ranges::sort(migrations, {}, [](const Migration& m) {
        return std::pair(m.created.value_or(base::Time::max()), m.name);
    });
    return migrations;
}

bool gap_in(const State& state, Side side,
            const std::function<bool(const std::string&)>& resource) {
    return std::ranges::any_of(
        state.gaps, [&](const Gap& gap) { return gap.side == side && resource(gap.resource); });
}

// what a broken API group serves cannot be searched either
bool is_of_the_search(const std::string& resource) {
    return resource == "discovery" || resource.starts_with(label_scan);
}

bool workloads_unseen(const State& state) {
    return gap_in(state, Side::Source, is_workload);
}

const Migration* running_rollback(const std::vector<Migration>& migrations) {
    const auto it = std::ranges::find_if(migrations, [](const Migration& m) {
        return m.kind == MigrationKind::Rollback && !mtc::is_terminal(m.state());
    });
    return it == migrations.end() ? nullptr : &*it;
}

// The newest that did something, a rollback included: one that failed after a cutover has taken the
// target apart.
std::optional<Migration> newest_started(const State& state) {
    auto history = by_creation(state.migrations);
    std::erase_if(history, [](const Migration& m) { return !m.has_begun(); });
    return history.empty() ? std::nullopt : std::optional(history.back());
}

// What the application now stands on: the newest that copied its volumes to stay, unless a rollback
// came after it.
std::optional<Migration> newest_move(const State& state) {
    const auto history = by_creation(state.migrations);
    for (const Migration& m : std::ranges::reverse_view(history)) {
        if (!m.has_begun() || m.kind == MigrationKind::Stage) continue;
        return m.kind == MigrationKind::Rollback ? std::nullopt : std::optional(m);
    }
    return std::nullopt;
}

std::optional<Migration> successful_cutover(const State& state) {
    auto newest = newest_started(state);
    if (!newest || newest->kind != MigrationKind::Cutover || !mtc::went_through(newest->state()))
        return {};
    return newest;
}

// The newest that can have left the application stopped or started, or else the newest of all.
std::optional<Migration> witness(const State& state) {
    auto history = by_creation(state.migrations);
    std::erase_if(history, [](const Migration& m) {
        return !m.has_begun() || (m.kind != MigrationKind::Rollback && !m.quiesce);
    });
    return history.empty() ? newest_started(state) : std::optional(history.back());
}

// What was seen, by name
// -------------------------------------------------------------------------------

constexpr std::size_t most_names = 3;

std::vector<ObjectRef> stopped_workloads(const Situation& situation) {
    std::vector<ObjectRef> stopped;
    for (const WorkloadSituation& each : situation.workloads) {
        if (each.stopped) stopped.push_back(each.workload);
    }
    return stopped;
}

bool any_stopped(const Situation& situation) {
    return std::ranges::any_of(situation.workloads, &WorkloadSituation::stopped);
}

bool any_left_at_rest(const Situation& situation) {
    return std::ranges::any_of(situation.workloads, is_left_at_rest);
}

// "deployment/web in shop (0 replicas here, 3 replicas on the target)"
std::string those_left_at_rest(const Situation& situation) {
    std::vector<std::string> names;
    for (const WorkloadSituation& each : situation.workloads) {
        if (is_left_at_rest(each)) names.push_back(describe_rest(each));
    }
    const std::size_t n = names.size();
    return base::count(n, "workload") + " of the source " + (n == 1 ? "is" : "are") +
           " at rest without MTC's mark, though " + (n == 1 ? "it" : "they") + " ran before or " +
           (n == 1 ? "its copy runs" : "their copies run") +
           " on the target: " + base::first_of(std::move(names), most_names);
}

std::string claim_of(const VolumeSituation& volume) {
    return "claim " + volume.volume.claim + " in " + volume.volume.claim_ns;
}

// Verdict
// ----------------------------------------------------------------------------------------------

// MTC stops whatever runs in the plan's namespaces: what runs was not left as the migration left
// it.
bool any_runs(const Situation& situation) {
    return std::ranges::any_of(situation.workloads, [](const WorkloadSituation& each) {
        return each.source && !each.source->at_rest;
    });
}

// Each rule either decides and says why, or leaves it to the next.
using Decision = std::optional<Verdict>;

// What was seen on another cluster says nothing of the application.
Decision on_another_cluster(const State& state, Assessment& out) {
    const auto wrong = wrong_clusters(state);
    for (const Blocker& blocker : wrong) out.reasons.push_back(blocker.what);
    return wrong.empty() ? Decision() : Verdict::Unknown;
}

Decision rollback_runs(const State& state, Assessment& out) {
    if (!out.running_rollback) return {};
    out.reasons.push_back("rollback " + *out.running_rollback + " has not ended");
    const auto running =
        std::ranges::find(state.migrations, *out.running_rollback, &Migration::name);
    if (running != state.migrations.end() && running->turned_from)
        out.reasons.push_back("it began as a " + mtc::word(*running->turned_from) +
                              ", and was turned into a rollback while it ran");
    return Verdict::InProgress;
}

Decision both_sides_write(const State&, Assessment& out) {
    for (const VolumeSituation& volume : out.situation.volumes) {
        if (is_written_by_both(volume)) out.reasons.push_back(describe_double_writer(volume));
    }
    if (out.reasons.empty()) return {};
    return Verdict::Dangerous;
}

constexpr const char* nobody_starts = "a rollback deletes the copies, and starts none of these";

void add_left_at_rest(Assessment& out) {
    if (any_left_at_rest(out.situation))
        out.reasons.push_back(those_left_at_rest(out.situation) + " (" + nobody_starts + ")");
}

void add_reasons_of_copy(const State& state, Assessment& out, bool runs) {
    std::ranges::move(reasons_of_copy(state, out.copy, runs), std::back_inserter(out.reasons));
}

Decision moved_to_the_target(const State& state, Assessment& out) {
    const auto cutover = successful_cutover(state);
    if (!cutover || (!any_stopped(out.situation) && !any_left_at_rest(out.situation))) return {};
    if (out.copy.end == CopyEnd::Unknown) {
        add_reasons_of_copy(state, out, false);
        out.reasons.push_back("cutover " + cutover->name +
                              " succeeded, and the source is stopped: the application may have "
                              "moved to the target");
        add_left_at_rest(out);
        return Verdict::Unknown;
    }
    out.reasons.push_back("cutover " + cutover->name +
                          " succeeded: the source is stopped because the application moved to the "
                          "target");
    add_left_at_rest(out);
    out.reasons.emplace_back(
        "run can take it back nevertheless: what the target has written since is lost then");
    return Verdict::NotNeeded;
}

// What waiting for the controller does not resolve. An unknown schema is a gap, not a finding.
bool keeps_the_controller_from_it(const State& state, const Blocker& blocker) {
    if (blocker.id == "schema-without-rollback") return state.knows_rollback == false;
    return blocker.id == "plan-closed" || blocker.id == "plan-not-ready" ||
           blocker.id == "cluster-not-ready" || blocker.id == mark_unreadable_id;
}

Verdict required(const State& state, Assessment& out) {
    Verdict verdict = Verdict::Required;
    for (const Blocker& blocker : out.blockers) {
        if (!keeps_the_controller_from_it(state, blocker)) continue;
        out.reasons.push_back(blocker.what);
        verdict = Verdict::RequiredManual;
    }
    return verdict;
}

void add_stopped(const std::vector<ObjectRef>& stopped, Assessment& out) {
    if (stopped.empty()) return;
    out.reasons.push_back(base::count(stopped.size(), "workload") + " of the source " +
                          (stopped.size() == 1 ? "is" : "are") +
                          " stopped by MTC: " + names_of(stopped));
}

Decision stopped_by_mtc(const State& state, Assessment& out) {
    const auto stopped = stopped_workloads(out.situation);
    if (stopped.empty() && !any_left_at_rest(out.situation)) return {};
    add_stopped(stopped, out);
    add_left_at_rest(out);
    return required(state, out);
}

// However the controller has called its end. Of a cutover that failed, the rules below decide.
Decision copied_in_part(const State& state, Assessment& out) {
    if (out.copy.end != CopyEnd::Incomplete) return {};
    const bool runs = may_run_on_the_copy(state, out.situation);
    add_reasons_of_copy(state, out, runs);
    const auto move = newest_move(state);
    const auto stopped = stopped_workloads(out.situation);
    if (!move || !mtc::went_through(move->state())) return {};
    if (!runs && stopped.empty() && !workloads_unseen(state)) return {};
    add_stopped(stopped, out);
    add_left_at_rest(out);
    return required(state, out);
}

Decision source_unseen(const State& state, Assessment& out) {
    if (!workloads_unseen(state)) return {};
    out.reasons.emplace_back("not all workloads of the source could be seen");
    const auto migration = witness(state);
    if (!migration) return Verdict::Unknown;
    const Testimony testimony = testimony_of(*migration);
    const bool contradicted = any_runs(out.situation);
    out.reasons.push_back("judged by the migration, not by the workloads: " + testimony.words +
                          (testimony.stopped && contradicted
                               ? "; but of the workloads that were seen some run"
                               : ""));
    return testimony.stopped && !contradicted ? Verdict::Required : Verdict::Unknown;
}

// A stage copies ahead of the cutover, and a state migration copies to stay: what they leave on the
// target is meant to be there.
std::optional<Migration> only_staged(const State& state) {
    std::optional<Migration> copied;
    bool cut_over = false;
    for (const Migration& m : by_creation(state.migrations)) {
        if (!m.has_begun()) continue;
        // what was before a rollback is past; of attempts to copy the last one counts
        if (m.kind == MigrationKind::Rollback) {
            if (!mtc::went_through(m.state())) continue;
            copied.reset();
            cut_over = false;
        } else if (m.kind == MigrationKind::Stage || m.kind == MigrationKind::State) {
            copied = succeeded(m) ? std::optional(m) : std::nullopt;
        } else {
            cut_over = true;
        }
    }
    return cut_over ? std::nullopt : copied;
}

// Of what rests it takes somebody who knows.
void add_unknown(const Situation& situation, std::vector<std::string>& reasons) {
    std::vector<ObjectRef> unknown;
    for (const WorkloadSituation& each : situation.workloads) {
        if (each.source && each.source->at_rest && !each.before.ran)
            unknown.push_back(each.workload);
    }
    if (unknown.empty()) return;
    const bool one = unknown.size() == 1;
    reasons.push_back(base::count(unknown.size(), "workload") + (one ? " rests" : " rest") +
                      " on the source, and whether " + (one ? "it" : "they") +
                      " ran before is not known: " + names_of(unknown));
}

Decision staged(const State& state, Assessment& out) {
    const auto stage = only_staged(state);
    if (!stage || state.target.labelled.empty()) return {};
    if (stage->kind == MigrationKind::State) {
        out.reasons.push_back(
            "nothing is stopped on the source, and what was migrated is what "
            "state migration " +
            stage->name +
            " was for: it may hold the only newest data, and a rollback deletes "
            "it");
        add_unknown(out.situation, out.reasons);
        return Verdict::NotNeeded;
    }
    out.reasons.push_back(
        "nothing is stopped on the source, and there was no cutover yet: what is "
        "on the target, stage " +
        stage->name + " has copied ahead of it");
    const auto copy =
        copy_of(*stage, state.plan, state.volume_migrations, volume_migrations_seen(state.gaps));
    if (copy.end == CopyEnd::Incomplete)
        out.reasons.push_back("the copy of stage " + stage->name + " is not complete" +
                              (copy.missing.empty() ? "" : ": " + describe_missing(copy)) +
                              "; the cutover copies it again");
    add_unknown(out.situation, out.reasons);
    return Verdict::NotNeeded;
}

// Nothing is stopped yet, and will be in a moment.
Decision about_to_be_stopped(const State& state, Assessment& out) {
    const auto newest = newest_started(state);
    if (!newest || mtc::is_terminal(newest->state()) || newest->kind == MigrationKind::Rollback ||
        !(touches_the_application(*newest) && newest->quiesce))
        return {};
    out.reasons.push_back(mtc::word(newest->kind) + " " + newest->name +
                          " runs: nothing is stopped yet, and it stops the application when it "
                          "comes to it");
    return Verdict::Unknown;
}

Decision left_on_the_target(const State& state, Assessment& out) {
    const std::size_t left = state.target.labelled.size();
    if (left == 0 || only_staged(state)) return {};
    out.reasons.push_back("nothing is stopped on the source, but " +
                          base::count(left, "migrated object") + " on the target");
    add_unknown(out.situation, out.reasons);
    if (const auto cutover = successful_cutover(state)) {
        out.reasons.push_back("cutover " + cutover->name +
                              " succeeded: they may be the application that serves now");
        if (out.copy.end == CopyEnd::Unknown) add_reasons_of_copy(state, out, false);
    }
    return Verdict::Recommended;
}

Decision target_unseen(const State& state, Assessment& out) {
    if (!gap_in(state, Side::Target, is_of_the_search)) return {};
    out.reasons.emplace_back("the target could not be searched fully for migrated objects");
    return Verdict::Unknown;
}

Decision mounts_unseen(const State& state, Assessment& out) {
    const auto is_pods = [](const std::string& resource) { return resource == "pods"; };
    const auto moved = std::ranges::find_if(out.situation.volumes, &VolumeSituation::moved);
    if (moved == out.situation.volumes.end()) return {};
    if (!gap_in(state, Side::Source, is_pods) && !gap_in(state, Side::Target, is_pods)) return {};
    out.reasons.push_back("volume " + moved->volume.name + " (" + claim_of(*moved) +
                          ") was moved, and it could not be seen whether pods of both sides "
                          "mount it");
    return Verdict::Unknown;
}

std::vector<ObjectRef> refs_of(const std::vector<Object>& objects) {
    std::vector<ObjectRef> refs;
    for (const Object& object : objects) refs.push_back(object.ref);
    return refs;
}

// Of what was taken out of the plan nobody starts what is stopped on the source.
Decision left_elsewhere_unlisted(const State& state, Assessment& out) {
    const auto migrated = refs_of(state.target.elsewhere);
    const auto stopped = refs_of(state.source.elsewhere);
    if (!migrated.empty())
        out.reasons.push_back("on the target " + names_of(migrated) +
                              (migrated.size() == 1 ? " was" : " were") +
                              " migrated by this plan, which does not list the namespace any more");
    if (!stopped.empty())
        out.reasons.push_back("on the source " + names_of(stopped) +
                              (stopped.size() == 1 ? " carries" : " carry") +
                              " MTC's mark of having been stopped, and the plan does not list the "
                              "namespace any more");
    return migrated.empty() && stopped.empty() ? Decision() : Verdict::Unknown;
}

// After a migration, where nothing runs on the source and nobody knows that it was so before.
bool all_may_have_run(const State& state, const Situation& situation) {
    const auto rests = [](const WorkloadSituation& each) {
        return !each.source || each.source->at_rest;
    };
    const auto may_have_run = [](const WorkloadSituation& each) {
        return each.source && !each.before.ran;
    };
    return newest_started(state) && state.source.pods.empty() &&
           std::ranges::all_of(situation.workloads, rests) &&
           std::ranges::any_of(situation.workloads, may_have_run);
}

// They are in the way of the next migration, and closing the plan deletes those that are borrowed.
void add_stage_pods(const State& state, std::vector<std::string>& reasons) {
    std::vector<ObjectRef> pods;
    for (const ClusterView* view : {&state.source, &state.target}) {
        for (const Object& pod : view->pods) {
            if (is_stage_pod(pod)) pods.push_back(pod.ref);
        }
    }
    if (pods.empty()) return;
    reasons.push_back(base::count(pods.size(), "pod") + (pods.size() == 1 ? " is" : " are") +
                      " labelled as stage pods: " + names_of(pods) +
                      "; to delete MTC's own, and to give those of the application back: " +
                      give_back_command(state, state.plan.name));
}

Decision nothing_to_do(const State& state, Assessment& out) {
    out.reasons.emplace_back(
        state.target.labels_seen
            ? "nothing is stopped on the source, and no migrated objects are on the target"
            : "nothing is stopped on the source");
    add_unknown(out.situation, out.reasons);
    add_stage_pods(state, out.reasons);
    const auto history = by_creation(state.migrations);
    if (history.empty() || history.back().kind != MigrationKind::Rollback ||
        !succeeded(history.back()))
        return all_may_have_run(state, out.situation) ? Verdict::Unknown : Verdict::NotNeeded;
    out.reasons.push_back("the last migration of the plan is " + history.back().name +
                          ", a rollback that succeeded");
    return Verdict::AlreadyRolledBack;
}

// In this order: what hurts most comes first, and what was not seen before what is fine.
using VerdictRule = Decision (*)(const State&, Assessment&);
constexpr VerdictRule verdict_rules[] = {
    on_another_cluster,      rollback_runs,  both_sides_write, copied_in_part,
    moved_to_the_target,     stopped_by_mtc, source_unseen,    about_to_be_stopped,
    left_on_the_target,      target_unseen,  mounts_unseen,    staged,
    left_elsewhere_unlisted, nothing_to_do};

Verdict verdict_of(const State& state, Assessment& out) {
    for (const VerdictRule rule : verdict_rules) {
        if (const Decision decision = rule(state, out)) return *decision;
    }
    return Verdict::Unknown;
}

// What the controller noted of the newest migration, in its words.
void add_warnings(const State& state, Assessment& out) {
    const auto newest = newest_started(state);
    if (!newest) return;
    for (const mtc::Condition& each : newest->conditions) {
        if (each.warns())
            out.reasons.push_back(mtc::word(newest->kind) + " " + newest->name +
                                  " has a warning: " + each.type + ": " + each.message);
    }
}

CopyOfVolumes copy_of_newest(const State& state) {
    const auto move = newest_move(state);
    if (!move) return {};
    return copy_of(*move, state.plan, state.volume_migrations, volume_migrations_seen(state.gaps));
}

bool may_be_stopped(const Assessment& assessment) {
    return any_stopped(assessment.situation) || any_left_at_rest(assessment.situation) ||
           assessment.verdict == Verdict::Unknown || assessment.verdict == Verdict::Required;
}

}  // namespace

std::string word(Verdict verdict) {
    switch (verdict) {
        case Verdict::NotNeeded:
            return "NotNeeded";
        case Verdict::Required:
            return "Required";
        case Verdict::RequiredManual:
            return "RequiredManual";
        case Verdict::Recommended:
            return "Recommended";
        case Verdict::Dangerous:
            return "Dangerous";
        case Verdict::InProgress:
            return "InProgress";
        case Verdict::AlreadyRolledBack:
            return "AlreadyRolledBack";
        case Verdict::Unknown:
            return "Unknown";
    }
    return {};
}

bool brings_back(const Assessment& assessment) {
    return !assessment.effects.returns.empty() || any_left_at_rest(assessment.situation);
}

bool needs_action(Verdict verdict) {
    switch (verdict) {
        case Verdict::Required:
        case Verdict::RequiredManual:
        case Verdict::Dangerous:
        case Verdict::Unknown:  // never fine
            return true;
        case Verdict::NotNeeded:
        case Verdict::Recommended:
        case Verdict::InProgress:
        case Verdict::AlreadyRolledBack:
            return false;
    }
    return true;
}

namespace {

// A cutover stops the application after its first backup, the others after their preparation
// (mm/task.go); no step of the pipeline is for it alone.
std::optional<base::Time> began_to_stop(const Migration& m) {
    const MigrationKind kind = m.turned_from.value_or(m.kind);
    const char* before = kind == MigrationKind::Cutover ? "Backup" : "Prepare";
    const auto step = std::ranges::find(m.pipeline, before, &mtc::PipelineStep::name);
    if (step != m.pipeline.end() && step->completed) return step->completed;
    return m.started ? m.started : m.created;
}

}  // namespace

std::optional<base::Time> stopped_since(const State& state) {
    const auto history = by_creation(state.migrations);
    for (const Migration& m : std::ranges::reverse_view(history)) {
        if (m.has_begun() && touches_the_application(m) && m.quiesce) return began_to_stop(m);
    }
    return std::nullopt;
}

Assessment assess(const State& state, const AssessOptions& options) {
    Assessment assessment;
    const auto queue = mtc::in_queue_order(state.migrations);
    if (const Migration* running = running_rollback(queue))
        assessment.running_rollback = running->name;
    assessment.situation =
        options.record == nullptr ? situation_of(state) : situation_of(state, *options.record);
    assessment.blockers = blockers_of(state, options);
    assessment.copy = copy_of_newest(state);
    const auto& set = options.starts.set;
    std::ranges::move(wrong_counts(state, set), std::back_inserter(assessment.blockers));
    std::ranges::move(counts_against_marks(state, set), std::back_inserter(assessment.blockers));
    if (auto marks = unreadable_marks(state, assessment.situation, set))
        assessment.blockers.push_back(std::move(*marks));
    std::ranges::move(runs_on_target_only(state), std::back_inserter(assessment.blockers));
    add_serving_on_target_only(state, assessment.situation, assessment.blockers);
    add_twins(state, assessment.blockers);
    add_what_stays_on_claims(state, assessment.blockers);
    if (auto rests = undecided(assessment.situation, options.starts))
        assessment.blockers.push_back(std::move(*rests));
    assessment.effects = effects_of(state, assessment.situation, options.starts);
    assessment.verdict = verdict_of(state, assessment);
    add_warnings(state, assessment);
    if (may_be_stopped(assessment)) assessment.stopped_since = stopped_since(state);
    if (assessment.stopped_since)
        assessment.stopped_for =
            elapsed(*assessment.stopped_since, state.seen_at, state.clock_ahead);
    assessment.advice = advice_of(state, assessment);
    return assessment;
}

}  // namespace rollback
