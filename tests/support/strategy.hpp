// What the API server does to an object between a request and the storage: defaults, who may write
// the status, what an update cannot change, the generation. Pure functions; named after apiserver's
// strategies.
#pragma once

#include <string>

#include "support/refusal.hpp"
#include "support/types.hpp"

namespace support {

/// What the server adds to metadata of a new object.
struct Birth {
    std::string uid;
    std::string time;         // creationTimestamp
    std::string name_suffix;  // for generateName
};

/// The name of a new object: its own, or made from generateName; refused when it has neither or is
/// no name.
Answer<std::string> name_for_create(const ServedType& served, const Json& body,
                                    const std::string& suffix);

/// The object as it will be stored: defaults filled in, what clients cannot say removed.
Json prepared_for_create(const ServedType& served, const std::string& ns, const std::string& name,
                         Json body, const Birth& birth);

/// The object as an update leaves it. `subresource` is empty or "status". Refused when the new
/// object contradicts the old one's identity.
Answer<Json> prepared_for_update(const ServedType& served, const Json& old, Json body,
                                 const std::string& subresource);

/// The Scale of a workload, and the workload with the Scale's count.
Json scale_of(const Json& workload);
Json with_scale(Json workload, const Json& scale);

/// The object marked as being deleted; its generation grows.
Json terminating(Json object, const std::string& time, std::int64_t grace_seconds);

}  // namespace support
