// The part of OpenAPI schemas that CustomResourceDefinitions of these tests use: required fields,
// types, enums, and unknown fields dropped. No defaults, no CEL rules, no formats.
#pragma once

#include <string>
#include <vector>

#include "support/refusal.hpp"

namespace support {

/// The openAPIV3Schema of one version of a CustomResourceDefinition; nullptr when it has none.
const Json* schema_of(const Json& definition, const std::string& version);

/// The object without the fields that the schema does not know. metadata, kind and apiVersion stay.
Json pruned(const Json& object, const Json& schema);

/// What is wrong with the object, in the words of a real server; empty when nothing is.
std::vector<Cause> violations(const Json& object, const Json& schema);

}  // namespace support
