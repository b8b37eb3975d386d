// The proof of recovery: a table of checks over what was seen after a rollback. Every check says
// something, also when all is well, and what could not be seen is Unknown, never Ok.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "rollback/assess.hpp"
#include "rollback/record.hpp"
#include "rollback/state.hpp"

namespace rollback {

enum class Severity { Ok, Warning, Failure, Unknown };
std::string word(Severity severity);

struct Finding {
    std::string check;  // stable id: "source-workloads-serve"
    Side side = Side::Source;
    Severity severity = Severity::Ok;
    std::string subject =
        {};  // the object it is about ("shop/deployment/web"), empty for a whole cluster
    std::string message;  // names the subject
    std::string remedy = {};
    bool may_heal = false;  // pods may still be starting, objects still terminating, MTC thinking
    bool stays = false;     // a rollback of the plan does not mend it
};

/// The rollback whose outcome a proof is about: the newest, unless another migration of the plan
/// has begun after it. nullptr when there is none.
const mtc::Migration* rollback_to_prove(const State& state);

struct Evidence {
    const State& state;
    const Record& record;
    /// The rollback whose outcome is to be proved; empty when none is known.
    std::string rollback;
    /// Console: the controller rolled back. Manual: the application was started by hand; what was
    /// migrated stays on the target, at rest.
    Flow flow = Flow::Console;
    /// False when the record was made by the proof itself, and does not know what was before.
    bool before_is_known = true;
};

/// After which flow a check makes sense.
enum class After { Both, Console, Manual };

struct Check {
    const char* id;
    Side side;
    After after;
    std::vector<Finding> (*run)(const Evidence&);
};

std::span<const Check> checks();

/// All findings of the checks of that flow, in the order of the table; each gives at least one, but
/// for routes, which are asked only when the operator wants it.
std::vector<Finding> verify(const Evidence& evidence);

/// True when nothing is Failure or Unknown.
bool all_is_well(const std::vector<Finding>& findings);
/// True when waiting may turn a finding of that severity into Ok.
bool may_heal(const std::vector<Finding>& findings, Severity severity = Severity::Failure);

}  // namespace rollback
