// JSON Patch and merge patch on one document, with the refusals of a real API server. It knows
// nothing of objects: what a patch may change is for strategy.hpp.
#pragma once

#include "support/refusal.hpp"

namespace support {

enum class PatchKind { JsonPatch, MergePatch };

Answer<Json> patched(const Json& document, PatchKind kind, const Json& patch);

}  // namespace support
