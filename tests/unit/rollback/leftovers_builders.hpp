// What a failed migration leaves, in a few words, for the tests of leftovers.
#pragma once

#include "builders.hpp"
#include "rollback/leftovers.hpp"

namespace build {

using rollback::Leftover;
using rollback::LeftoversView;

inline const rollback::LeftoverKind& kind(const std::string& id) {
    for (const auto& row : rollback::leftover_kinds()) {
        if (row.id == id) return row;
    }
    throw std::logic_error("no such kind of leftover: " + id);
}

/// An object of that kind, in the plan's namespace or MTC's.
inline Thing leftover(const std::string& id, const std::string& name,
                      const std::string& ns = "shop") {
    const auto& row = kind(id);
    const bool in_mtc = row.where == rollback::Whereabouts::MtcNamespace;
    Thing thing{row.type, in_mtc ? mtc::openshift_migration : ns, name};
    // one that Velero still works on is none that is over
    if (row.type.group == "velero.io") std::move(thing).status({{"phase", "Completed"}});
    return thing;
}

inline mtc::VolumeMigration volume_migration(const std::string& name, const std::string& migration,
                                             const std::string& phase = "Completed",
                                             bool finalizer = false) {
    Object object = mtc_object(mtc::types::volume_migrations, name);
    Json& body = object.body;
    if (!migration.empty()) body["metadata"]["labels"] = {{"migmigration", "uid-of-" + migration}};
    if (finalizer) body["metadata"]["finalizers"] = {mtc::volume_migration_finalizer};
    body["status"] = {{"phase", phase}};
    body["spec"]["persistentVolumeClaims"] =
        list(Json{{"namespace", "shop"}, {"targetNamespace", "shop"}});
    return mtc::decode_volume_migration(object);
}

/// A cutover that failed in its volume migration; nothing was found yet.
inline LeftoversView failed_volumes() {
    LeftoversView view{.plan = mtc::decode_plan(plan()).value()};
    view.control.reach = "--context=hub";
    view.source.reach = "--context=old";
    view.target.reach = "--context=new";
    view.plans = {{"uid-of-shop-plan", "shop-plan"}, {"uid-of-bank-plan", "bank-plan"}};
    view.migrations = {failed_cutover()};
    auto other = migration("bank-cutover", mtc::MigrationKind::Cutover, 0);
    other.plan = "bank-plan";
    view.migrations.push_back(other);
    view.volume_migrations = {volume_migration("dvm", "cutover")};
    view.seen_at = at(90);
    return view;
}

inline LeftoversView& find(LeftoversView& view, Side side, const std::string& id, Object object) {
    view.found.push_back({.side = side, .kind = &kind(id), .object = std::move(object)});
    return view;
}

/// The leftovers of a view without those of its volume migrations.
inline std::vector<Leftover> found_in(const LeftoversView& view) {
    auto all = rollback::leftovers_of(view);
    std::erase_if(all, [](const Leftover& each) { return each.kind->id == "volume-migration"; });
    return all;
}

}  // namespace build
