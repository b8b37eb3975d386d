#include "base/object.hpp"

#include <algorithm>
#include <cctype>

namespace base {
namespace {

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string unescaped(std::string_view segment) {
    std::string out;
    for (std::size_t i = 0; i < segment.size(); ++i) {
        if (segment[i] != '~' || i + 1 == segment.size()) {
            out += segment[i];
            continue;
        }
        out += segment[++i] == '1' ? '/' : '~';
    }
    return out;
}

const Json* child(const Json& json, const std::string& key) {
    if (!json.is_object()) return nullptr;
    const auto it = json.find(key);
    return it == json.end() || it->is_null() ? nullptr : &*it;
}

// Not through find(): keys such as "migration.openshift.io/x" hold the pointer's separator.
std::optional<std::string> text_in(const Object& object, const char* map, const std::string& key) {
    const Json* entries = find(object.body, std::string("/metadata/") + map);
    const Json* value = entries == nullptr ? nullptr : child(*entries, key);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return value->get<std::string>();
}

}  // namespace

std::string ResourceType::api_version() const {
    return group.empty() ? version : group + "/" + version;
}

std::string ResourceType::resource() const {
    return group.empty() ? plural : plural + "." + group;
}

std::string ObjectRef::label() const {
    return lower(type.kind) + "/" + name;
}

std::string ObjectRef::path() const {
    return ns.empty() ? label() : ns + "/" + label();
}

Object object_of(const ResourceType& type, Json body) {
    Object object{.ref = {.type = type,
                          .ns = text_or_empty(body, "/metadata/namespace"),
                          .name = text_or_empty(body, "/metadata/name")},
                  .uid = text_or_empty(body, "/metadata/uid"),
                  .resource_version = text_or_empty(body, "/metadata/resourceVersion"),
                  .body = {}};
    object.body = std::move(body);
    return object;
}

const Json* find(const Json& json, std::string_view pointer) {
    const Json* at = &json;
    while (at != nullptr && !pointer.empty()) {
        pointer.remove_prefix(1);
        const auto end = std::min(pointer.find('/'), pointer.size());
        at = child(*at, unescaped(pointer.substr(0, end)));
        pointer.remove_prefix(end);
    }
    return at;
}

std::optional<std::string> text_at(const Json& json, std::string_view pointer) {
    const Json* value = find(json, pointer);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return value->get<std::string>();
}

std::optional<std::int64_t> number_at(const Json& json, std::string_view pointer) {
    const Json* value = find(json, pointer);
    if (value == nullptr || !value->is_number_integer()) return std::nullopt;
    return value->get<std::int64_t>();
}

std::optional<bool> bool_at(const Json& json, std::string_view pointer) {
    const Json* value = find(json, pointer);
    if (value == nullptr || !value->is_boolean()) return std::nullopt;
    return value->get<bool>();
}

std::string text_or_empty(const Json& json, std::string_view pointer) {
    return text_at(json, pointer).value_or("");
}

const std::vector<Json>& items_at(const Json& json, std::string_view pointer) {
    static const std::vector<Json> none;
    const Json* value = find(json, pointer);
    return value == nullptr || !value->is_array() ? none : value->get_ref<const Json::array_t&>();
}

std::vector<std::string> texts_at(const Json& json, std::string_view pointer) {
    std::vector<std::string> texts;
    for (const Json& item : items_at(json, pointer)) {
        if (item.is_string()) texts.push_back(item.get<std::string>());
    }
    return texts;
}

std::optional<std::string> label_of(const Object& object, const std::string& key) {
    return text_in(object, "labels", key);
}

std::optional<std::string> annotation_of(const Object& object, const std::string& key) {
    return text_in(object, "annotations", key);
}

std::map<std::string, std::string> labels_of(const Object& object) {
    std::map<std::string, std::string> labels;
    const Json* entries = find(object.body, "/metadata/labels");
    if (entries == nullptr || !entries->is_object()) return labels;
    for (const auto& [key, value] : entries->items()) {
        if (value.is_string()) labels.emplace(key, value.get<std::string>());
    }
    return labels;
}

bool is_terminating(const Object& object) {
    return find(object.body, "/metadata/deletionTimestamp") != nullptr;
}

std::vector<std::string> finalizers_of(const Object& object) {
    return texts_at(object.body, "/metadata/finalizers");
}

std::string pointer_segment(std::string_view key) {
    std::string out;
    for (const char c : key) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace base
