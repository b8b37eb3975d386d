#include "rollback/cancel.hpp"

#include <algorithm>
#include <iterator>

#include "mtc/names.hpp"

namespace rollback {
namespace {

using mtc::Migration;
using mtc::MigrationKind;

ObjectRef ref_of(const Migration& migration) {
    return {.type = mtc::types::migmigrations, .ns = migration.ns, .name = migration.name};
}

Object seen(const Migration& migration) {
    return {.ref = ref_of(migration), .uid = migration.uid, .resource_version = {}, .body = {}};
}

Patch cancel(const Migration& migration) {
    return {
        .side = Side::Control,
        .purpose = Purpose::Cancel,
        .seen = seen(migration),
        .operations = Json::array({{{"op", "add"}, {"path", "/spec/canceled"}, {"value", true}}}),
        .change = "canceled"};
}

bool has_failed(const Migration& migration) {
    return std::holds_alternative<mtc::Failed>(migration.state());
}

std::vector<Step> deletion(const Migration& migration) {
    const Delete step{Side::Control, seen(migration)};
    return {{step, "it is blocked, and while it is the controller does not look at spec.canceled"},
            {AwaitGone{.what = {step}}, "its volume migrations go with it, and clean up first"}};
}

Blocker cancels_a_rollback(const Migration& rollback) {
    return {.id = "cancels-a-rollback",
            .what = rollback.name +
                    " is a rollback: canceled, it leaves the target half deleted, and MTC before "
                    "1.8 leaves the application stopped",
            .remedy = "--cancel-rollback with --yes, or answer the question"};
}

}  // namespace

bool ignores_cancel(const Migration& migration) {
    const mtc::MigrationState state = migration.state();
    const auto* failed = std::get_if<mtc::Failed>(&state);
    return std::holds_alternative<mtc::Blocked>(state) ||
           (failed != nullptr && !failed->held_by.empty());
}

std::vector<Step> steps_to_cancel(const Migration& migration) {
    if (ignores_cancel(migration)) return deletion(migration);
    std::vector<Step> steps;
    if (!migration.canceled && !has_failed(migration))
        steps.push_back({cancel(migration),
                         "the controller ends a migration by its own Cancel "
                         "itinerary when it finds spec.canceled"});
    steps.push_back({AwaitMigration{ref_of(migration)}, "to cancel takes the controller a while"});
    return steps;
}

std::vector<Migration> in_the_way(const std::vector<Migration>& all) {
    std::vector<Migration> migrations = mtc::ahead_of_a_rollback(all);
    std::erase_if(migrations, [](const Migration& m) {
        return m.kind == MigrationKind::Rollback && !has_failed(m);
    });
    std::ranges::reverse(migrations);
    return migrations;
}

std::optional<Migration> first_in_queue(const std::vector<Migration>& all) {
    auto ahead = mtc::ahead_of_a_rollback(all);
    return ahead.empty() ? std::nullopt : std::optional(std::move(ahead.front()));
}

Runbook cancellation(const std::vector<Migration>& all, bool even_rollback) {
    Runbook runbook;
    const auto first = first_in_queue(all);
    if (!first) return runbook;
    runbook.steps = steps_to_cancel(*first);
    if (first->kind == MigrationKind::Rollback && !has_failed(*first) && !even_rollback)
        runbook.blockers.push_back(cancels_a_rollback(*first));
    return runbook;
}

std::optional<Patch> cancel_anew(const Object& now) {
    const Migration migration = mtc::decode_migration(now);
    if (migration.finished() || migration.canceled) return std::nullopt;
    return cancel(migration);
}

}  // namespace rollback
