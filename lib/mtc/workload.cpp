#include "mtc/workload.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "mtc/virtual_machine.hpp"

namespace mtc {
namespace {

using base::Json;
using base::Object;

// The API's counts have 32 bits: MTC cuts off what is more (mm/quiesce.go).
std::optional<std::int64_t> count_of(const std::optional<std::string>& text) {
    std::int32_t value = 0;
    if (!text) return std::nullopt;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc() || end != text->data() + text->size() || value < 0)
        return std::nullopt;
    return value;
}

std::optional<bool> truth_of(const std::optional<std::string>& text) {
    if (text == "true") return true;
    if (text == "false") return false;
    return std::nullopt;
}

std::int64_t replicas_of(const Object& o) {
    return base::number_at(o.body, "/spec/replicas").value_or(1);
}

std::int64_t status_count(const Object& o, const std::string& field) {
    return base::number_at(o.body, "/status/" + field).value_or(0);
}

bool observed(const Object& o) {
    return status_count(o, "observedGeneration") >=
           base::number_at(o.body, "/metadata/generation").value_or(0);
}

Serving pods_ready(std::int64_t ready, std::int64_t wanted) {
    if (ready >= wanted) return {.yes = true};
    return {.yes = false,
            .why = std::to_string(ready) + " of " +
                   base::count(static_cast<std::size_t>(wanted), "pod") + " ready"};
}

// Why no pods are made at all, mostly a quota: the controller's words.
std::string replica_failure(const Object& o) {
    for (const Json& condition : base::items_at(o.body, "/status/conditions")) {
        if (base::text_or_empty(condition, "/type") == "ReplicaFailure" &&
            base::text_or_empty(condition, "/status") == "True")
            return base::text_or_empty(condition, "/message");
    }
    return {};
}

Serving by_status(const Object& o, const std::string& ready_field, std::int64_t wanted) {
    if (!observed(o)) return {.yes = false, .why = "its controller has not looked at it yet"};
    Serving serving = pods_ready(status_count(o, ready_field), wanted);
    const std::string failure = serving.yes ? "" : replica_failure(o);
    if (!failure.empty()) serving.why += ": " + failure;
    return serving;
}

// Deployment, DeploymentConfig, StatefulSet, ReplicaSet
// ------------------------------------------------

Wanted replicas_now(const Object& o) {
    return {.replicas = replicas_of(o)};
}

Wanted replicas_before(const Object& o) {
    return {.replicas = count_of(base::annotation_of(o, annotations::replicas))};
}

Wanted pausable_now(const Object& o) {
    return {.replicas = replicas_of(o),
            .paused = base::bool_at(o.body, "/spec/paused").value_or(false)};
}

Wanted pausable_before(const Object& o) {
    return {.replicas = count_of(base::annotation_of(o, annotations::replicas)),
            .paused = truth_of(base::annotation_of(o, annotations::paused))};
}

bool no_replicas(const Object& o) {
    return replicas_of(o) == 0;
}

Serving deployment_serves(const Object& o) {
    Serving ready = by_status(o, "readyReplicas", replicas_of(o));
    const bool paused = base::bool_at(o.body, "/spec/paused").value_or(false);
    const std::int64_t pods = status_count(o, "replicas");
    // a paused one does not roll out its newest template, on purpose; one that was paused within a
    // rollout has more pods than it is told to
    if (ready.yes && paused && pods > replicas_of(o))
        ready.but = "it was paused within a rollout: it has " +
                    base::count(static_cast<std::size_t>(pods), "pod") + " of two templates";
    if (!ready.yes || paused) return ready;
    const Serving updated = pods_ready(status_count(o, "updatedReplicas"), replicas_of(o));
    return updated.yes ? updated : Serving{.yes = false, .why = "it is still rolling out"};
}

Serving replicas_serve(const Object& o) {
    return by_status(o, "readyReplicas", replicas_of(o));
}

// One that waits for its image, or for somebody who rolls it out, has never had a pod.
bool was_never_deployed(const Object& o) {
    return base::number_at(o.body, "/status/latestVersion") == 0;
}

Serving deployment_config_serves(const Object& o) {
    if (observed(o) && was_never_deployed(o) && replicas_of(o) > 0)
        return {.yes = true,
                .but =
                    "it has never been deployed, and has no pods (it waits for its image, or "
                    "for a rollout)"};
    return replicas_serve(o);
}

// DaemonSet
// --------------------------------------------------------------------------------------------

Wanted selector_now(const Object& o) {
    const Json* selector = base::find(o.body, node_selector_at);
    return {.node_selector = selector == nullptr ? Json::object() : *selector};
}

Wanted selector_before(const Object& o) {
    const auto text = base::annotation_of(o, annotations::node_selector);
    if (!text) return {};
    Json selector = Json::parse(*text, nullptr, false);
    return selector.is_object() ? Wanted{.node_selector = std::move(selector)} : Wanted{};
}

bool has_quiesce_selector(const Object& o) {
    return selector_now(o).node_selector->contains(annotations::quiesce_daemonset);
}

Serving daemon_set_serves(const Object& o) {
    if (has_quiesce_selector(o)) return {.yes = false, .why = "its node selector matches no node"};
    Serving serving = by_status(o, "numberReady", status_count(o, "desiredNumberScheduled"));
    if (serving.yes && base::number_at(o.body, "/status/desiredNumberScheduled") == 0)
        serving.but = "no node is one that it is to run on";
    return serving;
}

// CronJob and Job
// --------------------------------------------------------------------------------------

Wanted suspend_now(const Object& o) {
    return {.suspended = base::bool_at(o.body, "/spec/suspend").value_or(false)};
}

// The annotation says only that quiescing suspended it, not what it was before.
Wanted suspend_before(const Object& o) {
    return base::annotation_of(o, annotations::suspend) ? Wanted{.suspended = false} : Wanted{};
}

bool is_suspended(const Object& o) {
    return *suspend_now(o).suspended;
}

Serving cron_job_serves(const Object&) {
    return {.yes = true};
}

std::int64_t parallelism_of(const Object& o) {
    return base::number_at(o.body, "/spec/parallelism").value_or(1);
}

Wanted parallelism_now(const Object& o) {
    return {.replicas = parallelism_of(o)};
}

// "0" is what a second quiescing writes over the real count (mm/quiesce.go compares pointers):
// lost.
Wanted parallelism_before(const Object& o) {
    const auto count = count_of(base::annotation_of(o, annotations::replicas));
    return count == 0 ? Wanted{} : Wanted{.replicas = count};
}

bool no_parallelism(const Object& o) {
    return parallelism_of(o) == 0 && !job_ended(o);
}

// Told to run nothing, or run by somebody else (spec.managedBy): no pod of it is missing.
bool makes_no_pods(const Object& o) {
    const auto manager = base::text_at(o.body, "/spec/managedBy");
    return job_ended(o) || no_parallelism(o) || base::bool_at(o.body, "/spec/suspend") == true ||
           manager.value_or("kubernetes.io/job-controller") != "kubernetes.io/job-controller";
}

bool has_all_it_wants(const Object& o) {
    const auto wanted = base::number_at(o.body, "/spec/completions");
    return wanted && status_count(o, "succeeded") >= *wanted;
}

// One that nobody of MTC stopped was told so by a person, as a Deployment with 0 replicas is.
Serving job_serves(const Object& o) {
    if (no_parallelism(o) && base::annotation_of(o, annotations::replicas)) {
        return {.yes = false, .why = "its parallelism is 0"};
    }
    if (makes_no_pods(o) || has_all_it_wants(o) || status_count(o, "active") > 0)
        return {.yes = true};
    const std::int64_t failed = status_count(o, "failed");
    if (failed > 0)  // its controller waits longer after each
        return {.yes = true,
                .but = "no pod of it runs now, and " +
                       base::count(static_cast<std::size_t>(failed), "pod") + " of it failed"};
    return {.yes = false, .why = "no pod of it has been made"};
}

const std::array<WorkloadKind, 8> kinds{{
    {{"batch", "v1", "cronjobs", "CronJob", true},
     annotations::suspend,
     nullptr,
     suspend_now,
     suspend_before,
     is_suspended,
     cron_job_serves},
    {{"apps.openshift.io", "v1", "deploymentconfigs", "DeploymentConfig", true},
     annotations::replicas,
     "/spec/replicas",
     pausable_now,
     pausable_before,
     no_replicas,
     deployment_config_serves},
    {{"apps", "v1", "deployments", "Deployment", true},
     annotations::replicas,
     "/spec/replicas",
     pausable_now,
     pausable_before,
     no_replicas,
     deployment_serves},
    {{"apps", "v1", "statefulsets", "StatefulSet", true},
     annotations::replicas,
     "/spec/replicas",
     replicas_now,
     replicas_before,
     no_replicas,
     replicas_serve},
    {{"apps", "v1", "replicasets", "ReplicaSet", true},
     annotations::replicas,
     "/spec/replicas",
     replicas_now,
     replicas_before,
     no_replicas,
     replicas_serve},
    {{"apps", "v1", "daemonsets", "DaemonSet", true},
     annotations::node_selector,
     nullptr,
     selector_now,
     selector_before,
     has_quiesce_selector,
     daemon_set_serves},
    {{"batch", "v1", "jobs", "Job", true},
     annotations::replicas,
     "/spec/parallelism",
     parallelism_now,
     parallelism_before,
     no_parallelism,
     job_serves},
    {{"kubevirt.io", "v1", "virtualmachines", "VirtualMachine", true},
     annotations::start_vm,
     nullptr,
     virtual_machine::current,
     virtual_machine::recorded,
     virtual_machine::at_rest,
     virtual_machine::serving},
}};

}  // namespace

