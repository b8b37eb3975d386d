#include <doctest/doctest.h>

#include "leftovers_builders.hpp"

namespace leftovers_deletion_test {

using namespace build;
using rollback::Create;
using rollback::DeletionOptions;
using rollback::Runbook;
using Names = std::vector<std::string>;

namespace {

Runbook deletion(const LeftoversView& view, DeletionOptions options = {}) {
    return rollback::deletion_of(view, rollback::leftovers_of(view), options);
}

Names ids_of(const Runbook& runbook) {
    for (const auto& blocker : runbook.blockers) CHECK_FALSE(blocker.remedy.empty());
    return build::ids_of(runbook.blockers);
}

LeftoversView with_pod(const std::string& phase = "Failed") {
    auto view = failed_volumes();
    return find(view, Side::Source, "rsync-pod",
                leftover("rsync-pod", "rsync-1").status({{"phase", phase}}));
}

Thing of_dvm(const std::string& id, const std::string& name) {
    return leftover(id, name).label(mtc::labels::by_volume_migration, "uid-of-dvm");
}

Thing of_plan(const std::string& id, const std::string& name) {
    return leftover(id, name).label(mtc::labels::migrated_by_plan, "uid-of-shop-plan");
}

}  // namespace

TEST_CASE("leftovers are deleted in the controller's order, and then waited for") {
    auto view = failed_volumes();
    for (const char* id : {"rsync-configmap", "rsync-service", "rsync-route", "rsync-secret",
                           "rsync-pod", "rsync-password"})
        find(view, id == std::string("rsync-password") ? Side::Control : Side::Target, id,
             of_dvm(id, id));
    find(view, Side::Source, "rsync-pod", leftover("rsync-pod", "client"));
    CHECK(steps_of(deletion(view)) ==
          Names{"delete source shop/pod/client", "delete target shop/pod/rsync-pod",
                "delete target shop/secret/rsync-secret", "delete target shop/route/rsync-route",
                "delete target shop/service/rsync-service",
                "delete target shop/configmap/rsync-configmap",
                "delete control openshift-migration/secret/rsync-password",
                "delete control openshift-migration/directvolumemigration/dvm",
                "await gone client rsync-pod rsync-secret rsync-route rsync-service "
                "rsync-configmap rsync-password dvm"});
}

TEST_CASE("a volume migration whose finalizer does the work goes first, and its work is awaited") {
    auto view = failed_volumes();
    view.volume_migrations = {volume_migration("dvm", "cutover", "Completed", true),
                              volume_migration("idle", "cutover", "Completed", true)};
    find(view, Side::Source, "rsync-pod", of_dvm("rsync-pod", "client"));
    find(view, Side::Target, "rsync-secret", of_dvm("rsync-secret", "secret"));
    find(view, Side::Target, "rsync-secret", leftover("rsync-secret", "older"));
    CHECK(steps_of(deletion(view)) ==
          Names{"delete control openshift-migration/directvolumemigration/dvm",
                "await by controller client secret", "delete source shop/pod/client",
                "delete target shop/secret/older", "delete target shop/secret/secret",
                "delete control openshift-migration/directvolumemigration/idle",
                "await gone client older secret dvm idle"});
}

TEST_CASE("backups and restores are deleted on request only, a backup through Velero") {
    auto view = failed_volumes();
    view.volume_migrations.clear();
    find(view, Side::Source, "backup", of_plan("backup", "final"));
    find(view, Side::Target, "restore", of_plan("restore", "final-1"));
    CHECK(deletion(view).empty());
    const auto runbook = deletion(view, {.backups = true});
    CHECK(steps_of(runbook) == Names{"delete target openshift-migration/restore/final-1",
                                     "create final-uid-of-f", "await gone final-1"});
    for (const auto& step : runbook.steps) CHECK_FALSE(step.why.empty());
    const auto& create = std::get<Create>(runbook.steps[1].action);
    CHECK(create.side == Side::Source);
    CHECK(create.what.ns == mtc::openshift_migration);
    CHECK(create.what.type.resource() == "deletebackuprequests.velero.io");
    CHECK(create.manifest["spec"] == Json{{"backupName", "final"}});
    CHECK(create.manifest["kind"] == "DeleteBackupRequest");
    CHECK(create.manifest["apiVersion"] == "velero.io/v1");
    CHECK(create.manifest["metadata"]["name"] == create.what.name);
    CHECK(create.manifest["metadata"]["labels"] ==
          Json{{"velero.io/backup-name", "final"}, {"velero.io/backup-uid", "uid-of-final"}});
    // a label's value has a limit that a name has not
    auto long_name = failed_volumes();
    find(long_name, Side::Source, "backup", of_plan("backup", std::string(64, 'x')));
    for (const auto& step : deletion(long_name, {.backups = true}).steps) {
        const auto* request = std::get_if<Create>(&step.action);
        if (request != nullptr)
            CHECK_FALSE(request->manifest["metadata"]["labels"].contains("velero.io/backup-name"));
    }
}

TEST_CASE("what is only listed is never deleted, and without anything to delete nothing blocks") {
    auto view = failed_volumes();
    view.volume_migrations.clear();
    view.migrations.front().phase = "WaitForDirectVolumeMigrationToComplete";
    find(view, Side::Source, "stage-pod", borrowed_pod("web-1"));
    find(view, Side::Source, "stage-mark", leftover("stage-mark", "data"));
    find(view, Side::Source, "rsync-pod",
         leftover("rsync-pod", "of-bank").label(mtc::labels::migrated_by_plan, "uid-of-bank-plan"));
    const auto runbook = deletion(view, {.backups = true});
    CHECK(runbook.empty());
    CHECK(runbook.blockers.empty());
}

TEST_CASE("nothing is deleted while a migration of the plan has not ended") {
    for (const char* phase : {"", "Prepare", "WaitForDirectVolumeMigrationToComplete"}) {
        auto view = with_pod();
        view.migrations.push_back(migration("next", mtc::MigrationKind::Cutover, 80, phase));
        const auto runbook = deletion(view);
        CHECK(ids_of(runbook) == Names{"migration-running"});
        CHECK(runbook.steps.empty());
        CHECK(runbook.blockers.front().what.find("MigMigration next of the plan") == 0);
    }
    auto held = with_pod();
    held.migrations.push_back(
        ended(migration("held", mtc::MigrationKind::Rollback, 80, "DeleteBackups"), "Failed"));
    held.migrations.back().conditions.push_back({"PlanNotReady", "Critical", "", ""});
    CHECK(ids_of(deletion(held)).empty());
    auto view = with_pod();
    auto other = migration("other", mtc::MigrationKind::Cutover, 80, "Prepare");
    other.plan = "bank-plan";
    view.migrations.push_back(other);
    CHECK(ids_of(deletion(view)).empty());
}

TEST_CASE("nothing is deleted while a volume migration of any plan works in these namespaces") {
    for (const auto& [source, target] :
         {std::pair{"shop", "elsewhere"}, std::pair{"elsewhere", "shop-new"}}) {
        CAPTURE(source);
        auto view = with_pod();
        view.plan.namespaces = {{"shop", "shop-new"}};
        auto dvm = volume_migration("bank-dvm", "bank-cutover", "RunRsyncOperations");
        dvm.namespaces = {source, target};
        view.volume_migrations.push_back(dvm);
        const auto runbook = deletion(view);
        CHECK(ids_of(runbook) == Names{"volume-migration-running"});
        CHECK(runbook.steps.empty());
        view.volume_migrations.back().namespaces = {"bank", "bank-new"};
        CHECK(ids_of(deletion(view)).empty());
        view.volume_migrations.back().namespaces = {source};
        view.volume_migrations.back().phase = "Completed";
        CHECK(ids_of(deletion(view)).empty());
    }
}

TEST_CASE("a volume migration that has failed works no more, and is deleted with what it left") {
    auto view = with_pod();
    view.volume_migrations = {volume_migration("dvm", "cutover", "MigrationFailed", true)};
    const auto runbook = deletion(view);
    CHECK(ids_of(runbook).empty());
    CHECK_FALSE(runbook.steps.empty());
    for (const Leftover& each : leftovers_of(view)) {
        if (each.kind->id == "volume-migration") CHECK(each.in_the_way.empty());
    }
    view.volume_migrations.front().phase = "RunRsyncOperations";
    CHECK(ids_of(deletion(view)) == Names{"volume-migration-running"});
    view.volume_migrations.front().conditions = {{"Failed", "Critical", "RunRsyncOperations", ""}};
    CHECK(ids_of(deletion(view)).empty());
}

TEST_CASE("whether something runs must have been seen") {
    auto view = with_pod();
    view.owners_seen = false;
    CHECK(ids_of(deletion(view)) == Names{"owners-unseen"});
}

TEST_CASE("without the control cluster the rsync pods say whether volumes are being copied") {
    const auto alone = [](LeftoversView view) {
        view.owners_seen = false;
        view.control_absent = true;
        view.gaps = {gap(Side::Control, "discovery")};
        return view;
    };
    CHECK(ids_of(deletion(alone(with_pod("Failed")))).empty());
    const auto running = deletion(alone(with_pod("Running")));
    CHECK(ids_of(running) == Names{"rsync-running"});
    CHECK(running.blockers.front().remedy ==
          "if it is stuck, delete it by hand: oc delete pod rsync-1 -n shop --context=old");
    for (const char* resource : {"pods", "discovery"}) {
        auto view = alone(with_pod("Failed"));
        view.gaps.push_back(gap(Side::Target, resource));
        CHECK(ids_of(deletion(view)) == Names{"pods-unseen"});
        view.gaps.back().resource = "secrets";
        CHECK(ids_of(deletion(view)).empty());
    }
    // with it they may be what a volume migration that failed has left
    CHECK(ids_of(deletion(with_pod("Running"))).empty());
}

}  // namespace leftovers_deletion_test
