#include "plugin/options_set.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "mtc/workload.hpp"
#include "plugin/options_values.hpp"

namespace plugin {
namespace {

std::vector<std::string> kinds_with_a_count() {
    std::vector<std::string> out;
    for (const mtc::WorkloadKind& row : mtc::workload_kinds()) {
        if (mtc::takes_a_count(row)) out.push_back(base::lower(row.type.kind));
    }
    return out;
}

// "deployment" for deployments, Deployment and deployments.apps. 0 says of any kind that it is to
// stay at rest, or away.
std::string kind_of(const std::string& word, const std::string& given, std::int64_t count) {
    for (const mtc::WorkloadKind& row : mtc::workload_kinds()) {
        if ((mtc::takes_a_count(row) || count == 0) && mtc::is_called(row.type, word))
            return base::lower(row.type.kind);
    }
    refuse_value(given, "set",
                 "\"" + word + "\" is no kind with a replica count: there are " +
                     base::join(kinds_with_a_count()));
}

constexpr std::int64_t most_replicas = 1'000'000;

[[noreturn]] void refuse_count(const std::string& given) {
    refuse_value(
        given, "set",
        "must be [NAMESPACE/]KIND/NAME=N, such as shop/deployment/web=3, with N from 0 to " +
            std::to_string(most_replicas));
}

rollback::ReplicaCount replica_count_of(const std::string& given) {
    const auto sides = parts_of(given, '=');
    const auto count = whole_number(sides.back(), 0, most_replicas);
    auto path = parts_of(sides.front(), '/');
    const bool complete = sides.size() == 2 && std::ranges::count(path, "") == 0;
    if (path.size() == 2) path.insert(path.begin(), "");
    if (!complete || path.size() != 3 || !count) refuse_count(given);
    return {
        .ns = path[0], .kind = kind_of(path[1], given, *count), .name = path[2], .count = *count};
}

std::string path_of(const rollback::ReplicaCount& count) {
    return (count.ns.empty() ? "" : count.ns + "/") + count.kind + "/" + count.name;
}

// Without a namespace it may be any: then it is the same workload, or more than one is meant.
bool contradict(const rollback::ReplicaCount& a, const rollback::ReplicaCount& b) {
    const bool same_ns = a.ns == b.ns || a.ns.empty() || b.ns.empty();
    return same_ns && a.kind == b.kind && a.name == b.name && a.count != b.count;
}

}  // namespace

std::vector<rollback::ReplicaCount> replica_counts_of(const std::vector<std::string>& values) {
    std::vector<rollback::ReplicaCount> out;
    for (const std::string& given : values) {
        const auto count = replica_count_of(given);
        const auto other =
            std::ranges::find_if(out, [&](const auto& o) { return contradict(o, count); });
        if (other != out.end())
            refuse_value(given, "set",
                         path_of(*other) + "=" + std::to_string(other->count) + " is given, too");
        out.push_back(count);
    }
    return out;
}

}  // namespace plugin
