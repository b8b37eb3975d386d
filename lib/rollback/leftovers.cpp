#include "rollback/leftovers.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "mtc/names.hpp"
#include "mtc/velero.hpp"
#include "rollback/command.hpp"
#include "rollback/pods.hpp"

namespace rollback {

std::vector<std::string> namespaces_of_both(const mtc::Plan& plan) {
    auto names = plan.source_namespaces();
    std::ranges::copy(plan.target_namespaces(), std::back_inserter(names));
    return names;
}

namespace {

using mtc::Migration;
using mtc::VolumeMigration;

std::string label(const Object& object, const char* key) {
    return base::label_of(object, key).value_or("");
}

bool overlap(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return std::ranges::any_of(a,
                               [&](const auto& name) { return std::ranges::count(b, name) > 0; });
}

/// Who made something, as far as that still exists.
struct Owner {
    std::string words = {};  // empty: it does not exist any more
    std::string plan = {};   // empty: nobody's that is known
};

/// By the UIDs in labels.
class Owners {
  public:
    explicit Owners(const LeftoversView& view) : view_(view) {}

    Owner of(const Object& object) const {
        if (const auto* self = volume_migration(object.uid))
            return {words_of(migration(self->migration_uid)), plan_of(*self)};
        if (const auto* dvm = volume_migration(label(object, mtc::labels::by_volume_migration)))
            return {"DirectVolumeMigration " + dvm->seen.ref.name, plan_of(*dvm)};
        if (const auto* dim = image_migration(label(object, mtc::labels::by_image_migration)))
            return {"DirectImageMigration " + dim->ref.name, of(*dim).plan};
        for (const char* key : {mtc::labels::migrated_by_migration, mtc::labels::by_migration,
                                mtc::labels::hook_owner, mtc::labels::in_stage_backup}) {
            if (const Migration* m = migration(label(object, key))) return {words_of(m), m->plan};
        }
        for (const char* key : {mtc::labels::migrated_by_plan, mtc::labels::of_plan}) {
            if (const auto name = plan(label(object, key)); !name.empty()) return {{}, name};
        }
        return {};
    }

    /// "" for one that somebody made by hand.
    std::string plan_of(const VolumeMigration& dvm) const {
        if (const Migration* m = migration(dvm.migration_uid)) return m->plan;
        const bool here = overlap(dvm.namespaces, namespaces_of_both(view_.plan));
        return here && !dvm.migration_uid.empty() ? view_.plan.name : "";
    }

    const VolumeMigration* volume_migration(const std::string& uid) const {
        const auto it = std::ranges::find(view_.volume_migrations, uid,
                                          [](const auto& dvm) { return dvm.seen.uid; });
        return uid.empty() || it == view_.volume_migrations.end() ? nullptr : &*it;
    }

  private:
    const Migration* migration(const std::string& uid) const {
        const auto it = std::ranges::find(view_.migrations, uid, &Migration::uid);
        return uid.empty() || it == view_.migrations.end() ? nullptr : &*it;
    }

    std::string plan(const std::string& uid) const {
        if (uid == view_.plan.uid) return view_.plan.name;
        const auto it = view_.plans.find(uid);
        return it == view_.plans.end() ? std::string() : it->second;
    }

    const Object* image_migration(const std::string& uid) const {
        const auto it = std::ranges::find_if(view_.found, [&](const FoundLeftover& found) {
            return found.kind->type == mtc::types::image_migrations && found.object.uid == uid;
        });
        return uid.empty() || it == view_.found.end() ? nullptr : &it->object;
    }

    static std::string words_of(const Migration* migration) {
        return migration == nullptr ? "" : "MigMigration " + migration->name;
    }

