// What the promises about kube::Cluster are written with: objects to create, and words for what
// came back.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "contract/worlds.hpp"
#include "support/types.hpp"

namespace contract {

using base::ErrorKind;
using base::Json;
using base::Object;
using base::ObjectRef;
using kube::Cluster;
namespace types = support::types;
using Names = std::vector<std::string>;

/// Requires success and gives the value.
template <class T>
T must(base::Result<T> result) {
    REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().message));
    return *std::move(result);
}
inline void must(const base::Result<void>& result) {
    REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().message));
}

/// Requires failure and gives its kind.
template <class T>
ErrorKind refusal_of(const base::Result<T>& result) {
    REQUIRE_FALSE(result.has_value());
    return result.error().kind;
}

inline ObjectRef configmap(World& world, const std::string& name) {
    return {types::configmaps, world.ns(), name};
}

/// Creates a ConfigMap with the data {"key": "value"}; each promise uses names of its own.
inline Object create(World& world, const std::string& name, const Json& more = Json::object()) {
    Json body = {{"apiVersion", "v1"},
                 {"kind", "ConfigMap"},
                 {"metadata", {{"name", name}}},
                 {"data", {{"key", "value"}}}};
    body.merge_patch(more);
    return must(world.cluster().create(configmap(world, name), body, {}, {}));
}

inline Json labelled(const std::string& key, const std::string& value) {
    return {{"metadata", {{"labels", {{key, value}}}}}};
}

inline Json replace_key(const std::string& value) {
    return {{{"op", "replace"}, {"path", "/data/key"}, {"value", value}}};
}

inline Names names_of(const kube::ObjectList& list) {
    Names names;
    for (const Object& object : list.items) names.push_back(object.ref.name);
    return names;
}

}  // namespace contract
