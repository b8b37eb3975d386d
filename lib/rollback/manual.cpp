#include "rollback/manual.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "mtc/names.hpp"
#include "mtc/unquiesce.hpp"
#include "rollback/manual_parts.hpp"
#include "rollback/situation.hpp"

namespace rollback {
namespace {

Patch give_back(const Object& pod, Json operations) {
    return {.side = Side::Source,
            .purpose = Purpose::GiveBack,
            .seen = manual::bare(pod),
            .operations = std::move(operations),
            .change = "is the application's again"};
}

void add_borrowed_pods(const State& state, Runbook& out) {
    for (const Object& pod : state.source.pods) {
        if (is_stage_pod(pod) && is_borrowed(pod))
            out.steps.push_back({give_back(pod, *mtc::unlabel_stage_pod(pod)),
                                 "MTC borrowed this pod of the application as a stage pod"});
    }
}

void add_deletions(const State& state, Side side, Runbook& out) {
    std::set<std::string> namespaces;
    for (const Object& pod : (side == Side::Target ? state.target : state.source).pods) {
        if (!is_to_go(state, side, pod)) continue;
        namespaces.insert(pod.ref.ns);
        if (!base::is_terminating(pod))
            out.steps.push_back({Delete{side, manual::bare(pod)},
                                 "a stage pod of MTC, which the next migration makes anew"});
    }
    if (namespaces.empty()) return;
    out.steps.push_back({AwaitNoStagePods{side, {namespaces.begin(), namespaces.end()}},
                         "they hold the volumes they mount"});
}

void add_stage_pod_steps(const State& state, Runbook& out) {
    add_deletions(state, Side::Target, out);
    add_borrowed_pods(state, out);
    add_deletions(state, Side::Source, out);
}

bool must_look_at_the_target(const State& state, const ManualOptions& options) {
    const bool blind = !manual::unseen(state, Side::Target).empty();
    return manual::has_volumes(state) && !(blind && options.assume_target_stopped);
}

// Target first.
void add_starts(const State& state, const ManualOptions& options, std::vector<Step> starts,
                Runbook& out) {
    std::ranges::move(manual::stops(state), std::back_inserter(out.steps));
    if (must_look_at_the_target(state, options))
        out.steps.push_back(
            {AwaitTargetStopped{}, "nothing is started on the source while the target can write"});
    std::ranges::move(starts, std::back_inserter(out.steps));
}

// Then the target is stopped though nothing is left to be started.
bool both_sides_write(const State& state) {
    return std::ranges::any_of(volumes_of(state), is_written_by_both);
}

void add_workload_steps(const State& state, const Record& record, const ManualOptions& options,
                        Runbook& out) {
    Runbook starts = manual::starts(state, record, options);
    auto pauses = manual::pauses(state, starts);
    out.skipped = std::move(starts.skipped);
    const bool stop = !starts.steps.empty() || both_sides_write(state);
    if (!stop && pauses.empty()) return;
    if (stop) add_starts(state, options, std::move(starts.steps), out);
    out.steps.push_back({AwaitServing{}, "pods take a while to start"});
    std::ranges::move(pauses, std::back_inserter(out.steps));
}

// What an object needs as it is now, by the purpose for which it was to be patched.
std::optional<Patch> start_anew(const Object& now, const Record& record,
                                const ManualOptions& options) {
    const manual::Start start = manual::start_of(now, record, options);
    if (!manual::needs_start(now, record, options) || (manual::rests(now) && !start.wanted.known()))
        return std::nullopt;
    return manual::start(now, start);
}

std::optional<Patch> stop_anew(const Object& now) {
    auto operations = mtc::quiesce(now);
    if (!operations) return std::nullopt;
    return manual::stop(now, std::move(*operations));
}

std::optional<Patch> give_back_anew(const Object& now) {
    auto operations = is_stage_pod(now) ? mtc::unlabel_stage_pod(now) : std::nullopt;
    if (!operations) return std::nullopt;
    return give_back(now, std::move(*operations));
}

std::optional<Patch> by_purpose(Purpose purpose, const Object& now, const Record& record,
                                const ManualOptions& options) {
    switch (purpose) {
        case Purpose::Start:
            return start_anew(now, record, options);
        case Purpose::Stop:
            return stop_anew(now);
        case Purpose::GiveBack:
            return give_back_anew(now);
        case Purpose::Pause:
            return manual::pause(now);
        case Purpose::Cancel:
            break;  // never by hand
    }
    return std::nullopt;
}

}  // namespace

bool is_to_go(const State& state, Side side, const Object& pod) {
    if (!is_stage_pod(pod)) return false;
    return side == Side::Target ? !is_also_source(state, pod.ref.ns) : !is_borrowed(pod);
}

namespace {

// What --set says, also of what it leaves at rest, or of what is not there.
bool is_said(RecordedWorkload& workload, const ManualOptions& options) {
    const ReplicaCount* given = given_for(workload.ref, options.set);
    const mtc::WorkloadKind* kind = mtc::workload_kind(workload.ref.type);
    if (given == nullptr || kind == nullptr) return false;
    workload.before = with_count(std::move(workload.before), *kind, given->count);
    workload.ran = given->count != 0;
    workload.told_by = Witness::Operator;
    return true;
}

}  // namespace

Record completed(Record record, const State& state, const ManualOptions& options) {
    std::map<mtc::WorkloadKey, const Object*> there;
    for (const Object& workload : state.source.workloads)
        there.emplace(mtc::key_of(workload.ref), &workload);
    for (RecordedWorkload& workload : record.workloads) {
        const auto it = there.find(mtc::key_of(workload.ref));
        const bool rests = it != there.end() && manual::rests(*it->second);
        // a number that somebody has chosen meanwhile is not what it ran before
        if (it != there.end() && !rests) continue;
        if (is_said(workload, options) || !rests || !mtc::is_quiesced(*it->second)) continue;
        const manual::Start start = manual::start_of(*it->second, record, options);
        if (!start.guessed) workload.before = start.wanted;
    }
    return record;
}

Runbook manual_flow(const State& state, const Record& record, const ManualOptions& options) {
    Runbook runbook;
    if (options.stage_pods) add_stage_pod_steps(state, runbook);
    if (options.workloads) add_workload_steps(state, record, options, runbook);
    runbook.blockers = manual::blockers(state, record, options, runbook.steps);
    return unless_denied(std::move(runbook), state.denied);
}

Runbook unless_denied(Runbook runbook, const std::vector<Denied>& denied) {
    manual::add_denied(denied, runbook.steps, runbook.blockers);
    if (!runbook.blockers.empty()) runbook.steps.clear();
    return runbook;
}

std::optional<Patch> decided_anew(const Patch& patch, const Object& now, const Record& record,
                                  const ManualOptions& options) {
    auto anew = by_purpose(patch.purpose, now, record, options);
    if (anew) anew->seen = now;
    return anew;
}

}  // namespace rollback
