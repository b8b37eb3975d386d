// What is started on the source: what each workload ran before, and the patch that says so.
#include <algorithm>
#include <map>
#include <set>

#include "mtc/names.hpp"
#include "mtc/unquiesce.hpp"
#include "mtc/virtual_machine.hpp"
#include "rollback/manual_parts.hpp"

namespace rollback::manual {
namespace {

using mtc::Wanted;

Skipped lost(const Object& workload) {
    const char* mark = mtc::workload_kind(workload.ref.type)->mark;
    return {.workload = workload.ref,
            .why = "is stopped by MTC, and what it ran before is lost: its annotation " +
                   std::string(mark) + " says \"" +
                   base::annotation_of(workload, mark).value_or("") + "\"",
            .remedy = "say it: --set " + workload.ref.ns + "/" + workload.ref.label() + "=N"};
}

bool came_to_its_end(const Object& workload) {
    return workload.ref.type.plural == "jobs" && mtc::job_ended(workload);
}

bool has_another_number(const Object& workload, const Wanted& before) {
    return before.replicas &&
           before.replicas != mtc::workload_kind(workload.ref.type)->current(workload).replicas;
}

std::string why(const Object& workload, const Start& start) {
    if (rests(workload)) return start.says;
    if (came_to_its_end(workload)) return "it has come to its end: its number is given back";
    std::string kept = "somebody has started it: its number is kept";
    if (!has_another_number(workload, start.wanted)) return kept;
    return kept + "; before the migration it ran " +
           mtc::describe({.replicas = start.wanted.replicas});
}

void add_start(const Object& workload, const Record& record, const ManualOptions& options,
               Runbook& out) {
    if (!needs_start(workload, record, options)) return;
    const Start start = start_of(workload, record, options);
    if (rests(workload) && !start.wanted.known()) return out.skipped.push_back(lost(workload));
    out.steps.push_back({manual::start(workload, start), why(workload, start)});
}

// As it will be once it is started: only then it can be paused.
Object without_mark(Object workload) {
    if (mtc::is_marked(workload))
        workload.body["metadata"]["annotations"].erase(mtc::annotations::replicas);
    return workload;
}

std::set<std::string> patched(const std::vector<Step>& steps) {
    std::set<std::string> uids;
    for (const Step& step : steps) {
        if (const auto* patch = std::get_if<Patch>(&step.action)) uids.insert(patch->seen.uid);
    }
    return uids;
}

}  // namespace

bool rests(const Object& workload) {
    return mtc::workload_kind(workload.ref.type)->at_rest(workload);
}

Object bare(const Object& object) {
    return {.ref = object.ref,
            .uid = object.uid,
            .resource_version = object.resource_version,
            .body = {}};
}

namespace {

std::string who_says(const Object& workload, const Before& before) {
    const Before now = rollback::before_of({.source = &workload});
    if (now.told_by == Witness::Annotation && now.wanted == before.wanted)
        return "MTC stopped it; its annotation says what it ran";
    if (before.told_by == Witness::Operator) return "--set said what it is to run";
    if (before.told_by == Witness::Copy) return "its copy on the target says what it ran";
    return "the snapshot of an earlier run says what it ran";
}

// MTC's own rollback resumes it, too.
Start resumed() {
    return {{.suspended = false},
            "MTC stopped it; its annotation says nothing of whether it was suspended before",
            true};
}

Before told_of(const Object& workload, const Record& record) {
    const RecordedWorkload* noted = record.of(workload.ref);
    const Before told = noted == nullptr ? Before{} : noted->told();
    return rollback::before_of({.recorded = &told, .source = &workload});
}

}  // namespace

Start start_of(const Object& workload, const Record& record, const ManualOptions& options) {
    const mtc::WorkloadKind& kind = *mtc::workload_kind(workload.ref.type);
    const Before before = told_of(workload, record);
    const ReplicaCount* given = given_for(workload.ref, options.set);
    if (given != nullptr && mtc::takes_a_count(kind))
        return {with_count(before.wanted, kind, given->count), "--set says what it is to run"};
    if (kind.type.plural == "cronjobs" && !before.wanted.suspended) return resumed();
    if (kind.type.plural == "daemonsets" && before == rollback::before_of({.source = &workload}) &&
        before.told_by == Witness::Source)
        return {before.wanted,
                "MTC stopped it; without the key that MTC added its node selector is what it was"};
    return {before.wanted, who_says(workload, before)};
}

bool needs_start(const Object& workload, const Record& record, const ManualOptions& options) {
    const ReplicaCount* given = given_for(workload.ref, options.set);
    // one that is to stay away from every node keeps MTC's key
    const bool stays = given != nullptr && given->count == 0 &&
                       !mtc::takes_a_count(*mtc::workload_kind(workload.ref.type));
    if (stays) return false;
    if (mtc::is_quiesced(workload) || mtc::is_marked(workload)) return true;
    if (!rests(workload)) return false;
    if (given != nullptr) return given->count != 0;
    return options.as_before && told_of(workload, record).ran == true;
}

namespace {

// A strategy that starts nothing by itself is the same before and after.
bool needs_request(const Object& workload, const Wanted& before) {
    return rests(workload) &&
           mtc::virtual_machine::starts_by_request(before.run_strategy.value_or(""));
}

std::string change_of(const Object& workload, const Start& start) {
    const Wanted& before = start.wanted;
    const Wanted current = mtc::workload_kind(workload.ref.type)->current(workload);
    const std::string now = mtc::describe(current);
    if (came_to_its_end(workload) && has_another_number(workload, before))
        return now + " -> " + mtc::describe(before) + ", ended";
    if (!rests(workload))
        return "keeps " + now + ", loses the mark of MTC" +
               (has_another_number(workload, before)
                    ? " (which says: " + mtc::describe({.replicas = before.replicas}) + ")"
                    : "");
    return (needs_request(workload, before) ? "stopped" : now) + " -> " + mtc::describe(before) +
           (needs_request(workload, before) ? ", started" : "");
}

}  // namespace

Patch start(const Object& workload, const Start& start) {
    return {.side = Side::Source,
            .purpose = Purpose::Start,
            .seen = bare(workload),
            .operations = mtc::unquiesce(workload, start.wanted),
            .change = change_of(workload, start),
            .request_start = needs_request(workload, start.wanted)};
}

Runbook starts(const State& state, const Record& record, const ManualOptions& options) {
    Runbook out;
    for (const Object& workload : state.source.workloads) add_start(workload, record, options, out);
    return out;
}

std::optional<Patch> pause(const Object& workload) {
    auto operations = mtc::pause_again(workload);
    if (!operations) return std::nullopt;
    return Patch{.side = Side::Source,
                 .purpose = Purpose::Pause,
                 .seen = bare(workload),
                 .operations = std::move(*operations),
                 .change = "paused again"};
}

namespace {

std::vector<Step> after_mtc(const State& state, const Situation& situation, const Record& record,
                            const StartChoice& choice) {
    std::map<mtc::WorkloadKey, const WorkloadSituation*> by_key;
    for (const WorkloadSituation& each : situation.workloads)
        by_key.emplace(mtc::key_of(each.workload), &each);
    const ManualOptions options{.set = choice.set, .as_before = choice.as_before};
    std::vector<Step> steps;
    for (const Object& workload : state.source.workloads) {
        const auto it = by_key.find(mtc::key_of(workload.ref));
        if (it == by_key.end()) continue;
        const bool left = is_left_at_rest(*it->second) && !is_undecided(*it->second, choice);
        const bool given = given_for(workload.ref, choice.set) != nullptr;
        const bool said = choice.as_before || given;
        const mtc::Wanted& mark = it->second->returns_to;
        const bool starts = mark.known() && mtc::runs(mark) != false;
        const bool lost = it->second->stopped && !starts && said;
        // --set starts whatever rests, whether it is known to have run or not
        const bool on_request = given && !it->second->stopped && rests(workload);
        if (!left && !lost && !on_request) continue;
        Runbook one;
        add_start(workload, record, options, one);
        std::ranges::move(one.steps, std::back_inserter(steps));
    }
    return steps;
}

}  // namespace

std::vector<Step> pauses(const State& state, const Runbook& starts) {
    const auto started = patched(starts.steps);
    std::vector<Step> steps;
    for (const Object& workload : state.source.workloads) {
        // looked at first, since most are none: a copy of each would take longer than all the rest
        const auto* kind = mtc::workload_kind(workload.ref.type);
        if (kind == nullptr || !mtc::pauses_by_itself(*kind)) continue;
        if (!base::annotation_of(workload, mtc::annotations::paused)) continue;
        auto patch = pause(started.contains(workload.uid) ? without_mark(workload) : workload);
        if (patch) steps.push_back({std::move(*patch), "it was paused before the migration"});
    }
    return steps;
}

}  // namespace rollback::manual

namespace rollback {

std::vector<Step> starts_after_mtc(const State& state, const Situation& situation,
                                   const Record& record, const StartChoice& choice) {
    return manual::after_mtc(state, situation, record, choice);
}

}  // namespace rollback
