#include "run/observe.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <mutex>
#include <set>

#include "kube/parallel.hpp"
#include "mtc/names.hpp"
#include "mtc/workload.hpp"
#include "run/types.hpp"

namespace run {
namespace {

using base::ErrorKind;
using base::ResourceType;
using rollback::ClusterView;
using rollback::Gap;
using rollback::Side;
using rollback::State;

// More namespaces than this are listed with one request for the whole cluster, and filtered here.
constexpr std::size_t few_namespaces = 3;

/// What one observation gathers from several threads. The first error that is no gap ends it.
class Notes {
  public:
    explicit Notes(std::vector<Gap>& gaps) : gaps_(gaps) {}

    void gap(Gap gap) {
        const std::scoped_lock lock(mutex_);
        gaps_.push_back(std::move(gap));
    }
    void fatal(base::Error error) {
        const std::scoped_lock lock(mutex_);
        if (!fatal_) fatal_ = std::move(error);
    }
    std::mutex& mutex() { return mutex_; }
    Result<void> result() const {
        if (fatal_) return std::unexpected(*fatal_);
        return {};
    }

  private:
    std::mutex mutex_;
    std::vector<Gap>& gaps_;
    std::optional<base::Error> fatal_;
};

// An answer that says "you may not" or "this part is broken" is a gap; no answer at all is an
// error.
bool is_gap(const base::Error& error) {
    switch (error.kind) {
        case ErrorKind::NotFound:
        case ErrorKind::Forbidden:
        case ErrorKind::Conflict:
        case ErrorKind::AlreadyExists:
        case ErrorKind::Invalid:
        case ErrorKind::Expired:
        case ErrorKind::Unavailable:
        case ErrorKind::Malformed:
            return true;
        case ErrorKind::Unauthorized:
        case ErrorKind::Unreachable:
        case ErrorKind::Lost:
        case ErrorKind::TimedOut:
        case ErrorKind::Interrupted:
            return false;
    }
    return false;
}

/// One resource type to list on one side, and where its objects go.
struct Look {
    ResourceType type;
    std::string label_selector = {};
    bool metadata_only = false;
    std::string gap_prefix = {};
    std::function<void(std::vector<Object>)> keep;  // called under the notes' lock
};

class SideObserver {
  public:
    SideObserver(kube::Cluster& cluster, Side side, std::vector<std::string> namespaces,
                 Notes& notes, std::stop_token stop)
        : cluster_(cluster),
          side_(side),
          namespaces_(std::move(namespaces)),
          notes_(notes),
          stop_(std::move(stop)) {}

    void run(const std::vector<Look>& looks, std::size_t parallel) {
        kube::in_parallel(looks.size(), parallel, [&](std::size_t i) { list(looks[i]); });
    }

  private:
    void list(const Look& look) {
        if (namespaces_.size() > few_namespaces && list_cluster_wide(look)) return;
        for (const std::string& ns : namespaces_) list_in(look, ns);
    }

    // False when that is forbidden: then each namespace is asked for by itself.
    bool list_cluster_wide(const Look& look) {
        auto found = cluster_.list(look.type, options(look, ""), stop_);
        if (!found && found.error().kind == ErrorKind::Forbidden) return false;
        take(look, std::move(found), "in all namespaces");
        return true;
    }

    void list_in(const Look& look, const std::string& ns) {
        take(look, cluster_.list(look.type, options(look, ns), stop_), "in namespace " + ns);
    }

    void take(const Look& look, Result<kube::ObjectList> found, const std::string& where) {
        if (!found) return note(look, found.error(), where);
        std::erase_if(found->items,
                      [&](const Object& o) { return !std::ranges::count(namespaces_, o.ref.ns); });
        const std::scoped_lock lock(notes_.mutex());
        look.keep(std::move(found->items));
    }

    void note(const Look& look, const base::Error& error, const std::string& where) {
        // a type that vanished since it was discovered has no objects that could carry a label
        if (error.kind == ErrorKind::NotFound && look.metadata_only) return;
        if (!is_gap(error))
            return notes_.fatal(base::within("the " + rollback::word(side_) + " cluster", error));
        notes_.gap({.side = side_,
                    .resource = look.gap_prefix + look.type.resource(),
                    .what = "list " + look.type.resource() + " " + where,
                    .why = error.message,
                    .forbidden = error.kind == ErrorKind::Forbidden});
    }

    kube::ListOptions options(const Look& look, const std::string& ns) const {
        return {
            .ns = ns, .label_selector = look.label_selector, .metadata_only = look.metadata_only};
    }

