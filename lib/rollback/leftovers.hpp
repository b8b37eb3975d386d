// What a migration left behind on source, target and the control cluster: whose it is, whether it
// stands in the way of another attempt, how it is deleted. To add a kind: a row in
// leftover_kinds(). Everything is found by label, so that the names of all MTC versions are met.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mtc/migration.hpp"
#include "mtc/volume_migration.hpp"
#include "rollback/report.hpp"

namespace rollback {

/// Where objects of a kind are.
enum class Whereabouts {
    PlanNamespaces,  // the plan's, on source and target, and those that it has listed before
    HookNamespaces,  // these and those in which the plan's hooks run
    MtcNamespace,    // MTC's own
    NoNamespace,     // cluster-scoped
};

enum class Removal {
    Delete,        // by itself
    ByController,  // with its DirectVolumeMigration, whose finalizer has MTC's controller delete it
    BackupRequest,  // a DeleteBackupRequest has Velero delete it, with its data; on request
    OnRequest,      // by itself, with the backups
    None,           // not by this program
};

/// A row of the table.
struct LeftoverKind {
    std::string id;  // stable: "rsync-pod"
    base::ResourceType type;
    Whereabouts where;
    std::vector<Side> sides;
    std::string selector;  // "{plan}" stands for the plan's UID
    Removal removal;
    std::string meaning;        // what it is, and why it is harmless where it is
    bool only_metadata = true;  // false: its status is read, too
    bool is_mark = false;       // a label or annotations on an object of the application's
    std::vector<const char*> annotations = {};  // one of which it must have; labels select no more
};
/// In the order in which the controller deletes (dvm/rsync.go).
const std::vector<LeftoverKind>& leftover_kinds();
/// True when the object has one of the annotations that the kind is about, or it is about none.
bool has_marks_of(const LeftoverKind& kind, const Object& object);
/// With the plan's UID in it.
std::string selector_of(const LeftoverKind& kind, const mtc::Plan& plan);

struct FoundLeftover {
    Side side;
    const LeftoverKind* kind;
    Object object;
};

/// Everything that was seen.
struct LeftoversView {
    mtc::Plan plan;
    /// Which its volume migrations name, and the plan does not list any more; on either side.
    std::vector<std::string> former_namespaces = {};
    // Of all plans in the plan's namespace, read after all the rest: what has no owner here had
    // none.
    std::map<std::string, std::string> plans = {};  // names by UID
    std::vector<mtc::Migration> migrations = {};
    std::vector<mtc::VolumeMigration> volume_migrations = {};
    bool owners_seen = true;      // these three could be read
    bool control_absent = false;  // there is no control cluster for us
    // What they are, and how they are reached; none of their objects.
    ClusterView control = {};
    ClusterView source = {};
    ClusterView target = {};
    std::vector<Blocker> wrong_clusters = {};  // a side is evidently not the plan's
    std::vector<FoundLeftover> found = {};
    std::vector<Gap> gaps = {};
    base::Time seen_at = {};
};

struct Leftover {
    Side side;
    const LeftoverKind* kind;
    Object object;                           // without what it holds
    std::optional<base::Time> created = {};  // of a mark nobody knows
    std::string owner = {};                  // "MigMigration cutover-1"
    std::string in_the_way = {};             // of another attempt, and why; empty: harmless
    Removal removal = Removal::None;
    std::string why_not = {};               // for None, and the way to be rid of it
    std::string volume_migration_uid = {};  // of the one that made it, while that exists
};

const ClusterView& view_of(const LeftoversView& view, Side side);

/// The plan's namespaces on the source, then those on the target.
std::vector<std::string> namespaces_of_both(const mtc::Plan& plan);

/// Of this plan, each once, by side, namespace and kind.
std::vector<Leftover> leftovers_of(const LeftoversView& view);

struct DeletionOptions {
    bool backups = false;  // Velero's Backups and Restores, too
};

/// What is to be deleted, in the controller's order. Empty when there is nothing to delete; no
/// steps when something blocks.
Runbook deletion_of(const LeftoversView& view, const std::vector<Leftover>& leftovers,
                    const DeletionOptions& options);

/// What must not be deleted under: migrations of the plan and volume migrations of its namespaces
/// that run, or that nobody could see.
std::vector<Blocker> blockers_of(const LeftoversView& view, const std::vector<Leftover>& leftovers);

/// True when nothing was left unseen and nothing of it stands in the way of another attempt.
bool all_is_well(const std::vector<Leftover>& leftovers, const std::vector<Gap>& gaps);

/// A look at the leftovers, and their deletion where that was asked for: one value that every
/// output is rendered from.
struct LeftoversReport {
    Outcome outcome = Outcome::Error;
    std::string ns;
    std::string plan;
    std::string plan_uid = {};
    ClusterName control = {};
    ClusterName source = {};
    ClusterName target = {};
    std::vector<Leftover> leftovers = {};  // as last seen
    std::vector<Gap> gaps = {};
    std::optional<Runbook> runbook = {};  // of --delete
    std::vector<Written> written = {};
    std::vector<std::string> candidates = {};  // of plans, where none was named
    base::Time seen_at = {};
    std::string error = {};
    std::string hint = {};
    int exit_code = 0;
};

}  // namespace rollback
