// The pods of an owner: made from its template, counted, and brought to the wanted set.
#pragma once

#include <map>

#include "sandbox/workload_controller.hpp"

namespace sandbox {

/// A pod by that name from the owner's template, controlled by the owner.
Json pod_from_template(const Object& owner, const std::string& name);
/// `count` names that are the same each time: "web-7d4f9-x2k4b".
std::vector<std::string> pod_names(const Object& owner, std::int64_t count);

struct PodCount {
    std::int64_t all = 0;  // terminating ones left out
    std::int64_t ready = 0;
};
PodCount count_pods(const Work& work, const Object& owner);

/// Creates those wanted that are missing, deletes those that are not wanted. A pod by a wanted name
/// that is still terminating is waited for.
void bring_pods_to(const Work& work, const Object& owner,
                   const std::map<std::string, Json>& wanted);

}  // namespace sandbox
