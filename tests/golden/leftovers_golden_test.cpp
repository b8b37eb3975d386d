// What a person sees of leftovers.
#include <doctest/doctest.h>

#include "fixture.hpp"
#include "golden.hpp"
#include "mtc/names.hpp"
#include "plugin/render_leftovers.hpp"
#include "plugin/view_plain.hpp"

namespace leftovers_golden_test {

namespace {

using namespace fixture;
using rollback::Leftover;
using rollback::Outcome;
using rollback::Removal;
using rollback::Side;

const rollback::LeftoverKind& kind(const std::string& id) {
    return *std::ranges::find(rollback::leftover_kinds(), id, &rollback::LeftoverKind::id);
}

Leftover leftover(Side side, const std::string& id, const std::string& ns, const std::string& name,
                  int age = 2400) {
    const auto& row = kind(id);
    return {.side = side,
            .kind = &row,
            .object = {.ref = {row.type, ns, name},
                       .uid = "uid-of-" + name,
                       .resource_version = "7",
                       .body = {}},
            .created = noon(-age),
            .owner = "DirectVolumeMigration cutover-1-zz8l2",
            .removal = row.removal};
}

std::vector<Leftover> leftovers() {
    auto running = leftover(Side::Source, "rsync-pod", "shop", "rsync-x2v4q");
    running.in_the_way = "it has not ended, and holds the volumes that it mounts";
    auto borrowed = leftover(Side::Source, "stage-pod", "shop", "web-\x1b[31m1");
    borrowed.removal = Removal::None;
    borrowed.owner = "a migration that no longer exists";
    borrowed.why_not =
        "a pod of the application that MTC borrowed: {plugin} manual shop-plan --only=stage-pods "
        "gives it back";
    auto record =
        leftover(Side::Control, "volume-migration", "openshift-migration", "cutover-1-zz8l2");
    record.owner = "MigMigration cutover-1";
    auto backup = leftover(Side::Source, "backup", "openshift-migration", "cutover-1-final", 90000);
    backup.owner = "MigMigration cutover-1";
    auto by_controller =
        leftover(Side::Target, "rsync-secret", "shop", "crane2-rsync-server-secret");
    by_controller.removal = Removal::ByController;
    return {record,   backup,        running,
            borrowed, by_controller, leftover(Side::Target, "rsync-route", "shop", "dvm")};
}

rollback::LeftoversReport leftovers_report(Outcome outcome) {
    const auto run = report(outcome);
    return {.outcome = outcome,
            .ns = "openshift-migration",
            .plan = "shop-plan",
            .plan_uid = "1b9c0e6e",
            .control = run.control,
            .source = run.source,
            .target = run.target,
            .leftovers = leftovers(),
            .seen_at = noon()};
}

rollback::LeftoversReport with_gap(rollback::LeftoversReport report) {
    report.gaps = {{.side = Side::Target,
                    .resource = "secrets",
                    .what = "list secrets in namespace shop",
                    .why = "secrets is forbidden",
                    .forbidden = true}};
    return report;
}

rollback::Runbook deletion(const std::vector<Leftover>& all) {
    rollback::Runbook runbook;
    const rollback::Delete record{Side::Control, all[0].object};
    const rollback::Delete secret{Side::Target, all[4].object};
    const rollback::Delete route{Side::Target, all[5].object};
    runbook.steps = {
        {record, "its finalizer has MTC's controller delete what it made, on both clusters"},
        {rollback::AwaitGone{{secret}, true}, "what it does not delete is deleted after that"},
        {secret, "of a volume migration"},
        {route, "of a volume migration"},
        {rollback::Create{
             .what = {{"velero.io", "v1", "deletebackuprequests", "DeleteBackupRequest", true},
                      "openshift-migration",
                      "cutover-1-final-1b9c0e6e"},
             .manifest = {{"kind", "DeleteBackupRequest"},
                          {"metadata",
                           {{"labels", {{"velero.io/backup-uid", "uid-of-cutover-1-final"}}}}},
                          {"spec", {{"backupName", "cutover-1-final"}}}},
             .side = Side::Source},
         "Velero then deletes the Backup and what it holds"},
        {rollback::AwaitGone{{record, secret, route}}, "pods and finalizers take a while"}};
    return runbook;
}

rollback::LeftoversReport after_deletion(Outcome outcome, std::size_t left) {
    auto report = leftovers_report(outcome);
    report.runbook = deletion(report.leftovers);
    for (const Leftover& each : report.leftovers) {
        const bool backup = each.removal == Removal::BackupRequest;
        auto object = each.object.ref;
        if (backup) object.type = mtc::types::delete_backup_requests;
        report.written.push_back(
            {.side = each.side, .object = object, .change = backup ? "created" : "deleted"});
    }
    report.leftovers.resize(left);
    return report;
}

std::string text(const rollback::LeftoversReport& report, bool wide = false) {
    return plugin::render_leftovers(report, context(wide ? 140 : 100, wide));
}

}  // namespace

TEST_CASE("leftovers") {
    golden::check("leftovers.txt", text(with_gap(leftovers_report(Outcome::NotVerified))));
    golden::check("leftovers-wide.txt", text(leftovers_report(Outcome::NotVerified), true));
    auto none = leftovers_report(Outcome::Succeeded);
    none.leftovers.clear();
    auto refused = after_deletion(Outcome::Error, 1);
    refused.written[0].error = "Error from server (Forbidden): directvolumemigrations is forbidden";
    refused.written[2].left = "it was deleted and made anew meanwhile";
    golden::check("leftovers-ends.txt", text(none) + "\n" + text(with_gap(none)) + "\n" +
                                            text(after_deletion(Outcome::Succeeded, 0)) + "\n" +
                                            text(after_deletion(Outcome::TimedOut, 1)) + "\n" +
                                            text(refused));
    golden::check(
        "leftovers.json",
        plugin::render_document(
            plugin::to_json(with_gap(after_deletion(Outcome::NotVerified, 4)), "oc mtc-rollback"),
            plugin::OutputFormat::Json));
}

TEST_CASE("the deletion of leftovers") {
    auto report = with_gap(after_deletion(Outcome::DryRun, 6));
    golden::check("leftovers-preview.txt", plugin::render_deletion_preview(report, context(100)));
    golden::check("leftovers-runbook.txt", plugin::render_runbook(*report.runbook, context(100)));
    std::string lines;
    const auto view = plugin::make_plain_view([&](const std::string& line) { lines += line; });
    for (const std::size_t left : {2U, 1U, 0U}) view->show(run::AwaitingGone{left}, noon());
    golden::check("leftovers-progress.txt", lines);
}

TEST_CASE("leftovers by name") {
    CHECK(plugin::render_leftover_names(leftovers_report(Outcome::Succeeded))
              .ends_with("secret/crane2-rsync-server-secret\nroute.route.openshift.io/dvm\n"));
}

}  // namespace leftovers_golden_test
