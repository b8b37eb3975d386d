// The table of leftovers: what to look for, where, and what is done with it.
#include <algorithm>

#include "mtc/names.hpp"
#include "rollback/leftovers.hpp"

namespace rollback {
namespace leftover_table {
namespace {

using base::ResourceType;
using enum Whereabouts;

const ResourceType pods{"", "v1", "pods", "Pod", true};
const ResourceType services{"", "v1", "services", "Service", true};
const ResourceType configmaps{"", "v1", "configmaps", "ConfigMap", true};
const ResourceType routes{"route.openshift.io", "v1", "routes", "Route", true};
const ResourceType jobs{"batch", "v1", "jobs", "Job", true};
const ResourceType deployments{"apps", "v1", "deployments", "Deployment", true};
const ResourceType backups{"velero.io", "v1", "backups", "Backup", true};
const ResourceType restores{"velero.io", "v1", "restores", "Restore", true};
const ResourceType claims{"", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", true};
const ResourceType service_accounts{"", "v1", "serviceaccounts", "ServiceAccount", true};
const ResourceType image_streams{"image.openshift.io", "v1", "imagestreams", "ImageStream", true};
const ResourceType volumes{"", "v1", "persistentvolumes", "PersistentVolume", false};
const ResourceType namespaces{"", "v1", "namespaces", "Namespace", false};

const std::vector<Side> both{Side::Source, Side::Target};
const std::vector<Side> control{Side::Control};

// dvm/task.go: every object of a volume migration, in all versions of MTC
const std::string rsync =
    "app in (directvolumemigration-rsync-transfer,directvolumemigration-rsync-transfer-block)";
const std::string hooks = std::string(mtc::labels::hook) + "," + mtc::labels::hook_owner;
const std::string registry =
    std::string(mtc::labels::registry) + "," + mtc::labels::of_plan + "={plan}";
const std::string of_plan = std::string(mtc::labels::migrated_by_plan) + "={plan}";
const std::string converted = std::string(mtc::labels::converted_claim) + "={plan}";

const std::string next_deletes =
    "of a volume migration; the next one of these namespaces deletes it";
const std::string hook_means = "of a hook; every migration makes its own";
const std::string registry_means = "of the registry for images; the next migration makes it anew";
const std::string record_means = "what a migration wrote down of itself";
const std::string velero_means = "what a migration saved; none reads it again";
const std::string stage_mark = "a label of a stage backup; the next one sets its own";
const std::string conversion_mark = "a label of a storage conversion; MTC does not remove it";

const std::string annotation_mark = "annotations of a copy; the next one sets its own";
const std::vector<const char*> of_copies{
    mtc::annotations::migrate_type, mtc::annotations::target_storage_class,
    mtc::annotations::target_access_mode, mtc::annotations::copy_method};

const std::vector<LeftoverKind> table{
    // clang-format off
    {"rsync-pod", pods, PlanNamespaces, both, rsync, Removal::Delete, next_deletes, false},
    {"rsync-secret", mtc::types::secrets, PlanNamespaces, both, rsync, Removal::Delete, next_deletes},
    {"rsync-route", routes, PlanNamespaces, both, rsync, Removal::Delete, next_deletes},
    {"rsync-service", services, PlanNamespaces, both, rsync, Removal::Delete, next_deletes},
    {"rsync-configmap", configmaps, PlanNamespaces, both, rsync, Removal::Delete, next_deletes},
    {"stage-pod", pods, PlanNamespaces, both, mtc::labels::stage_pod, Removal::Delete, "a pod that held a volume for Velero", false},
    {"hook-job", jobs, HookNamespaces, both, hooks, Removal::Delete, hook_means, false},
    {"hook-configmap", configmaps, HookNamespaces, both, hooks, Removal::Delete, hook_means},
    {"registry-deployment", deployments, MtcNamespace, both, registry, Removal::Delete, registry_means},
    {"registry-service", services, MtcNamespace, both, registry, Removal::Delete, registry_means},
    {"registry-secret", mtc::types::secrets, MtcNamespace, both, registry, Removal::Delete, registry_means},
    {"rsync-password", mtc::types::secrets, MtcNamespace, control, rsync, Removal::Delete, "of a volume migration; every one makes its own"},
    {"volume-migration-progress", mtc::types::volume_migration_progresses, MtcNamespace, control, mtc::labels::by_volume_migration, Removal::Delete, record_means},
    {"volume-migration", mtc::types::volume_migrations, MtcNamespace, control, "", Removal::Delete, record_means, false},
    {"image-stream-migration", mtc::types::image_stream_migrations, MtcNamespace, control, mtc::labels::by_image_migration, Removal::Delete, record_means},
    {"image-migration", mtc::types::image_migrations, MtcNamespace, control, mtc::labels::by_migration, Removal::Delete, record_means},
    {"restore", restores, MtcNamespace, {Side::Target}, of_plan, Removal::OnRequest, velero_means, false},
    {"backup", backups, MtcNamespace, {Side::Source}, of_plan, Removal::BackupRequest, velero_means, false},
    {"stage-mark", claims, PlanNamespaces, both, mtc::labels::in_stage_backup, Removal::None, stage_mark, true, true},
    {"stage-mark", service_accounts, PlanNamespaces, both, mtc::labels::in_stage_backup, Removal::None, stage_mark, true, true},
    {"stage-mark", image_streams, PlanNamespaces, both, mtc::labels::in_stage_backup, Removal::None, stage_mark, true, true},
    {"stage-mark", volumes, NoNamespace, both, mtc::labels::in_stage_backup, Removal::None, stage_mark, true, true},
    {"stage-mark", namespaces, NoNamespace, both, mtc::labels::in_stage_backup, Removal::None, stage_mark, true, true},
    {"annotation", claims, PlanNamespaces, both, "", Removal::None, annotation_mark, true, true, of_copies},
    {"annotation", volumes, NoNamespace, both, "", Removal::None, annotation_mark, true, true, of_copies},
    {"conversion-mark", claims, PlanNamespaces, both, converted, Removal::None, conversion_mark, true, true},
    // clang-format on
};

}  // namespace
}  // namespace leftover_table

const std::vector<LeftoverKind>& leftover_kinds() {
    return leftover_table::table;
}

bool has_marks_of(const LeftoverKind& kind, const Object& object) {
    return kind.annotations.empty() ||
           std::ranges::any_of(kind.annotations, [&](const char* annotation) {
               return base::annotation_of(object, annotation).has_value();
           });
}

std::string selector_of(const LeftoverKind& kind, const mtc::Plan& plan) {
    constexpr std::string_view placeholder = "{plan}";
    std::string selector = kind.selector;
    if (const auto at = selector.find(placeholder); at != std::string::npos)
        selector.replace(at, placeholder.size(), plan.uid);
    return selector;
}

}  // namespace rollback
