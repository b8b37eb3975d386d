// deletion_of(): in which order leftovers are deleted, and when they must not be.
#include <algorithm>
#include <set>

#include "mtc/names.hpp"
#include "rollback/command.hpp"
#include "rollback/leftovers.hpp"

namespace rollback {
namespace {

using mtc::Migration;
using mtc::VolumeMigration;

// Blockers
// ------------------------------------------------------------------------------------------------

std::string without_control(const LeftoversView& view) {
    return "where MTC's controller is gone for good: {plugin} leftovers " + view.plan.name +
           " --delete --plan-file FILE --source-context SOURCE --target-context TARGET";
}

void add_migrations(const LeftoversView& view, std::vector<Blocker>& out) {
    for (const Migration& migration : view.migrations) {
        // one that has failed does nothing more, also where the controller has not ended it
        if (migration.plan != view.plan.name || mtc::is_terminal(migration.state())) continue;
        out.push_back(
            {.id = "migration-running",
             .what = "MigMigration " + migration.name + " of the plan has not ended (" +
                     mtc::word(migration.state()) + ")",
             .remedy = "wait for it: " +
                       oc(view.control, Side::Control,
                          words_for("get migmigration", migration.name, migration.ns) + " -w")});
    }
}

bool concerns(const VolumeMigration& dvm, const mtc::Plan& plan) {
    const auto is_of_plan = [&](const std::string& ns) {
        return std::ranges::any_of(plan.namespaces, [&](const mtc::NamespacePair& pair) {
            return ns == pair.source || ns == pair.target;
        });
    };
    return std::ranges::any_of(dvm.namespaces, is_of_plan);
}

// The selector of its objects does not tell one volume migration from another.
void add_volume_migrations(const LeftoversView& view, std::vector<Blocker>& out) {
    for (const VolumeMigration& dvm : view.volume_migrations) {
        if (dvm.finished() || !concerns(dvm, view.plan)) continue;
        out.push_back({.id = "volume-migration-running",
                       .what = "DirectVolumeMigration " + dvm.seen.ref.name +
                               " works in a namespace of the plan and has not ended" +
                               (dvm.phase.empty() ? "" : " (" + dvm.phase + ")"),
                       .remedy = without_control(view) + "; else wait for it: " +
                                 oc(view.control, Side::Control,
                                    words_for("get directvolumemigration", dvm.seen.ref.name,
                                              dvm.seen.ref.ns) +
                                        " -w")});
    }
}

void add_unseen_owners(const LeftoversView& view, std::vector<Blocker>& out) {
    if (view.owners_seen || view.control_absent) return;
    out.push_back({.id = "owners-unseen",
                   .what = "whether a migration of these namespaces runs could not be seen",
                   .remedy = "ask for the verb list on migplans, migmigrations and "
                             "directvolumemigrations in namespace " +
                             view.plan.ns});
}

bool hides_pods(const Gap& gap) {
    const bool of_volumes = gap.side != Side::Control;
    return of_volumes && (gap.resource == "pods" || gap.resource == "discovery");
}

// Without the control cluster the pods say whether volumes are being copied.
void add_running_pods(const LeftoversView& view, const std::vector<Leftover>& leftovers,
                      std::vector<Blocker>& out) {
    if (!view.control_absent) return;
    for (const Gap& gap : view.gaps) {
        if (hides_pods(gap))
            out.push_back({.id = "pods-unseen",
                           .what = "whether volumes are being copied could not be seen: " +
                                   gap.what + ": " + gap.why,
                           .remedy = "use a login that may list pods there"});
    }
    for (const Leftover& each : leftovers) {
        if (each.kind->id != "rsync-pod" || each.in_the_way.empty()) continue;
        out.push_back(
            {.id = "rsync-running",
             .what = each.object.ref.path() + " on the " + word(each.side) +
                     " may be copying a volume: " + each.in_the_way,
             .remedy = "if it is stuck, delete it by hand: " +
                       oc(view_of(view, each.side), each.side,
                          words_for("delete pod", each.object.ref.name, each.object.ref.ns))});
    }
}

// Steps
// ------------------------------------------------------------------------------------------------

Delete removal(const Leftover& leftover) {
    return {leftover.side, leftover.object};
}

bool is_by_controller(const Leftover& leftover) {
    return leftover.removal == Removal::ByController;
}

bool is_wanted(const Leftover& leftover, const DeletionOptions& options) {
    switch (leftover.removal) {
        case Removal::Delete:
        case Removal::ByController:
            return true;
        case Removal::BackupRequest:
        case Removal::OnRequest:
            return options.backups;
        case Removal::None:
            return false;
    }
    return false;
}

constexpr std::size_t longest_label_value = 63;

/// As Velero's own client writes it, but under a name that is the same whenever it is asked for.
Create backup_request(const Leftover& backup) {
    const ObjectRef& ref = backup.object.ref;
    const std::string name = ref.name + "-" + backup.object.uid.substr(0, 8);
    const auto& type = mtc::types::delete_backup_requests;
    Json labels = {{"velero.io/backup-uid", backup.object.uid}};
    if (ref.name.size() <= longest_label_value) labels["velero.io/backup-name"] = ref.name;
    return {.what = {type, ref.ns, name},
            .manifest = {{"apiVersion", type.api_version()},
                         {"kind", type.kind},
                         {"metadata", {{"name", name}, {"namespace", ref.ns}, {"labels", labels}}},
                         {"spec", {{"backupName", ref.name}}}},
            .side = backup.side};
}

// First those whose finalizer does the work.
std::set<std::string> add_volume_migration_steps(const std::vector<Leftover>& leftovers,
                                                 Runbook& out) {
    std::set<std::string> wanted;
    AwaitGone await{.what = {}, .by_controller = true};
    for (const Leftover& each : leftovers) {
        if (!is_by_controller(each)) continue;
        wanted.insert(each.volume_migration_uid);
        await.what.push_back(removal(each));
    }
    for (const Leftover& each : leftovers) {
        if (wanted.contains(each.object.uid))
            out.steps.push_back({removal(each),
                                 "its finalizer has MTC's controller delete what it made, on both "
                                 "clusters"});
    }
    if (!await.what.empty())
        out.steps.push_back({std::move(await), "what it does not delete is deleted after that"});
    return wanted;
}

Step step_for(const Leftover& leftover) {
    if (leftover.removal == Removal::BackupRequest)
        return {backup_request(leftover), "Velero then deletes the Backup and what it holds"};
    return {removal(leftover), leftover.kind->meaning};
}

void add_steps(std::vector<Leftover> leftovers, const DeletionOptions& options, Runbook& out) {
    std::erase_if(leftovers, [&](const Leftover& each) { return !is_wanted(each, options); });
    std::ranges::stable_sort(leftovers, {}, &Leftover::kind);
    const auto first = add_volume_migration_steps(leftovers, out);
    AwaitGone await;
    for (const Leftover& each : leftovers) {
        if (!first.contains(each.object.uid)) out.steps.push_back(step_for(each));
        if (each.removal != Removal::BackupRequest) await.what.push_back(removal(each));
    }
    if (!await.what.empty())
        out.steps.push_back({std::move(await), "pods and finalizers take a while"});
}

}  // namespace

std::vector<Blocker> blockers_of(const LeftoversView& view,
                                 const std::vector<Leftover>& leftovers) {
    std::vector<Blocker> out = view.wrong_clusters;
    add_migrations(view, out);
    add_volume_migrations(view, out);
    add_unseen_owners(view, out);
    add_running_pods(view, leftovers, out);
    return out;
}

Runbook deletion_of(const LeftoversView& view, const std::vector<Leftover>& leftovers,
                    const DeletionOptions& options) {
    Runbook runbook;
    // nothing found on another cluster is not nothing to delete
    runbook.blockers = view.wrong_clusters;
    add_steps(leftovers, options, runbook);
    if (runbook.empty()) return runbook;
    runbook.blockers = blockers_of(view, leftovers);
    if (!runbook.blockers.empty()) runbook.steps.clear();
    return runbook;
}

}  // namespace rollback
