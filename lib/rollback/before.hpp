// What every workload ran before the migration: the first of the three columns (before, source now,
// target now) that preview, manual flow, verification and reports compare. One function with one
// answer; what nobody tells is not known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mtc/workload.hpp"
#include "rollback/state.hpp"

namespace rollback {

/// Who tells what a workload ran before.
enum class Witness {
    Operator,    // --set
    Annotation,  // what MTC wrote down when it stopped the workload
    Copy,        // what was migrated: the backup is taken before MTC stops anything
    Source,      // the workload itself, which runs and carries no mark
    Nobody,
};
/// "operator", "annotation", "target", "source", "nobody": as it is written in JSON
std::string word(Witness witness);
/// Of one of these words; Nobody for any other.
Witness witness_from(const std::string& word);

struct Before {
    mtc::Wanted wanted = {};       // empty fields: not known
    std::optional<bool> ran = {};  // nothing: not known
    Witness told_by = Witness::Nobody;

    bool operator==(const Before&) const = default;
};

/// Where that can be read of one workload; each may be missing.
struct Witnesses {
    const Before* recorded = nullptr;  // what an earlier run, or an earlier look, wrote down
    const Object* source = nullptr;
    const Object* copy = nullptr;  // its migrated copy on the target
};

/// Field by field what the first that knows it says: the record, MTC's annotations, the migrated
/// copy, then the workload itself if it runs and was not stopped. A record that holds no more than
/// an annotation yields to what the annotation says now.
Before before_of(const Witnesses& witnesses);

/// `older`, and what it does not know from `newer`. What an older record saw running tells less
/// than a newer one, and of two annotations the newer counts.
Before merged(const Before& older, const Before& newer);

/// True for an object of the target that this plan migrated.
bool is_migrated_copy(const State& state, const Object& target);

/// A workload of the plan's namespaces on both sides, matched by kind and name through the plan's
/// mapping of namespaces.
struct Pair {
    ObjectRef workload;              // as it is called on the source
    const Object* source = nullptr;  // nothing: it is not there, or was not seen
    const Object* target = nullptr;

    /// What of the target was migrated by the plan: it alone tells of before.
    const Object* copy(const State& state) const {
        return target != nullptr && is_migrated_copy(state, *target) ? target : nullptr;
    }
};

/// By namespace, kind, name. Refers to `state`.
std::vector<Pair> pairs_of(const State& state);

}  // namespace rollback
