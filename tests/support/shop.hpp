// What the tests of the store are written with: a small shop, and words for what came back.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/store.hpp"

namespace support {

using base::text_or_empty;
using Names = std::vector<std::string>;

inline ObjectRef configmap(const std::string& name) {
    return {types::configmaps, "shop", name};
}

inline Json body(const std::string& name, Json more = Json::object()) {
    Json object = {{"metadata", {{"name", name}}}};
    object.merge_patch(more);
    return object;
}

inline std::string name_of(const Json& object) {
    return text_or_empty(object, "/metadata/name");
}
inline std::string uid_of(const Json& object) {
    return text_or_empty(object, "/metadata/uid");
}
inline std::string version_of(const Json& object) {
    return text_or_empty(object, "/metadata/resourceVersion");
}

template <class T>
int code_of(const Answer<T>& answer) {
    return answer ? 200 : answer.error()["code"].template get<int>();
}

template <class T>
std::string message_of(const Answer<T>& answer) {
    return answer ? "" : text_or_empty(answer.error(), "/message");
}

inline std::vector<std::string> names_of(const Page& page) {
    std::vector<std::string> names;
    for (const Stored& item : page.items) names.push_back(name_of(*item));
    return names;
}

/// A store with the namespace "shop", where it is always noon.
struct Shop {
    Store store{{.now = [] { return *base::parse_rfc3339("2025-05-01T12:00:00Z"); }}};
    Shop() { REQUIRE(store.create({types::namespaces, "", ""}, body("shop"))); }

    Json create(const ResourceType& type, Json object, const std::string& ns = "shop") {
        const auto created = store.create({type, ns, ""}, std::move(object));
        REQUIRE_MESSAGE(created, message_of(created));
        return *created;
    }
    Json create(const std::string& name, Json more = Json::object()) {
        return create(types::configmaps, body(name, std::move(more)));
    }
    auto patch(const ObjectRef& ref, const char* operations, WriteRequest request = {}) {
        return store.patch(ref, PatchKind::JsonPatch, Json::parse(operations), request);
    }
    Names list(const ResourceType& type, Query query) {
        const auto page = store.list(type, query);
        REQUIRE_MESSAGE(page, message_of(page));
        return names_of(*page);
    }
};

}  // namespace support
