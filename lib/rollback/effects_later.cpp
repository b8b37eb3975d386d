// What goes on or begins later by itself: a part of effects_of().
#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "mtc/schedule.hpp"
#include "mtc/velero.hpp"
#include "rollback/command.hpp"
#include "rollback/effects_parts.hpp"

namespace rollback {

void velero_at_work(const State& state, const Effects&, Warnings& out) {
    for (const Side side : {Side::Target, Side::Source}) {
        const ClusterView* view = &view_of(state, side);
        for (const Object& object : view->velero) {
            if (!mtc::velero_works_on(object)) continue;
            const bool restore = object.ref.type.plural == "restores";
            out.push_back(
                word(side) + ": " + object.ref.label() + " is " + mtc::velero_phase(object) +
                ": Velero goes on " +
                (restore ? "creating objects, also after a rollback has deleted what is "
                           "there"
                         : "with this backup of the application") +
                "; wait until it has ended: " + oc(*view, side, "get", object.ref, " -w"));
        }
    }
}

namespace {

const Object* workload_of(const State& state, const ObjectRef& ref) {
    const auto it = std::ranges::find(state.source.workloads, ref, &Object::ref);
    return it == state.source.workloads.end() ? nullptr : &*it;
}

std::string sentence_of(mtc::Resumption::What what) {
    switch (what) {
        case mtc::Resumption::What::AtOnce:
            return "CronJobs that start once as soon as they are resumed, for the runs that they "
                   "missed: ";
        case mtc::Resumption::What::Never:
            return "CronJobs that never start again by themselves, because they missed more than "
                   "100 runs and the cluster is older than Kubernetes 1.21; afterwards set their "
                   "spec.startingDeadlineSeconds to 600: ";
        case mtc::Resumption::What::Unknown:
            return "CronJobs of which it is not known whether they start as soon as they are "
                   "resumed: ";
        case mtc::Resumption::What::Waits:
            break;
    }
    return {};
}

}  // namespace

void cron_jobs_resumed(const State& state, const Effects& effects, Warnings& out) {
    std::map<mtc::Resumption::What, std::vector<std::string>> names;
    for (const Return& back : effects.returns) {
        const Object* cron_job =
            back.then.suspended == false ? workload_of(state, back.workload) : nullptr;
        if (cron_job == nullptr) continue;
        const auto resumed = mtc::when_resumed(*cron_job, state.source.now.value_or(state.seen_at));
        const bool counted = resumed.what == mtc::Resumption::What::AtOnce;
        const std::string missed =
            resumed.missed > 100 ? "more than 100" : std::to_string(resumed.missed);
        names[resumed.what].push_back(back.workload.path() + (counted ? " (" + missed + ")" : ""));
    }
    for (auto& [what, which] : names) {
        if (what != mtc::Resumption::What::Waits)
            out.push_back(sentence_of(what) + base::first_of(which, 3));
    }
}

}  // namespace rollback
