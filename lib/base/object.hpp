// The vocabulary for things on a cluster: a resource type, a reference to an object, an object as
// it was seen, and tolerant reads from its JSON. It knows no MTC and does no I/O. The one file that
// names nlohmann/json.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace base {

using Json = nlohmann::json;

/// A kind of resource as discovery names it. `group` is empty for the core group.
struct ResourceType {
    std::string group;
    std::string version;
    std::string plural;
    std::string kind;
    bool namespaced = true;

    auto operator<=>(const ResourceType&) const = default;
    /// "v1" or "apps/v1"
    std::string api_version() const;
    /// "pods" or "deployments.apps": how kubectl names a resource in a message
    std::string resource() const;
};

/// Which object. `ns` is empty for cluster-scoped objects (and for a type that is not namespaced).
struct ObjectRef {
    ResourceType type;
    std::string ns;
    std::string name;

    auto operator<=>(const ObjectRef&) const = default;
    /// "deployment/web": the kind in lower case and the name, for messages
    std::string label() const;
    /// "shop/deployment/web", or label() for cluster-scoped objects
    std::string path() const;
};

/// An object as it was seen. uid and resource_version are what a guarded write refers to.
struct Object {
    ObjectRef ref;
    std::string uid;
    std::string resource_version;
    Json body;

    bool operator==(const Object&) const = default;
};

/// An Object around `body` (which must be a JSON object) of the given type: name, namespace, uid
/// and resourceVersion are read from its metadata; what is missing stays empty.
Object object_of(const ResourceType& type, Json body);

/// The value at a JSON pointer ("/spec/replicas"), or nullptr when any part of the way is missing
/// or null.
const Json* find(const Json& json, std::string_view pointer);

/// The text, number, truth at a pointer; nothing when it is missing or of another type.
std::optional<std::string> text_at(const Json& json, std::string_view pointer);
std::optional<std::int64_t> number_at(const Json& json, std::string_view pointer);
std::optional<bool> bool_at(const Json& json, std::string_view pointer);
/// The text at a pointer, or "".
std::string text_or_empty(const Json& json, std::string_view pointer);
/// The elements of the array at a pointer; empty when it is missing or no array. Valid as long as
/// `json`.
const std::vector<Json>& items_at(const Json& json, std::string_view pointer);

/// The texts of the array at a pointer; what is no text is left out.
std::vector<std::string> texts_at(const Json& json, std::string_view pointer);

std::optional<std::string> label_of(const Object& object, const std::string& key);
std::optional<std::string> annotation_of(const Object& object, const std::string& key);
std::map<std::string, std::string> labels_of(const Object& object);
/// True when metadata.deletionTimestamp is set.
bool is_terminating(const Object& object);
std::vector<std::string> finalizers_of(const Object& object);

/// A key as one segment of a JSON pointer: "~" and "/" escaped (RFC 6901).
std::string pointer_segment(std::string_view key);

}  // namespace base