std::span<const WorkloadKind> workload_kinds() {
    return kinds;
}

const WorkloadKind* workload_kind(const base::ResourceType& type) {
    const auto it = std::ranges::find_if(kinds, [&](const WorkloadKind& k) {
        const bool older = k.type.group == "apps" && type.group == group_before_apps;
        return (k.type.group == type.group || older) && k.type.plural == type.plural;
    });
    return it == kinds.end() ? nullptr : &*it;
}

bool is_called(const base::ResourceType& type, std::string_view word) {
    const std::string lower = base::lower(word);
    return lower == base::lower(type.kind) || lower == type.plural || lower == type.resource();
}

WorkloadKey key_of(const base::ObjectRef& ref) {
    return {ref.ns, ref.type.kind, ref.name, ref.type.resource()};
}

bool is_marked(const Object& workload) {
    const WorkloadKind* kind = workload_kind(workload.ref.type);
    if (kind == nullptr) return false;
    // "false" is how a person keeps MTC from starting a VirtualMachine
    return base::annotation_of(workload, kind->mark).value_or("false") != "false";
}

namespace {

constexpr std::string_view truths[] = {"1", "t", "T", "true",  "TRUE",  "True",
                                       "0", "f", "F", "false", "FALSE", "False"};

bool is_selector(const std::string& text) {
    const Json selector = Json::parse(text, nullptr, false);
    return selector.is_null() ||
           (selector.is_object() &&
            std::ranges::all_of(selector, [](const Json& value) { return value.is_string(); }));
}

bool mtc_reads(std::string_view mark, const std::string& value) {
    if (mark == annotations::replicas) return count_of(value).has_value();
    if (mark == annotations::paused) return std::ranges::count(truths, value) > 0;
    if (mark == annotations::node_selector) return is_selector(value);
    return true;
}

}  // namespace

