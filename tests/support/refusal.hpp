// The answers of an API server that are no objects: a Status for every refusal, word for word as a
// real kube-apiserver writes it. Both the fake and the sandbox answer with these; neither words
// anything itself.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "base/object.hpp"

namespace support {

using base::Json;
using base::ObjectRef;
using base::ResourceType;

/// The thing that was asked for, or a Status object that says why not.
template <class T>
using Answer = std::expected<T, Json>;

/// One field of an Invalid answer.
struct Cause {
    std::string field;    // "spec.stage"
    std::string message;  // "Required value"
    std::string reason = "FieldValueInvalid";
};

/// What a denied request wanted, in RBAC's words.
struct Attempt {
    std::string user;
    std::string verb;
    ObjectRef ref;
    std::string subresource = {};
};

namespace refusal {

Json not_found(const ResourceType& type, const std::string& name);
Json already_exists(const ResourceType& type, const std::string& name);
Json conflict(const ResourceType& type, const std::string& name, const std::string& why);
/// The conflict of a stale resourceVersion.
Json modified(const ResourceType& type, const std::string& name);
/// The conflict of a delete's precondition; `field` is "UID" or "ResourceVersion".
Json precondition(const ResourceType& type, const std::string& name, const std::string& field,
                  const std::string& wanted, const std::string& actual);
Json invalid(const ResourceType& type, const std::string& name, const std::vector<Cause>& causes);
/// A JSON Patch whose `test` failed or whose path is missing: the server says no more than this.
Json patch_rejected();
Json bad_request(const std::string& message);
Json unauthorized();
Json forbidden(const Attempt& attempt);
Json namespace_terminating(const ObjectRef& ref);
Json expired(const std::string& message);
/// A continue token that is too old.
Json expired_token();
Json too_many_requests(int retry_after_seconds);
Json unavailable(const std::string& message);
Json method_not_allowed();
Json unsupported_media_type();
/// No such resource, or no such subresource.
Json no_such_resource();
Json internal(const std::string& message);
/// As a real server answers what it did not expect to go wrong.
Json without_reason(int code, const std::string& message);
/// Any other code, as a fault may ask for.
Json of_code(int code, const std::string& message);

}  // namespace refusal

/// The Status of a delete that is done.
Json deleted_status(const ResourceType& type, const std::string& name, const std::string& uid);
/// The Status of a create that returns no object (a binding).
Json success_status();

}  // namespace support
