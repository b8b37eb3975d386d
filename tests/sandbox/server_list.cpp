#include "sandbox/server_list.hpp"

namespace sandbox {

using base::Json;

namespace {

/// Items of lists of built-in types say nothing of their kind; those of custom types do.
void append_item(std::string& out, const Json& item, bool custom) {
    char separator = '{';
    for (const auto& [key, value] : item.items()) {
        if (!custom && (key == "kind" || key == "apiVersion")) continue;
        out.append(1, separator).append(Json(key).dump()).append(":").append(value.dump());
        separator = ',';
    }
    out += '}';
}

Json list_metadata(const support::Page& page, bool counted) {
    Json metadata = {{"resourceVersion", page.resource_version}};
    if (page.continue_token.empty()) return metadata;
    metadata["continue"] = page.continue_token;
    if (counted) metadata["remainingItemCount"] = page.remaining;
    return metadata;
}

}  // namespace

Json metadata_of(const Json& object) {
    return {{"kind", "PartialObjectMetadata"},
            {"apiVersion", "meta.k8s.io/v1"},
            {"metadata", object["metadata"]}};
}

/// Written as text: a tree of thousands of objects would only be built to be dumped.
std::string list_body(const base::ResourceType& type, const support::Page& page, bool metadata_only,
                      bool counted) {
    const auto* served = support::served_type(type.group, type.version, type.plural);
    const std::string kind = metadata_only ? "PartialObjectMetadataList" : type.kind + "List";
    const std::string version = metadata_only ? "meta.k8s.io/v1" : type.api_version();
    std::string out = R"({"kind":")" + kind + R"(","apiVersion":")" + version + R"(","metadata":)" +
                      list_metadata(page, counted).dump() + R"(,"items":[)";
    const auto empty = out.size();
    for (const support::Stored& item : page.items) {
        if (out.size() != empty) out += ',';
        if (metadata_only) {
            out += metadata_of(*item).dump();
        } else {
            append_item(out, *item, served->custom);
        }
    }
    return out + "]}";
}

}  // namespace sandbox
