#include "plugin/render_status.hpp"

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "plugin/render_json.hpp"
#include "plugin/render_parts.hpp"
#include "plugin/view_words.hpp"

namespace plugin {
namespace {

using base::Json;
using mtc::PipelineStep;
using rollback::MigrationStatus;
using rollback::StatusReport;

// Text
// ------------------------------------------------------------------------------------------------

std::string plan_line(const StatusReport& report, const RenderContext& context) {
    const std::string plan = "Plan " + report.ns + "/" + report.plan + ": ";
    if (report.closed) return marked(failure_mark(context.style), plan + "closed", context.style);
    if (report.blocked_by.empty()) return base::printable(plan) + "nothing blocks it\n";
    return marked(failure_mark(context.style), plan + "not Ready: " + in_words(report.blocked_by),
                  context.style);
}

Cell state_cell(const MigrationStatus& status) {
    const mtc::MigrationState state = status.migration.state();
    if (status.copy.end == rollback::CopyEnd::Incomplete && mtc::went_through(state))
        return {mtc::word(state) + ", copy not complete", Tone::Bad};
    if (const auto* running = std::get_if<mtc::Running>(&state); running && running->step > 0)
        return {"running, phase " + std::to_string(running->step) + " of " +
                    std::to_string(running->total),
                Tone::Active};
    const bool bad =
        std::holds_alternative<mtc::Failed>(state) || std::holds_alternative<mtc::Blocked>(state);
    const bool good = std::holds_alternative<mtc::Succeeded>(state);
    return {mtc::word(state), bad ? Tone::Bad : good ? Tone::Good : Tone::Plain};
}

std::string time_or_none(const std::optional<base::Time>& time) {
    return time ? base::rfc3339(*time) : "<none>";
}

std::string took(const MigrationStatus& status, base::Time now) {
    const auto length = rollback::duration(status, now);
    return length ? base::human(*length) : "<unknown>";
}

std::string kind_of(const mtc::Migration& migration) {
    const std::string kind = mtc::word(migration.kind);
    return migration.turned_from ? kind + ", began as a " + mtc::word(*migration.turned_from)
                                 : kind;
}

void add_copy(const rollback::CopyOfVolumes& copy, Table& table) {
    if (copy.end == rollback::CopyEnd::Unknown)
        table.note("not known whether the volumes were copied: " + copy.why);
    if (copy.end != rollback::CopyEnd::Incomplete) return;
    if (!copy.missing.empty()) table.note("not copied: " + describe_missing(copy));
    table.note(copy.why);
}

void add(const MigrationStatus& status, base::Time now, Table& table) {
    const mtc::Migration& migration = status.migration;
    table.row({{migration.name},
               {kind_of(migration)},
               state_cell(status),
               {time_or_none(migration.started)},
               {took(status, now)}});
    add_copy(status.copy, table);
    for (const std::string& error : migration.errors) table.note(error);
    for (const mtc::Condition& condition : migration.conditions) {
        if (condition.warns()) table.note("warning: " + condition.type + ": " + condition.message);
    }
    for (const std::string& why : status.waits_for) table.note(why);
}

std::string step_state(const PipelineStep& step) {
    if (step.failed) return "failed";
    if (step.skipped) return "skipped";
    if (step.completed) return "done";
    return step.started ? "running" : "waiting";
}

std::string step_took(const PipelineStep& step, base::Time now) {
    if (!step.started) return "<none>";
    return base::human(step.completed.value_or(now) - *step.started);
}

std::string step_says(const PipelineStep& step) {
    if (!step.progress.empty()) return step.progress.back();
    const bool runs = step.started && !step.completed;
    return runs && !step.phase.empty() ? phase_in_words(step.phase) : "";
}

std::string steps(const mtc::Migration& migration, base::Time now, const RenderContext& context) {
    Table table({"STEP", "STATE", "TOOK", "MESSAGE"});
    for (const PipelineStep& step : migration.pipeline)
        table.row({{step_in_words(step.name)},
                   {step_state(step)},
                   {step_took(step, now)},
                   {step_says(step)}});
    return heading(mtc::word(migration.kind) + " " + migration.name, context) +
           table.render(context.style);
}

std::string running_steps(const StatusReport& report, const RenderContext& context) {
    std::string out;
    for (const MigrationStatus& each : report.migrations) {
        if (!each.migration.finished() && !each.migration.pipeline.empty())
            out += steps(each.migration, report.seen_at, context);
    }
    return out;
}

// Document
// ------------------------------------------------------------------------------------------------

Json of(const MigrationStatus& status, base::Time now) {
    Json record = to_json(status.migration);
    record["kind"] = mtc::word(status.migration.kind);
    record["created"] = time_or_null(status.migration.created);
    record["ended"] = time_or_null(status.ended);
    const auto length = rollback::duration(status, now);
    record["durationSeconds"] = length ? Json(length->count()) : Json();
    record["copy"] = record_of(status.copy);
    record["waitsFor"] = records(status.waits_for);
    return record;
}

}  // namespace

std::string render_status(const StatusReport& report, const RenderContext& context) {
    const std::string out = plan_line(report, context);
    if (report.migrations.empty()) return out + "No migration of it was ever started.\n";
    Table table({"NAME", "KIND", "STATE", "STARTED", "TOOK"});
    for (const MigrationStatus& each : report.migrations) add(each, report.seen_at, table);
    return out + "\n" + table.render(context.style) + running_steps(report, context);
}

std::string render_status_names(const StatusReport& report) {
    std::string names;
    for (const MigrationStatus& each : report.migrations) {
        if (each.migration.finished()) continue;
        names += resource_name({mtc::types::migmigrations, report.ns, each.migration.name}) + "\n";
    }
    return names;
}

Json to_json(const StatusReport& report) {
    return {{"apiVersion", "mtc-rollback/v1"},
            {"kind", "Status"},
            {"exitCode", report.exit_code},
            {"namespace", report.ns},
            {"plan", report.plan},
            {"planUID", report.plan_uid},
            {"control", record_of(report.control)},
            {"closed", report.closed},
            {"blockedBy", list(report.blocked_by)},
            {"migrations",
             list(report.migrations, [&](const auto& each) { return of(each, report.seen_at); })},
            {"candidates", records(report.candidates)},
            {"seenAt", base::rfc3339(report.seen_at)},
            {"error", report.error},
            {"hint", report.hint}};
}

}  // namespace plugin
