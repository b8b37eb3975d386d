// explain_stall(): looks for what keeps a migration from moving, and names the command that helps.
#include <algorithm>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "rollback/awaited_pods.hpp"
#include "rollback/command.hpp"
#include "rollback/mounts.hpp"
#include "run/follow.hpp"
#include "run/observe.hpp"
#include "run/types.hpp"

namespace run {
namespace {

using base::first_of;
using base::join;
using Lines = std::vector<std::string>;

constexpr std::size_t most = 5;  // a person reads a few; the rest is counted

Lines pods_that_mount(const Object& claim, const std::vector<Object>& pods) {
    Lines names;
    for (const Object& pod : pods) {
        if (pod.ref.ns == claim.ref.ns && rollback::mounts(pod, claim.ref.name))
            names.push_back(pod.ref.name);
    }
    return names;
}

std::string describe(const Object& object, const std::vector<Object>& pods) {
    std::string line = "target: " + object.ref.path();
    if (!base::is_terminating(object)) return line + " is still there";
    line += " is terminating";
    if (const auto finalizers = base::finalizers_of(object); !finalizers.empty()) {
        line += ", held by finalizer " + join(finalizers);
    }
    if (object.ref.type.plural != "persistentvolumeclaims") return line;
    if (const auto names = pods_that_mount(object, pods); !names.empty())
        line += ", mounted by pod " + first_of(names, most);
    return line;
}

struct Pods {
    std::vector<Object> seen = {};
    Lines unseen = {};  // where they could not be listed, and why
};

Pods target_pods(const Session& session, const mtc::Plan& plan, std::stop_token stop) {
    Pods pods;
    for (const std::string& ns : plan.target_namespaces()) {
        auto found = session.target.cluster->list(types::pods, {.ns = ns}, stop);
        if (found) {
            std::ranges::move(found->items, std::back_inserter(pods.seen));
        } else {
            pods.unseen.push_back("target: pods in namespace " + ns +
                                  " could not be listed: " + found.error().message);
        }
    }
    return pods;
}

Result<mtc::Plan> plan_now(const Session& session, std::stop_token stop) {
    auto object = session.control.cluster->get(session.plan, stop);
    if (!object) return std::unexpected(object.error());
    return mtc::decode_plan(*object);
}

Lines what_remains(const Session& session, std::stop_token stop) {
    const auto plan = plan_now(session, stop);
    if (!plan) return {plan.error().message};
    std::vector<rollback::Gap> gaps;
    const auto found = labelled_objects(*session.target.cluster, *plan, 8, gaps, stop);
    if (!found) return {found.error().message};
    const auto pods = target_pods(session, *plan, stop).seen;
    Lines lines;
    for (const Object& object : *found) {
        if (lines.size() == most) {
            lines.push_back("and " + base::count(found->size() - most, "more object") +
                            " with the plan's label");
            break;
        }
        lines.push_back(describe(object, pods));
    }
    if (!found->empty()) {
        const ObjectRef& first = found->front().ref;
        lines.push_back("look at it with: " + oc(session, rollback::Side::Target,
                                                 "describe " + rollback::words_of(first)));
    }
    if (!gaps.empty())
        lines.push_back(base::count(gaps.size(), "resource type") +
                        " of the target could not be listed");
    return lines;
}

std::string awaited(const Object& pod) {
    std::string line = pod.ref.ns + "/" + pod.ref.name;
    if (!base::is_terminating(pod)) return line;
    line += " (terminating";
    if (const auto finalizers = base::finalizers_of(pod); !finalizers.empty())
        line += ", held by finalizer " + join(finalizers);
    return line + ")";
}

Lines pods_still_running(const Session& session, std::stop_token stop) {
    const auto plan = plan_now(session, stop);
    if (!plan) return {plan.error().message};
    const Pods pods = target_pods(session, *plan, stop);
    Lines names;
    for (const Object& pod : rollback::awaited_pods(*plan, pods.seen))
        names.push_back(awaited(pod));
    Lines lines = pods.unseen;
    if (!names.empty()) {
        lines.push_back("target: the controller waits until these pods are gone: " +
                        first_of(names, most));
    } else if (lines.empty()) {
        lines.emplace_back(
            "target: no pod is left that the controller waits for; it should go on soon");
    }
    return lines;
}

Lines ahead_in_the_queue(const Session& session, const mtc::Migration& migration,
                         std::stop_token stop) {
    auto all = session.control.cluster->list(mtc::types::migmigrations, {.ns = migration.ns}, stop);
    if (!all) return {all.error().message};
    std::vector<mtc::Migration> others;
    for (const Object& object : all->items) {
        auto other = mtc::decode_migration(object);
        if (other.plan == migration.plan && other.name != migration.name)
            others.push_back(std::move(other));
    }
    Lines lines;
    for (const mtc::Migration& other : mtc::ahead_of_a_rollback(others)) {
        lines.push_back(mtc::word(other.kind) + " " + other.name + " is " +
                        mtc::word(other.state()) + " and goes first; cancel it with: " +
                        oc(session, rollback::Side::Control,
                           rollback::words_for("patch migmigration", other.name, other.ns) +
                               R"( --type=merge -p '{"spec":{"canceled":true}}')"));
    }
    return lines;
}

Lines what_blocks(const Session& session, const mtc::Migration& migration,
                  const mtc::Conditions& by, std::stop_token stop) {
    Lines lines;
    for (const mtc::Condition& condition : by) {
        lines.push_back(condition.type + ": " + condition.message);
        if (condition.type == "Postponed")
            std::ranges::move(ahead_in_the_queue(session, migration, stop),
                              std::back_inserter(lines));
    }
    const auto plan = plan_now(session, stop);
    if (!plan) return lines;
    for (const mtc::Condition& condition : mtc::blocking(plan->conditions)) {
        lines.push_back("MigPlan " + plan->name + ": " + condition.type + ": " + condition.message);
    }
    return lines;
}

struct Explain {
    const Session& session;
    const mtc::Migration& migration;
    std::stop_token stop;