    kube::Cluster& cluster_;
    Side side_;
    std::vector<std::string> namespaces_;
    Notes& notes_;
    std::stop_token stop_;
};

auto append_to(std::vector<Object>& all) {
    return [&all](std::vector<Object> items) { std::ranges::move(items, std::back_inserter(all)); };
}

auto append_workloads_to(std::vector<Object>& all) {
    return [&all](std::vector<Object> items) {
        std::erase_if(items, mtc::is_managed);
        std::ranges::move(items, std::back_inserter(all));
    };
}

// As this cluster serves it: an old one has CronJobs in batch/v1beta1 only.
const ResourceType* served(const kube::Discovery& discovery, const ResourceType& type) {
    const auto it =
        std::ranges::find_if(discovery.resources, [&](const kube::DiscoveredResource& r) {
            return r.type.group == type.group && r.type.plural == type.plural;
        });
    return it == discovery.resources.end() ? nullptr : &it->type;
}

bool can_list(const kube::DiscoveredResource& resource) {
    return resource.type.namespaced && std::ranges::count(resource.verbs, "list") > 0;
}

std::vector<Look> application_looks(ClusterView& view, const kube::Discovery& discovery) {
    std::vector<Look> looks{{.type = types::pods, .keep = append_to(view.pods)},
                            {.type = types::claims, .keep = append_to(view.claims)}};
    for (const mtc::WorkloadKind& kind : mtc::workload_kinds()) {
        const ResourceType* type = served(discovery, kind.type);
        if (type == nullptr) continue;
        looks.push_back({.type = *type, .keep = append_workloads_to(view.workloads)});
    }
    return looks;
}

std::vector<Look> label_looks(const mtc::Plan& plan, const kube::Discovery& discovery,
                              std::vector<Object>& into) {
    std::vector<Look> looks;
    for (const kube::DiscoveredResource& resource : discovery.resources) {
        if (!can_list(resource)) continue;
        looks.push_back(
            {.type = resource.type,
             .label_selector = std::string(mtc::labels::migrated_by_plan) + "=" + plan.uid,
             .metadata_only = true,
             .gap_prefix = rollback::label_scan,
             .keep = append_to(into)});
    }
    return looks;
}

// Events come and go by themselves, and one object may be served by two groups (events, ingresses):
// the same uid counts once.
void without_repetition(std::vector<Object>& objects) {
    std::set<std::string> seen;
    std::erase_if(objects,
                  [&](const Object& o) { return !o.uid.empty() && !seen.insert(o.uid).second; });
    std::ranges::sort(objects, {}, &Object::ref);
}

Result<kube::Discovery> discover(kube::Cluster& cluster, Side side, Notes& notes,
                                 std::stop_token stop) {
    auto discovery = cluster.discover(stop);
    if (!discovery)
        return std::unexpected(
            base::within("the " + rollback::word(side) + " cluster", discovery.error()));
    for (const std::string& broken : discovery->broken) {
        notes.gap(
            {.side = side, .resource = "discovery", .what = "discover " + broken, .why = broken});
    }
    return discovery;
}

void look_at_namespace(kube::Cluster& cluster, Side side, ClusterView& view,
                       const std::string& name, Notes& notes, std::stop_token stop) {
    auto found = cluster.get({types::namespaces, "", name}, stop);
    if (found) {
        const std::scoped_lock lock(notes.mutex());
        view.found_namespaces.push_back(std::move(*found));
    } else if (!is_gap(found.error())) {
        notes.fatal(base::within("the " + rollback::word(side) + " cluster", found.error()));
    } else if (found.error().kind != ErrorKind::NotFound) {
        notes.gap({.side = side,
                   .resource = "namespaces",
                   .what = "get namespace " + name,
                   .why = found.error().message,
                   .forbidden = found.error().kind == ErrorKind::Forbidden});
    }
}

struct SideTask {
    const Endpoint& endpoint;
    Side side;
    ClusterView& view;
    bool labelled;
};

void observe_side(const SideTask& task, const mtc::Plan& plan, const ObserveOptions& options,
                  Notes& notes, std::stop_token stop) {
    kube::Cluster& cluster = *task.endpoint.cluster;
    const auto discovery = discover(cluster, task.side, notes, stop);
    if (!discovery) return notes.fatal(discovery.error());
    auto looks = application_looks(task.view, *discovery);
    if (task.labelled)
        std::ranges::move(label_looks(plan, *discovery, task.view.labelled),
                          std::back_inserter(looks));
    SideObserver(cluster, task.side, task.view.namespaces, notes, stop)
        .run(looks, options.parallel);
    // the target's namespaces may be there or not: no decision reads them
    const auto& namespaces = task.view.namespaces;
    const std::size_t looked_at = task.side == Side::Source ? namespaces.size() : 0;
    kube::in_parallel(looked_at, options.parallel, [&](std::size_t i) {
        look_at_namespace(cluster, task.side, task.view, namespaces[i], notes, stop);
    });
    std::ranges::sort(task.view.workloads, {}, &Object::ref);
    std::ranges::sort(task.view.pods, {}, &Object::ref);
    without_repetition(task.view.labelled);
}

ClusterView empty_view(const Endpoint& endpoint, std::vector<std::string> namespaces) {
    return {.server = endpoint.cluster->server(),
            .described_as = endpoint.described_as,
            .user = endpoint.user,
            .namespaces = std::move(namespaces)};
}

// Control
// ----------------------------------------------------------------------------------------------

Result<void> read_migrations(const Session& session, State& state, std::stop_token stop) {
    auto all =
        session.control.cluster->list(mtc::types::migmigrations, {.ns = session.plan.ns}, stop);
    if (!all) return std::unexpected(all.error());
    for (const Object& object : all->items) {
        mtc::Migration migration = mtc::decode_migration(object);
        // by reference, not by label: the controller adds the label only after its first look
        if (migration.plan == session.plan.name) state.migrations.push_back(std::move(migration));
    }
    return {};
}

void read_schema(const Session& session, State& state, Notes& notes, std::stop_token stop) {
    const auto crd = session.control.cluster->get(
        {mtc::types::crds, "", mtc::types::migmigrations.resource()}, stop);
    if (crd) {
        state.knows_rollback = mtc::knows_rollback(*crd);
    } else if (!is_gap(crd.error())) {
        notes.fatal(crd.error());
    }
}

void ask_permission(const Session& session, State& state, Notes& notes, std::stop_token stop) {
    const auto allowed = session.control.cluster->can_i(
        {.verb = "create", .type = mtc::types::migmigrations, .ns = session.plan.ns}, stop);
    if (allowed) {
        state.may_create = *allowed;
    } else if (!is_gap(allowed.error())) {
        notes.fatal(allowed.error());
    } else {
        notes.gap({.side = Side::Control,
                   .resource = "selfsubjectaccessreviews",
                   .what = "ask whether you may create migmigrations",
                   .why = allowed.error().message,
                   .forbidden = false});
    }
}

Result<State> start_of(const Session& session, std::stop_token stop) {
    auto object = session.control.cluster->get(session.plan, stop);
    if (!object) return std::unexpected(object.error());
    auto plan = mtc::decode_plan(*object);
    if (!plan) return std::unexpected(plan.error());
    State state{.plan = std::move(*plan), .source = {}, .target = {}};
    state.seen_at = base::now();
    state.source_cluster = session.source_cluster;
    state.target_cluster = session.target_cluster;
    state.source = empty_view(session.source, state.plan.source_namespaces());
    state.target = empty_view(session.target, state.plan.target_namespaces());
    return state;
}

}  // namespace

Result<State> observe(const Session& session, const ObserveOptions& options, std::stop_token stop) {
    auto state = start_of(session, stop);
    if (!state) return state;
    Notes notes(state->gaps);
    const std::vector<std::function<void()>> work{
        [&] {
            observe_side({session.source, Side::Source, state->source, false}, state->plan, options,
                         notes, stop);
        },
        [&] {
            observe_side({session.target, Side::Target, state->target, options.labelled},
                         state->plan, options, notes, stop);
        },
        [&] {
            if (auto read = read_migrations(session, *state, stop); !read)
                notes.fatal(read.error());
        },
        [&] { read_schema(session, *state, notes, stop); },
        [&] { ask_permission(session, *state, notes, stop); }};
    kube::in_parallel(work.size(), work.size(), [&](std::size_t i) { work[i](); });
    if (auto done = notes.result(); !done) return std::unexpected(done.error());
    std::ranges::sort(state->gaps, {},
                      [](const Gap& gap) { return std::pair(gap.side, gap.what); });
    return state;
}

Result<std::vector<Object>> labelled_objects(kube::Cluster& cluster, const mtc::Plan& plan,
                                             std::size_t parallel, std::vector<Gap>& gaps,
                                             std::stop_token stop) {
    Notes notes(gaps);
    std::vector<Object> found;
    const auto discovery = discover(cluster, Side::Target, notes, stop);
    if (!discovery) return std::unexpected(discovery.error());
    SideObserver(cluster, Side::Target, plan.target_namespaces(), notes, stop)
        .run(label_looks(plan, *discovery, found), parallel);
    if (auto done = notes.result(); !done) return std::unexpected(done.error());
    without_repetition(found);
    return found;
}

}  // namespace run
