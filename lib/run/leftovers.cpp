#include "run/leftovers.hpp"

#include <algorithm>
#include <functional>

#include "kube/parallel.hpp"
#include "mtc/names.hpp"
#include "rollback/identity.hpp"
#include "run/listing.hpp"
#include "run/observe.hpp"

namespace run {
namespace {

using rollback::LeftoverKind;
using rollback::LeftoversView;
using rollback::Side;
using rollback::Whereabouts;
using Work = std::vector<std::function<void()>>;

void all_at_once(const Work& work) {
    kube::in_parallel(work.size(), work.size(), [&](std::size_t i) { work[i](); });
}

/// One side of the search.
class Search {
  public:
    Search(bool one_cluster, const Endpoint& endpoint, Side side, LeftoversView& view, Notes& notes,
           std::size_t parallel, std::stop_token stop)
        : one_cluster_(one_cluster),
          side_(side),
          view_(view),
          place_{*endpoint.cluster, side, {}, notes, parallel, std::move(stop)} {}

    void run() {
        const auto discovery = discover(place_);
        if (!discovery) return place_.notes.fatal(discovery.error());
        Work work;
        for (const Whereabouts where : {Whereabouts::PlanNamespaces, Whereabouts::HookNamespaces,
                                        Whereabouts::MtcNamespace, Whereabouts::NoNamespace})
            work.emplace_back([&, where] { look_in(where, *discovery); });
        all_at_once(work);
    }

  private:
    void look_in(Whereabouts where, const kube::Discovery& discovery) {
        Place place = place_;
        place.namespaces = namespaces_of(where);
        std::vector<Look> looks;
        for (const LeftoverKind& kind : rollback::leftover_kinds()) {
            const auto* type = served(discovery, kind.type);
            // volume migrations are read whole, with the other owners
            const bool is_owner = kind.type == mtc::types::volume_migrations;
            if (kind.where == where && type != nullptr && !is_owner && is_here(kind))
                looks.push_back(look_for(kind, *type));
        }
        if (!place.namespaces.empty()) look_at(place, looks);
    }

    bool is_here(const LeftoverKind& kind) const {
        return std::ranges::count(kind.sides, side_) > 0;
    }

    std::vector<std::string> namespaces_of(Whereabouts where) const {
        switch (where) {
            case Whereabouts::PlanNamespaces:
                return plan_namespaces();
            case Whereabouts::HookNamespaces: {
                auto names = plan_namespaces();
                std::ranges::copy(view_.plan.hook_namespaces, std::back_inserter(names));
                std::ranges::sort(names);
                names.erase(std::ranges::unique(names).begin(), names.end());
                return names;
            }
            case Whereabouts::MtcNamespace:
                return {view_.plan.ns};
            case Whereabouts::NoNamespace:
                return {""};
        }
        return {};
    }

    std::vector<std::string> plan_namespaces() const {
        auto of_source = view_.plan.source_namespaces();
        auto names = view_.plan.target_namespaces();
        for (auto* each : {&of_source, &names})
            std::ranges::copy(view_.former_namespaces, std::back_inserter(*each));
        if (side_ == Side::Source) return of_source;
        if (!one_cluster_) return names;
        std::erase_if(names, [&](const auto& ns) { return std::ranges::count(of_source, ns) > 0; });
        return names;
    }

    Look look_for(const LeftoverKind& kind, const base::ResourceType& type) {
        return {.type = type,
                .label_selector = rollback::selector_of(kind, view_.plan),
                .metadata_only = kind.only_metadata,
                .keep = [this, &kind](std::vector<Object> objects) {
                    for (Object& object : objects)
                        if (rollback::has_marks_of(kind, object))
                            view_.found.push_back({side_, &kind, std::move(object)});
                }};
    }

    bool one_cluster_;
    Side side_;
    LeftoversView& view_;
    Place place_;
};

/// The plans, migrations and volume migrations of the plan's namespace.
class OwnerSearch {
  public:
    OwnerSearch(LeftoversView& view, const Place& place) : view_(view), place_(place) {}

    void run() {
        all_at_once({[&] {
                         list(mtc::types::migplans, true,
                              [&](const Object& plan) { view_.plans[plan.uid] = plan.ref.name; });
                     },
                     [&] {
                         list(mtc::types::migmigrations, false, [&](const Object& migration) {
                             view_.migrations.push_back(mtc::decode_migration(migration));
                         });
                     },
                     [&] {
                         list(mtc::types::volume_migrations, false, [&](const Object& dvm) {
                             view_.volume_migrations.push_back(mtc::decode_volume_migration(dvm));
                         });
                     }});
    }

