#include "sandbox/mtc_rules.hpp"

#include <algorithm>
#include <tuple>

namespace sandbox {
namespace {

bool has_condition(const Json& body, std::string_view type) {
    return std::ranges::any_of(base::items_at(body, "/status/conditions"), [&](const Json& c) {
        return base::text_or_empty(c, "/type") == type;
    });
}

bool has_condition(const Object& object, std::string_view type) {
    return has_condition(object.body, type);
}

std::string plan_of(const Object& migration) {
    return base::text_or_empty(migration.body, "/spec/migPlanRef/name");
}

std::string subject_of(const Object& migration) {
    return base::text_or_empty(migration.body, "/spec/migPlanRef/namespace") + "/" +
           plan_of(migration);
}

bool is_final(const Object& migration) {
    return !is_flagged(migration, "stage") && !is_flagged(migration, "rollback") &&
           !is_flagged(migration, "migrateState");
}

// All of a plan, the newest first. Names decide where the server's seconds are equal.
std::vector<const Object*> newest_first(const Objects& migrations, const std::string& plan) {
    std::vector<const Object*> out;
    for (const Object& migration : migrations) {
        if (plan_of(migration) == plan) out.push_back(&migration);
    }
    std::ranges::sort(out, std::greater{}, [](const Object* m) {
        return std::tuple(base::text_or_empty(m->body, "/metadata/creationTimestamp"), m->ref.name);
    });
    return out;
}

// A canceled cutover succeeded too, as far as this is concerned.
bool is_suspended(const Objects& migrations, const std::string& plan) {
    for (const Object* migration : newest_first(migrations, plan)) {
        if (has_condition(*migration, "Running")) return true;
        if (!has_condition(*migration, "Succeeded")) continue;
        if (is_flagged(*migration, "rollback")) return false;
        if (!is_flagged(*migration, "stage")) return true;
    }
    return false;
}

// Such a plan may be used for migrations of every type again.
bool was_rolled_back(const Objects& migrations, const std::string& plan) {
    const auto all = newest_first(migrations, plan);
    return !all.empty() && is_flagged(*all.front(), "rollback") &&
           has_condition(*all.front(), "Succeeded");
}

// Where the application is, as the plan's other cutovers and rollbacks say: a stage migration may
// not follow a cutover that began, any other not one that succeeded.
bool has_final_migration(const Object& migration, const Objects& migrations) {
    const bool stage = is_flagged(migration, "stage");
    for (const Object* other : newest_first(migrations, plan_of(migration))) {
        const bool counts = other->uid != migration.uid && !is_flagged(*other, "stage") &&
                            !is_flagged(*other, "migrateState") && !is_flagged(*other, "canceled");
        if (!counts) continue;
        const bool succeeded = has_condition(*other, "Succeeded");
        if (succeeded && is_flagged(*other, "rollback")) return false;
        if (succeeded) return true;
        if (stage && (has_condition(*other, "Running") || has_condition(*other, "Failed")))
            return true;
    }
    return false;
}

struct VolumeChoice {
    bool any = false;
    bool any_copied = false;     // from file system to file system, or block by block
    bool any_by_backup = false;  // moved, or copied by a snapshot
};

VolumeChoice chosen_volumes(const Object& plan) {
    VolumeChoice out;
    for (const Json& volume : base::items_at(plan.body, "/spec/persistentVolumes")) {
        const std::string action = base::text_or_empty(volume, "/selection/action");
        const bool snapshot = base::text_or_empty(volume, "/selection/copyMethod") == "snapshot";
        if (action == "skip") continue;
        out.any = true;
        out.any_copied = out.any_copied || (action == "copy" && !snapshot);
        out.any_by_backup = out.any_by_backup || action == "move" || snapshot;
    }
    return out;
}

bool maps_a_namespace(const Object& plan) {
    return std::ranges::any_of(base::texts_at(plan.body, "/spec/namespaces"),
                               [](const std::string& mapping) {
                                   const auto colon = mapping.find(':');
                                   return colon != std::string::npos &&
                                          mapping.substr(0, colon) != mapping.substr(colon + 1);
                               });
}

void validate_plan(const Object& migration, const Object* plan, ConditionList& conditions) {
    if (plan == nullptr) {
        conditions.set({.type = "InvalidPlanRef",
                        .category = "Critical",
                        .message = "The `migPlanRef` must reference a valid `migplan`, subject: " +
                                   subject_of(migration) + ".",
                        .reason = "NotFound"});
        return;
    }
    if (!has_condition(*plan, "Ready"))
        conditions.set({.type = "PlanNotReady",
                        .category = "Critical",
                        .message = "The referenced `migPlanRef` does not have a `Ready` "
                                   "condition, subject: " +
                                   subject_of(migration) + "."});
    if (is_flagged(*plan, "closed"))
        conditions.set({.type = "PlanClosed",
                        .category = "Critical",
                        .message = "The associated migration plan is closed, subject: " +
                                   subject_of(migration) + "."});
}

void validate_spec(const Object& migration, ConditionList& conditions) {
    const int kinds = int{is_flagged(migration, "stage")} +
                      int{is_flagged(migration, "migrateState")} +
                      int{is_flagged(migration, "rollback")};
    if (kinds < 2) return;
    conditions.set({.type = "InvalidSpec",
                    .category = "Critical",
                    .message = "Only one of the stage/migrateState/rollback options can be set at "
                               "a time",
                    .reason = "NotSupported"});
}

void postpone(const Object& migration, const Objects& migrations, ConditionList& conditions) {
    int place = 0;
    for (const Object* other : turns_of(migrations, plan_of(migration))) {
        if (other->uid == migration.uid) break;
        if (!is_completed(*other)) ++place;
    }
    if (place == 0 || conditions.blocked()) return;
    conditions.set({.type = "Postponed",
                    .category = "Critical",
                    .message = "Postponed " + std::to_string(10 * place) +
                               " seconds to ensure migrations run serially and in order."});
}

}  // namespace

StatusCondition storage_ensured() {
    return {.type = "StorageEnsured",
            .category = "Required",
            .message = "The storage resources have been created.",
            .reason = "Done"};
}

bool is_flagged(const Object& migration, const char* field) {
    return base::bool_at(migration.body, std::string("/spec/") + field).value_or(false);
}

bool is_completed(const Object& migration) {
    return base::text_or_empty(migration.body, "/status/phase") == "Completed";
}

std::vector<const Object*> turns_of(const Objects& migrations, const std::string& plan) {
    std::vector<const Object*> turns;
    for (const Object& migration : migrations) {
        if (plan_of(migration) == plan) turns.push_back(&migration);
    }
    std::ranges::sort(turns, {}, [](const Object* m) {
        return std::tuple(!is_flagged(*m, "stage"),
                          base::text_or_empty(m->body, "/metadata/creationTimestamp"), m->ref.name);
    });
    return turns;
}

void validate(const Object& migration, const Object* plan, const Objects& migrations,
              ConditionList& conditions) {
    validate_plan(migration, plan, conditions);
    validate_spec(migration, conditions);
    if (!is_flagged(migration, "rollback") && has_final_migration(migration, migrations))
        conditions.set(
            {.type = "HasFinalMigration",
             .category = "Critical",
             .message = "The associated MigPlan already has a final migration, subject: " +
                        subject_of(migration) + "."});
    postpone(migration, migrations, conditions);
}

Needs needs_of(const Object& migration, const Object& plan, const ConditionList& conditions) {
    const bool indirect = is_flagged(plan, "indirectVolumeMigration");
    const bool within_cluster = base::text_or_empty(plan.body, "/spec/srcMigClusterRef/name") ==
                                base::text_or_empty(plan.body, "/spec/destMigClusterRef/name");
    const bool state = is_flagged(migration, "migrateState");
    const VolumeChoice volumes = chosen_volumes(plan);
    const bool converts =
        within_cluster && !maps_a_namespace(plan) && (state || is_flagged(migration, "rollback"));
    return {
        .quiesce = is_flagged(migration, "quiescePods"),
        .verify = is_flagged(migration, "verify"),
        .volumes = volumes.any,
        .direct_volumes = !indirect && volumes.any_copied,
        .indirect_volumes = indirect,
        .direct_images = !is_flagged(plan, "indirectImageMigration") && !state && !within_cluster,
        .stage_backup = !converts && ((volumes.any && indirect) || volumes.any_by_backup),
        .stage_pods = conditions.has("StagePodsCreated"),
        .conversion = converts};
}

const Itinerary& choose_itinerary(const Object& migration, MigrationStatus& status) {
    if (status.failed()) return failed_itinerary();
    if (is_flagged(migration, "canceled") || status.conditions().has("Canceling") ||
        status.conditions().has("Canceled"))
        return cancel_itinerary();
    if (is_flagged(migration, "rollback")) return rollback_itinerary();
    return is_final(migration) ? final_itinerary() : stage_itinerary();
}

Json judged_plan(const Object& plan, const Objects& migrations) {
    const bool closed = is_flagged(plan, "closed");
    if (closed && has_condition(plan, "Closed")) return plan.body;
    ConditionList conditions(base::find(plan.body, "/status/conditions"),
                             ConditionList::Keep::Everything);
    if (conditions.has("Closed")) {
        conditions.drop("Closed");
        conditions.set(storage_ensured());
    }
    if (is_suspended(migrations, plan.ref.name)) {
        conditions.set({.type = "Suspended",
                        .category = "Advisory",
                        .message =
                            "The migrations plan is in suspended state; Limited validation "
                            "enforced; PV discovery and resource reconciliation suspended."});
    } else {
        conditions.drop("Suspended");
    }
    const bool indirect =
        is_flagged(plan, "indirectImageMigration") || is_flagged(plan, "indirectVolumeMigration");
    if (!indirect && was_rolled_back(migrations, plan.ref.name))
        conditions.drop("MigrationTypeIdentified");
    const bool ready = conditions.has("StorageEnsured") && conditions.has("PvsDiscovered") &&
                       !conditions.blocked() && !closed;
    if (ready) {
        conditions.set(
            {.type = "Ready", .category = "Required", .message = "The migration plan is ready."});
    } else {
        conditions.drop("Ready");
    }
    Json judged = plan.body;
    judged["status"]["conditions"] = conditions.json();
    return judged;
}

bool has_to_be_closed(const Object& plan) {
    return is_flagged(plan, "closed") && !has_condition(plan, "Closed");
}

Json closed_plan(const Object& plan) {
    ConditionList conditions(base::find(plan.body, "/status/conditions"),
                             ConditionList::Keep::Everything);
    for (const char* type : {"Ready", "StorageEnsured", "Suspended"}) conditions.drop(type);
    conditions.set(
        {.type = "Closed", .category = "Advisory", .message = "The migration plan is closed."});
    Json closed = plan.body;
    closed["status"]["conditions"] = conditions.json();
    return closed;
}

bool is_resumed(const Object& plan, const Json& judged) {
    return has_condition(plan, "Suspended") && !has_condition(judged, "Suspended");
}

}  // namespace sandbox
