#include "rollback/still_so.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "mtc/plan.hpp"

namespace rollback {
namespace {

std::string shown_as(const mtc::Migration& migration) {
    return "MigMigration " + migration.name + " (" + mtc::word(migration.kind) + ", " +
           mtc::word(migration.state()) + ")";
}

using ByUid = std::map<std::string, const mtc::Migration*>;

ByUid by_uid(const State& state) {
    ByUid out;
    for (const mtc::Migration& migration : state.migrations) out[migration.uid] = &migration;
    return out;
}

bool is_over(const mtc::Migration& migration) {
    return mtc::is_terminal(migration.state());
}

}  // namespace

std::vector<std::string> changes_of_plan(const State& shown, const State& now) {
    std::vector<std::string> out;
    if (shown.plan.uid != now.plan.uid) {
        out.push_back("MigPlan " + now.plan.name + " was made anew");
    } else if (mtc::plan_manifest(shown.plan) != mtc::plan_manifest(now.plan)) {
        out.push_back("MigPlan " + now.plan.name + " was changed");
    }
    const ByUid before = by_uid(shown);
    const ByUid after = by_uid(now);
    for (const auto& [uid, migration] : after) {
        const auto it = before.find(uid);
        if (it == before.end()) {
            out.push_back(shown_as(*migration) + " is new");
        } else if (it->second->kind != migration->kind ||
                   is_over(*it->second) != is_over(*migration)) {
            out.push_back(shown_as(*migration) + " was shown as " + mtc::word(it->second->kind) +
                          ", " + mtc::word(it->second->state()));
        }
    }
    for (const auto& [uid, migration] : before) {
        if (!after.contains(uid)) out.push_back(shown_as(*migration) + " is gone");
    }
    return out;
}

namespace {

/// What is written to which object, and how it was seen.
using Writes = std::map<std::string, std::string>;

Writes writes_of(const Runbook& runbook) {
    Writes out;
    for (const Step& step : runbook.steps) {
        if (const auto* patch = std::get_if<Patch>(&step.action))
            out[patch->seen.ref.path() + " on the " + word(patch->side) + ": " + patch->change] =
                patch->seen.uid + patch->operations.dump();
        if (const auto* remove = std::get_if<Delete>(&step.action))
            out[remove->seen.ref.path() + " on the " + word(remove->side) + " is deleted"] =
                remove->seen.uid;
    }
    return out;
}

void add_those_only_in(const Writes& some, const Writes& others, const char* what,
                       std::vector<std::string>& out) {
    for (const auto& [write, seen] : some) {
        const auto it = others.find(write);
        if (it == others.end()) out.push_back(write + what);
    }
}

}  // namespace

std::optional<Blocker> blocker_of(const std::vector<std::string>& changes) {
    if (changes.empty()) return std::nullopt;
    return Blocker{.id = "changed-since-shown",
                   .what = "it is not any more as it was shown: " + base::first_of(changes, 3),
                   .remedy = "run the same command again: it shows what is so now"};
}

std::vector<std::string> changes_of_writes(const Runbook& shown, const Runbook& now) {
    const Writes before = writes_of(shown);
    const Writes after = writes_of(now);
    std::vector<std::string> out;
    for (const Blocker& blocker : now.blockers) out.push_back(blocker.what);
    add_those_only_in(after, before, " (was not shown)", out);
    if (now.blockers.empty())
        add_those_only_in(before, after, " (was shown, and is not needed any more)", out);
    for (const auto& [write, seen] : before) {
        const auto it = after.find(write);
        if (it != after.end() && it->second != seen)
            out.push_back(write + " (was changed by somebody)");
    }
    return out;
}

}  // namespace rollback
