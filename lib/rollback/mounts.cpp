#include "rollback/mounts.hpp"

#include <algorithm>

namespace rollback {
namespace {

// Of a pod; of a workload; of a CronJob it is one level deeper.
const std::vector<Json>& volumes_in_spec(const Object& object) {
    for (const char* where : {"/spec/volumes", "/spec/template/spec/volumes",
                              "/spec/jobTemplate/spec/template/spec/volumes"}) {
        const auto& volumes = base::items_at(object.body, where);
        if (!volumes.empty()) return volumes;
    }
    return base::items_at(object.body, "/spec/volumes");
}

std::string claim_in(const Json& volume) {
    for (const char* where : {"/persistentVolumeClaim/claimName", "/dataVolume/name"}) {
        if (const auto claim = base::text_at(volume, where)) return *claim;
    }
    return {};
}

bool is_number(std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "TEMPLATE-SET-0"
bool makes_claim(const Object& set, const Json& claim_template, const std::string& claim) {
    const std::string start =
        base::text_or_empty(claim_template, "/metadata/name") + "-" + set.ref.name + "-";
    return claim.starts_with(start) && is_number(std::string_view(claim).substr(start.size()));
}

}  // namespace

std::vector<std::string> claims_of(const Object& pod_or_workload) {
    std::vector<std::string> claims;
    for (const Json& volume : volumes_in_spec(pod_or_workload)) {
        if (std::string claim = claim_in(volume); !claim.empty())
            claims.push_back(std::move(claim));
    }
    return claims;
}

bool mounts(const Object& workload, const std::string& claim) {
    const auto claims = claims_of(workload);
    if (std::ranges::count(claims, claim) > 0) return true;
    return std::ranges::any_of(
        base::items_at(workload.body, "/spec/volumeClaimTemplates"),
        [&](const Json& each) { return makes_claim(workload, each, claim); });
}

}  // namespace rollback
