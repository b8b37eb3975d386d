#include "support/schema.hpp"

#include <algorithm>

namespace support {
namespace {

constexpr const char* preserve = "x-kubernetes-preserve-unknown-fields";

const Json* member(const Json& object, const std::string& key) {
    const auto it = object.find(key);
    return it == object.end() ? nullptr : &*it;
}

bool preserves(const Json& schema) {
    return base::bool_at(schema, std::string("/") + preserve).value_or(false);
}

/// The schema of one key of an object; nullptr when nothing is said about it.
const Json* schema_for(const Json& schema, const std::string& key) {
    const Json* properties = member(schema, "properties");
    const Json* found = properties == nullptr ? nullptr : member(*properties, key);
    if (found == nullptr) found = member(schema, "additionalProperties");
    return found != nullptr && found->is_object() ? found : nullptr;
}

Json prune(const Json& value, const Json& schema);

Json prune_object(const Json& value, const Json& schema) {
    Json out = Json::object();
    for (const auto& [key, entry] : value.items()) {
        const Json* inner = schema_for(schema, key);
        if (inner != nullptr) {
            out[key] = prune(entry, *inner);
        } else if (preserves(schema) || schema.value("additionalProperties", Json()) == true) {
            out[key] = entry;
        }
    }
    return out;
}

Json prune_array(const Json& value, const Json& schema) {
    const Json* items = member(schema, "items");
    if (items == nullptr) return value;
    Json out = Json::array();
    for (const Json& entry : value) out.push_back(prune(entry, *items));
    return out;
}

Json prune(const Json& value, const Json& schema) {
    if (value.is_object()) return prune_object(value, schema);
    if (value.is_array()) return prune_array(value, schema);
    return value;
}

std::string type_of(const Json& value) {
    if (value.is_number_integer()) return "integer";
    return value.type_name();
}

bool of_type(const Json& value, const std::string& type) {
    const std::string actual = type_of(value);
    return actual == type || (type == "number" && actual == "integer");
}

std::string child_path(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
}

void check(const Json& value, const Json& schema, const std::string& path, std::vector<Cause>& out);

void check_members(const Json& value, const Json& schema, const std::string& path,
                   std::vector<Cause>& out) {
    for (const Json& name : base::items_at(schema, "/required")) {
        const auto key = name.get<std::string>();
        if (value.contains(key)) continue;
        out.push_back({child_path(path, key), "Required value", "FieldValueRequired"});
    }
    for (const auto& [key, entry] : value.items()) {
        const Json* inner = schema_for(schema, key);
        if (inner != nullptr) check(entry, *inner, child_path(path, key), out);
    }
}

void check_items(const Json& value, const Json& schema, const std::string& path,
                 std::vector<Cause>& out) {
    const Json* items = member(schema, "items");
    for (std::size_t i = 0; items != nullptr && i < value.size(); ++i) {
        check(value[i], *items, path + "[" + std::to_string(i) + "]", out);
    }
}

void check_enum(const Json& value, const Json& schema, const std::string& path,
                std::vector<Cause>& out) {
    const auto& allowed = base::items_at(schema, "/enum");
    if (allowed.empty() || std::ranges::find(allowed, value) != allowed.end()) return;
    std::string names;
    for (const Json& name : allowed) names += (names.empty() ? "" : ", ") + name.dump();
    out.push_back({path, "Unsupported value: " + value.dump() + ": supported values: " + names,
                   "FieldValueNotSupported"});
}

void check(const Json& value, const Json& schema, const std::string& path,
           std::vector<Cause>& out) {
    const std::string type = base::text_or_empty(schema, "/type");
    if (value.is_null() && base::bool_at(schema, "/nullable").value_or(false)) return;
    if (!type.empty() && !of_type(value, type)) {
        const std::string actual = "\"" + type_of(value) + "\"";
        out.push_back({path,
                       "Invalid value: " + actual + ": " + path + " in body must be of type " +
                           type + ": " + actual,
                       "FieldValueTypeInvalid"});
        return;
    }
    if (value.is_object()) check_members(value, schema, path, out);
    if (value.is_array()) check_items(value, schema, path, out);
    check_enum(value, schema, path, out);
}

}  // namespace

const Json* schema_of(const Json& definition, const std::string& version) {
    for (const Json& row : base::items_at(definition, "/spec/versions")) {
        if (base::text_or_empty(row, "/name") == version) {
            return base::find(row, "/schema/openAPIV3Schema");
        }
    }
    return nullptr;
}

Json pruned(const Json& object, const Json& schema) {
    Json out = prune(object, schema);
    for (const char* key : {"apiVersion", "kind", "metadata"}) {
        if (object.contains(key)) out[key] = object[key];
    }
    return out;
}

std::vector<Cause> violations(const Json& object, const Json& schema) {
    std::vector<Cause> out;
    check(object, schema, "", out);
    return out;
}

}  // namespace support
