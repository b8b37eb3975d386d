// Who may run, and why not: the controller's validation of a MigMigration, the order in which the
// migrations of a plan take their turns, and what their ends mean for the plan (mm/validation.go,
// mm/migmigration_controller.go, mp/migplan_controller.go). Pure.
#pragma once

#include "sandbox/migration_status.hpp"

namespace sandbox {

using Objects = std::vector<Object>;

/// What a plan has whose storage locations MTC has made.
StatusCondition storage_ensured();

bool is_flagged(const Object& migration, const char* field);
bool is_completed(const Object& migration);

/// The plan's migrations in the order of their turns: stage migrations by age, then all others.
std::vector<const Object*> turns_of(const Objects& migrations, const std::string& plan);

/// Sets the conditions that keep a migration from running. `plan` is nullptr when there is none.
void validate(const Object& migration, const Object* plan, const Objects& migrations,
              ConditionList& conditions);

/// What decides about its phases now.
Needs needs_of(const Object& migration, const Object& plan, const ConditionList& conditions);

/// The itinerary that it has to follow now.
const Itinerary& choose_itinerary(const Object& migration, MigrationStatus& status);

/// The plan with the conditions that follow from its migrations: Suspended, Ready. One that is
/// being closed loses Ready; one that is opened again has its storage again.
Json judged_plan(const Object& plan, const Objects& migrations);
/// It has to be closed: by the spec it is, and the controller has not seen to it.
bool has_to_be_closed(const Object& plan);
/// The plan when what MTC made for it is deleted on all clusters.
Json closed_plan(const Object& plan);
/// That judgement lifts the suspension of the plan.
bool is_resumed(const Object& plan, const Json& judged);

}  // namespace sandbox
