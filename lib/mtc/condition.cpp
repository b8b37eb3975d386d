#include "mtc/condition.hpp"

#include <algorithm>

namespace mtc {

Conditions decode_conditions(const base::Json& body) {
    Conditions conditions;
    for (const base::Json& item : base::items_at(body, "/status/conditions")) {
        const auto type = base::text_at(item, "/type");
        const base::Json* status = base::find(item, "/status");
        if (!type || (status != nullptr && *status != "True")) continue;
        conditions.push_back(
            {.type = *type,
             .category = base::text_or_empty(item, "/category"),
             .reason = base::text_or_empty(item, "/reason"),
             .message = base::text_or_empty(item, "/message"),
             .since = base::parse_rfc3339(base::text_or_empty(item, "/lastTransitionTime"))});
    }
    return conditions;
}

const Condition* find(const Conditions& conditions, std::string_view type) {
    const auto it = std::ranges::find(conditions, type, &Condition::type);
    return it == conditions.end() ? nullptr : &*it;
}

bool has(const Conditions& conditions, std::string_view type) {
    return find(conditions, type) != nullptr;
}

Conditions blocking(const Conditions& conditions) {
    Conditions out;
    std::ranges::copy_if(conditions, std::back_inserter(out), &Condition::blocks);
    return out;
}

}  // namespace mtc