    const LeftoversView& view_;
};

// Whether what has no owner any more was this plan's.
bool was_of_plan(const LeftoversView& view, const FoundLeftover& found) {
    const std::string& name = found.object.ref.name;
    switch (found.kind->where) {
        case Whereabouts::PlanNamespaces:
            // one that the plan lists no more may be another plan's by now
            return std::ranges::count(view.former_namespaces, found.object.ref.ns) == 0;
        case Whereabouts::HookNamespaces:
            return name.starts_with(view.plan.name + "-");
        case Whereabouts::MtcNamespace:
            // of a volume migration that is gone; the others may be somebody's who made them by
            // hand
            return !label(found.object, mtc::labels::by_volume_migration).empty();
        case Whereabouts::NoNamespace: {
            const bool claimed =
                std::ranges::count(view.plan.volumes, name, &mtc::PlanVolume::name);
            return claimed || std::ranges::count(namespaces_of_both(view.plan), name) > 0;
        }
    }
    return false;
}

bool is_running_pod(const Object& pod) {
    return pod.ref.type.plural == "pods" && !has_ended(pod);
}

bool is_at_work(const Object& object) {
    return object.ref.type.group == "velero.io" && mtc::velero_works_on(object);
}

/// One thing that was found, as a Leftover; nothing when it is another plan's.
class Judge {
  public:
    explicit Judge(const LeftoversView& view) : view_(view), owners_(view) {}

    std::optional<Leftover> judge(const FoundLeftover& found) const {
        const Object& object = found.object;
        const Owner owner = owners_.of(object);
        const bool ours = owner.plan == view_.plan.name;
        const bool foreign = !ours && !owner.plan.empty();
        if (foreign && (found.kind->is_mark || found.kind->where != Whereabouts::PlanNamespaces))
            return std::nullopt;
        if (owner.plan.empty() && !was_of_plan(view_, found)) return std::nullopt;
        Leftover out{.side = found.side,
                     .kind = found.kind,
                     .object = {.ref = object.ref,
                                .uid = object.uid,
                                .resource_version = object.resource_version,
                                .body = {}},
                     .owner = words_of(owner),
                     .in_the_way = in_the_way(found),
                     .removal = found.kind->removal};
        if (!found.kind->is_mark) out.created = created(object);
        set_removal(out, object, foreign ? owner.plan : "");
        return out;
    }

  private:
    std::string no_owner() const {
        return view_.owners_seen ? "a migration that no longer exists" : "unknown";
    }

    std::string words_of(const Owner& owner) const {
        if (!owner.words.empty()) return owner.words;
        if (!owner.plan.empty() && owner.plan != view_.plan.name) return "MigPlan " + owner.plan;
        return no_owner();
    }

    static std::optional<base::Time> created(const Object& object) {
        return base::parse_rfc3339(base::text_or_empty(object.body, "/metadata/creationTimestamp"));
    }

    std::string in_the_way(const FoundLeftover& found) const {
        const Object& object = found.object;
        if (found.kind->is_mark || is_borrowed(object)) return {};
        if (const auto finalizers = base::finalizers_of(object);
            base::is_terminating(object) && !finalizers.empty())
            return "it is being deleted, and held by finalizer " + base::join(finalizers);
        if (const auto* dvm = owners_.volume_migration(object.uid); dvm && !dvm->finished())
            return "it has not ended" + (dvm->phase.empty() ? "" : " (" + dvm->phase + ")");
        if (is_at_work(object))
            return "Velero has not ended it (" + mtc::velero_phase(object) + ")" +
                   (object.ref.type.plural == "restores" ? ", and goes on creating objects" : "");
        if (is_running_pod(object)) return "it has not ended, and holds the volumes that it mounts";
        if (base::number_at(object.body, "/status/active").value_or(0) > 0)
            return "its pods have not ended";
        return {};
    }

