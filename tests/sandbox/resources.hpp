// Small reads and writes on Kubernetes objects that more than one simulator needs. It decides
// nothing; the types are those that the store serves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kube/cluster.hpp"
#include "support/types.hpp"

namespace sandbox {

using base::Json;
using base::Object;
using base::ObjectRef;
using base::ResourceType;
using base::Result;

namespace types = support::types;

/// The type of a kind ("Deployment"), or nullptr when no cluster of the tests has it.
const ResourceType* type_of_kind(std::string_view kind);

/// A manifest with apiVersion, kind, name and namespace filled in.
Json manifest(const ResourceType& type, const std::string& ns, const std::string& name);

/// The entry of metadata.ownerReferences that makes `owner` the controller of an object.
Json controller_reference(const Object& owner);
/// The uid of the owner that controls the object, or "".
std::string controller_uid(const Object& object);

/// True when the labels hold every pair of `wanted` (an object, or nullptr: everything matches).
bool matches(const Json* wanted, const Json* labels);
/// The first element of the array at a pointer, or null.
const Json& first_at(const Json& json, std::string_view pointer);
/// The pod's condition Ready is True, and it is not being deleted.
bool is_ready(const Object& pod);
/// The names of the PVCs that a pod (or its template, at `spec`) mounts.
std::vector<std::string> claims_of(const Json& body, const std::string& spec = "/spec");

/// A short, stable suffix for generated names: `length` letters and digits.
std::string short_hash(std::string_view text, std::size_t length = 5);
std::string time_now();

/// Makes the object look like `changed`: a JSON Patch of the differences. No request when there are
/// none.
Result<void> update(kube::Cluster& cluster, const Object& seen, const Json& changed,
                    std::stop_token stop);
/// Replaces the whole status through the status subresource, unless it says so already.
Result<void> set_status(kube::Cluster& cluster, const Object& seen, const Json& status,
                        std::stop_token stop);

}  // namespace sandbox