std::string unreadable_mark(const Object& workload) {
    const WorkloadKind* kind = workload_kind(workload.ref.type);
    if (kind == nullptr || !base::annotation_of(workload, kind->mark)) return {};
    // without the mark of its kind MTC passes it over, whatever else it carries
    for (const char* mark : {kind->mark, annotations::paused}) {
        const bool read = mark == kind->mark || kind->recorded == pausable_before;
        const auto value = base::annotation_of(workload, mark);
        if (read && value && !mtc_reads(mark, *value))
            return std::string(mark) + " is \"" + *value + "\"";
    }
    return {};
}

bool is_quiesced(const Object& workload) {
    const WorkloadKind* kind = workload_kind(workload.ref.type);
    if (kind == nullptr || !kind->at_rest(workload)) return false;
    // the selector that keeps a DaemonSet from every node is MTC's own, annotation or not
    return is_marked(workload) || kind->type.plural == "daemonsets";
}

bool is_managed(const Object& workload) {
    const auto& owners = base::items_at(workload.body, "/metadata/ownerReferences");
    // mm/quiesce.go leaves every ReplicaSet alone that has an owner, of whatever kind
    if (workload.ref.type.plural == "replicasets") return !owners.empty();
    return std::ranges::any_of(owners, [](const Json& owner) {
        const std::string kind = base::text_or_empty(owner, "/kind");
        return base::bool_at(owner, "/controller").value_or(false) &&
               std::ranges::any_of(kinds, [&](const auto& row) { return row.type.kind == kind; });
    });
}

