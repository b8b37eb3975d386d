// Everything that was seen of a plan and its two clusters, as plain data. lib/run fills it in; the
// decisions read it. A field is here only because a decision or a check reads it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/object.hpp"
#include "mtc/migration.hpp"
#include "mtc/plan.hpp"
#include "mtc/volume_migration.hpp"

namespace rollback {

using base::Json;
using base::Object;
using base::ObjectRef;

enum class Side { Control, Source, Target };
/// "control", "source", "target"
std::string word(Side side);

/// Something that could not be seen. It is never read as "nothing there".
struct Gap {
    Side side = Side::Control;
    std::string resource;    // "pods", "deployments.apps", "discovery"
    std::string what;        // "list pods in namespace shop"
    std::string why;         // the server's words
    bool forbidden = false;  // a missing permission, not a fault
};

/// One cluster, as far as the plan's namespaces on that side go.
struct ClusterView {
    std::string server;        // its URL
    std::string described_as;  // "MigCluster ocp3", "context prod"
    std::string user;          // who we are there, as far as it is known
    std::string reach = {};    // the flags with which a person's `oc` gets there; empty: not known
    bool by_context = false;   // the operator named a context, so that no MigCluster vouches for it
    std::string uid = {};      // of its namespace kube-system; empty: not known
    std::vector<std::string> namespaces = {};  // the plan's, on this side
    std::vector<Object> found_namespaces = {};
    bool namespaces_seen = false;  // whether these are all that there are of the plan's
    std::vector<Object> workloads =
        {};  // of every kind that MTC stops; those managed by another left out
    std::vector<Object> pods = {};
    std::vector<Object> claims = {};    // PersistentVolumeClaims
    std::vector<Object> labelled = {};  // target only: metadata of what carries the plan's label
    /// Target only: metadata of what carries the label of another plan, or of one that is gone.
    std::vector<Object> foreign = {};
    /// Metadata of what is the plan's in namespaces that the plan does not list, or no longer. On
    /// the target what carries its label, on the source the workloads that MTC has stopped.
    std::vector<Object> elsewhere = {};
    /// Target only: workloads in the namespaces to which other plans map the source's.
    std::vector<Object> of_rivals = {};
    /// Whether all namespaces were searched for that; otherwise those of the plan, and those that
    /// its volume migrations name.
    bool searched_everywhere = true;
    std::vector<std::string> not_elsewhere = {};  // the whole plan's, where the view is of a part
    std::vector<Object> velero = {};              // the plan's Backups and Restores
    std::vector<Object> autoscalers = {};  // HorizontalPodAutoscalers and KEDA's, of the source
    std::optional<base::Time> now = {};    // by its own clock, when it was looked at
    /// Source only: ReplicaSets of Deployments that are, or were, paused.
    std::vector<Object> replica_sets = {};
    /// Source only: every MigPlan that its own API has, in any namespace.
    std::vector<mtc::Plan> plans = {};

    // What only the proof of a recovery reads.
    std::vector<Object> services = {};
    std::vector<Object> endpoints = {};  // EndpointSlices; of an old cluster Endpoints
    std::vector<Object> routes = {};     // Routes and Ingresses
    std::vector<Object> volumes = {};  // PersistentVolumes whose claims are of these namespaces, or
                                       // that carry the plan's label
    std::vector<Object> events = {};   // Warnings, where the status of a pod does not tell enough

    // Not every look reads everything: what was not looked at is not "none".
    bool namespaces_read = false;
    bool labels_seen = false;  // `labelled` and `foreign`
    bool traffic_seen = false;
    bool volumes_seen = false;
    bool velero_seen = false;
};

/// A verb of the flow that the reviewer says no to.
struct Denied {
    Side side = Side::Control;
    std::string verb;
    std::string resource;  // "migmigrations.migration.openshift.io"
    std::string ns;        // "": in all namespaces
};

/// What an address of a Route or an Ingress answered to us (--probe-routes).
struct Probe {
    ObjectRef route;
    std::string url;
    int status = 0;             // of HTTP; 0: no answer
    std::string location = {};  // of a redirect
    std::string distrust = {};  // why its certificate is not trusted
    std::string error = {};     // why there was no answer
};

struct State {
    mtc::Plan plan;
    std::vector<mtc::Migration> migrations = {};               // of this plan
    std::vector<mtc::VolumeMigration> volume_migrations = {};  // of all plans in its namespace
    mtc::MigCluster source_cluster = {};
    mtc::MigCluster target_cluster = {};
    std::optional<bool> knows_rollback = {};  // does the served schema have spec.rollback
    bool may_create = true;                   // a MigMigration, in the plan's namespace
    ClusterView source;
    ClusterView target;
    ClusterView control = {};  // what it is, and how it is reached; none of its objects
    std::vector<std::string> accepted = {};   // "ID" or "ID=OBJECT": what the operator answers for
    std::vector<mtc::Plan> other_plans = {};  // in the same namespace as the plan
    std::vector<mtc::Migration> other_migrations = {};  // of these
    std::optional<std::vector<Probe>> probes = {};      // nothing: not asked for
    std::vector<Denied> denied = {};
    std::vector<Gap> gaps = {};
    base::Time seen_at = {};
    /// Of the control cluster, whose times the migrations tell, before ours; nothing: not known.
    std::optional<std::chrono::seconds> clock_ahead = {};
};

const ClusterView& view_of(const State& state, Side side);

/// By the uid of kube-system where both are known, otherwise by a namespace that both show;
/// nothing where neither tells.
std::optional<bool> is_known_as_one(const ClusterView& a, const ClusterView& b);

/// True when source and target are one cluster; where nothing else tells, by their addresses.
bool is_one_cluster(const State& state);

/// How long ago that was by the clock of the one who wrote it down; nothing where that clock is not
/// known, or says that it has not been yet.
std::optional<std::chrono::seconds> elapsed(base::Time since, base::Time now_here,
                                            std::optional<std::chrono::seconds> clock_ahead);

/// True when that namespace of the target is also one of the source: in a migration within one
/// cluster and one namespace both sides are the same objects.
bool is_also_source(const State& state, const std::string& target_namespace);

/// Resources whose gap means that the target was not fully searched for migrated objects have this
/// prefix.
inline constexpr const char* label_scan = "label scan: ";

}  // namespace rollback
