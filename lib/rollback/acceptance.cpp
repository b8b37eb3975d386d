#include "rollback/acceptance.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "rollback/assess.hpp"
#include "rollback/conversion.hpp"
#include "rollback/identity.hpp"
#include "rollback/other_owners.hpp"
#include "rollback/twice.hpp"
#include "rollback/volume_fate.hpp"

namespace rollback {
namespace {

std::string acceptance_of(std::string_view id, const std::string& object) {
    return std::string(id) + "=" + object;
}

}  // namespace

std::string accept_flag(std::string_view id, const std::string& object) {
    return "--accept " + base::shell_word(acceptance_of(id, object));
}

bool is_accepted(const State& state, std::string_view id, const std::string& object) {
    return std::ranges::count(state.accepted, acceptance_of(id, object)) > 0;
}

std::string Acceptable::usage() const {
    return std::string(id) + (object.empty() ? "" : "=" + std::string(object));
}

bool Acceptable::matches(std::string_view given) const {
    if (object.empty()) return given == id;
    return given.starts_with(id) && given.size() > id.size() + 1 && given[id.size()] == '=';
}

std::vector<Acceptable> what_can_be_accepted() {
    std::vector<Acceptable> all;
    for (const std::string_view id : acceptable_ids()) all.push_back({id, ""});
    all.push_back({running_unseen_id, ""});
    all.push_back({volume_policy_unseen, "NAMESPACE/CLAIM"});
    all.push_back({runs_on_target_only_id, "NAMESPACE/KIND/NAME"});
    all.push_back({serves_on_target_only_id, "NAMESPACE/KIND/NAME"});
    all.push_back({stops_unmigrated_id, "NAMESPACE/KIND/NAME"});
    all.push_back({conversion_moves_set_id, "NAMESPACE/KIND/NAME"});
    all.push_back({conversion_copies_job_id, "NAMESPACE/KIND/NAME"});
    return all;
}

}  // namespace rollback
