#include "rollback/copy.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/text.hpp"
#include "mtc/names.hpp"

namespace rollback {
namespace {

using mtc::Migration;
using mtc::MigrationKind;
using mtc::VolumeCopy;
using mtc::VolumeMigration;

constexpr std::size_t most_claims = 3;

// What the migration says
// -------------------------------------------------------------------------------------------------

// Warn conditions of a MigMigration that mean that data is missing (mm/task.go, mm/restore.go).
constexpr std::string_view warnings_of_a_copy[] = {
    "DirectVolumeMigrationFailed", "VeleroStageBackupPartiallyFailed",
    "VeleroStageRestorePartiallyFailed", "ResticErrors", "ResticVerifyErrors"};

const mtc::Condition* warning_of_a_copy(const Migration& migration) {
    const auto it = std::ranges::find_if(migration.conditions, [](const mtc::Condition& each) {
        return std::ranges::count(warnings_of_a_copy, each.type) > 0;
    });
    return it == migration.conditions.end() ? nullptr : &*it;
}

const mtc::PipelineStep* copy_step(const Migration& migration) {
    const auto it = std::ranges::find(migration.pipeline, "DirectVolume", &mtc::PipelineStep::name);
    return it == migration.pipeline.end() || it->skipped ? nullptr : &*it;
}

std::string_view text_before(std::string_view text, std::string_view separator) {
    return text.substr(0, text.find(separator));
}

std::string_view text_after(std::string_view text, std::string_view separator) {
    const auto at = text.find(separator);
    return at == std::string_view::npos ? std::string_view() : text.substr(at + separator.size());
}

std::string percentage_in(std::string_view text) {
    const std::string_view head = text_before(text, "%");
    if (head.size() == text.size()) return {};
    return std::string(head.substr(head.find_last_of(' ') + 1)) + "%";
}

// "[data] shop/rsync-nnm7w: Failed - Attempt 2 of 2 86% (1s)" (mm/dvm.go)
std::optional<VolumeCopy> copy_in(const std::string& progress) {
    const std::string_view text = progress;
    if (!text.starts_with('[')) return {};
    const std::string_view where = text_after(text, "] ");
    const std::string_view says = text_after(where, ": ");
    VolumeCopy copy{.ns = std::string(text_before(where, "/")),
                    .claim = std::string(text_before(text.substr(1), "]")),
                    .succeeded = says.starts_with("Completed"),
                    .failed = says.starts_with("Failed"),
                    .reached = percentage_in(says)};
    const std::string_view attempt = text_after(says, "Attempt ");
    std::from_chars(attempt.data(), attempt.data() + attempt.size(), copy.attempts);
    return copy;
}

std::vector<VolumeCopy> copies_in(const Migration& migration) {
    std::vector<VolumeCopy> copies;
    const mtc::PipelineStep* step = copy_step(migration);
    if (step == nullptr) return copies;
    for (const std::string& progress : step->progress) {
        if (auto copy = copy_in(progress)) copies.push_back(std::move(*copy));
    }
    return copies;
}

// What was to be copied
// -------------------------------------------------------------------------------------------------

bool is_copied_directly(const mtc::PlanVolume& volume) {
    return volume.action == "copy" && volume.copy_method != "snapshot";
}

// The pipeline tells it of the migration, the plan only of the next one.
bool copies_directly(const Migration& migration, const mtc::Plan& plan) {
    if (!migration.pipeline.empty()) return copy_step(migration) != nullptr;
    return plan.copies_directly();
}

bool has_all_claims(const std::vector<VolumeCopy>& copies, const mtc::Plan& plan) {
    return std::ranges::all_of(plan.volumes, [&](const mtc::PlanVolume& volume) {
        return !is_copied_directly(volume) ||
               std::ranges::any_of(copies, [&](const VolumeCopy& copy) {
                   return copy.ns == volume.claim_ns && copy.claim == volume.claim;
               });
    });
}

std::vector<VolumeCopy> not_succeeded(std::vector<VolumeCopy> copies) {
    std::erase_if(copies, &VolumeCopy::succeeded);
    return copies;
}

// Judgement
// -------------------------------------------------------------------------------------------------

const VolumeMigration* newest_of(const std::vector<VolumeMigration>& all,
                                 const Migration& migration) {
    const VolumeMigration* newest = nullptr;
    for (const VolumeMigration& each : all) {
        if (each.migration_uid != migration.uid || each.migration_uid.empty() || each.backwards)
            continue;
        if (newest == nullptr || newest->created < each.created) newest = &each;
    }
    return newest;
}

std::string failure_of(const VolumeMigration& dvm, const std::string& migration) {
    std::string why = "DirectVolumeMigration " + dvm.seen.ref.name + " of " + migration + " failed";
    const mtc::Condition* failed = mtc::find(dvm.conditions, "Failed");
    if (failed != nullptr && !failed->reason.empty()) why += " in phase " + failed->reason;
    return dvm.errors.empty() ? why : why + ": " + base::join(dvm.errors, "; ");
}

void judge_by(const VolumeMigration& dvm, CopyOfVolumes& out) {
    out.volume_migration = dvm.seen.ref.name;
    if (dvm.failed()) {
        out.end = CopyEnd::Incomplete;
        out.missing = not_succeeded(dvm.copies);
        out.why = failure_of(dvm, out.migration);
    } else if (dvm.succeeded()) {
        out.end = CopyEnd::Complete;
    } else {
        out.end = CopyEnd::Unknown;
        out.why = "DirectVolumeMigration " + dvm.seen.ref.name + " of " + out.migration +
                  (dvm.finished() ? " recorded no outcome" : " has not ended");
    }
}

// Where the DirectVolumeMigration is not there, the migration's own pipeline may say enough.
void judge_by_pipeline(const Migration& migration, const mtc::Plan& plan, bool seen,
                       CopyOfVolumes& out) {
    const auto copies = copies_in(migration);
    if (std::ranges::any_of(copies, &VolumeCopy::failed)) {
        out.end = CopyEnd::Incomplete;
        out.missing = not_succeeded(copies);
        out.why = "step DirectVolume of " + out.migration + " says so";
    } else if (!copies.empty() && not_succeeded(copies).empty() && has_all_claims(copies, plan)) {
        out.end = CopyEnd::Complete;
    } else {
        out.end = CopyEnd::Unknown;
        out.why = seen ? "the DirectVolumeMigration of " + out.migration + " is gone"
                       : "the DirectVolumeMigration of " + out.migration + " cannot be read";
    }
}

std::string attempts_of(const VolumeCopy& copy) {
    std::vector<std::string> words;
    if (copy.attempts > 0)
        words.push_back(base::count(static_cast<std::size_t>(copy.attempts), "attempt"));
    if (!copy.reached.empty()) words.push_back(copy.reached);
    return base::join(words);
}

}  // namespace

std::string word(CopyEnd end) {
    switch (end) {
        case CopyEnd::None:
            return "None";
        case CopyEnd::Complete:
            return "Complete";
        case CopyEnd::Incomplete:
            return "Incomplete";
        case CopyEnd::Unknown:
            return "Unknown";
    }
    return {};
}

CopyOfVolumes copy_of(const Migration& migration, const mtc::Plan& plan,
                      const std::vector<VolumeMigration>& volume_migrations, bool seen) {
    if (migration.kind == MigrationKind::Rollback || !migration.finished()) return {};
    CopyOfVolumes out{.migration = mtc::word(migration.kind) + " " + migration.name};
    if (const VolumeMigration* dvm = newest_of(volume_migrations, migration))
        judge_by(*dvm, out);
    else if (copies_directly(migration, plan))
        judge_by_pipeline(migration, plan, seen, out);
    const mtc::Condition* warning = warning_of_a_copy(migration);
    // one that did not go all its way does not stand on its copies
    if (warning == nullptr && out.end == CopyEnd::Unknown && !mtc::went_through(migration.state()))
        return {};
    if (warning == nullptr || out.end == CopyEnd::Incomplete) return out;
    out.end = CopyEnd::Incomplete;
    out.why = out.migration + " says so: " + warning->type + ": " + warning->message;
    return out;
}

bool volume_migrations_seen(const std::vector<Gap>& gaps) {
    return std::ranges::none_of(gaps, [](const Gap& gap) {
        return gap.side == Side::Control &&
               gap.resource == mtc::types::volume_migrations.resource();
    });
}

std::string describe_copy(const VolumeCopy& copy) {
    const std::string attempts = attempts_of(copy);
    return "claim " + copy.claim + " in " + copy.ns +
           (attempts.empty() ? "" : " (" + attempts + ")");
}

std::string describe_missing(const CopyOfVolumes& copy) {
    std::vector<std::string> claims;
    for (const VolumeCopy& each : copy.missing) claims.push_back(describe_copy(each));
    return base::first_of(std::move(claims), most_claims);
}

}  // namespace rollback