    Lines operator()(const mtc::Pending&) const {
        return {
            "the controller has not looked at it yet; is it running? " +
            oc(session, rollback::Side::Control, "get pods -n " + base::shell_word(migration.ns))};
    }
    Lines operator()(const mtc::Blocked& blocked) const {
        return what_blocks(session, migration, blocked.by, stop);
    }
    Lines operator()(const mtc::Running& running) const {
        if (running.phase == "EnsureDestQuiesced") return pods_still_running(session, stop);
        if (running.phase == "EnsureMigratedDeleted" || running.phase == "DeleteMigrated")
            return what_remains(session, stop);
        return {"it is in phase " + running.phase + "; what the controller says: " +
                oc(session, rollback::Side::Control,
                   "logs -n " + base::shell_word(migration.ns) +
                       " deployment/migration-controller -c mtc")};
    }
    Lines operator()(const mtc::Canceling&) const { return {"it is being canceled"}; }
    Lines operator()(const mtc::Canceled&) const { return {}; }
    Lines operator()(const mtc::Failed& failed) const {
        if (migration.finished()) return {};
        if (failed.held_by.empty())
            return {"it has failed, and the controller has not ended it yet; is it running? " +
                    oc(session, rollback::Side::Control,
                       "get pods -n " + base::shell_word(migration.ns))};
        Lines lines{"it has failed and does no more; the controller ends it when this is resolved"};
        std::ranges::move(what_blocks(session, migration, failed.held_by, stop),
                          std::back_inserter(lines));
        return lines;
    }
    Lines operator()(const mtc::SucceededWithWarnings&) const { return {}; }
    Lines operator()(const mtc::Succeeded&) const { return {}; }
};

}  // namespace

std::vector<std::string> explain_stall(const Session& session, const mtc::Migration& migration,
                                       std::stop_token stop) {
    return std::visit(Explain{session, migration, std::move(stop)}, migration.state());
}

}  // namespace run
