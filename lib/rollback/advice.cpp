// advice_of(): what to do next, from the verdict and from what stands in the way.
#include <algorithm>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/assess.hpp"
#include "rollback/several_plans.hpp"

namespace rollback {
namespace {

constexpr std::size_t most_gaps = 3;

std::string command_of(const char* words, const State& state) {
    std::string command = words + state.plan.name;
    if (state.plan.ns != mtc::openshift_migration) command += " -n " + state.plan.ns;
    return command;
}

std::string run_command(const State& state) {
    return command_of("{plugin} ", state);
}

// Flow
// -------------------------------------------------------------------------------------------------

bool is_to_be_decided(const Blocker& blocker) {
    return blocker.id == left_at_rest_id;
}

// What only has to be said is no hindrance to MTC.
Flow way_past(std::vector<Blocker> blockers) {
    std::erase_if(blockers, is_to_be_decided);
    if (blockers.empty()) return Flow::Console;
    const bool only_migrations = std::ranges::all_of(
        blockers, [](const Blocker& blocker) { return blocker.id == "migration-ahead"; });
    return only_migrations ? Flow::ConsoleAfterCancel : Flow::LookFirst;
}

// MTC has nothing to do any more, neither on the source nor on the target.
bool only_manual_starts(const Assessment& assessment) {
    return assessment.effects.deleted.empty() &&
           std::ranges::any_of(assessment.situation.workloads, is_left_at_rest) &&
           std::ranges::none_of(assessment.situation.workloads, &WorkloadSituation::stopped);
}

// As often as it is run: several plans list one namespace.
bool passes_all_over(const State& state) {
    bool any = false;
    for (const Object& workload : state.source.workloads) {
        if (!mtc::is_quiesced(workload)) continue;
        if (!is_left_out(state, workload)) return false;
        any = true;
    }
    return any;
}

Flow flow_of(const State& state, const Assessment& assessment) {
    switch (assessment.verdict) {
        case Verdict::NotNeeded:
        case Verdict::AlreadyRolledBack:
            return brings_back(assessment) ? way_past(assessment.blockers) : Flow::None;
        case Verdict::Required:
            if (only_manual_starts(assessment)) return Flow::Manual;
            if (assessment.effects.deleted.empty() && passes_all_over(state)) return Flow::Manual;
            return way_past(assessment.blockers);
        case Verdict::Recommended:
        case Verdict::Dangerous:
            return way_past(assessment.blockers);
        case Verdict::RequiredManual:
            return Flow::Manual;
        case Verdict::InProgress:
            return Flow::Attach;
        case Verdict::Unknown:
            return Flow::LookFirst;
    }
    return Flow::LookFirst;
}

// Commands
// ---------------------------------------------------------------------------------------------

bool is_command(const std::string& remedy) {
    return remedy.starts_with("oc ");
}

std::vector<std::string> remedies(const std::vector<Blocker>& blockers, bool commands) {
    std::vector<std::string> out;
    for (const Blocker& blocker : blockers) {
        if (is_command(blocker.remedy) == commands && !is_to_be_decided(blocker))
            out.push_back(blocker.remedy);
    }
    return out;
}

// Nothing where the flag would leave something undecided.
std::optional<std::string> flag_to_decide(const Assessment& assessment) {
    if (std::ranges::none_of(assessment.blockers, is_to_be_decided)) return "";
    const bool decides = std::ranges::none_of(
        assessment.situation.workloads,
        [](const WorkloadSituation& each) { return is_undecided(each, {.as_before = true}); });
    return decides ? std::optional(" --start-as-before") : std::nullopt;
}

std::vector<std::string> commands_for(Flow flow, const State& state, const Assessment& assessment) {
    const auto flag = flag_to_decide(assessment);
    const auto unless_undecided = [&](const std::string& command) {
        return flag ? std::vector{command + *flag} : std::vector<std::string>();
    };
    switch (flow) {
        case Flow::None:
            return {};
        case Flow::Console:
        case Flow::Attach:
            return unless_undecided(run_command(state));
        case Flow::Manual:
            return unless_undecided(command_of("{plugin} manual ", state));
        case Flow::ConsoleAfterCancel:
            return unless_undecided(run_command(state) + " --cancel-running");
        case Flow::LookFirst:
            // what could not be seen may change what is to be done: no command before that
            if (assessment.verdict == Verdict::Unknown) return {};
            return remedies(assessment.blockers, true);
    }
    return {};
}

// Why
// --------------------------------------------------------------------------------------------------

bool any_runs_on_the_source(const Assessment& assessment) {
    return std::ranges::any_of(assessment.situation.workloads, [](const WorkloadSituation& each) {
        return each.source && !each.source->at_rest;
    });
}

std::string purpose(const Assessment& assessment) {
    switch (assessment.verdict) {
        case Verdict::NotNeeded:
            return "the application moved to the target; a rollback takes it back to the source";
        case Verdict::Required:
        case Verdict::RequiredManual:
        case Verdict::Unknown:
            return "a rollback deletes what was migrated on the target, then starts the "
                   "application on the source";
        case Verdict::Recommended:
            if (!any_runs_on_the_source(assessment))
                return "a rollback deletes what was migrated on the target; it starts nothing on "
                       "the source, where no workload runs that was seen";
            return "the application runs on the source; a rollback deletes what was migrated on "
                   "the target";
        case Verdict::Dangerous:
            return "pods of both sides mount one volume; the rollback stops the target's workloads "
                   "first (MTC 1.8 and later): do not start anything on the source before";
        case Verdict::InProgress:
            return "a rollback runs already; it is followed, not repeated";
        case Verdict::AlreadyRolledBack:
            return "the plan is rolled back";
    }
    return {};
}

std::string context_flag(Side side) {
    return side == Side::Control ? "--context" : "--" + word(side) + "-context";
}

void add_if_new(std::vector<std::string>& all, std::string text) {
    if (!std::ranges::count(all, text)) all.push_back(std::move(text));
}

// A fault has words of its own; a missing permission is what the flag is for.
std::string describe(const Gap& gap) {
    return word(gap.side) + ": " + gap.what + (gap.forbidden ? "" : " (" + gap.why + ")");
}

std::string what_was_unseen(const std::vector<Gap>& gaps) {
    if (gaps.empty())
        return "nothing runs on the source, and nothing tells what ran before; what did is started "
               "by the manual flow, with --set NAMESPACE/KIND/NAME=N";
    std::vector<std::string> unseen;
    std::vector<std::string> flags;
    for (const Gap& gap : gaps) {
        add_if_new(unseen, describe(gap));
        add_if_new(flags, context_flag(gap.side));
    }
    const std::size_t more = unseen.size() - std::min(unseen.size(), most_gaps);
    unseen.resize(unseen.size() - more);
    return "what could not be seen comes first (" + base::join(unseen, "; ") +
           (more == 0 ? "" : "; and " + std::to_string(more) + " more") +
           "): name a context that sees it with " + base::join(flags, " and ");
}

// A remedy that is no command is told in words.
std::string with_remedies(std::string why, const std::vector<Blocker>& blockers) {
    for (const std::string& remedy : remedies(blockers, false)) why += "; " + remedy;
    return why;
}

// What would let the controller do it after all.
std::string to_mend(const std::vector<Blocker>& blockers) {
    std::vector<std::string> all = remedies(blockers, true);
    std::ranges::move(remedies(blockers, false), std::back_inserter(all));
    return all.empty() ? "" : "; the controller could do it after: " + base::join(all, "; ");
}

// Nobody can read it any more: only the application itself tells.
bool copy_is_gone(const State& state, const Assessment& assessment) {
    return assessment.verdict == Verdict::Unknown && assessment.copy.end == CopyEnd::Unknown &&
           volume_migrations_seen(state.gaps);
}

constexpr const char* what_to_look_at =
    "look at the application's data on the target first: where it is complete, nothing is to be "
    "done; where it is not, run takes the application back to the source";

// MTC starts only what carries its mark.
std::string what_is_to_be_decided(const Assessment& assessment) {
    const auto it = std::ranges::find_if(assessment.blockers, is_to_be_decided);
    return it == assessment.blockers.end() ? "" : "; " + it->remedy;
}

std::string why_for(Flow flow, const State& state, const Assessment& assessment) {
    std::string aim = purpose(assessment) + what_is_to_be_decided(assessment);
    switch (flow) {
        case Flow::None:
            if (assessment.verdict == Verdict::AlreadyRolledBack)
                return "nothing is to be rolled back; whether all is as it was before says "
                       "{plugin} "
                       "verify " +
                       state.plan.name;
            return "nothing is to be done";
        case Flow::Console:
        case Flow::Attach:
            return aim;
        case Flow::ConsoleAfterCancel:
            return aim + "; a migration is in the way: it is canceled first";
        case Flow::Manual:
            if (only_manual_starts(assessment))
                return "MTC has nothing left to start: the manual flow starts what is at rest on "
                       "the source" +
                       what_is_to_be_decided(assessment);
            if (passes_all_over(state))
                return "several plans list one namespace, and MTC's rollback starts none of these "
                       "workloads: the manual flow does";
            return "MTC's controller cannot roll back: the manual flow starts the application on "
                   "the source, and leaves what was migrated on the target" +
                   to_mend(assessment.blockers);
        case Flow::LookFirst:
            if (!wrong_clusters(state).empty())
                return "name the right clusters first: what was seen says nothing of this plan";
            if (copy_is_gone(state, assessment)) return what_to_look_at;
            if (assessment.verdict == Verdict::Unknown &&
                !(state.target.elsewhere.empty() && state.source.elsewhere.empty()))
                return "list in the plan again, as it was, what was taken out of it; then assess "
                       "once more";
            if (assessment.verdict == Verdict::Unknown &&
                std::ranges::any_of(assessment.blockers, [](const Blocker& blocker) {
                    return blocker.id == "migration-ahead";
                }))
                return "wait until the migration has ended (" +
                       command_of("{plugin} status ", state) +
                       " -w), or cancel it and roll back: " + run_command(state) +
                       " --cancel-running";
            if (assessment.verdict == Verdict::Unknown) return what_was_unseen(state.gaps);
            return with_remedies(aim + "; what stands in the way comes first", assessment.blockers);
    }
    return {};
}

}  // namespace

std::string word(Flow flow) {
    switch (flow) {
        case Flow::None:
            return "none";
        case Flow::Console:
            return "console";
        case Flow::ConsoleAfterCancel:
            return "console-after-cancel";
        case Flow::Manual:
            return "manual";
        case Flow::Attach:
            return "attach";
        case Flow::LookFirst:
            return "look-first";
    }
    return {};
}

Advice advice_of(const State& state, const Assessment& assessment) {
    const Flow flow = flow_of(state, assessment);
    return {.flow = flow,
            .why = why_for(flow, state, assessment),
            .commands = commands_for(flow, state, assessment)};
}

}  // namespace rollback
