// The kinds of workload that MTC stops ("quiesces") and starts again, one row of a table each:
// where the kind keeps what it is told to run, what quiescing leaves on it, and how to tell that it
// serves. Pure; mm/quiesce.go is the source of the rules.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "base/object.hpp"

namespace mtc {

/// What a workload is told to run. A kind fills in the fields that it has.
struct Wanted {
    std::optional<std::int64_t> replicas = {};  // replicas, of a Job its parallelism
    std::optional<bool> paused = {};
    std::optional<bool> suspended = {};
    std::optional<base::Json> node_selector = {};  // of a DaemonSet's pods
    std::optional<std::string> run_strategy = {};  // of a VirtualMachine

    bool operator==(const Wanted&) const = default;
    /// True when it says how much runs, or where: `paused` alone does not.
    bool known() const { return replicas || suspended || node_selector || run_strategy; }
};

/// Whether it says that something runs; nothing where it does not say (a VirtualMachine whose
/// strategy waits for a request).
std::optional<bool> runs(const Wanted& wanted);

/// The fields of `first`, and those that it does not know from `second`.
Wanted first_known(const Wanted& first, const Wanted& second);

struct Serving {
    bool yes = false;
    std::string why = {};  // when it does not: "1 of 3 pods are ready"
    std::string but = {};  // what a person should know though it does: "it was never deployed"
};

/// JSON pointer to the node selector of a DaemonSet's pods.
inline constexpr const char* node_selector_at = "/spec/template/spec/nodeSelector";

struct WorkloadKind {
    base::ResourceType type;
    const char* mark;      // the annotation that quiescing leaves
    const char* count_at;  // JSON pointer to the number that it runs; nullptr: it has none
    /// What its spec says now.
    Wanted (*current)(const base::Object&);
    /// What the annotations say it was told before; fields whose record is lost or nonsense stay
    /// empty.
    Wanted (*recorded)(const base::Object&);
    /// Its spec is at the value to which quiescing sets it.
    bool (*at_rest)(const base::Object&);
    Serving (*serving)(const base::Object&);
};

/// Every kind, in the order in which the controller un-quiesces them.
std::span<const WorkloadKind> workload_kinds();

/// The row of a type (by group and plural), or nullptr. An old cluster serves some kinds of the
/// group apps in another one.
const WorkloadKind* workload_kind(const base::ResourceType& type);

/// True for the words by which a person calls a type: "deployment", "Deployments",
/// "deployments.apps", in any case.
bool is_called(const base::ResourceType& type, std::string_view word);

/// The group in which OpenShift 3.7 (Kubernetes 1.7) serves DaemonSets and ReplicaSets
/// (pkg/compat/client.go).
inline constexpr const char* group_before_apps = "extensions";

/// Which workload: namespace, kind, name, resource. Two clusters may serve it in different
/// versions.
using WorkloadKey = std::tuple<std::string, std::string, std::string, std::string>;
WorkloadKey key_of(const base::ObjectRef& ref);

/// True when quiescing left its mark.
bool is_marked(const base::Object& workload);
/// What of its marks ends MTC's un-quiescing with an error, or as another number, as
/// `NAME is "VALUE"`; empty when there is no such thing. MTC reads decimal text into 32 bits, a
/// word of Go's strconv.ParseBool, an object of strings (mm/quiesce.go).
std::string unreadable_mark(const base::Object& workload);
/// Stopped by MTC: it carries the mark and is still at rest.
bool is_quiesced(const base::Object& workload);
/// True when another workload manages it (a ReplicaSet of a Deployment, a Job of a CronJob): not
/// one that MTC or a person starts. A Deployment that an operator's resource owns is not managed in
/// this sense: MTC stops it as any other.
bool is_managed(const base::Object& workload);

/// True for a managed one that a person need not know of. A Job of a CronJob that MTC has marked,
/// or that rests, is none of these: MTC stops it as any other, and with concurrencyPolicy Forbid
/// its CronJob does not run again while it rests.
bool is_hidden(const base::Object& workload);

/// True for a kind that a number can be given (--set): of a CronJob 0 leaves it suspended, of a
/// VirtualMachine it stays stopped with 0. A DaemonSet runs where its node selector says.
bool takes_a_count(const WorkloadKind& kind);

/// True for a Job that has come to its end: it runs nothing, whatever its parallelism says.
bool job_ended(const base::Object& job);

/// "3 replicas", "suspended", "node selector {"zone":"a"}": for a person.
std::string describe(const Wanted& wanted);

base::Json to_json(const Wanted& wanted);
Wanted wanted_from(const base::Json& json);

}  // namespace mtc
