#include "run/observe.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "kube/parallel.hpp"
#include "mtc/names.hpp"
#include "mtc/workload.hpp"
#include "rollback/identity.hpp"
#include "run/listing.hpp"
#include "run/observe_proof.hpp"
#include "run/permissions.hpp"
#include "run/types.hpp"

namespace run {
namespace {

using base::ResourceType;
using rollback::ClusterView;
using rollback::Denied;
using rollback::Gap;
using rollback::Side;
using rollback::State;

using Work = std::vector<std::function<void()>>;

bool is_replica_set(const Object& object) {
    return object.ref.type.plural == "replicasets";
}

// What another one manages is left out, but for ReplicaSets, which tell of a paused Deployment.
auto append_workloads_to(ClusterView& view, bool replica_sets) {
    return [&view, replica_sets](std::vector<Object> items) {
        for (Object& item : items) {
            if (!mtc::is_hidden(item)) {
                view.workloads.push_back(std::move(item));
            } else if (replica_sets && is_replica_set(item)) {
                view.replica_sets.push_back(std::move(item));
            }
        }
    };
}

// Only those of Deployments that are paused, or were: there are thousands of the others.
void keep_those_of_paused_ones(ClusterView& view) {
    std::set<std::pair<std::string, std::string>> paused;
    for (const Object& workload : view.workloads) {
        const bool was = base::annotation_of(workload, mtc::annotations::paused) == "true";
        const bool is = base::bool_at(workload.body, "/spec/paused").value_or(false);
        if (workload.ref.type.plural == "deployments" && (was || is))
            paused.emplace(workload.ref.ns, workload.ref.name);
    }
    std::erase_if(view.replica_sets, [&](const Object& set) {
        return std::ranges::none_of(
            base::items_at(set.body, "/metadata/ownerReferences"), [&](const base::Json& owner) {
                return paused.contains({set.ref.ns, base::text_or_empty(owner, "/name")});
            });
    });
}

// A cluster counts the plans that its own API has, whatever clusters they name.
void look_at_plans(const Place& place, ClusterView& view, const std::string& ns,
                   const kube::Discovery& discovery) {
    const ResourceType* type = served(discovery, mtc::types::migplans);
    if (type == nullptr) return;
    auto all = place.cluster.list(*type, {}, place.stop);
    // the controller serves those of its own namespace only
    if (!all && all.error().kind == base::ErrorKind::Forbidden)
        all = place.cluster.list(*type, {.ns = ns}, place.stop);
    if (!all) {
        return place.notes.failed(
            {.side = place.side,
             .resource = mtc::types::migplans.resource(),
             .what = "list " + mtc::types::migplans.resource() + " in namespace " + ns,
             .why = {}},
            all.error());
    }
    const std::scoped_lock lock(place.notes.mutex());
    for (const Object& object : all->items) {
        if (auto plan = mtc::decode_plan(object)) view.plans.push_back(std::move(*plan));
    }
}

// The plan's own objects apart from those of other plans, so that one search finds both.
struct Split {
    ClusterView& view;
    std::string plan_uid;
    std::vector<std::string> not_elsewhere;

