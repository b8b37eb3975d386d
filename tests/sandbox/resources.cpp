#include "sandbox/resources.hpp"

#include <algorithm>

#include "base/clock.hpp"

namespace sandbox {

const ResourceType* type_of_kind(std::string_view kind) {
    const auto& rows = support::served_types();
    const auto it = std::ranges::find(rows, kind, [](const auto& row) { return row.type.kind; });
    return it == rows.end() ? nullptr : &it->type;
}

Json manifest(const ResourceType& type, const std::string& ns, const std::string& name) {
    Json body = {
        {"apiVersion", type.api_version()}, {"kind", type.kind}, {"metadata", {{"name", name}}}};
    if (type.namespaced) body["metadata"]["namespace"] = ns;
    return body;
}

Json controller_reference(const Object& owner) {
    return {{"apiVersion", owner.ref.type.api_version()},
            {"kind", owner.ref.type.kind},
            {"name", owner.ref.name},
            {"uid", owner.uid},
            {"controller", true},
            {"blockOwnerDeletion", true}};
}

std::string controller_uid(const Object& object) {
    for (const Json& owner : base::items_at(object.body, "/metadata/ownerReferences")) {
        if (base::bool_at(owner, "/controller").value_or(false))
            return base::text_or_empty(owner, "/uid");
    }
    return {};
}

bool matches(const Json* wanted, const Json* labels) {
    if (wanted == nullptr || wanted->empty()) return true;
    if (labels == nullptr || !labels->is_object() || !wanted->is_object()) return false;
    return std::ranges::all_of(wanted->items(), [&](const auto& pair) {
        return labels->contains(pair.key()) && labels->at(pair.key()) == pair.value();
    });
}

const Json& first_at(const Json& json, std::string_view pointer) {
    static const Json none;
    const auto& items = base::items_at(json, pointer);
    return items.empty() ? none : items.front();
}

bool is_ready(const Object& pod) {
    return !base::is_terminating(pod) &&
           std::ranges::any_of(base::items_at(pod.body, "/status/conditions"), [](const Json& c) {
               return base::text_or_empty(c, "/type") == "Ready" &&
                      base::text_or_empty(c, "/status") == "True";
           });
}

std::vector<std::string> claims_of(const Json& body, const std::string& spec) {
    std::vector<std::string> names;
    for (const Json& volume : base::items_at(body, spec + "/volumes")) {
        if (const auto name = base::text_at(volume, "/persistentVolumeClaim/claimName"))
            names.push_back(*name);
    }
    return names;
}

std::string short_hash(std::string_view text, std::size_t length) {
    static constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
    std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a: the same in every run
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    std::string out;
    for (; out.size() < length; hash /= letters.size()) out += letters[hash % letters.size()];
    return out;
}

std::string time_now() {
    return base::rfc3339(base::now());
}

Result<void> update(kube::Cluster& cluster, const Object& seen, const Json& changed,
                    std::stop_token stop) {
    const Json operations = Json::diff(seen.body, changed);
    if (operations.empty()) return {};
    const auto result = cluster.patch(seen, operations, {}, stop);
    if (!result) return std::unexpected(result.error());
    return {};
}

Result<void> set_status(kube::Cluster& cluster, const Object& seen, const Json& status,
                        std::stop_token stop) {
    const Json* now = base::find(seen.body, "/status");
    if (now != nullptr && *now == status) return {};
    const Json operations = Json::array({{{"op", "add"}, {"path", "/status"}, {"value", status}}});
    const auto result = cluster.patch(seen, operations, {.subresource = "status"}, stop);
    if (!result) return std::unexpected(result.error());
    return {};
}

}  // namespace sandbox
