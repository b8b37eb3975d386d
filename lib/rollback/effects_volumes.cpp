// What becomes of the data on the target's volumes: a part of effects_of().
#include <map>
#include <utility>

#include "base/text.hpp"
#include "rollback/effects_parts.hpp"
#include "rollback/other_owners.hpp"
#include "rollback/volume_fate.hpp"

namespace rollback {
namespace {

/// What becomes of the data behind a claim that is deleted on the target, the worst first.
enum class DataFate { Destroyed, Unseen, Deleted, Released, ComesBack, None };

DataFate fate_of_data(const TargetVolume& volume) {
    if (is_destroyed(volume)) return DataFate::Destroyed;
    if (may_be_destroyed(volume)) return DataFate::Unseen;
    if (volume.fate == Fate::NoVolume) return DataFate::None;
    if (volume.fate != Fate::Kept) return DataFate::Deleted;
    return volume.volume.action == "move" ? DataFate::ComesBack : DataFate::Released;
}

std::string sentence_of(DataFate fate, const std::string& since) {
    switch (fate) {
        case DataFate::Destroyed:
            return "volumes are destroyed on the target with all that is on them, and nobody else "
                   "has it: ";
        case DataFate::Unseen:
            return "volumes that may hold the only copy of their data may be destroyed on the "
                   "target: ";
        case DataFate::Deleted:
            return "data written to the migrated volumes on the target" + since +
                   " is deleted with them; nothing is copied back to the source: ";
        case DataFate::Released:
            return "data written to the migrated volumes on the target" + since +
                   " is not copied back to the source; it stays on these volumes, which are kept "
                   "there (reclaim policy Retain): ";
        case DataFate::ComesBack:
            return "a moved volume is one for both sides: what was written to it on the target" +
                   since +
                   " is on the volume that comes back; only the claim on the target is deleted "
                   "(reclaim policy Retain): ";
        case DataFate::None:
            break;
    }
    return {};
}

using DataByClaim = std::map<std::pair<std::string, std::string>, DataFate>;

DataByClaim data_by_claim(const State& state) {
    DataByClaim fates;
    for (const TargetVolume& volume : volumes_on_target(state))
        fates.emplace(std::pair(volume.claim_ns, volume.claim), fate_of_data(volume));
    return fates;
}

}  // namespace

void data_lost(const State& state, const Effects& effects, Warnings& out) {
    const auto claims = effects.deleted.find("persistentvolumeclaims");
    if (claims == effects.deleted.end()) return;
    const auto known = data_by_claim(state);
    std::map<DataFate, std::vector<std::string>> by_fate;
    for (const ObjectRef& ref : claims->second) {
        const auto it = known.find({ref.ns, ref.name});
        by_fate[it == known.end() ? DataFate::Deleted : it->second].push_back(ref.path());
    }
    const auto since = stopped_since(state);
    for (const auto& [fate, names] : by_fate) {
        if (fate == DataFate::None) continue;
        out.push_back(sentence_of(fate, since ? " since " + base::rfc3339(*since) : "") +
                      base::first_of(names, 3));
    }
}

void what_is_accepted(const State& state, const Effects&, Warnings& out) {
    std::ranges::move(accepted_volumes(state), std::back_inserter(out));
    std::ranges::move(accepted_owners(state), std::back_inserter(out));
}

}  // namespace rollback