bool is_hidden(const Object& workload) {
    if (!is_managed(workload)) return false;
    if (workload.ref.type.plural != "jobs") return true;
    return !is_marked(workload) && !no_parallelism(workload);
}

std::optional<bool> runs(const Wanted& wanted) {
    if (wanted.replicas) return *wanted.replicas > 0;
    if (wanted.suspended) return !*wanted.suspended;
    if (wanted.node_selector)
        return !wanted.node_selector->contains(annotations::quiesce_daemonset);
    if (!wanted.run_strategy || virtual_machine::starts_by_request(*wanted.run_strategy))
        return std::nullopt;
    return *wanted.run_strategy != "Halted";
}

Wanted first_known(const Wanted& first, const Wanted& second) {
    return {.replicas = first.replicas ? first.replicas : second.replicas,
            .paused = first.paused ? first.paused : second.paused,
            .suspended = first.suspended ? first.suspended : second.suspended,
            .node_selector = first.node_selector ? first.node_selector : second.node_selector,
            .run_strategy = first.run_strategy ? first.run_strategy : second.run_strategy};
}

bool takes_a_count(const WorkloadKind& kind) {
    return kind.type.plural != "daemonsets";
}

bool job_ended(const Object& job) {
    return std::ranges::any_of(base::items_at(job.body, "/status/conditions"), [](const Json& c) {
        const std::string type = base::text_or_empty(c, "/type");
        return (type == "Complete" || type == "Failed") &&
               base::text_or_empty(c, "/status") == "True";
    });
}

namespace {

std::string describe_nodes(const Json& selector) {
    if (selector.contains(annotations::quiesce_daemonset)) return "on no node";
    return selector.empty() ? "on every node" : "on nodes " + selector.dump();
}

}  // namespace

std::string describe(const Wanted& wanted) {
    std::vector<std::string> parts;
    if (wanted.replicas) {
        parts.push_back(base::count(static_cast<std::size_t>(*wanted.replicas), "replica"));
    }
    if (wanted.paused.value_or(false)) parts.emplace_back("paused");
    if (wanted.suspended) parts.emplace_back(*wanted.suspended ? "suspended" : "not suspended");
    if (wanted.node_selector) parts.push_back(describe_nodes(*wanted.node_selector));
    if (wanted.run_strategy) parts.push_back("run strategy " + *wanted.run_strategy);
    return base::join(parts);
}

Json to_json(const Wanted& wanted) {
    Json json = Json::object();
    if (wanted.replicas) json["replicas"] = *wanted.replicas;
    if (wanted.paused) json["paused"] = *wanted.paused;
    if (wanted.suspended) json["suspended"] = *wanted.suspended;
    if (wanted.node_selector) json["nodeSelector"] = *wanted.node_selector;
    if (wanted.run_strategy) json["runStrategy"] = *wanted.run_strategy;
    return json;
}

Wanted wanted_from(const Json& json) {
    Wanted wanted{.replicas = base::number_at(json, "/replicas"),
                  .paused = base::bool_at(json, "/paused"),
                  .suspended = base::bool_at(json, "/suspended"),
                  .run_strategy = base::text_at(json, "/runStrategy")};
    if (const Json* selector = base::find(json, "/nodeSelector")) wanted.node_selector = *selector;
    return wanted;
}

}  // namespace mtc
