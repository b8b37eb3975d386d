#include "mtc/unquiesce.hpp"

#include <algorithm>
#include <array>

#include "mtc/names.hpp"
#include "mtc/virtual_machine.hpp"

namespace mtc {
namespace {

using base::Json;
using base::Object;

constexpr std::array marks = {annotations::replicas, annotations::paused,
                              annotations::suspend,  annotations::node_selector,
                              annotations::start_vm, annotations::run_strategy};

// mm/stage.go, the labels of a stage pod
constexpr std::array stage_labels = {labels::stage_pod, labels::application_pod, "migmigration",
                                     "migplan", "migration-included-stage-backup"};
// Velero's, which MTC sets on a pod that it borrows, and takes off in a rollback
// (mm/annotation.go); on any other pod they are somebody else's
constexpr std::array velero_marks = {annotations::backup_volumes, annotations::verify_volumes};

// Without an initializer list, which copies what it holds: there are thousands of workloads.
Json operation(const char* op, const std::string& path) {
    Json out = Json::object();
    out.emplace("op", op);
    out.emplace("path", path);
    return out;
}

Json operation(const char* op, const std::string& path, Json value) {
    Json out = operation(op, path);
    out.emplace("value", std::move(value));
    return out;
}

std::string in(const char* where, const std::string& key) {
    return std::string("/metadata/") + where + "/" + base::pointer_segment(key);
}

void remove_as_seen(Json& patch, const std::string& path, const std::string& value) {
    patch.push_back(operation("test", path, value));
    patch.push_back(operation("remove", path));
}

void take_off(Json& patch, const Object& workload, const char* mark) {
    if (const auto value = base::annotation_of(workload, mark))
        remove_as_seen(patch, in("annotations", mark), *value);
}

void replace_as_seen(Json& patch, const Object& workload, const char* path, Json value) {
    const Json* seen = base::find(workload.body, path);
    if (seen != nullptr) patch.push_back(operation("test", path, *seen));
    patch.push_back(operation("add", path, std::move(value)));
}

// The API drops an empty selector, and a patch that says so is one that changes nothing else.
void restore_selector(Json& patch, const Object& workload, const Json& before) {
    patch.push_back(
        operation("test", node_selector_at, *base::find(workload.body, node_selector_at)));
    patch.push_back(before.empty() ? operation("remove", node_selector_at)
                                   : operation("add", node_selector_at, before));
}

void restore(Json& patch, const Object& workload, const WorkloadKind& kind, const Wanted& before) {
    if (before.replicas) replace_as_seen(patch, workload, kind.count_at, *before.replicas);
    if (before.suspended) replace_as_seen(patch, workload, "/spec/suspend", *before.suspended);
    if (before.node_selector) restore_selector(patch, workload, *before.node_selector);
    if (before.run_strategy) virtual_machine::set_strategy(patch, workload, *before.run_strategy);
}

void add_mark(Json& patch, const Object& workload, const char* mark, const std::string& value) {
    if (base::find(workload.body, "/metadata/annotations") == nullptr)
        patch.push_back(operation("add", "/metadata/annotations", Json::object()));
    patch.push_back(operation("add", in("annotations", mark), value));
}

Json selector_of_no_node(const Json& selector) {
    Json none = selector;
    none[annotations::quiesce_daemonset] = "true";
    return none;
}

bool has_ended(const Object& workload) {
    return workload.ref.type.plural == "jobs" && job_ended(workload);
}

// MTC marks a Job that has come to its end, too, and its parallelism is the Job's as before.
bool is_ended_at_zero(const Object& workload) {
    return has_ended(workload) && base::number_at(workload.body, "/spec/parallelism") == 0;
}

}  // namespace

bool pauses_by_itself(const WorkloadKind& kind) {
    return kind.type.plural == "deploymentconfigs";
}

Json unquiesce(const Object& workload, const Wanted& before) {
    const WorkloadKind& kind = *workload_kind(workload.ref.type);
    const bool paused = before.paused.value_or(false);
    Json patch = Json::array();
    for (const char* mark : marks) {
        const bool kept = mark == annotations::paused && paused && pauses_by_itself(kind);
        if (!kept) take_off(patch, workload, mark);
    }
    if (kind.at_rest(workload) || is_ended_at_zero(workload)) {
        restore(patch, workload, kind, before);
    } else if (kind.count_at != nullptr) {
        // the number that somebody has chosen meanwhile
        patch.push_back(
            operation("test", kind.count_at, kind.current(workload).replicas.value_or(0)));
    }
    if (paused && !pauses_by_itself(kind)) patch.push_back(operation("add", "/spec/paused", true));
    return patch;
}

std::optional<Json> pause_again(const Object& workload) {
    const WorkloadKind* kind = workload_kind(workload.ref.type);
    if (kind == nullptr || !pauses_by_itself(*kind) || is_marked(workload)) return std::nullopt;
    const auto before = base::annotation_of(workload, annotations::paused);
    if (before != "true") return std::nullopt;
    Json patch = Json::array();
    take_off(patch, workload, annotations::paused);
    patch.push_back(operation("add", "/spec/paused", true));
    return patch;
}

std::optional<Json> quiesce(const Object& workload) {
    const WorkloadKind& kind = *workload_kind(workload.ref.type);
    if (kind.at_rest(workload) || has_ended(workload)) return std::nullopt;
    const Wanted now = kind.current(workload);
    Json patch =
        Json::array({operation("test", "/metadata/resourceVersion", workload.resource_version)});
    if (now.replicas) {
        add_mark(patch, workload, annotations::replicas, std::to_string(*now.replicas));
        patch.push_back(operation("add", kind.count_at, 0));
    }
    if (now.paused) {
        patch.push_back(operation("add", in("annotations", annotations::paused),
                                  *now.paused ? "true" : "false"));
        patch.push_back(operation("add", "/spec/paused", false));
    }
    if (now.suspended) {
        add_mark(patch, workload, annotations::suspend, "true");
        patch.push_back(operation("add", "/spec/suspend", true));
    }
    if (now.node_selector) {
        add_mark(patch, workload, annotations::node_selector, now.node_selector->dump());
        patch.push_back(
            operation("add", node_selector_at, selector_of_no_node(*now.node_selector)));
    }
    if (now.run_strategy) {
        add_mark(patch, workload, annotations::start_vm, "true");
        // of one that has the older `running` the controller would restore both, which is refused
        if (base::find(workload.body, "/spec/runStrategy") != nullptr)
            patch.push_back(
                operation("add", in("annotations", annotations::run_strategy), *now.run_strategy));
        virtual_machine::set_strategy(patch, workload, "Halted");
    }
    return patch;
}

std::optional<Json> unlabel_stage_pod(const Object& pod) {
    Json patch = Json::array();
    for (const char* label : stage_labels) {
        if (const auto value = base::label_of(pod, label))
            remove_as_seen(patch, in("labels", label), *value);
    }
    // that one only while it says what MTC says: an application may have its own
    if (base::label_of(pod, labels::part_of) == openshift_migration)
        remove_as_seen(patch, in("labels", labels::part_of), openshift_migration);
    take_off(patch, pod, annotations::exclude_claims);
    if (base::label_of(pod, labels::stage_pod)) {
        for (const char* mark : velero_marks) take_off(patch, pod, mark);
    }
    if (patch.empty()) return std::nullopt;
    return patch;
}

}  // namespace mtc
