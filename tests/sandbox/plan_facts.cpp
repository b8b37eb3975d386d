// facts_of(): what the phases read of a MigPlan.
#include "sandbox/phases.hpp"

namespace sandbox {
namespace {

std::string_view before_colon(std::string_view mapping) {
    return mapping.substr(0, mapping.find(':'));
}
std::string_view after_colon(std::string_view mapping) {
    const auto colon = mapping.find(':');
    return colon == std::string_view::npos ? mapping : mapping.substr(colon + 1);
}

}  // namespace

PlanFacts facts_of(const Object& plan) {
    PlanFacts facts{.uid = plan.uid, .name = plan.ref.name};
    facts.suffix = base::text_or_empty(plan.body, "/status/suffix");
    for (const Json& item : base::items_at(plan.body, "/spec/namespaces")) {
        const auto mapping = item.get<std::string>();
        facts.mappings.push_back(mapping);
        facts.source_namespaces.emplace_back(before_colon(mapping));
        facts.target_namespaces.emplace_back(after_colon(mapping));
    }
    for (const Json& volume : base::items_at(plan.body, "/spec/persistentVolumes")) {
        const std::string action = base::text_or_empty(volume, "/selection/action");
        if (action == "skip") continue;
        const std::string claim = base::text_or_empty(volume, "/pvc/name");
        const ClaimPair pair{base::text_or_empty(volume, "/pvc/namespace"),
                             std::string(before_colon(claim)), std::string(after_colon(claim))};
        facts.claim_pairs.push_back(pair);
        if (action != "copy") continue;
        facts.source_claims.insert(pair.ns + "/" + pair.source);
        facts.target_claims.insert(pair.ns + "/" + pair.target);
    }
    return facts;
}

}  // namespace sandbox
