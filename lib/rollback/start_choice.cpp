#include "rollback/start_choice.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "rollback/assess.hpp"
#include "rollback/command.hpp"

namespace rollback {
namespace {

constexpr std::size_t most_named = 5;

std::string here(const WorkloadSituation& workload) {
    if (!workload.source) return "not here";
    return mtc::describe(workload.source->told) + " here" +
           (workload.marked ? ", and MTC's mark says no other number" : "");
}

std::string elsewhere(const WorkloadSituation& workload) {
    if (workload.migrated && !workload.target->at_rest)
        return mtc::describe(workload.target->told) + " on the target";
    if (!workload.before.wanted.known()) return "it ran before";
    return mtc::describe(workload.before.wanted) + " before";
}

bool is_here(const WorkloadSituation* workload) {
    return workload->source.has_value();
}

std::string set_to(const WorkloadSituation& workload, const char* count) {
    return "--set " +
           base::shell_word(workload.workload.ns + "/" + workload.workload.label() + "=" + count);
}

// What is not on the source cannot be started there.
std::string remedy_of(const std::vector<const WorkloadSituation*>& rest) {
    std::vector<std::string> ways;
    std::vector<std::string> absent;
    for (const WorkloadSituation* each : rest) {
        if (!is_here(each)) absent.push_back(set_to(*each, "0"));
    }
    if (absent.size() < rest.size()) {
        const bool any_is_known = std::ranges::any_of(rest, [](const WorkloadSituation* each) {
            return !is_undecided(*each, {.as_before = true});
        });
        ways.push_back(
            std::string("say what is to be started (run and manual take it): ") +
            (any_is_known ? "--start-as-before for all whose number is known, or " : "") +
            "--set NAMESPACE/KIND/NAME=N for each; N is 0 for what is to stay at rest");
    }
    if (!absent.empty())
        ways.push_back(
            "what is not on the source has to be created there first; what is to stay "
            "away: " +
            base::join(absent, " "));
    return base::join(ways, "; ");
}

}  // namespace

std::string flags_of(const StartChoice& choice) {
    std::string flags = choice.as_before ? " --start-as-before" : "";
    for (const ReplicaCount& given : choice.set)
        flags +=
            " --set " + base::shell_word((given.ns.empty() ? "" : given.ns + "/") + given.kind +
                                         "/" + given.name + "=" + std::to_string(given.count));
    return flags;
}

bool is_about(const ReplicaCount& given, const ObjectRef& ref) {
    return given.name == ref.name && (given.ns.empty() || given.ns == ref.ns) &&
           mtc::is_called(ref.type, given.kind);
}

const ReplicaCount* given_for(const ObjectRef& ref, const std::vector<ReplicaCount>& set) {
    const auto it =
        std::ranges::find_if(set, [&](const ReplicaCount& given) { return is_about(given, ref); });
    return it == set.end() ? nullptr : &*it;
}

mtc::Wanted with_count(mtc::Wanted wanted, const mtc::WorkloadKind& kind, std::int64_t count) {
    if (kind.count_at != nullptr) wanted.replicas = count;
    if (kind.type.plural == "cronjobs") wanted.suspended = count == 0;
    if (kind.type.plural == "virtualmachines")
        wanted.run_strategy = count == 0 ? "Halted" : "Always";
    return wanted;
}

bool is_undecided(const WorkloadSituation& workload, const StartChoice& choice) {
    if (!is_left_at_rest(workload)) return false;
    const ReplicaCount* given = given_for(workload.workload, choice.set);
    if (given != nullptr) return !workload.source && given->count != 0;
    return !choice.as_before || !workload.source || !workload.before.wanted.known() ||
           mtc::runs(workload.before.wanted) == false;
}

std::string describe_rest(const WorkloadSituation& workload) {
    return workload.workload.label() + " in " + workload.workload.ns + " (" + here(workload) +
           ", " + elsewhere(workload) + ")";
}

namespace {

// What is started is what rests; another number of what runs is for whoever chose the one it has.
bool runs_otherwise(const Pair& pair, const ReplicaCount& given) {
    if (pair.source == nullptr) return false;
    const mtc::WorkloadKind& kind = *mtc::workload_kind(pair.source->ref.type);
    const bool ended = pair.source->ref.type.plural == "jobs" && mtc::job_ended(*pair.source);
    if (kind.at_rest(*pair.source) || ended) return false;
    if (kind.count_at == nullptr) return given.count == 0;
    return kind.current(*pair.source).replicas != given.count;
}

Blocker set_on_what_runs(const State& state, const Object& workload, const ReplicaCount& given) {
    const mtc::WorkloadKind& kind = *mtc::workload_kind(workload.ref.type);
    const std::string number = std::to_string(given.count);
    const bool scales = kind.count_at != nullptr && kind.type.plural != "jobs";
    return {.id = "set-on-what-runs",
            .what = "--set " + workload.ref.ns + "/" + workload.ref.label() + "=" + number +
                    " would not be heeded: it runs on the source (" +
                    mtc::describe(kind.current(workload)) + "), and only what rests is started",
            .remedy = "leave it out" + (scales ? "; to change the number: " +
                                                     oc(state, Side::Source, "scale", workload.ref,
                                                        " --replicas=" + number)
                                               : "")};
}

}  // namespace

std::vector<Blocker> wrong_counts(const State& state, const std::vector<ReplicaCount>& set) {
    std::vector<Blocker> out;
    if (set.empty()) return out;
    const auto pairs = pairs_of(state);
    for (const ReplicaCount& given : set) {
        std::vector<std::string> found;
        const Pair* meant = nullptr;
        for (const Pair& pair : pairs) {
            const bool counts = pair.source != nullptr || pair.copy(state) != nullptr;
            if (!counts || !is_about(given, pair.workload)) continue;
            found.push_back(pair.workload.path());
            meant = &pair;
        }
        if (found.size() == 1) {
            if (runs_otherwise(*meant, given))
                out.push_back(set_on_what_runs(state, *meant->source, given));
            continue;
        }
        const std::string word = given.kind + "/" + given.name;
        out.push_back({.id = "set-names-no-workload",
                       .what = "--set " + word +
                               (found.empty() ? " names no workload of the plan on the source"
                                              : " could be any of " + base::join(found)),
                       .remedy = found.empty() ? "what there is: " +
                                                     oc(state, Side::Source, "get all -n NAMESPACE")
                                               : "put the namespace before it: NAMESPACE/" + word});
    }
    return out;
}

namespace {

using Rest = std::vector<const WorkloadSituation*>;

enum class Way { ByMtc, ByHand };

// "2 workloads are at rest on the source without MTC's mark, or not there at all"
std::string which_rest(const Rest& rest) {
    const auto here = static_cast<std::size_t>(std::ranges::count_if(rest, is_here));
    const std::string of_all =
        base::count(rest.size(), "workload") + (rest.size() == 1 ? " is " : " are ");
    if (here == 0) return of_all + "not on the source";
    return of_all + "at rest on the source without MTC's mark" +
           (here == rest.size() ? "" : ", or not there at all");
}

std::string what_becomes_of(const Rest& rest, Way way) {
    const bool one = rest.size() == 1;
    if (way == Way::ByMtc)
        return one ? ", so that MTC's rollback does not start it, and deletes its copy on the "
                     "target: "
                   : ", so that MTC's rollback starts none of them, and deletes their copies on "
                     "the "
                     "target: ";
    return one ? ", so that it is not started unasked, and its copy on the target is stopped: "
               : ", so that none of them is started unasked, and their copies on the target are "
                 "stopped: ";
}

std::optional<Blocker> as_blocker(const Rest& rest, Way way) {
    if (rest.empty()) return std::nullopt;
    std::vector<std::string> names;
    for (const WorkloadSituation* workload : rest) names.push_back(describe_rest(*workload));
    return Blocker{
        .id = left_at_rest_id,
        .what = which_rest(rest) + what_becomes_of(rest, way) + base::first_of(names, most_named),
        .remedy = remedy_of(rest)};
}

Rest undecided_of(const Situation& situation, const StartChoice& choice) {
    Rest rest;
    for (const WorkloadSituation& workload : situation.workloads) {
        if (is_undecided(workload, choice)) rest.push_back(&workload);
    }
    return rest;
}

}  // namespace

std::optional<Blocker> undecided(const Situation& situation, const StartChoice& choice) {
    return as_blocker(undecided_of(situation, choice), Way::ByMtc);
}

std::optional<Blocker> undecided_by_hand(const Situation& situation, const StartChoice& choice,
                                         bool stops_the_target) {
    Rest rest = undecided_of(situation, choice);
    std::erase_if(rest, [&](const WorkloadSituation* workload) {
        // by hand it is started without MTC's mark, too; with a number of 0 it is not started
        const bool started = workload->stopped && mtc::runs(workload->before.wanted) != false;
        return started || (!workload->source && !stops_the_target);
    });
    return as_blocker(rest, Way::ByHand);
}

}  // namespace rollback
