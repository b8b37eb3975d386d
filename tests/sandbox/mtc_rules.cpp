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

bool is_final(const Object& migration) {
    return !is_flagged(migration, "stage") && !is_flagged(migration, "rollback") &&
           !is_flagged(migration, "migrateState");
}

// What the ended migrations, oldest first, say about where the application is.
bool is_cut_over(const Objects& migrations, const std::string& plan) {
    bool over = false;
    for (const Object* migration : turns_of(migrations, plan)) {
        if (!has_condition(*migration, "Succeeded") || has_condition(*migration, "Canceled"))
            continue;
        if (is_final(*migration)) over = true;
        if (is_flagged(*migration, "rollback")) over = false;
    }
    return over;
}

void validate_plan(const Object& migration, const Object* plan, ConditionList& conditions) {
    if (plan == nullptr) {
        conditions.set({.type = "InvalidPlanRef",
                        .category = "Critical",
                        .message = "The `migPlanRef` must reference a `migplan`, subject: " +
                                   plan_of(migration) + ".",
                        .reason = "NotFound"});
        return;
    }
    if (!has_condition(*plan, "Ready"))
        conditions.set({.type = "PlanNotReady",
                        .category = "Critical",
                        .message = "The referenced `migPlanRef` does not have a `Ready` "
                                   "condition, subject: " +
                                   plan->ref.ns + "/" + plan->ref.name + "."});
    if (is_flagged(*plan, "closed"))
        conditions.set({.type = "PlanClosed",
                        .category = "Critical",
                        .message = "The associated migration plan is closed."});
}

void validate_spec(const Object& migration, ConditionList& conditions) {
    const int kinds = int{is_flagged(migration, "stage")} +
                      int{is_flagged(migration, "migrateState")} +
                      int{is_flagged(migration, "rollback")};
    if (kinds < 2) return;
    conditions.set({.type = "InvalidSpec",
                    .category = "Critical",
                    .message = "Only one of the stage/migrateState/rollback options can be set at "
                               "a time.",
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
    if (is_final(migration) && is_cut_over(migrations, plan_of(migration)))
        conditions.set({.type = "HasFinalMigration",
                        .category = "Critical",
                        .message = "The associated MigPlan already has a final migration."});
    postpone(migration, migrations, conditions);
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
    ConditionList conditions(base::find(plan.body, "/status/conditions"),
                             ConditionList::Keep::Everything);
    const auto turns = turns_of(migrations, plan.ref.name);
    const bool running =
        std::ranges::any_of(turns, [](const Object* m) { return has_condition(*m, "Running"); });
    if (running || is_cut_over(migrations, plan.ref.name)) {
        conditions.set({.type = "Suspended",
                        .category = "Advisory",
                        .message =
                            "The migration plan is in suspended state; Limited validation "
                            "enforced; PV discovery and resource reconciliation suspended."});
    } else {
        conditions.drop("Suspended");
    }
    const bool rolled_back = !turns.empty() && is_flagged(*turns.back(), "rollback") &&
                             has_condition(*turns.back(), "Succeeded");
    if (rolled_back) conditions.drop("MigrationTypeIdentified");
    const bool ready = conditions.has("StorageEnsured") && conditions.has("PvsDiscovered") &&
                       !conditions.blocked() && !is_flagged(plan, "closed");
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

bool is_resumed(const Object& plan, const Json& judged) {
    return has_condition(plan, "Suspended") && !has_condition(judged, "Suspended");
}

}  // namespace sandbox
