#include "rollback/before.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "mtc/names.hpp"

namespace rollback {
namespace {

using mtc::Wanted;
using mtc::WorkloadKind;

constexpr std::array<std::pair<Witness, const char*>, 5> witness_words{
    {{Witness::Operator, "operator"},
     {Witness::Annotation, "annotation"},
     {Witness::Copy, "target"},
     {Witness::Source, "source"},
     {Witness::Nobody, "nobody"}}};

bool is_cron_job(const Object& workload) {
    return workload.ref.type.plural == "cronjobs";
}

// MTC marks a CronJob that was suspended as any other: its mark tells nothing of before.
Wanted mark_says(const Object& workload, const WorkloadKind& kind) {
    return is_cron_job(workload) ? Wanted{} : kind.recorded(workload);
}

Before of_annotation(const Object& workload) {
    const Wanted wanted = mark_says(workload, *mtc::workload_kind(workload.ref.type));
    if (wanted == Wanted{}) return {};
    // a machine with a mark was stopped while it ran, whatever its strategy
    const bool machine = workload.ref.type.plural == "virtualmachines";
    return {.wanted = wanted,
            .ran = machine ? std::optional(true) : mtc::runs(wanted),
            .told_by = Witness::Annotation};
}

bool copy_has_ended(const Object& workload) {
    return workload.ref.type.plural == "jobs" && mtc::job_ended(workload);
}

// What its spec says, unless MTC stopped the copy, too.
Before of_copy(const Object& copy) {
    const WorkloadKind& kind = *mtc::workload_kind(copy.ref.type);
    const bool stopped = mtc::is_quiesced(copy);
    const Before marked = of_annotation(copy);
    Before before{
        .wanted = mtc::first_known(marked.wanted, stopped ? Wanted{} : kind.current(copy)),
        .ran = marked.ran,
        .told_by = Witness::Copy};
    // one that has come to its end on the target is not to run once more
    if (copy_has_ended(copy))
        before.ran.reset();
    else if (!stopped)
        before.ran = !kind.at_rest(copy);
    return before.wanted == Wanted{} ? Before{} : before;
}

// Quiescing adds its key to what is there.
Before of_selector(const Object& workload, const WorkloadKind& kind) {
    Wanted now = kind.current(workload);
    if (!now.node_selector || !now.node_selector->contains(mtc::annotations::quiesce_daemonset))
        return {};
    now.node_selector->erase(mtc::annotations::quiesce_daemonset);
    return {.wanted = std::move(now), .ran = true, .told_by = Witness::Source};
}

Before of_itself(const Object& workload) {
    const WorkloadKind& kind = *mtc::workload_kind(workload.ref.type);
    if (kind.at_rest(workload)) return of_selector(workload, kind);
    if (mtc::is_marked(workload)) return {};
    return {.wanted = kind.current(workload), .ran = true, .told_by = Witness::Source};
}

Before first_known(Before first, const Before& second) {
    if (!first.wanted.known()) first.told_by = second.told_by;
    first.wanted = mtc::first_known(first.wanted, second.wanted);
    if (!first.ran) first.ran = second.ran;
    return first;
}

}  // namespace

std::string word(Witness witness) {
    return std::ranges::find(witness_words, witness, &decltype(witness_words)::value_type::first)
        ->second;
}

Witness witness_from(const std::string& word) {
    const auto* it =
        std::ranges::find_if(witness_words, [&](const auto& row) { return row.second == word; });
    return it == witness_words.end() ? Witness::Nobody : it->first;
}

Before before_of(const Witnesses& witnesses) {
    Before before = witnesses.recorded == nullptr ? Before{} : *witnesses.recorded;
    if (witnesses.source != nullptr) {
        const Before annotation = of_annotation(*witnesses.source);
        // a record of the annotation is the same witness, and somebody may have corrected it since
        before = before.told_by == Witness::Annotation ? first_known(annotation, before)
                                                       : first_known(std::move(before), annotation);
    }
    if (witnesses.copy != nullptr)
        before = first_known(std::move(before), of_copy(*witnesses.copy));
    if (witnesses.source != nullptr)
        before = first_known(std::move(before), of_itself(*witnesses.source));
    return before;
}

Before merged(const Before& older, const Before& newer) {
    const bool same = older.told_by == Witness::Annotation && newer.told_by == older.told_by;
    const bool firm = older.told_by != Witness::Source && !same;
    return firm ? first_known(older, newer) : first_known(newer, older);
}

bool is_migrated_copy(const State& state, const Object& target) {
    return base::label_of(target, mtc::labels::migrated_by_plan) == state.plan.uid &&
           !is_also_source(state, target.ref.ns);
}

std::vector<Pair> pairs_of(const State& state) {
    std::map<mtc::WorkloadKey, Pair> by_key;
    for (const Object& workload : state.source.workloads) {
        if (mtc::workload_kind(workload.ref.type) == nullptr) continue;
        by_key[mtc::key_of(workload.ref)] = {.workload = workload.ref, .source = &workload};
    }
    for (const Object& workload : state.target.workloads) {
        if (mtc::workload_kind(workload.ref.type) == nullptr) continue;
        if (is_also_source(state, workload.ref.ns)) continue;
        ObjectRef as_on_source = workload.ref;
        as_on_source.ns = state.plan.source_of(workload.ref.ns);
        Pair& pair = by_key[mtc::key_of(as_on_source)];
        pair.target = &workload;
        if (pair.source == nullptr) pair.workload = std::move(as_on_source);
    }
    std::vector<Pair> pairs;
    for (auto& [key, pair] : by_key) pairs.push_back(std::move(pair));
    return pairs;
}

}  // namespace rollback
