#include "sandbox/server_faults.hpp"

#include <algorithm>

namespace sandbox {

Effect answer_with(const base::Json& status, std::optional<int> retry_after) {
    AnswerWith answer{.status = status.value("code", 500), .body = status.dump()};
    if (retry_after) answer.headers["Retry-After"] = std::to_string(*retry_after);
    return answer;
}

void Faults::add(Fault fault) {
    std::regex match(fault.match);
    const std::lock_guard lock(mutex_);
    armed_.push_back({std::move(match), std::move(fault)});
}

void Faults::clear() {
    const std::lock_guard lock(mutex_);
    armed_.clear();
}

std::optional<Effect> Faults::take(const std::string& method, const std::string& target) {
    const std::string line = method + " " + target;
    const std::lock_guard lock(mutex_);
    const auto hit = std::ranges::find_if(
        armed_, [&](const Armed& armed) { return std::regex_search(line, armed.match); });
    if (hit == armed_.end()) return std::nullopt;
    Effect effect = hit->fault.effect;
    if (hit->fault.times == 1) {
        armed_.erase(hit);
    } else if (hit->fault.times > 1) {
        --hit->fault.times;
    }
    return effect;
}

}  // namespace sandbox
