// How lists and bare metadata look on the wire. It chooses nothing: the page is already made.
#pragma once

#include <string>

#include "support/store.hpp"

namespace sandbox {

/// A PartialObjectMetadata.
base::Json metadata_of(const base::Json& object);

/// A List, or a PartialObjectMetadataList; `counted` says whether remainingItemCount may be told.
std::string list_body(const base::ResourceType& type, const support::Page& page, bool metadata_only,
                      bool counted);

}  // namespace sandbox
