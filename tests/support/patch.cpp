#include "support/patch.hpp"

namespace support {
namespace {

/// Go's JSON Patch lets a `test` of a missing value against null pass, RFC 6902 does not.
bool tests_absence(const Json& document, const Json& operation) {
    if (operation.value("op", "") != "test" || !operation.contains("value")) return false;
    return operation["value"].is_null() &&
           base::find(document, operation.value("path", "")) == nullptr;
}

Answer<Json> json_patched(Json document, const Json& operations) {
    if (!operations.is_array()) {
        return std::unexpected(refusal::bad_request(
            "error decoding patch: json: cannot unmarshal object into Go value of type "
            "[]handlers.jsonPatchOp"));
    }
    try {
        // One by one, for the sake of tests_absence(); the document is only ours until all of them
        // held.
        for (const Json& operation : operations) {
            if (tests_absence(document, operation)) continue;
            document = document.patch(Json::array({operation}));
        }
    } catch (const Json::exception&) {
        return std::unexpected(refusal::patch_rejected());
    }
    return document;
}

Answer<Json> merge_patched(Json document, const Json& patch) {
    if (!patch.is_object()) {
        return std::unexpected(
            refusal::bad_request("error decoding patch: a merge patch must be an object"));
    }
    document.merge_patch(patch);
    return document;
}

}  // namespace

Answer<Json> patched(const Json& document, PatchKind kind, const Json& patch) {
    return kind == PatchKind::JsonPatch ? json_patched(document, patch)
                                        : merge_patched(document, patch);
}

}  // namespace support
