#include "rollback/marks.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/command.hpp"
#include "rollback/several_plans.hpp"

namespace rollback {
namespace {

constexpr std::size_t most_named = 5;

// What was stopped carries the number in one annotation, whatever the kind.
bool counts_by_mark(const mtc::WorkloadKind& kind) {
    return kind.mark == std::string_view(mtc::annotations::replicas);
}

std::string words_that_write(const ObjectRef& workload, const std::string& mark,
                             const std::string& value) {
    return "annotate " + words_of(workload) + " --overwrite " +
           base::shell_word(mark + "=" + value);
}

// The number that it ran, as far as anybody knows.
std::optional<std::int64_t> known_count(const WorkloadSituation& workload,
                                        const std::vector<ReplicaCount>& set) {
    const ReplicaCount* given = given_for(workload.workload, set);
    return given != nullptr ? given->count : workload.before.wanted.replicas;
}

using Unreadable = std::pair<const Object*, const WorkloadSituation*>;

// Few, where there are any: each is looked for among all.
std::vector<Unreadable> unreadable(const State& state, const Situation& situation) {
    std::vector<Unreadable> out;
    for (const Object& object : state.source.workloads) {
        if (mtc::unreadable_mark(object).empty() || is_left_out(state, object)) continue;
        const auto it =
            std::ranges::find(situation.workloads, object.ref, &WorkloadSituation::workload);
        if (it != situation.workloads.end()) out.emplace_back(&object, &*it);
    }
    return out;
}

// What is to stand in the mark that cannot be read; nothing where nobody knows it.
std::optional<std::string> right_value(const Unreadable& mark,
                                       const std::vector<ReplicaCount>& set) {
    const auto& [object, workload] = mark;
    if (mtc::unreadable_mark(*object).starts_with(mtc::annotations::paused)) {
        const auto& paused = workload->before.wanted.paused;
        return paused ? std::optional<std::string>(*paused ? "true" : "false") : std::nullopt;
    }
    const auto count = known_count(*workload, set);
    const bool counts = counts_by_mark(*mtc::workload_kind(object->ref.type));
    return counts && count ? std::optional(std::to_string(*count)) : std::nullopt;
}

std::string remedy_of(const State& state, const std::vector<Unreadable>& marks,
                      const std::vector<ReplicaCount>& set) {
    std::vector<std::string> commands;
    for (const Unreadable& mark : marks) {
        const Object& object = *mark.first;
        const auto value = right_value(mark, set);
        if (!value)
            return "write into the marks what the workloads were (" +
                   oc(state, Side::Source, "edit", object.ref) +
                   "), or start them by the manual flow, with --set NAMESPACE/KIND/NAME=N where a "
                   "number is lost";
        const std::string unreadable = mtc::unreadable_mark(object);
        commands.push_back(
            words_that_write(object.ref, unreadable.substr(0, unreadable.find(' ')), *value));
    }
    return oc_each(state, Side::Source, commands);
}

}  // namespace

std::optional<Blocker> unreadable_marks(const State& state, const Situation& situation,
                                        const std::vector<ReplicaCount>& set) {
    const auto marks = unreadable(state, situation);
    if (marks.empty()) return std::nullopt;
    std::vector<std::string> names;
    for (const auto& [object, workload] : marks)
        names.push_back(object->ref.label() + " in " + object->ref.ns + " (" +
                        mtc::unreadable_mark(*object) + ")");
    return Blocker{.id = mark_unreadable_id,
                   .what = base::count(marks.size(), "workload") +
                           (marks.size() == 1 ? " carries a mark" : " carry marks") +
                           " of MTC that MTC cannot read: its rollback would delete what is on the "
                           "target, and then fail before it has started everything, or start "
                           "another number: " +
                           base::first_of(std::move(names), most_named),
                   .remedy = remedy_of(state, marks, set)};
}

namespace {

// Of kinds without a number only whether it is to run. By a mark of 0 MTC starts nothing: what is
// to run is started after it.
bool contradicts(const mtc::WorkloadKind& kind, const mtc::Wanted& marked, std::int64_t count) {
    if (kind.count_at != nullptr)
        return marked.replicas.value_or(0) != 0 && *marked.replicas != count;
    return marked.known() && count == 0;
}

Blocker against_mark(const State& state, const Object& workload, const mtc::Wanted& marked,
                     std::int64_t count) {
    const mtc::WorkloadKind& kind = *mtc::workload_kind(workload.ref.type);
    const std::string given =
        "--set " + workload.ref.ns + "/" + workload.ref.label() + "=" + std::to_string(count);
    return {.id = "set-against-mark",
            .what = given +
                    " would not be heeded: MTC stopped it, and its rollback starts it by its "
                    "mark (" +
                    mtc::describe(marked) + ")",
            .remedy = counts_by_mark(kind)
                          ? oc(state, Side::Source,
                               words_that_write(workload.ref, kind.mark, std::to_string(count)))
                          : "leave it out, and stop the workload when the rollback has ended; or "
                            "take the manual flow, which heeds it"};
}

}  // namespace

std::vector<Blocker> counts_against_marks(const State& state,
                                          const std::vector<ReplicaCount>& set) {
    std::vector<Blocker> out;
    for (const Object& workload : state.source.workloads) {
        const ReplicaCount* given = given_for(workload.ref, set);
        if (given == nullptr || !mtc::is_quiesced(workload) || is_left_out(state, workload))
            continue;
        const mtc::WorkloadKind& kind = *mtc::workload_kind(workload.ref.type);
        const mtc::Wanted marked = kind.recorded(workload);
        if (contradicts(kind, marked, given->count))
            out.push_back(against_mark(state, workload, marked, given->count));
    }
    return out;
}

}  // namespace rollback