    void operator()(std::vector<Object> items) const {
        for (Object& item : items) {
            const bool own = base::label_of(item, mtc::labels::migrated_by_plan) == plan_uid;
            const bool here = std::ranges::count(view.namespaces, item.ref.ns) > 0;
            if (here) {
                (own ? view.labelled : view.foreign).push_back(std::move(item));
            } else if (own && std::ranges::count(not_elsewhere, item.ref.ns) == 0) {
                view.elsewhere.push_back(std::move(item));
            }
        }
    }
};

// Endpoints follow their Service; since Kubernetes 1.33 to list them is answered with a warning.
bool can_list(const kube::DiscoveredResource& resource) {
    return resource.type.namespaced && std::ranges::count(resource.verbs, "list") > 0 &&
           resource.type != types::endpoints;
}

std::vector<Look> application_looks(ClusterView& view, const kube::Discovery& discovery,
                                    bool replica_sets) {
    std::vector<Look> looks{{.type = types::pods, .keep = append_to(view.pods)},
                            {.type = types::claims, .keep = append_to(view.claims)}};
    for (const mtc::WorkloadKind& kind : mtc::workload_kinds()) {
        const ResourceType* type = served(discovery, kind.type);
        if (type == nullptr) continue;
        looks.push_back({.type = *type, .keep = append_workloads_to(view, replica_sets)});
    }
    return looks;
}

void add_autoscalers(ClusterView& view, const kube::Discovery& discovery,
                     std::vector<Look>& looks) {
    for (const ResourceType& wanted : {types::autoscalers, types::scaled_objects}) {
        if (const ResourceType* type = served(discovery, wanted))
            looks.push_back({.type = *type, .keep = append_to(view.autoscalers)});
    }
}

std::vector<Look> label_looks(const std::string& selector, const kube::Discovery& discovery,
                              const std::function<void(std::vector<Object>)>& keep) {
    std::vector<Look> looks;
    for (const kube::DiscoveredResource& resource : discovery.resources) {
        if (!can_list(resource)) continue;
        looks.push_back({.type = resource.type,
                         .label_selector = selector,
                         .metadata_only = true,
                         .gap_prefix = rollback::label_scan,
                         .keep = keep});
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

Gap gap_of_namespace(const Place& place, const std::string& name) {
    return {
        .side = place.side, .resource = "namespaces", .what = "get namespace " + name, .why = {}};
}

void look_at_namespace(const Place& place, ClusterView& view, const std::string& name) {
    auto found = place.cluster.get({types::namespaces, "", name}, place.stop);
    if (found) {
        const std::scoped_lock lock(place.notes.mutex());
        view.found_namespaces.push_back(std::move(*found));
    } else if (found.error().kind != base::ErrorKind::NotFound) {
        place.notes.failed(gap_of_namespace(place, name), found.error());
    }
}

// Who may list them all is spared a request for each.
bool list_namespaces(const Place& place, ClusterView& view) {
    auto all = place.cluster.list(types::namespaces, {}, place.stop);
    if (!all) return false;
    std::erase_if(all->items, [&](const Object& ns) {
        return std::ranges::count(view.namespaces, ns.ref.name) == 0;
    });
    const std::scoped_lock lock(place.notes.mutex());
    view.found_namespaces = std::move(all->items);
    return true;
}

void look_at_namespaces(const Place& place, ClusterView& view) {
    view.namespaces_seen = view.namespaces_read = true;  // what cannot be read is a gap
    if (view.namespaces.size() > few_namespaces && list_namespaces(place, view)) return;
    kube::in_parallel(view.namespaces.size(), place.parallel,
                      [&](std::size_t i) { look_at_namespace(place, view, view.namespaces[i]); });
}

// Sides
// ------------------------------------------------------------------------------------------------

Place place_of(const Endpoint& endpoint, Side side, const ClusterView& view,
               const ObserveOptions& options, Notes& notes, std::stop_token stop) {
    return {*endpoint.cluster, side, view.namespaces, notes, options.parallel, std::move(stop)};
}

// Which cluster it is, whatever it is called. Whoever may not read that is told where nothing else
// tells it.
void look_at_uid(const Place& place, ClusterView& view) {
    const auto found = place.cluster.get({types::namespaces, "", "kube-system"}, place.stop);
    if (found) {
        view.uid = found->uid;
    } else if (!is_gap(found.error())) {
        place.notes.failed({.side = place.side,
                            .resource = "namespaces",
                            .what = "get namespace kube-system",
                            .why = {}},
                           found.error());
    }
}

void in_order(ClusterView& view) {
    for (auto* objects : {&view.workloads, &view.pods, &view.autoscalers, &view.replica_sets,
                          &view.services, &view.endpoints, &view.routes, &view.volumes})
        std::ranges::sort(*objects, {}, &Object::ref);
    without_repetition(view.labelled);
    without_repetition(view.foreign);
    without_repetition(view.elsewhere);
}

void note_absent(const Place& place, const Endpoint& endpoint) {
    place.notes.gap({.side = place.side,
                     .resource = "discovery",
                     .what = "look at the " + rollback::word(place.side) + " cluster",
                     .why = endpoint.absent});
}

// The backups and restores of the plan: in MTC's own namespace, and not deleted by a rollback.
void look_at_velero(const Place& place, ClusterView& view, const mtc::Plan& plan,
                    const kube::Discovery& discovery) {
    view.velero_seen = true;
    Place there = place;
    there.namespaces = {plan.ns};
    std::vector<Look> looks;
    for (const ResourceType& type : {types::backups, types::restores}) {
        const ResourceType* as_served = served(discovery, type);
        if (as_served == nullptr) continue;
        looks.push_back(
            {.type = *as_served,
             .label_selector = std::string(mtc::labels::migrated_by_plan) + "=" + plan.uid,
             .keep = append_to(view.velero)});
    }
    look_at(there, looks);
}

void observe_source(const Place& place, ClusterView& view, const mtc::Plan& plan,
                    const ObserveOptions& options, std::vector<Denied>& denied) {
    const auto discovery = discover(place);
    if (!discovery) return place.notes.fatal(discovery.error());
    auto looks = application_looks(view, *discovery, true);
    add_autoscalers(view, *discovery, looks);
    if (options.proof) {
        std::ranges::move(traffic_looks(view, *discovery), std::back_inserter(looks));
        view.traffic_seen = true;
    }
    const Work work{[&] { look_at(place, looks); },
                    [&] {
                        if (options.reviews) denied = denied_on_source(place, *discovery);
                    },
                    [&] { look_at_namespaces(place, view); },
                    [&] { look_at_uid(place, view); },
                    [&] { look_at_plans(place, view, plan.ns, *discovery); },
                    [&] {
                        if (options.proof) look_at_volumes(place, view, plan.uid);
                    },
                    [&] {
                        if (options.labelled && options.reviews)
                            look_at_velero(place, view, plan, *discovery);
                    }};
    kube::in_parallel(work.size(), work.size(), [&](std::size_t i) { work[i](); });
    if (options.proof) look_at_events(place, view);
    keep_those_of_paused_ones(view);
    in_order(view);
}

std::string own_selector(const std::string& plan_uid) {
    return std::string(mtc::labels::migrated_by_plan) + "=" + plan_uid;
}

// Of what carries the plan's label, that which could write to a volume.
std::vector<Look> what_can_write(const Split& split, const kube::Discovery& discovery) {
    std::vector<ResourceType> kinds{types::pods};
    for (const mtc::WorkloadKind& kind : mtc::workload_kinds()) {
        if (const ResourceType* type = served(discovery, kind.type)) kinds.push_back(*type);
    }
    std::vector<Look> looks;
    for (const ResourceType& type : kinds)
        looks.push_back({.type = type,
                         .label_selector = own_selector(split.plan_uid),
                         .metadata_only = true,
                         .keep = [&view = split.view, split](std::vector<Object> items) {
                             // those of the plan's namespaces are listed whole
                             std::erase_if(items, [&](const Object& item) {
                                 return std::ranges::count(view.namespaces, item.ref.ns) > 0;
                             });
                             split(std::move(items));
                         }});
    return looks;
}

// The target's namespaces may be there or not: only the proof reads them.
void observe_target(const Place& place, ClusterView& view, const mtc::Plan& plan,
                    const Split& split, const ObserveOptions& options) {
    const auto discovery = discover(place);
    if (!discovery) return place.notes.fatal(discovery.error());
    auto looks = application_looks(view, *discovery, false);
    auto labelled = options.labelled ? label_looks(mtc::labels::migrated_by_plan, *discovery, split)
                                     : what_can_write(split, *discovery);
    view.labels_seen = options.labelled;
    for (Look& look : labelled) {
        look.everywhere = true;
        look.refused = [&] {
            const std::scoped_lock lock(place.notes.mutex());
            view.searched_everywhere = false;
            return options.labelled;
        };
    }
    std::ranges::move(labelled, std::back_inserter(looks));
    const Work work{[&] { look_at(place, looks); }, [&] { look_at_uid(place, view); }};
    kube::in_parallel(work.size(), work.size(), [&](std::size_t i) { work[i](); });
    if (options.proof || (options.labelled && options.reviews))
        look_at_velero(place, view, plan, *discovery);
    if (options.proof) look_at_namespaces(place, view);
    // a rollback deletes the claims there: what becomes of their volumes is said before
    if (options.proof || (options.labelled && !plan.volumes.empty()))
        look_at_volumes(place, view, plan.uid);
    in_order(view);
}

ClusterView empty_view(const Endpoint& endpoint, std::vector<std::string> namespaces) {
    return {.server = endpoint.cluster->server(),
            .described_as = endpoint.described_as,
            .user = endpoint.user,
            .reach = endpoint.reach,
            .by_context = endpoint.by_context,
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
        auto& list =
            migration.plan == session.plan.name ? state.migrations : state.other_migrations;
        list.push_back(std::move(migration));
    }
    return {};
}

Gap gap_of_list(const base::ResourceType& type, const std::string& ns) {
    return {.side = Side::Control,
            .resource = type.resource(),
            .what = "list " + type.resource() + " in namespace " + ns,
            .why = {}};
}

void read_volume_migrations(const Session& session, State& state, Notes& notes,
                            std::stop_token stop) {
    const base::ResourceType& type = mtc::types::volume_migrations;
    const auto all = session.control.cluster->list(type, {.ns = session.plan.ns}, stop);
    if (!all) return notes.failed(gap_of_list(type, session.plan.ns), all.error());
    for (const Object& object : all->items)
        state.volume_migrations.push_back(mtc::decode_volume_migration(object));
}

// One that cannot be decoded is one that the controller does not serve either.
void read_other_plans(const Session& session, State& state, Notes& notes, std::stop_token stop) {
    const auto all =
        session.control.cluster->list(mtc::types::migplans, {.ns = session.plan.ns}, stop);
    if (!all) return notes.failed(gap_of_list(mtc::types::migplans, session.plan.ns), all.error());
    for (const Object& object : all->items) {
        if (object.ref.name == session.plan.name) continue;
        if (auto plan = mtc::decode_plan(object)) state.other_plans.push_back(std::move(*plan));
    }
    std::ranges::sort(state.other_plans, {}, &mtc::Plan::name);
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

Result<mtc::Plan> whole_plan(const Session& session, std::stop_token stop) {
    if (session.plan_from_file) return *session.plan_from_file;
    auto object = session.control.cluster->get(session.plan, stop);
    if (!object) return std::unexpected(object.error());
    return mtc::decode_plan(*object);
}

Result<State> start_of(const Session& session, std::stop_token stop) {
    auto plan = whole_plan(session, stop);
    const auto all = plan ? plan->target_namespaces() : std::vector<std::string>();
    if (plan && !session.only.empty()) plan = mtc::part_of(*plan, session.only);
    if (!plan) return std::unexpected(plan.error());
    State state{.plan = std::move(*plan), .source = {}, .target = {}};
    state.seen_at = base::now();
    state.source_cluster = session.source_cluster;
    state.target_cluster = session.target_cluster;
    state.source = empty_view(session.source, state.plan.source_namespaces());
    state.target = empty_view(session.target, state.plan.target_namespaces());
    state.control = empty_view(session.control, {});
    state.accepted = session.accepted;
    state.target.not_elsewhere = all;
    return state;
}

bool may_create(const std::vector<Denied>& denied) {
    return std::ranges::none_of(denied, [](const Denied& d) {
        return d.verb == "create" && d.resource == mtc::types::migmigrations.resource();
    });
}

void look_at_control(const Session& session, const ObserveOptions& options, const Place& place,
                     State& state) {
    if (!session.control.absent.empty()) return note_absent(place, session.control);
    const Work work{[&] {
                        if (auto read = read_migrations(session, state, place.stop); !read)
                            place.notes.fatal(read.error());
                    },
                    [&] { read_volume_migrations(session, state, place.notes, place.stop); },
                    [&] { read_other_plans(session, state, place.notes, place.stop); },
                    [&] { read_schema(session, state, place.notes, place.stop); },
                    [&] {
                        if (options.reviews) state.denied = denied_on_control(place, state.plan.ns);
                    }};
    kube::in_parallel(work.size(), work.size(), [&](std::size_t i) { work[i](); });
}

// A side without a context of its own is by its MigCluster the control cluster, or it is not.
bool is_asked_who_it_is(const Session& session) {
    const bool named = session.source.by_context || session.target.by_context;
    return named && session.control.absent.empty();
}

bool target_by_namespaces(const Session& session, const State& state) {
    return session.target.absent.empty() && !state.target.namespaces_seen &&
           rollback::is_known_by_namespaces(state, Side::Target);
}

// What the plan lists, also where it is about a part of it; MTC's own namespace, in which it keeps
// its records; within one cluster the source's, where volume migrations leave things.
Split split_of(const Session& session, State& state) {
    auto not_elsewhere = state.target.not_elsewhere;
    not_elsewhere.push_back(state.plan.ns);
    const bool one = session.source.cluster->server() == session.target.cluster->server();
    if (one || mtc::same_cluster(state.source_cluster, state.target_cluster))
        std::ranges::copy(state.source.namespaces, std::back_inserter(not_elsewhere));
    return {state.target, state.plan.uid, std::move(not_elsewhere)};
}

std::optional<mtc::Plan> earlier_plan(const Session& session, const State& state) {
    return session.plan_as_it_was ? session.plan_as_it_was(state.plan.uid) : std::nullopt;
}

// Those that the plan's volume migrations name, and an earlier look at it.
std::vector<std::string> former_namespaces(const std::optional<mtc::Plan>& was, const State& state,
                                           const Split& split) {
    std::set<std::string> names;
    if (was) {
        for (const std::string& name : was->target_namespaces()) names.insert(name);
    }
    for (const mtc::VolumeMigration& dvm : state.volume_migrations) {
        if (!std::ranges::count(state.migrations, dvm.migration_uid, &mtc::Migration::uid))
            continue;
        if (!dvm.backwards)
            names.insert(dvm.target_namespaces.begin(), dvm.target_namespaces.end());
    }
    for (const auto* listed : {&split.not_elsewhere, &state.target.namespaces}) {
        for (const std::string& name : *listed) names.erase(name);
    }
    return {names.begin(), names.end()};
}

// Where not all namespaces may be searched, those that are known to have been the plan's.
void look_in_former_namespaces(const Session& session, const std::optional<mtc::Plan>& was,
                               const Place& target, State& state) {
    if (!session.target.absent.empty() || state.target.searched_everywhere) return;
    const Split split = split_of(session, state);
    Place place = target;
    place.namespaces = former_namespaces(was, state, split);
    std::vector<Look> looks;
    for (const mtc::WorkloadKind& kind : mtc::workload_kinds())
        looks.push_back({.type = kind.type,
                         .label_selector = own_selector(state.plan.uid),
                         .metadata_only = true,
                         .gap_prefix = rollback::label_scan,
                         .keep = split});
    look_at(place, looks);
    without_repetition(state.target.elsewhere);
}

// Where other plans of the same two clusters have put what is in the source's namespaces: it may
// run there while this plan starts it.
std::vector<std::string> namespaces_of_rivals(const State& state) {
    const auto same = [](const mtc::Reference& a, const mtc::Reference& b) {
        return a.ns == b.ns && a.name == b.name;
    };
    std::set<std::string> names;
    for (const mtc::Plan& other : state.other_plans) {
        if (!same(other.source, state.plan.source) || !same(other.target, state.plan.target))
            continue;
        for (const mtc::NamespacePair& pair : other.namespaces) {
            if (std::ranges::count(state.source.namespaces, pair.source) > 0)
                names.insert(pair.target);
        }
    }
    for (const std::string& name : state.target.namespaces) names.erase(name);
    return {names.begin(), names.end()};
}

void look_in_namespaces_of_rivals(const Session& session, const Place& target, State& state) {
    Place place = target;
    place.namespaces = namespaces_of_rivals(state);
    if (place.namespaces.empty() || !session.target.absent.empty()) return;
    std::vector<Look> looks;
    for (const mtc::WorkloadKind& kind : mtc::workload_kinds())
        looks.push_back({.type = kind.type, .keep = append_to(state.target.of_rivals)});
    look_at(place, looks);
    without_repetition(state.target.of_rivals);
}

// Those of the source, as far as volume migrations, what was migrated from there, and an earlier
// look at the plan tell. One that another plan lists is that plan's matter.
std::vector<std::string> former_source_namespaces(const std::optional<mtc::Plan>& was,
                                                  const State& state) {
    auto names = mtc::namespaces_copied(state.volume_migrations, state.migrations);
    if (was) {
        for (const std::string& name : was->source_namespaces()) names.insert(name);
    }
    for (const Object& object : state.target.elsewhere) names.insert(object.ref.ns);
    std::vector<std::string> listed = state.plan.source_namespaces();
    std::ranges::copy(state.plan.left_out_namespaces(), std::back_inserter(listed));
    std::ranges::copy(state.target.not_elsewhere, std::back_inserter(listed));
    listed.push_back(state.plan.ns);
    for (const auto* plans : {&state.other_plans, &state.source.plans}) {
        for (const mtc::Plan& plan : *plans) {
            if (plan.uid != state.plan.uid)
                std::ranges::copy(plan.source_namespaces(), std::back_inserter(listed));
        }
    }
    for (const std::string& name : listed) names.erase(name);
    return {names.begin(), names.end()};
}

// What MTC has stopped there nobody starts again. Within one cluster a mark may be the target's.
void look_in_former_source_namespaces(const std::optional<mtc::Plan>& was, const Place& source,
                                      State& state) {
    if (rollback::is_one_cluster(state)) return;
    Place place = source;
    place.namespaces = former_source_namespaces(was, state);
    if (place.namespaces.empty()) return;
    std::vector<Look> looks;
    for (const mtc::WorkloadKind& kind : mtc::workload_kinds())
        looks.push_back(
            {.type = kind.type, .metadata_only = true, .keep = [&state](std::vector<Object> items) {
                 std::erase_if(items, [](const Object& item) { return !mtc::is_marked(item); });
                 append_to(state.source.elsewhere)(std::move(items));
             }});
    look_at(place, looks);
    without_repetition(state.source.elsewhere);
}

// From several threads, each into a part of the State of its own.
void look_everywhere(const Session& session, const ObserveOptions& options, Notes& notes,
                     State& state, const std::stop_token& stop) {
    std::vector<Denied> on_source;
    const auto source = place_of(session.source, Side::Source, state.source, options, notes, stop);
    const auto target = place_of(session.target, Side::Target, state.target, options, notes, stop);
    const auto control = place_of(session.control, Side::Control, {}, options, notes, stop);
    const Work work{[&] { observe_source(source, state.source, state.plan, options, on_source); },
                    [&] {
                        if (!session.target.absent.empty())
                            return note_absent(target, session.target);
                        observe_target(target, state.target, state.plan, split_of(session, state),
                                       options);
                    },
                    [&] { look_at_control(session, options, control, state); },
                    [&] {
                        if (is_asked_who_it_is(session)) look_at_uid(control, state.control);
                    }};
    kube::in_parallel(work.size(), work.size(), [&](std::size_t i) { work[i](); });
    if (target_by_namespaces(session, state)) look_at_namespaces(target, state.target);
    const auto was = earlier_plan(session, state);
    look_in_former_namespaces(session, was, target, state);
    look_in_namespaces_of_rivals(session, target, state);
    look_in_former_source_namespaces(was, source, state);
    std::ranges::move(on_source, std::back_inserter(state.denied));
    state.may_create = may_create(state.denied);
}

void read_clocks(const Session& session, State& state) {
    state.clock_ahead = session.control.cluster->clock_ahead();
    if (const auto ahead = session.source.cluster->clock_ahead())
        state.source.now = state.seen_at + *ahead;
}

}  // namespace

Result<State> observe(const Session& session, const ObserveOptions& options, std::stop_token stop) {
    auto state = start_of(session, stop);
    if (!state) return state;
    Notes notes(state->gaps);
    look_everywhere(session, options, notes, *state, stop);
    if (auto done = notes.result(); !done) return std::unexpected(done.error());
    read_clocks(session, *state);
    std::ranges::sort(state->gaps, {},
                      [](const Gap& gap) { return std::pair(gap.side, gap.what); });
    return state;
}

Result<State> identify(const Session& session, std::vector<Gap>& gaps, std::stop_token stop) {
    auto state = start_of(session, stop);
    if (!state) return state;
    Notes notes(gaps);
    const Work work{
        [&] {
            const auto place =
                place_of(session.source, Side::Source, state->source, {}, notes, stop);
            look_at_uid(place, state->source);
            if (session.source.by_context) look_at_namespaces(place, state->source);
        },
        [&] {
            if (session.target.absent.empty())
                look_at_uid(place_of(session.target, Side::Target, state->target, {}, notes, stop),
                            state->target);
        },
        [&] {
            if (is_asked_who_it_is(session))
                look_at_uid(place_of(session.control, Side::Control, {}, {}, notes, stop),
                            state->control);
        }};
    kube::in_parallel(work.size(), work.size(), [&](std::size_t i) { work[i](); });
    if (target_by_namespaces(session, *state))
        look_at_namespaces(place_of(session.target, Side::Target, state->target, {}, notes, stop),
                           state->target);
    if (auto done = notes.result(); !done) return std::unexpected(done.error());
    return state;
}

Result<void> review(const Session& session, const rollback::Runbook& runbook, State& state,
                    std::size_t parallel, std::stop_token stop) {
    const auto needs = rollback::needs_of(runbook);
    Notes notes(state.gaps);
    const ObserveOptions options{.parallel = parallel};
    const std::array places{
        place_of(session.source, Side::Source, state.source, options, notes, stop),
        place_of(session.target, Side::Target, state.target, options, notes, stop)};
    std::array<std::vector<Denied>, 2> denied;
    kube::in_parallel(places.size(), places.size(),
                      [&](std::size_t i) { denied.at(i) = denied_of(places.at(i), needs); });
    for (auto& one : denied) std::ranges::move(one, std::back_inserter(state.denied));
    return notes.result();
}

Result<State> look_at_plan(const Session& session, std::stop_token stop) {
    auto state = start_of(session, stop);
    if (!state) return state;
    if (auto read = read_migrations(session, *state, stop); !read)
        return std::unexpected(read.error());
    return state;
}

Result<void> look_again_at_target(const Session& session, State& state, std::size_t parallel,
                                  std::stop_token stop) {
    std::erase_if(state.gaps, [](const Gap& gap) { return gap.side == Side::Target; });
    Notes notes(state.gaps);
    ClusterView view = empty_view(session.target, state.target.namespaces);
    const ObserveOptions options{.parallel = parallel, .labelled = false, .reviews = false};
    const auto place = place_of(session.target, Side::Target, view, options, notes, stop);
    if (!session.target.absent.empty()) {
        note_absent(place, session.target);
    } else {
        view.not_elsewhere = state.target.not_elsewhere;
        const Split split = split_of(session, state);
        observe_target(place, view, state.plan, {view, split.plan_uid, split.not_elsewhere},
                       options);
    }
    if (auto done = notes.result(); !done) return done;
    view.uid = state.target.uid;
    view.namespaces_seen = state.target.namespaces_seen;
    view.found_namespaces = std::move(state.target.found_namespaces);
    state.target = std::move(view);
    return {};
}

void look_at_volumes_of_source(const Session& session, State& state, std::stop_token stop) {
    std::vector<Gap> unseen;
    Notes notes(unseen);
    look_at_volumes(
        place_of(session.source, Side::Source, state.source, {}, notes, std::move(stop)),
        state.source, state.plan.uid);
}

Result<std::vector<Object>> labelled_objects(kube::Cluster& cluster, const mtc::Plan& plan,
                                             std::size_t parallel, std::vector<Gap>& gaps,
                                             std::stop_token stop) {
    Notes notes(gaps);
    std::vector<Object> found;
    const Place place{cluster, Side::Target, plan.target_namespaces(),
                      notes,   parallel,     std::move(stop)};
    const auto discovery = discover(place);
    if (!discovery) return std::unexpected(discovery.error());
    const std::string selector = std::string(mtc::labels::migrated_by_plan) + "=" + plan.uid;
    look_at(place, label_looks(selector, *discovery, append_to(found)));
    if (auto done = notes.result(); !done) return std::unexpected(done.error());
    without_repetition(found);
    return found;
}

}  // namespace run
