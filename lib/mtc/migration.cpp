#include "mtc/migration.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

#include "mtc/names.hpp"
#include "mtc/plan.hpp"

namespace mtc {
namespace {

using base::Json;
using base::text_or_empty;

bool flag(const Json& body, const char* pointer) {
    return base::bool_at(body, pointer).value_or(false);
}

// The controller's own precedence (mm/task.go, itinerary choice): rollback before stage.
MigrationKind kind_of(const Json& body) {
    if (flag(body, "/spec/rollback")) return MigrationKind::Rollback;
    if (flag(body, "/spec/migrateState")) return MigrationKind::State;
    return flag(body, "/spec/stage") ? MigrationKind::Stage : MigrationKind::Cutover;
}

PipelineStep step_of(const Json& item) {
    return {.name = text_or_empty(item, "/name"),
            .phase = text_or_empty(item, "/phase"),
            .message = text_or_empty(item, "/message"),
            .progress = base::texts_at(item, "/progress"),
            .failed = flag(item, "/failed"),
            .skipped = flag(item, "/skipped"),
            .started = base::parse_rfc3339(text_or_empty(item, "/started")),
            .completed = base::parse_rfc3339(text_or_empty(item, "/completed"))};
}

int number_after(std::string_view text, std::string_view before) {
    const auto at = text.find(before);
    if (at == std::string_view::npos) return 0;
    text.remove_prefix(at + before.size());
    while (text.starts_with(' ')) text.remove_prefix(1);
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::max(value, 0);
}

// "Step: 13/15" (mm/migrate.go)
Running running_of(const Migration& migration, const Condition& running) {
    return {.phase = migration.phase.empty() ? running.reason : migration.phase,
            .step = number_after(running.message, "Step:"),
            .total = number_after(running.message, "/")};
}

Failed failed_of(const Migration& migration) {
    const Condition* failed = find(migration.conditions, "Failed");
    return {.phase = failed == nullptr ? std::string() : failed->reason,
            .errors = migration.errors};
}

bool has_step(const Migration& migration, std::string_view name) {
    return std::ranges::count(migration.pipeline, name, &PipelineStep::name) > 0;
}

// Every itinerary but those that take something back begins with Prepare; only a cutover restores.
// For one look the old itinerary may still stand there.
std::optional<MigrationKind> turned_from(const Migration& migration) {
    if (migration.kind != MigrationKind::Rollback) return {};
    const std::string& itinerary = migration.itinerary;
    if (has_step(migration, "Restore") || itinerary == "Final") return MigrationKind::Cutover;
    if (has_step(migration, "Prepare") || itinerary == "Stage")
        return migration.quiesce ? MigrationKind::State : MigrationKind::Stage;
    return {};
}

Conditions warnings_of(const Conditions& conditions) {
    Conditions out;
    std::ranges::copy_if(conditions, std::back_inserter(out), &Condition::warns);
    return out;
}

// mm/migrate.go sets Succeeded whenever nothing failed, so a canceled migration carries it too; a
// jump over the Canceled phase leaves only Canceling behind.
MigrationState ended(const Migration& migration) {
    const Conditions& conditions = migration.conditions;
    if (has(conditions, "Canceled") || has(conditions, "Canceling")) return Canceled{};
    if (has(conditions, "Failed") || !migration.errors.empty()) return failed_of(migration);
    if (has(conditions, "SucceededWithWarnings"))
        return SucceededWithWarnings{warnings_of(conditions)};
    if (has(conditions, "Succeeded")) return Succeeded{};
    // Completed without any verdict: never reported as success
    return Failed{.phase = {}, .errors = {"the controller recorded no outcome"}};
}

}  // namespace

MigrationState Migration::state() const {
    if (finished()) return ended(*this);
    // the phase Canceled, one before Completed, has turned Canceling into Canceled
    if (has(conditions, "Canceling") || has(conditions, "Canceled")) return Canceling{};
    // It passes through its last phases before it is Completed, and where something blocks it, it
    // never does (mm/migmigration_controller.go): failed it has all the same.
    if (has(conditions, "Failed") || !errors.empty()) {
        Failed failed = failed_of(*this);
        failed.held_by = blocking(conditions);
        return failed;
    }
    if (Conditions by = blocking(conditions); !by.empty()) return Blocked{std::move(by)};
    if (const Condition* running = find(conditions, "Running")) return running_of(*this, *running);
    if (!phase.empty()) return Running{.phase = phase};
    return Pending{};
}

Migration decode_migration(const base::Object& object) {
    const Json& body = object.body;
    Migration migration{
        .ns = object.ref.ns,
        .name = object.ref.name,
        .uid = object.uid,
        .plan = text_or_empty(body, "/spec/migPlanRef/name"),
        .kind = kind_of(body),
        .quiesce = flag(body, "/spec/quiescePods"),
        .canceled = flag(body, "/spec/canceled"),
        .itinerary = text_or_empty(body, "/status/itinerary"),
        .phase = text_or_empty(body, "/status/phase"),
        .errors = base::texts_at(body, "/status/errors"),
        .pipeline = {},
        .conditions = decode_conditions(body),
        .created = base::parse_rfc3339(text_or_empty(body, "/metadata/creationTimestamp")),
        .started = base::parse_rfc3339(text_or_empty(body, "/status/startTimestamp"))};
    for (const Json& item : base::items_at(body, "/status/pipeline")) {
        migration.pipeline.push_back(step_of(item));
    }
    migration.turned_from = turned_from(migration);
    return migration;
}

bool is_terminal(const MigrationState& state) {
    struct Visitor {
        bool operator()(const Pending&) const { return false; }
        bool operator()(const Blocked&) const { return false; }
        bool operator()(const Running&) const { return false; }
        bool operator()(const Canceling&) const { return false; }
        bool operator()(const Canceled&) const { return true; }
        bool operator()(const Failed&) const { return true; }
        bool operator()(const SucceededWithWarnings&) const { return true; }
        bool operator()(const Succeeded&) const { return true; }
    };
    return std::visit(Visitor{}, state);
}

bool went_through(const MigrationState& state) {
    return std::holds_alternative<Succeeded>(state) ||
           std::holds_alternative<SucceededWithWarnings>(state);
}

std::string word(const MigrationState& state) {
    struct Visitor {
        std::string operator()(const Pending&) const { return "pending"; }
        std::string operator()(const Blocked&) const { return "blocked"; }
        std::string operator()(const Running&) const { return "running"; }
        std::string operator()(const Canceling&) const { return "canceling"; }
        std::string operator()(const Canceled&) const { return "canceled"; }
        std::string operator()(const Failed&) const { return "failed"; }
        std::string operator()(const SucceededWithWarnings&) const {
            return "succeeded with warnings";
        }
        std::string operator()(const Succeeded&) const { return "succeeded"; }
    };
    return std::visit(Visitor{}, state);
}

std::string word(MigrationKind kind) {
    switch (kind) {
        case MigrationKind::Cutover:
            return "cutover";
        case MigrationKind::Stage:
            return "stage";
        case MigrationKind::State:
            return "state migration";
        case MigrationKind::Rollback:
            return "rollback";
    }
    return {};
}

std::vector<Migration> in_queue_order(std::vector<Migration> migrations) {
    const auto place = [](const Migration& m) {
        return std::tuple(m.kind != MigrationKind::Stage, m.created.value_or(base::Time::max()),
                          m.name);
    };
    std::ranges::sort(migrations, {}, place);
    return migrations;
}

std::vector<Migration> ahead_of_a_rollback(const std::vector<Migration>& migrations) {
    std::vector<Migration> ahead;
    std::ranges::copy_if(in_queue_order(migrations), std::back_inserter(ahead),
                         [](const Migration& m) { return !m.finished(); });
    return ahead;
}

Json rollback_manifest(const Plan& plan, const std::string& name) {
    return {{"apiVersion", std::string(group) + "/" + version},
            {"kind", "MigMigration"},
            {"metadata",
             {{"name", name},
              {"namespace", plan.ns},
              {"labels", {{"controller-tools.k8s.io", "1.0"}}}}},
            {"spec",
             {{"migPlanRef", {{"name", plan.name}, {"namespace", plan.ns}}},
              {"stage", false},
              {"rollback", true},
              {"quiescePods", false}}}};
}

}  // namespace mtc
