#include "rollback/paused_change.hpp"

#include <algorithm>
#include <charconv>
#include "rollback/command.hpp"

namespace rollback {
namespace {

std::int64_t revision_of(const Object& set) {
    const std::string text =
        base::annotation_of(set, "deployment.kubernetes.io/revision").value_or("");
    std::int64_t revision = 0;
    std::from_chars(text.data(), text.data() + text.size(), revision);
    return revision;
}

bool is_owned_by(const Object& set, const ObjectRef& deployment) {
    return set.ref.ns == deployment.ns &&
           std::ranges::any_of(base::items_at(set.body, "/metadata/ownerReferences"),
                               [&](const Json& owner) {
                                   return base::text_or_empty(owner, "/kind") == "Deployment" &&
                                          base::text_or_empty(owner, "/name") == deployment.name;
                               });
}

std::vector<const Object*> newest_first(const State& state, const ObjectRef& deployment) {
    std::vector<const Object*> sets;
    for (const Object& set : state.source.replica_sets) {
        if (is_owned_by(set, deployment)) sets.push_back(&set);
    }
    std::ranges::sort(sets, std::ranges::greater{},
                      [](const Object* set) { return revision_of(*set); });
    return sets;
}

}  // namespace

std::optional<RolledOut> rolled_out_since(const State& state, const ObjectRef& deployment,
                                          std::optional<base::Time> since) {
    const auto sets = newest_first(state, deployment);
    if (!since || sets.size() < 2) return std::nullopt;
    const auto made =
        base::parse_rfc3339(base::text_or_empty(sets[0]->body, "/metadata/creationTimestamp"));
    if (!made || *made < *since) return std::nullopt;
    return RolledOut{.now = sets[0]->ref.label(),
                     .before = sets[1]->ref.label(),
                     .revision = std::to_string(revision_of(*sets[1]))};
}

std::string describe_change(const RolledOut& change) {
    return "it was paused with a change that was not rolled out; MTC rolled it out as it stopped "
           "it: its pods come back with the template of " +
           change.now + ", before they had that of " + change.before +
           "; to pause it again does not undo that";
}

std::string undo_change(const State& state, const RolledOut& change, const ObjectRef& deployment) {
    const std::string on = words_of(deployment);
    return oc_each(
        state, Side::Source,
        {"rollout resume " + on, "rollout undo " + on + " --to-revision=" + change.revision,
         // paused earlier, the rollout would stop halfway
         "rollout status " + on, "rollout pause " + on});
}

}  // namespace rollback
