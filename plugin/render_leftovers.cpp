#include "plugin/render_leftovers.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "plugin/render_assessment.hpp"
#include "plugin/render_parts.hpp"
#include "plugin/text_width.hpp"

namespace plugin {
namespace {

using rollback::Leftover;
using rollback::LeftoversReport;
using rollback::Outcome;
using rollback::Removal;
using rollback::Written;

using Leftovers = std::vector<Leftover>;

bool is_in_the_way(const Leftover& leftover) {
    return !leftover.in_the_way.empty();
}

bool has_error(const Written& written) {
    return !written.error.empty();
}

bool is_done(const Written& written) {
    return written.error.empty() && written.left.empty();
}

bool is_request(const Written& written) {
    return written.object.type == mtc::types::delete_backup_requests;
}

// A Backup is deleted when Velero has done it, not when it was asked.
std::string deleted(const LeftoversReport& report) {
    const auto count = [&](bool requests) {
        return static_cast<std::size_t>(std::ranges::count_if(
            report.written,
            [&](const Written& each) { return is_done(each) && is_request(each) == requests; }));
    };
    const std::size_t asked = count(true);
    return "Deleted " + base::count(count(false), "leftover") +
           (asked == 0 ? "" : ", asked Velero to delete " + base::count(asked, "backup"));
}

std::string how(Removal removal) {
    switch (removal) {
        case Removal::Delete:
            return "--delete";
        case Removal::ByController:
            return "--delete, by the controller";
        case Removal::BackupRequest:
            return "--include-backups, by Velero";
        case Removal::OnRequest:
            return "--include-backups";
        case Removal::None:
            return "not";
    }
    return {};
}

std::vector<Cell> cells(const Leftover& each, base::Time now, bool wide) {
    const bool in_the_way = is_in_the_way(each);
    std::vector<Cell> cells{
        {word(each.side)},
        {each.object.ref.ns.empty() ? "<none>" : each.object.ref.ns},
        {each.object.ref.label()},
        {each.created ? base::human(now - *each.created) : "<none>"},
        {in_the_way ? "in the way" : "harmless", in_the_way ? Tone::Warning : Tone::Plain}};
    if (wide) cells.push_back({how(each.removal)});
    cells.push_back({each.owner});
    return cells;
}

std::string table_of(const Leftovers& leftovers, base::Time now, const RenderContext& context) {
    std::vector<std::string> headers{"CLUSTER", "NAMESPACE", "OBJECT", "AGE", "RETRY"};
    if (context.wide) headers.emplace_back("DELETED");
    headers.emplace_back("OWNER");
    Table table(headers);
    for (const Leftover& each : leftovers) {
        table.row(cells(each, now, context.wide));
        if (is_in_the_way(each)) table.note(each.in_the_way);
        table.remedy(command_of(each.why_not, context.called_as));
    }
    return leftovers.empty() ? "" : "\n" + table.render(context.style);
}

std::string unseen(const LeftoversReport& report, const RenderContext& context) {
    if (report.gaps.empty()) return {};
    return heading("Could not be seen", context) + gap_table(report.gaps).render(context.style);
}

std::string plan_of(const LeftoversReport& report) {
    return "plan " + report.ns + "/" + report.plan;
}

// Headline
// ------------------------------------------------------------------------------------------------

std::string found(const LeftoversReport& report) {
    const std::size_t n = report.leftovers.size();
    const auto in_the_way =
        static_cast<std::size_t>(std::ranges::count_if(report.leftovers, is_in_the_way));
    const std::string seen = report.gaps.empty() ? "" : "; not everything could be seen";
    if (n == 0) return "No leftovers of " + plan_of(report) + " were found" + seen;
    return base::count(n, "leftover") + " of " + plan_of(report) + ", " +
           (in_the_way == 0 ? "none" : std::to_string(in_the_way)) +
           " in the way of another attempt" + seen;
}

std::string headline(const LeftoversReport& report) {
    const std::string done = deleted(report);
    switch (report.outcome) {
        case Outcome::Succeeded:
            return report.written.empty() ? found(report) : done + " of " + plan_of(report);
        case Outcome::NotVerified:
            return report.written.empty() ? found(report)
                                          : done + ". Left or unseen: " + found(report);
        case Outcome::NothingToDo:
            return "There is nothing to delete of " + plan_of(report);
        case Outcome::TimedOut:
            return done + "; some of them are not gone yet";
        case Outcome::Detached:
            return "Interrupted: " + (report.written.empty() ? "nothing was changed" : done);
        case Outcome::Declined:
            return "Declined: nothing was changed";
        case Outcome::Refused:
            return "Refused: nothing was changed";
        case Outcome::DryRun:
            return "Dry run: nothing was changed";
        case Outcome::Error:
        case Outcome::Failed:
            return done + "; not all could be deleted";
    }
    return {};
}

Tone tone_of_report(const LeftoversReport& report) {
    switch (report.outcome) {
        case Outcome::Succeeded:
            return Tone::Good;
        case Outcome::NotVerified:
        case Outcome::TimedOut:
        case Outcome::Detached:
            return Tone::Warning;
        case Outcome::Error:
        case Outcome::Failed:
        case Outcome::Refused:
            return Tone::Bad;
        case Outcome::NothingToDo:
        case Outcome::Declined:
        case Outcome::DryRun:
            return Tone::Bold;
    }
    return Tone::Bold;
}

// Below the table
// ------------------------------------------------------------------------------------------------

std::string unwritten(const LeftoversReport& report, const RenderContext& context) {
    std::string out;
    for (const Written& each : report.written) {
        if (has_error(each))
            out += marked(failure_mark(context.style), each.object.path() + ": " + each.error,
                          context.style);
        if (!each.left.empty())
            out += marked(warning_mark(), each.object.path() + ": " + each.left, context.style);
    }
    return out.empty() ? out : "\n" + out;
}

bool can_delete(const LeftoversReport& report, bool backups) {
    return std::ranges::any_of(report.leftovers, [&](const Leftover& each) {
        const bool on_request =
            each.removal == Removal::BackupRequest || each.removal == Removal::OnRequest;
        return each.removal != Removal::None && on_request == backups;
    });
}

std::string next(const LeftoversReport& report, const RenderContext& context) {
    const bool elsewhere = report.ns != mtc::openshift_migration;
    const std::string again = context.called_as + " leftovers " + report.plan +
                              (elsewhere ? " -n " + report.ns : "") + " --delete";
    const bool plain = can_delete(report, false);
    const bool backups = can_delete(report, true);
    std::string out;
    if (plain) out += remedy_line("To delete them: " + again, context.style, 0);
    const bool asked = std::ranges::any_of(
        report.written, [](const Written& each) { return is_done(each) && is_request(each); });
    if (backups && asked)
        out += remedy_line("Velero deletes the backups in its own time. To look again: " +
                               context.called_as + " leftovers " + report.plan,
                           context.style, 0);
    else if (backups)
        out +=
            remedy_line("With Velero's backups: " + again + " --include-backups", context.style, 0);
    return out.empty() ? out : "\n" + out;
}

Leftovers wanted(const LeftoversReport& report, bool deleted) {
    std::set<std::string> uids;
    for (const rollback::Step& step : report.runbook->steps) {
        if (const auto* remove = std::get_if<rollback::Delete>(&step.action))
            uids.insert(remove->seen.uid);
        if (const auto* create = std::get_if<rollback::Create>(&step.action))
            uids.insert(
                base::text_or_empty(create->manifest, "/metadata/labels/velero.io~1backup-uid"));
    }
    Leftovers out;
    std::ranges::copy_if(report.leftovers, std::back_inserter(out), [&](const Leftover& each) {
        return uids.contains(each.object.uid) == deleted;
    });
    return out;
}

std::string part(const std::string& title, const Leftovers& leftovers, base::Time now,
                 const RenderContext& context) {
    if (leftovers.empty()) return {};
    return heading(title + ": " + base::count(leftovers.size(), "object"), context) +
           table_of(leftovers, now, context).substr(1);
}

}  // namespace

std::string word(Removal removal) {
    switch (removal) {
        case Removal::Delete:
            return "Delete";
        case Removal::ByController:
            return "ByController";
        case Removal::BackupRequest:
            return "BackupRequest";
        case Removal::OnRequest:
            return "OnRequest";
        case Removal::None:
            return "None";
    }
    return {};
}

std::string render_deletion_preview(const LeftoversReport& report, const RenderContext& context) {
    return context.style.paint(Tone::Bold, one_line("Leftovers of " + plan_of(report))) + "\n\n" +
           cluster_table(report.control, report.source, report.target).render(context.style) +
           part("To be deleted", wanted(report, true), report.seen_at, context) +
           part("Left as it is", wanted(report, false), report.seen_at, context) +
           unseen(report, context);
}

std::string render_leftovers(const LeftoversReport& report, const RenderContext& context) {
    return context.style.paint(tone_of_report(report), one_line(headline(report))) + "\n" +
           table_of(report.leftovers, report.seen_at, context) + unwritten(report, context) +
           unseen(report, context) + next(report, context);
}

std::string render_leftover_names(const LeftoversReport& report) {
    std::string names;
    for (const Leftover& each : report.leftovers) names += resource_name(each.object.ref) + "\n";
    return names;
}

}  // namespace plugin
