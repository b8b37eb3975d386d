#include "rollback/leftovers.hpp"

#include <doctest/doctest.h>

#include "leftovers_builders.hpp"

namespace leftovers_test {

using namespace build;
using rollback::leftovers_of;
using rollback::Removal;
using rollback::Whereabouts;

namespace {

const std::string dvm_label = mtc::labels::by_volume_migration;
const std::string plan_label = mtc::labels::migrated_by_plan;
const std::string migration_label = mtc::labels::migrated_by_migration;
const std::string gone = "a migration that no longer exists";

/// The only leftover of a view in which this alone was found.
Leftover only(const std::string& id, Object object, Side side = Side::Source,
              LeftoversView view = failed_volumes()) {
    const auto all = found_in(find(view, side, id, std::move(object)));
    REQUIRE(all.size() == 1);
    return all.front();
}

bool is_there(const std::string& id, Object object, LeftoversView view = failed_volumes()) {
    return !found_in(find(view, Side::Source, id, std::move(object))).empty();
}

Thing rsync_pod(const std::string& phase) {
    return leftover("rsync-pod", "rsync-1").status({{"phase", phase}});
}

}  // namespace

TEST_CASE("whose a leftover is, is known by the UIDs in its labels, the nearest first") {
    struct Case {
        const char* id;
        std::string key, value, owner;
    };
    for (const Case& one : std::vector<Case>{
             {"rsync-secret", dvm_label, "uid-of-dvm", "DirectVolumeMigration dvm"},
             {"rsync-secret", migration_label, "uid-of-cutover", "MigMigration cutover"},
             {"stage-pod", "migmigration", "uid-of-cutover", "MigMigration cutover"},
             {"hook-job", "owner", "uid-of-cutover", "MigMigration cutover"},
             {"rsync-secret", plan_label, "uid-of-shop-plan", gone},
             {"registry-secret", "migplan", "uid-of-shop-plan", gone},
             {"rsync-secret", "nothing", "known", gone},
             {"rsync-secret", dvm_label, "uid-of-nobody", gone},
             {"image-migration", "migmigration", "uid-of-cutover", "MigMigration cutover"},
             {"rsync-password", dvm_label, "uid-of-dvm", "DirectVolumeMigration dvm"},
             {"rsync-password", dvm_label, "uid-of-nobody", gone},
         }) {
        CAPTURE(one.id);
        CAPTURE(one.key);
        CAPTURE(one.value);
        CHECK(only(one.id, leftover(one.id, "thing").label(one.key, one.value)).owner == one.owner);
    }
    CHECK(only("rsync-secret", leftover("rsync-secret", "thing")
                                   .label(dvm_label, "uid-of-dvm")
                                   .label(migration_label, "uid-of-cutover"))
              .owner == "DirectVolumeMigration dvm");
    CHECK(only("stage-mark",
               leftover("stage-mark", "data").label(mtc::labels::in_stage_backup, "uid-of-cutover"))
              .owner == "MigMigration cutover");
}

TEST_CASE("where MTC's objects could not be read, an owner is unknown and never gone") {
    auto view = failed_volumes();
    view.owners_seen = false;
    view.migrations.clear();
    view.volume_migrations.clear();
    CHECK(only("rsync-secret", leftover("rsync-secret", "thing").label(dvm_label, "uid-of-dvm"),
               Side::Source, view)
              .owner == "unknown");
}

TEST_CASE("what another plan owns is left to it, in MTC's namespace without a word") {
    const auto of_bank = [](const char* id, const char* key, const char* value) {
        return leftover(id, "thing").label(key, value);
    };
    for (const auto& [key, value] : {std::pair{migration_label, "uid-of-bank-cutover"},
                                     std::pair{plan_label, "uid-of-bank-plan"}}) {
        const auto leftover = only("rsync-secret", of_bank("rsync-secret", key.c_str(), value));
        CHECK(leftover.removal == Removal::None);
        CHECK(leftover.why_not == "of another plan: {plugin} leftovers bank-plan");
    }
    CHECK(only("rsync-secret", of_bank("rsync-secret", plan_label.c_str(), "uid-of-bank-plan"))
              .owner == "MigPlan bank-plan");
    CHECK_FALSE(is_there("hook-job", of_bank("hook-job", "owner", "uid-of-bank-cutover")));
    CHECK_FALSE(is_there("image-migration",
                         of_bank("image-migration", "migmigration", "uid-of-bank-cutover")));
    CHECK_FALSE(is_there(
        "stage-mark", of_bank("stage-mark", mtc::labels::in_stage_backup, "uid-of-bank-cutover")));
    auto view = failed_volumes();
    view.volume_migrations.push_back(volume_migration("bank-dvm", "bank-cutover"));
    CHECK_FALSE(is_there("rsync-password",
                         of_bank("rsync-password", dvm_label.c_str(), "uid-of-bank-dvm"), view));
    for (const Leftover& each : leftovers_of(view)) CHECK(each.object.ref.name != "bank-dvm");
}

TEST_CASE("annotations that a copy left are named, with the command that takes them off") {
    struct Row {
        std::vector<const char*> annotations;
        const char* why_not;  // "": it is no leftover
    };
    const Row rows[] = {
        {{"openshift.io/migrate-type"},
         "only annotations: oc annotate persistentvolumeclaim/data -n shop "
         "openshift.io/migrate-type- --context=old"},
        {{"openshift.io/target-storage-class", "openshift.io/target-access-mode",
          "migration.openshift.io/copy-method", "other"},
         "only annotations: oc annotate persistentvolumeclaim/data -n shop "
         "openshift.io/target-storage-class- openshift.io/target-access-mode- "
         "migration.openshift.io/copy-method- --context=old"},
        {{"other"}, ""},
        {{}, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.why_not);
        Object claim = leftover("annotation", "data");
        for (const char* key : row.annotations) claim.body["metadata"]["annotations"][key] = "x";
        CHECK(rollback::has_marks_of(kind("annotation"), claim) == (*row.why_not != '\0'));
        CHECK(rollback::has_marks_of(kind("rsync-pod"), claim));
        if (*row.why_not == '\0') continue;
        const auto mark = only("annotation", claim);
        CHECK(mark.why_not == row.why_not);
        CHECK(mark.removal == Removal::None);
        CHECK(mark.in_the_way.empty());
    }
}

TEST_CASE("what has no owner any more is the plan's where nobody else can mean it") {
    CHECK(is_there("hook-job", leftover("hook-job", "shop-plan-pre-1").label("owner", "uid-of-x")));
    CHECK_FALSE(is_there("hook-job", leftover("hook-job", "bank-plan-1").label("owner", "x")));
    // a person may have made it by hand
    CHECK_FALSE(is_there("image-migration", leftover("image-migration", "by-hand")));
    const Object volume =
        Thing(base::ResourceType{"", "v1", "persistentvolumes", "PersistentVolume", false}, "",
              "pv-1")
            .label(mtc::labels::in_stage_backup, "uid-of-nobody");
    auto view = failed_volumes();
    find(view, Side::Source, "stage-mark", volume);
    view.found.back().kind = nullptr;
    for (const auto& row : rollback::leftover_kinds()) {
        if (row.type == volume.ref.type) view.found.back().kind = &row;
    }
    CHECK(found_in(view).empty());
    view.plan.volumes.emplace_back().name = "pv-1";
    CHECK(found_in(view).size() == 1);
}

TEST_CASE("volume migrations of the plan are leftovers, those that a person made by hand are not") {
    auto view = failed_volumes();
    view.volume_migrations = {volume_migration("dvm", "cutover"), volume_migration("by-hand", ""),
                              volume_migration("old", "nobody")};
    auto elsewhere = volume_migration("elsewhere", "nobody");
    elsewhere.namespaces = {"bank"};
    view.volume_migrations.push_back(elsewhere);
    const auto all = leftovers_of(view);
    REQUIRE(all.size() == 2);
    CHECK(all[0].object.ref.name == "dvm");
    CHECK(all[0].owner == "MigMigration cutover");
    CHECK(all[0].side == Side::Control);
    CHECK(all[0].in_the_way.empty());
    CHECK(all[1].object.ref.name == "old");
    CHECK(all[1].owner == gone);
}

TEST_CASE("an image stream's migration belongs to whom its image migration does") {
    auto view = failed_volumes();
    find(view, Side::Control, "image-migration",
         leftover("image-migration", "dim").label("migmigration", "uid-of-cutover"));
    find(view, Side::Control, "image-stream-migration",
         leftover("image-stream-migration", "dism")
             .label(mtc::labels::by_image_migration, "uid-of-dim"));
    const auto all = found_in(view);
    REQUIRE(all.size() == 2);
    CHECK(all[0].object.ref.name == "dism");
    CHECK(all[0].owner == "DirectImageMigration dim");
}

TEST_CASE("in the way of another attempt is what still runs, or is stuck in its deletion") {
    const auto says = [](const std::string& id, Object object) {
        return only(id, std::move(object)).in_the_way;
    };
    for (const char* phase : {"Running", "Pending", "Unknown"})
        CHECK(says("rsync-pod", rsync_pod(phase)) ==
              "it has not ended, and holds the volumes that it mounts");
    for (const char* phase : {"Succeeded", "Failed"})
        CHECK(says("rsync-pod", rsync_pod(phase)).empty());
    CHECK_FALSE(says("stage-pod", stage_pod("stage-1").status({{"phase", "Running"}})).empty());
    CHECK(says("stage-pod", borrowed_pod("web-1").status({{"phase", "Running"}})).empty());
    const auto job = [](int active) {
        return leftover("hook-job", "shop-plan-1")
            .label("owner", "uid-of-cutover")
            .status({{"active", active}});
    };
    CHECK(says("hook-job", job(1)) == "its pods have not ended");
    CHECK(says("hook-job", job(0)).empty());
    CHECK(says("rsync-secret", leftover("rsync-secret", "s")).empty());
    CHECK(says("rsync-secret", leftover("rsync-secret", "s").terminating()).empty());
    CHECK(says("rsync-secret", leftover("rsync-secret", "s").terminating({"a/b", "c/d"})) ==
          "it is being deleted, and held by finalizer a/b, c/d");
    auto view = failed_volumes();
    view.volume_migrations = {volume_migration("dvm", "cutover", "RunRsyncOperations")};
    CHECK(leftovers_of(view).front().in_the_way == "it has not ended (RunRsyncOperations)");
    view.volume_migrations = {volume_migration("dvm", "cutover", "")};
    CHECK(leftovers_of(view).front().in_the_way == "it has not ended");
}

TEST_CASE("how a leftover is deleted is its kind's, but for what is not MTC's alone to lose") {
    const auto removal = [](const std::string& id, Object object) {
        return only(id, std::move(object)).removal;
    };
    CHECK(removal("rsync-secret", leftover("rsync-secret", "s")) == Removal::Delete);
    CHECK(removal("backup", leftover("backup", "b").label(plan_label, "uid-of-shop-plan")) ==
          Removal::BackupRequest);
    CHECK(removal("restore", leftover("restore", "r").label(plan_label, "uid-of-shop-plan")) ==
          Removal::OnRequest);
    const auto borrowed = only("stage-pod", borrowed_pod("web-1"));
    CHECK(borrowed.removal == Removal::None);
    CHECK(borrowed.why_not ==
          "a pod of the application that MTC borrowed: {plugin} manual shop-plan "
          "--only=stage-pods gives it back");
    const auto mark = only("stage-mark", leftover("stage-mark", "data"));
    CHECK(mark.removal == Removal::None);
    CHECK(mark.why_not ==
          "only a label: oc label persistentvolumeclaim/data -n shop "
          "migration-included-stage-backup- --context=old");
    CHECK(only("conversion-mark", leftover("conversion-mark", "data"))
              .why_not.ends_with(
                  " migration.openshift.io/source-for-directvolumemigration- --context=old"));
    const auto stuck = only("rsync-pod", leftover("rsync-pod", "p").terminating({"a/b"}));
    CHECK(stuck.removal == Removal::None);
    CHECK(stuck.why_not == "its deletion has begun");
    CHECK(removal("rsync-pod", leftover("rsync-pod", "p").terminating()) == Removal::Delete);
    auto view = failed_volumes();
    auto& dvm = view.volume_migrations.front().seen;
    dvm.body["metadata"]["deletionTimestamp"] = "2025-05-01T12:00:00Z";
    dvm.body["metadata"]["finalizers"] = {mtc::volume_migration_finalizer};
    CHECK(leftovers_of(view).front().why_not ==
          "its deletion has begun, and MTC's controller ends it when it runs; if it never will: oc "
          "patch directvolumemigration dvm -n openshift-migration --type=merge -p "
          "'{\"metadata\":{\"finalizers\":null}}' --context=hub");
}

TEST_CASE("the controller deletes what a volume migration with its finalizer has made") {
    const auto with = [](mtc::VolumeMigration dvm, const std::string& id = "rsync-pod") {
        auto view = failed_volumes();
        view.volume_migrations = {std::move(dvm)};
        return only(id, leftover(id, "p").label(dvm_label, "uid-of-dvm"), Side::Source, view);
    };
    const auto by = with(volume_migration("dvm", "cutover", "Completed", true));
    CHECK(by.removal == Removal::ByController);
    CHECK(by.volume_migration_uid == "uid-of-dvm");
    CHECK(with(volume_migration("dvm", "cutover")).removal == Removal::Delete);
    CHECK(with(volume_migration("dvm", "", "Completed", true)).removal == Removal::Delete);
    CHECK(with(volume_migration("dvm", "cutover", "Completed", true), "rsync-password").removal ==
          Removal::Delete);
}

TEST_CASE("one object that is found on both sides of one cluster is listed once") {
    auto view = failed_volumes();
    find(view, Side::Target, "rsync-secret", leftover("rsync-secret", "s"));
    find(view, Side::Source, "rsync-secret", leftover("rsync-secret", "s"));
    const auto all = found_in(view);
    REQUIRE(all.size() == 1);
    CHECK(all.front().side == Side::Source);
    // but a claim may carry two marks
    find(view, Side::Source, "stage-mark", leftover("stage-mark", "data"));
    find(view, Side::Source, "conversion-mark", leftover("conversion-mark", "data"));
    CHECK(found_in(view).size() == 3);
}

TEST_CASE(
    "leftovers come by cluster, namespace, kind and name, with their age and nothing in them") {
    auto view = failed_volumes();
    Object secret = leftover("rsync-secret", "b");
    secret.body["metadata"]["creationTimestamp"] = "2025-05-01T10:30:00Z";
    secret.body["data"] = {{"password", "c2VjcmV0"}};
    find(view, Side::Target, "rsync-secret", leftover("rsync-secret", "z"));
    find(view, Side::Source, "rsync-secret", leftover("rsync-secret", "x", "web"));
    find(view, Side::Source, "rsync-secret", secret);
    find(view, Side::Source, "rsync-secret", leftover("rsync-secret", "a"));
    find(view, Side::Source, "rsync-pod", leftover("rsync-pod", "y"));
    std::vector<std::string> names;
    for (const Leftover& each : found_in(view)) {
        names.push_back(each.object.ref.name);
        CHECK(each.object.body.is_null());
        if (each.object.ref.name != "b") continue;
        CHECK(each.created == at(30));
        CHECK(each.object.uid == "uid-of-b");
    }
    CHECK(names == std::vector<std::string>{"y", "a", "b", "x", "z"});
}

TEST_CASE("all is well when nothing is in the way and nothing was left unseen") {
    auto view = failed_volumes();
    CHECK(rollback::all_is_well(leftovers_of(view), {}));
    CHECK_FALSE(rollback::all_is_well({}, {gap(Side::Source, "pods")}));
    find(view, Side::Source, "rsync-pod", rsync_pod("Failed"));
    CHECK(rollback::all_is_well(leftovers_of(view), {}));
    find(view, Side::Source, "rsync-pod",
         leftover("rsync-pod", "rsync-2").status({{"phase", "Running"}}));
    CHECK_FALSE(rollback::all_is_well(leftovers_of(view), {}));
}

TEST_CASE("a selector names the plan by its UID, and Secrets are never read whole") {
    const auto plan = failed_volumes().plan;
    CHECK(rollback::selector_of(kind("backup"), plan) ==
          "migration.openshift.io/migrated-by-migplan=uid-of-shop-plan");
    CHECK(rollback::selector_of(kind("rsync-pod"), plan) ==
          "app in (directvolumemigration-rsync-transfer,"
          "directvolumemigration-rsync-transfer-block)");
    for (const auto& row : rollback::leftover_kinds()) {
        CAPTURE(row.id);
        if (row.type.plural == "secrets") CHECK(row.only_metadata);
        // an unselected list would take what is nobody's leftover
        if (row.id != "volume-migration") CHECK(row.selector.empty() == !row.annotations.empty());
        if (row.is_mark) CHECK(row.removal == Removal::None);
    }
}

TEST_CASE("what Velero still works on is in the way, and waited for") {
    struct Row {
        const char* id;
        Side side;
        const char* phase;
        const char* in_the_way;
    };
    const Row rows[] = {
        {"restore", Side::Target, "InProgress",
         "Velero has not ended it (InProgress), and goes on creating objects"},
        {"restore", Side::Target, "",
         "Velero has not ended it (New), and goes on creating objects"},
        {"restore", Side::Target, "Finalizing",
         "Velero has not ended it (Finalizing), and goes on creating objects"},
        {"restore", Side::Target, "PartiallyFailed", ""},
        {"backup", Side::Source, "InProgress", "Velero has not ended it (InProgress)"},
        {"backup", Side::Source, "Completed", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.id);
        CAPTURE(row.phase);
        auto thing = leftover(row.id, "final-1").label(plan_label, "uid-of-shop-plan");
        std::move(thing).status({{"phase", row.phase}});
        const auto found = only(row.id, thing, row.side);
        CHECK(found.in_the_way == row.in_the_way);
        const bool goes_on = *row.in_the_way != 0;
        CHECK((found.removal == Removal::None) == goes_on);
        if (goes_on)
            CHECK(found.why_not ==
                  "Velero works on it: wait until it has ended: oc get " + std::string(row.id) +
                      "s.velero.io final-1 -n openshift-migration -w" +
                      (row.side == Side::Source ? " --context=old" : " --context=new"));
    }
}

}  // namespace leftovers_test