    void set_removal(Leftover& out, const Object& object, const std::string& other_plan) const {
        const auto not_ours = [&](const std::string& why) {
            out.removal = Removal::None;
            out.why_not = why;
        };
        if (!other_plan.empty())
            return not_ours("of another plan: {plugin} leftovers " + other_plan);
        if (is_borrowed(object))
            return not_ours("a pod of the application that MTC borrowed: {plugin} manual " +
                            view_.plan.name + " --only=stage-pods gives it back");
        if (out.kind->is_mark) return not_ours(way_to_unmark(*out.kind, object, out.side));
        if (base::is_terminating(object) && !base::finalizers_of(object).empty())
            return not_ours("its deletion has begun" + way_out(object, out.side));
        if (is_at_work(object))
            return not_ours(
                "Velero works on it: wait until it has ended: " +
                oc(view_of(view_, out.side), out.side,
                   words_for("get " + object.ref.type.resource(), object.ref.name, object.ref.ns) +
                       " -w"));
        const auto* dvm = owners_.volume_migration(label(object, mtc::labels::by_volume_migration));
        if (dvm == nullptr || out.kind->where != Whereabouts::PlanNamespaces) return;
        if (owners_.plan_of(*dvm) != view_.plan.name || !dvm->cleans_up()) return;
        out.removal = Removal::ByController;
        out.volume_migration_uid = dvm->seen.uid;
    }

    std::string way_out(const Object& object, Side side) const {
        const auto finalizers = base::finalizers_of(object);
        if (std::ranges::count(finalizers, mtc::volume_migration_finalizer) == 0) return {};
        return ", and MTC's controller ends it when it runs; if it never will: " +
               oc(view_of(view_, side), side,
                  words_for("patch " + base::lower(object.ref.type.kind), object.ref.name,
                            object.ref.ns) +
                      R"( --type=merge -p '{"metadata":{"finalizers":null}}')");
    }

    std::string way_to_unmark(const LeftoverKind& kind, const Object& object, Side side) const {
        const auto on_it = [&](const char* verb, const std::string& rest) {
            return oc(view_of(view_, side), side, verb, object.ref, rest);
        };
        if (kind.annotations.empty())
            return "only a label: " + on_it("label", " " + mark_of(kind) + "-");
        std::string rest;
        for (const char* annotation : kind.annotations) {
            if (base::annotation_of(object, annotation))
                rest += " " + std::string(annotation) + "-";
        }
        return "only annotations: " + on_it("annotate", rest);
    }

    static std::string mark_of(const LeftoverKind& kind) {
        return kind.selector.substr(0, kind.selector.find('='));
    }

    const LeftoversView& view_;
    Owners owners_;
};

// One cluster may be source and target, and one object then be found on both.
std::vector<Leftover> each_once(std::vector<Leftover> leftovers) {
    std::set<std::pair<std::string, std::string>> seen;
    std::erase_if(leftovers, [&](const Leftover& each) {
        return !seen.insert({each.kind->id, each.object.uid}).second;
    });
    return leftovers;
}

}  // namespace

const ClusterView& view_of(const LeftoversView& view, Side side) {
    switch (side) {
        case Side::Control:
            return view.control;
        case Side::Source:
            return view.source;
        case Side::Target:
            return view.target;
    }
    return view.control;
}

std::vector<Leftover> leftovers_of(const LeftoversView& view) {
    const Judge judge(view);
    std::vector<Leftover> out;
    const auto add = [&](const FoundLeftover& found) {
        if (auto leftover = judge.judge(found)) out.push_back(std::move(*leftover));
    };
    std::ranges::for_each(view.found, add);
    const auto kind =
        std::ranges::find(leftover_kinds(), mtc::types::volume_migrations, &LeftoverKind::type);
    for (const VolumeMigration& dvm : view.volume_migrations)
        add({.side = Side::Control, .kind = &*kind, .object = dvm.seen});
    std::ranges::sort(out, {}, [](const Leftover& each) {
        return std::tuple(each.side, each.object.ref.ns, each.kind, each.object.ref.name);
    });
    return each_once(std::move(out));
}

bool all_is_well(const std::vector<Leftover>& leftovers, const std::vector<Gap>& gaps) {
    return gaps.empty() && std::ranges::all_of(leftovers, [](const Leftover& each) {
               return each.in_the_way.empty();
           });
}

}  // namespace rollback