  private:
    void list(const base::ResourceType& type, bool metadata_only,
              const std::function<void(const Object&)>& keep) {
        const std::string& ns = view_.plan.ns;
        const auto all =
            place_.cluster.list(type, {.ns = ns, .metadata_only = metadata_only}, place_.stop);
        std::unique_lock lock(place_.notes.mutex());
        if (all) {
            std::ranges::for_each(all->items, keep);
            return;
        }
        view_.owners_seen = false;
        lock.unlock();
        place_.notes.failed({.side = Side::Control,
                             .resource = type.resource(),
                             .what = "list " + type.resource() + " in namespace " + ns,
                             .why = {}},
                            all.error());
    }

    LeftoversView& view_;
    const Place& place_;
};

void note_absent_control(const Session& session, LeftoversView& view) {
    view.control_absent = true;
    view.owners_seen = false;
    view.gaps.push_back({.side = Side::Control,
                         .resource = "discovery",
                         .what = "look at the control cluster",
                         .why = session.control.absent});
}

// What was found on another cluster than the plan's is not all that there is, or none of it.
void note_doubts(const rollback::State& state, LeftoversView& view) {
    view.wrong_clusters = rollback::wrong_clusters(state);
    for (const rollback::Doubt& doubt : rollback::doubts_of(state)) {
        if (doubt.weight == rollback::Weight::Warns) continue;
        view.gaps.push_back({.side = doubt.side,
                             .resource = doubt.id,
                             .what = "tell that this is the plan's cluster",
                             .why = doubt.what});
    }
}

// Where the plan was once. What cannot be read here is a gap of the search for owners, which reads
// it again: that has to come last, and this first.
void look_for_former_namespaces(LeftoversView& view, const Place& place) {
    const auto list = [&](const base::ResourceType& type) {
        auto all = place.cluster.list(type, {.ns = view.plan.ns}, place.stop);
        return all ? std::move(all->items) : std::vector<Object>();
    };
    std::vector<mtc::Migration> migrations;
    for (const Object& object : list(mtc::types::migmigrations))
        migrations.push_back(mtc::decode_migration(object));
    std::erase_if(migrations, [&](const auto& each) { return each.plan != view.plan.name; });
    std::vector<mtc::VolumeMigration> volume_migrations;
    for (const Object& object : list(mtc::types::volume_migrations))
        volume_migrations.push_back(mtc::decode_volume_migration(object));
    auto names = mtc::namespaces_copied(volume_migrations, migrations);
    for (const auto& listed : {rollback::namespaces_of_both(view.plan),
                               view.plan.left_out_namespaces(), view.target.not_elsewhere}) {
        for (const std::string& name : listed) names.erase(name);
    }
    view.former_namespaces = {names.begin(), names.end()};
}

}  // namespace

Result<LeftoversView> look_for_leftovers(const Session& session, std::size_t parallel,
                                         std::stop_token stop) {
    std::vector<rollback::Gap> gaps;
    const auto clusters = identify(session, gaps, stop);
    if (!clusters) return std::unexpected(clusters.error());
    LeftoversView view{.plan = clusters->plan, .gaps = std::move(gaps), .seen_at = base::now()};
    view.control = clusters->control;
    view.source = clusters->source;
    view.target = clusters->target;
    note_doubts(*clusters, view);
    const bool one_cluster = rollback::is_one_cluster(*clusters);
    Notes notes(view.gaps);
    const bool control = session.control.absent.empty();
    if (control) {
        const Place place{*session.control.cluster, Side::Control, {}, notes, parallel, stop};
        look_for_former_namespaces(view, place);
    }
    const auto search = [&](const Endpoint& endpoint, Side side) {
        return
            [&, side] { Search(one_cluster, endpoint, side, view, notes, parallel, stop).run(); };
    };
    Work work{search(session.source, Side::Source), search(session.target, Side::Target)};
    if (control) work.emplace_back(search(session.control, Side::Control));
    all_at_once(work);
    if (control) {
        // last: an object whose owner is not found then has none, however young both are
        const Place place{*session.control.cluster, Side::Control, {}, notes, parallel, stop};
        OwnerSearch(view, place).run();
    } else {
        note_absent_control(session, view);
    }
    if (auto done = notes.result(); !done) return std::unexpected(done.error());
    std::ranges::sort(view.gaps, {},
                      [](const rollback::Gap& gap) { return std::pair(gap.side, gap.what); });
    return view;
}

}  // namespace run
